#!/usr/bin/env python3
"""Writes archives.json: archives of two files, compressed files, encrypted ones and bombs, in base64 by their names.

Needs libarchive, which writes the formats that Python does not.
"""
import base64
import bz2
import ctypes
import ctypes.util
import gzip
import io
import json
import lzma
import pathlib
import tarfile

ARCHIVE = ctypes.CDLL(ctypes.util.find_library("archive"))
for name in ("archive_write_new", "archive_entry_new"):
    getattr(ARCHIVE, name).restype = ctypes.c_void_p
LEASE = "# Lease\n\nThe lease of the boathouse ends in May 2031.\n"
LETTER = "Договор аренды подписан в Твери.\n"
FILES = [("inner/lease.md", LEASE), ("inner/договор.txt", LETTER)]


def written(files, format_, compression=None, password=None):
    """An archive that libarchive writes."""
    ctypes.CDLL(None).setlocale(0, b"C.UTF-8")
    archive = ctypes.c_void_p(ARCHIVE.archive_write_new())
    getattr(ARCHIVE, f"archive_write_set_format_{format_}")(archive)
    if compression:
        getattr(ARCHIVE, f"archive_write_add_filter_{compression}")(archive)
    if password:
        ARCHIVE.archive_write_set_options(archive, b"zip:encryption=traditional")
        ARCHIVE.archive_write_set_passphrase(archive, password)
    path = pathlib.Path("/tmp/quarry-archive")
    ARCHIVE.archive_write_open_filename(archive, str(path).encode())
    for name, text in files:
        data = text.encode()
        entry = ctypes.c_void_p(ARCHIVE.archive_entry_new())
        ARCHIVE.archive_entry_set_pathname_utf8(entry, name.encode())
        ARCHIVE.archive_entry_set_size(entry, ctypes.c_int64(len(data)))
        ARCHIVE.archive_entry_set_filetype(entry, 0o100000)
        ARCHIVE.archive_entry_set_perm(entry, 0o644)
        ARCHIVE.archive_write_header(archive, entry)
        ARCHIVE.archive_write_data(archive, data, ctypes.c_size_t(len(data)))
    ARCHIVE.archive_write_close(archive)
    result = path.read_bytes()
    path.unlink()
    return result


def tar(files, link=True):
    """A tar with a link to a file outside of it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        if link:
            info = tarfile.TarInfo("link.md")
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(info)
    return out.getvalue()


plain = tar([(name, text.encode()) for name, text in FILES])
zeros = tar([("first.md", LEASE.encode()), ("zeros.png", bytes(100 << 20)), ("last.md", LEASE.encode())], link=False)
lines = "\n".join(f"Line {n // 50} of the long report on the harbour." for n in range(8000)).encode()
archives = {
    "a.tar.gz": gzip.compress(plain, mtime=0), "a.tgz": gzip.compress(plain, mtime=0),
    "a.tar.bz2": bz2.compress(plain), "a.tar.xz": lzma.compress(plain), "a.tar.zst": written(FILES, "pax", "zstd"),
    "a.7z": written(FILES, "7zip"), "a.zip": written(FILES, "zip"),
    "lease.md.gz": gzip.compress(LEASE.encode(), mtime=0), "lease.md.bz2": bz2.compress(LEASE.encode()),
    "lease.md.xz": lzma.compress(LEASE.encode()), "lease.md.zst": written([("data", LEASE)], "raw", "zstd"),
    "encrypted.zip": written(FILES, "zip", password=b"secret"),
    # 100 MiB of one letter, and of zeros between two texts.
    "bomb.txt.bz2": bz2.compress(b"a" * (100 << 20)), "bomb.tar.bz2": bz2.compress(zeros),
    "lines.txt.gz": gzip.compress(lines, mtime=0),
}
out = {name: base64.b64encode(data).decode() for name, data in archives.items()}
path = pathlib.Path(__file__).with_name("archives.json")
path.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
