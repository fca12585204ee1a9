"""Answers every request with server-sent events, one after the other, for tests with very many streams.

    drip_server.py

`GET /drip/COUNT/MILLISECONDS` sends so many events with such a pause between them; all streams that wait equally long
are woken together. `POST /drip/COUNT/MILLISECONDS/...` sends the same as a whole reply of a chat model. `GET /open`
sends the number of streams that are open. Prints `READY <port>`, and ends when its
standard input does.
"""

import asyncio
import os
import resource
import sys
import threading

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CHAT_END = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
streams = set()


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


async def drip(writer, count, pause, end):
    writer.write(HEAD)
    for number in range(count):
        text = b'data: {"choices":[{"index":0,"delta":{"content":" token %d of the answer"}}]}\n\n' % number
        writer.write(chunk(text))
        await asyncio.sleep(pause)
        if writer.is_closing():
            return
    if end:
        writer.write(chunk(end))
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            method, path, _ = head.decode().split(" ", 2)
            if path == "/open":
                body = b"%d" % len(streams)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                continue
            _, _, count, milliseconds, *_ = path.split("/")
            if method == "POST":
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
            streams.add(writer)
            # the client sends nothing meanwhile: what ends this read is its leaving
            leaving = asyncio.ensure_future(reader.read(1))
            dripping = asyncio.ensure_future(drip(writer, int(count), int(milliseconds) / 1000, CHAT_END if method == "POST" else b""))
            await asyncio.wait([leaving, dripping], return_when=asyncio.FIRST_COMPLETED)
            dripping.cancel()
            leaving.cancel()
            streams.discard(writer)
            return
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        streams.discard(writer)
        writer.close()


async def main():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=2048)
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    print("READY", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
