#!/usr/bin/env python3
"""An embeddings server that costs nothing but time: it answers every request after a fixed delay with vectors made
beforehand, so that what is measured is the client.

    embedding_server.py [--delay 0.005] [--dimension 384]

Speaks OpenAI's `POST /v1/embeddings`, prints `READY <port>`, and ends when its standard input does.
"""
import argparse
import asyncio
import base64
import json
import os
import random
import struct
import threading


class Replies:
    """Whole responses, one for each number of texts and encoding, written once."""

    def __init__(self, dimension):
        generator = random.Random(1)
        self.rows = []
        for _ in range(64):
            row = [generator.gauss(0, 1) for _ in range(dimension)]
            norm = sum(x * x for x in row) ** 0.5
            self.rows.append([x / norm for x in row])
        self.known = {}

    def response(self, count, encoding):
        if (count, encoding) not in self.known:
            data = []
            for index in range(count):
                row = self.rows[index % len(self.rows)]
                packed = struct.pack(f"<{len(row)}f", *row)
                # as servers in Python write a float of 32 bits
                vector = list(struct.unpack(f"<{len(row)}f", packed))
                if encoding == "base64":
                    vector = base64.b64encode(packed).decode()
                data.append({"object": "embedding", "index": index, "embedding": vector})
            body = json.dumps({"object": "list", "data": data, "model": "m",
                               "usage": {"prompt_tokens": count, "total_tokens": count}}, separators=(",", ":")).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self.known[count, encoding] = head.encode() + body
        return self.known[count, encoding]


class Connection(asyncio.Protocol):
    def __init__(self, replies, delay):
        self.replies, self.delay, self.buffer = replies, delay, bytearray()

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.buffer[:end]).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else 0
        if b"expect: 100-continue" in head and len(self.buffer) == end + 4:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if len(self.buffer) < end + 4 + length:
            return
        request = json.loads(bytes(self.buffer[end + 4:end + 4 + length]))
        del self.buffer[:end + 4 + length]
        texts = request["input"]
        reply = self.replies.response(len(texts) if isinstance(texts, list) else 1, request.get("encoding_format", "float"))
        asyncio.get_running_loop().call_later(self.delay, self.answer, reply)

    def answer(self, reply):
        if not self.transport.is_closing():
            self.transport.write(reply)


async def serve(options):
    replies = Replies(options.dimension)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(replies, options.delay), "127.0.0.1", 0)
    print("READY", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.005)
    parser.add_argument("--dimension", type=int, default=384)
    options = parser.parse_args()
    threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
    asyncio.run(serve(options))


main()
