"""Serves one short page over TLS with a certificate of its own, for tests of certificate settings.

    tls_server.py FOLDER [valid | expired | wrong-host]

Writes `authority.pem` into the folder, prints `READY <port>`, and ends when its standard input does.
"""

import http.server
import os
import ssl
import subprocess
import sys
import threading


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"sealed"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def make_certificate(folder, kind):
    certificate, key, request = (os.path.join(folder, name) for name in ("authority.pem", "key.pem", "request.pem"))
    name = "DNS:quarry.test" if kind == "wrong-host" else "IP:127.0.0.1"

    def openssl(command, *more):
        subprocess.run(
            ["openssl", *command.split(), *more], check=True, cwd=folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    if kind == "expired":
        # `openssl x509 -days` takes a negative number; `openssl req` does not
        openssl("req -new -newkey rsa:2048 -nodes -subj /CN=quarry.test", "-keyout", key, "-out", request)
        extensions = os.path.join(folder, "extensions")
        with open(extensions, "w", encoding="ascii") as file:
            file.write(f"subjectAltName={name}\nbasicConstraints=CA:TRUE\n")
        openssl("x509 -req -days -1", "-in", request, "-signkey", key, "-extfile", extensions, "-out", certificate)
    else:
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=quarry.test", "-addext", f"subjectAltName={name}",
                "-keyout", key, "-out", certificate)
    return certificate, key


def main():
    certificate, key = make_certificate(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "valid")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("READY", server.server_address[1], flush=True)
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
