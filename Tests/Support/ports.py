"""Ports for the programs that tests speak with."""

import random
import socket


def free_port():
    # below the range from which the system takes ports for the tests' own servers: theirs cannot get in between
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
