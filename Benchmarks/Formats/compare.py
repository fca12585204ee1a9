#!/usr/bin/env python3
"""Compares the text that Quarry reads with the expected text, and with that of other programs on the same files.

usage: Formats/compare.py QUARRY [--formats FOLDER] [--markup FOLDER]

Word F1 is 2PR / (P + R) over the words as a multiset, in lower case, mean over files. The expected texts are those that
come with the files: the article of a web page, the Markdown that a Word file was made from. PDF files come without:
their words are compared with those of pdftotext, so that the figure says what is lost or added by a layout. Programs that
are not installed are left out: trafilatura, markitdown, kreuzberg and docling-rs (Python packages; the last without its
layout model), pandoc and pdftotext (commands). The time is that of the processor, all files of a kind one after another,
each in a process of its own (start of Python included); for PDF also all files in one process.

With --markup, the rst, org, tex and manual pages (.1 to .8) in a folder are compared with pandoc's plain text, which is no
truth but another reading. Files that pandoc cannot read in 15 seconds are left out; pandoc does not read AsciiDoc.

The last table counts what Quarry reads and rejects, by extension, of every file in the folder.
"""
import collections
import glob
import html.parser
import importlib.util
import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile


class Text(html.parser.HTMLParser):
    """The text of a page that holds only the article."""

    BLOCKS = set("p div br li td th tr h1 h2 h3 h4 ul ol table pre blockquote section".split())

    def __init__(self):
        super().__init__()
        self.parts, self.hidden = [], 0

    def handle_starttag(self, tag, _):
        self.hidden += tag in ("script", "style")
        self.parts.append(" " if tag in self.BLOCKS else "")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style")
        self.parts.append(" " if tag in self.BLOCKS else "")

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data)


def page_text(path):
    parser = Text()
    parser.feed(open(path, encoding="utf-8", errors="replace").read())
    return "".join(parser.parts)


def words(text):
    return collections.Counter(re.findall(r"\w+", text.lower()))


def f1(text, expected):
    found, wanted = words(text), words(expected)
    common = sum((found & wanted).values())
    return 2 * common / (sum(found.values()) + sum(wanted.values())) if common else 0.0


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=300, **options)


class Quarry:
    """Reads a file by indexing it."""

    def __init__(self, program):
        self.program = os.path.abspath(program)
        self.folder = tempfile.mkdtemp()

    def index(self, path):
        file = os.path.join(self.folder, "index.quarry")
        for end in ("", "-wal", "-shm", "-lock"):
            if os.path.exists(file + end):
                os.remove(file + end)
        reply = run([self.program, "index", path, "-i", file, "--model", "none", "--json"])
        return reply, file

    def __call__(self, path):
        _, file = self.index(path)
        if not os.path.exists(file):
            return ""
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            rows = database.execute("SELECT text, separator FROM chunks ORDER BY document, ordinal")
            return "".join(text + (separator or "") for text, separator in rows)


def python(module, code):
    if importlib.util.find_spec(module) is None:
        return None
    return lambda path: run([sys.executable, "-c", code, path]).stdout.decode("utf-8", "replace")


def command(name, *arguments):
    if not shutil.which(name):
        return None
    return lambda path: run([name, *[a.replace("{}", path) for a in arguments]]).stdout.decode("utf-8", "replace")


def compare(title, pairs, programs):
    print(f"\n{title}: {len(pairs)} files\n\n| program | word F1 | processor time, s |\n|---|---|---|")
    for name, program in programs:
        if program is None:
            continue
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        scores = [f1(program(path), expected) for path, expected in pairs]
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"| {name} | {sum(scores) / len(scores):.3f} | {seconds:.1f} |", flush=True)


def markup(quarry, folder):
    kinds = {"rst": "rst", "org": "org", "tex": "latex", **{str(section): "man" for section in range(1, 9)}}
    pairs = collections.defaultdict(list)
    for path in sorted(glob.glob(os.path.join(folder, "**", "*"), recursive=True)):
        kind = kinds.get(path.rsplit(".", 1)[-1])
        if not kind or not os.path.isfile(path):
            continue
        try:
            reply = subprocess.run(["pandoc", "-f", kind, "-t", "plain", path], capture_output=True, timeout=15)
        except subprocess.TimeoutExpired:
            continue
        if reply.returncode == 0:
            pairs[kind].append((path, reply.stdout.decode("utf-8", "replace")))

    def plain(path):
        return open(path, encoding="utf-8", errors="replace").read()

    for kind, found in pairs.items():
        compare(f"{kind} against pandoc's plain text", found, [("quarry", quarry), ("the file as it is", plain)])
KREUZBERG = "import sys,kreuzberg;[print(kreuzberg.extract_file_sync(p).content) for p in sys.argv[1:]]"
DOCLING = (
    "import sys,docling_rs;c=docling_rs.DocumentConverter(text_layer_only=True,do_ocr=False)\n"
    "for p in sys.argv[1:]:\n try: print(c.convert(p).document.export_to_markdown())\n except Exception as e: print(e,file=sys.stderr)")


def pages_a_second(quarry, files):
    """Reads all files in one process, if the program takes several."""
    pages = 0
    for path in files:
        count = re.search(rb"Pages:\s+(\d+)", run(["pdfinfo", path]).stdout)
        pages += int(count[1]) if count else 0
    index = os.path.join(quarry.folder, "pages.quarry")
    commands = [
        ("quarry, with chunks and terms", [quarry.program, "index", *files, "-i", index, "--model", "none", "--plan"]),
        ("kreuzberg", importlib.util.find_spec("kreuzberg") and [sys.executable, "-c", KREUZBERG, *files]),
        ("docling-rs without its layout model", importlib.util.find_spec("docling_rs") and [sys.executable, "-c", DOCLING, *files]),
    ]
    print(f"\nPDF, {len(files)} files of {pages} pages\n\n| program | pages a second of the processor |\n|---|---|")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for path in files:
        run(["pdftotext", path, "-"])
    for name, program in [("pdftotext, a process a file", None), *commands]:
        if program:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            run(program)
        elif not name.startswith("pdftotext"):
            continue
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"| {name} | {pages / seconds:.0f} |", flush=True)


def counts(quarry, folder):
    table = collections.defaultdict(collections.Counter)
    for path in sorted(glob.glob(os.path.join(folder, "**", "*"), recursive=True)):
        if not os.path.isfile(path):
            continue
        kind = os.path.splitext(path)[1].lower() or "(none)"
        try:
            reply, _ = quarry.index(path)
            report = json.loads(reply.stdout)["report"]
            left = report["quarantined"] + report["passedOver"]
            table[kind]["read" if report["documents"] else left[0]["reason"] if left else "nothing"] += 1
        except subprocess.TimeoutExpired:
            table[kind]["more than 300 s"] += 1
        except (ValueError, KeyError):
            table[kind][f"exit {reply.returncode}"] += 1
    print("\n| extension | files | read | not read |\n|---|---|---|---|")
    for kind, found in sorted(table.items()):
        rest = ", ".join(f"{reason} {count}" for reason, count in found.most_common() if reason != "read")
        print(f"| {kind} | {sum(found.values())} | {found['read']} | {rest or '–'} |")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.path.join(here, "..", "..", "..", "shared", "eval", "formats")
    if "--formats" in sys.argv:
        folder = sys.argv[sys.argv.index("--formats") + 1]
    if not os.path.isdir(folder):
        sys.exit(f"There are no files at {folder}. Name their folder with --formats.")
    quarry = Quarry(sys.argv[1])
    markitdown = python(
        "markitdown", "import sys,markitdown;print(markitdown.MarkItDown().convert(sys.argv[1]).text_content)")
    pages = [
        (os.path.join(page, "source.html"), page_text(os.path.join(page, "expected.html")))
        for page in sorted(glob.glob(os.path.join(folder, "html-readability", "*", "")))
    ]
    trafilatura = python(
        "trafilatura", "import sys,trafilatura;print(trafilatura.extract(open(sys.argv[1],encoding='utf-8',"
        "errors='replace').read(),include_tables=True,include_comments=False) or '')")
    compare("Web pages against the article", pages, [
        ("quarry", quarry), ("trafilatura", trafilatura), ("markitdown", markitdown),
        ("pandoc", command("pandoc", "-f", "html", "-t", "plain", "{}"))])
    letters = [
        (path, open(path[:-5] + ".md", encoding="utf-8").read())
        for path in sorted(glob.glob(os.path.join(folder, "docx-rustbook", "*.docx")))
        if os.path.exists(path[:-5] + ".md")
    ]
    compare("Word files against their Markdown", letters, [
        ("quarry", quarry), ("markitdown", markitdown), ("pandoc", command("pandoc", "-t", "plain", "{}"))])
    if "--markup" in sys.argv:
        markup(quarry, sys.argv[sys.argv.index("--markup") + 1])
    plain = command("pdftotext", "{}", "-")
    if plain:
        documents = os.path.join(folder, "..", "documents")
        found = glob.glob(os.path.join(folder, "pdf*", "**", "*.pdf"), recursive=True)
        found += glob.glob(os.path.join(documents, "**", "*.pdf"), recursive=True)
        texts = [(path, plain(path)) for path in sorted(found)]
        compare("PDF against the words of pdftotext", [pair for pair in texts if words(pair[1])], [
            ("quarry", quarry), ("kreuzberg", python("kreuzberg", KREUZBERG)), ("markitdown", markitdown),
            ("docling-rs without its layout model", python("docling_rs", DOCLING))])
        filings = sorted(glob.glob(os.path.join(folder, "..", "pdf", "sec10q", "pdfs", "*.pdf")))
        if filings:
            pages_a_second(quarry, filings)
    if "--no-counts" not in sys.argv:
        counts(quarry, folder)


main()
