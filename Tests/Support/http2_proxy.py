"""Puts nghttpx, an HTTP/2 server, with a certificate of its own in front of a server that speaks HTTP/1.1.

    http2_proxy.py FOLDER PORT-OF-THE-OTHER

Writes `authority.pem` into the folder, prints `READY <port>`, and ends when its standard input does.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time

import tls_server
from ports import free_port


def main():
    folder, backend = sys.argv[1], sys.argv[2]
    certificate, key = tls_server.make_certificate(folder, "valid")
    port = free_port()
    program = shutil.which("nghttpx") or "/usr/sbin/nghttpx"
    command = [
        program, "--conf=/dev/null", "--single-thread", "--log-level=FATAL", "--errorlog-file=/dev/null",
        "--no-ocsp", f"--frontend=127.0.0.1,{port}", f"--backend=127.0.0.1,{backend}", key, certificate]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def leave():
        sys.stdin.buffer.read()
        child.kill()
        os._exit(0)

    threading.Thread(target=leave, daemon=True).start()
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        if child.poll() is not None:
            sys.exit("nghttpx ended before it was ready")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            print("READY", port, flush=True)
            sys.exit(child.wait())
        except OSError:
            time.sleep(0.05)
    sys.exit("nghttpx was not ready within ten minutes")


main()
