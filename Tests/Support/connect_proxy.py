"""A proxy that opens tunnels (RFC 9110, 9.3.6) for `me:pw`, and takes every host for 127.0.0.1.

    connect_proxy.py

Prints `READY <port>`, and ends when its standard input does.
"""

import asyncio
import base64
import os
import sys
import threading

CREDENTIALS = b"Basic " + base64.b64encode(b"me:pw")


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def serve(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    method, target, _ = lines[0].split(b" ")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
    if method != b"CONNECT":
        writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
    elif fields.get(b"proxy-authorization") != CREDENTIALS:
        writer.write(b'HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm="q"\r\nContent-Length: 0\r\n\r\n')
    else:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", int(target.rpartition(b":")[2]))
        writer.write(b"HTTP/1.1 200 Connected\r\nX-Proxy: here\r\n\r\n")
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))
        return
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    print("READY", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
