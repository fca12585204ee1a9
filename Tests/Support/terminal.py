"""Runs a program on a terminal of a given width, and prints what it writes to standard error there.

usage: terminal.py COLUMNS PROGRAM ARGUMENT…

Standard output of the program is dropped. The exit code is that of the program.
"""
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

terminal, inner = pty.openpty()
fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
process = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=inner)
os.close(inner)
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    sys.stdout.buffer.write(piece)
sys.stdout.flush()
sys.exit(process.wait())
