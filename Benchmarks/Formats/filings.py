#!/usr/bin/env python3
"""Asks questions of quarterly filings (PDF), and opens the page of every citation.

usage: Formats/filings.py QUARRY [--filings FOLDER]

The folder (default: shared/eval/pdf/sec10q beside the repository) has pdfs/, queries.jsonl and qrels.doc.tsv. Beside the
index of the PDF files stands one of the text that pdftotext prints, in windows of 1,000 characters, with the same model.
A hit counts if its filing is judged. A citation counts if 95 % of the quote's words stand on the page that it names.
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode()


def filing(name):
    name = name.split("/")[-1].split("#")[0]
    return name if name.endswith(".pdf") else name + ".pdf"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    quarry = os.path.abspath(sys.argv[1])
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared/eval/pdf/sec10q")
    if "--filings" in sys.argv:
        folder = sys.argv[sys.argv.index("--filings") + 1]
    queries = [json.loads(line) for line in open(os.path.join(folder, "queries.jsonl"), encoding="utf-8")]
    judged = collections.defaultdict(set)
    for line in open(os.path.join(folder, "qrels.doc.tsv"), encoding="utf-8").read().splitlines()[1:]:
        query, name = line.split("\t")[:2]
        judged[query].add(name)
    scratch = tempfile.mkdtemp()
    questions = os.path.join(scratch, "questions.jsonl")
    with open(questions, "w", encoding="utf-8") as file:
        for query in queries:
            file.write(json.dumps({"_id": query["_id"], "text": query["text"]}) + "\n")
    windows = os.path.join(scratch, "windows.jsonl")
    files = sorted(glob.glob(os.path.join(folder, "pdfs", "*.pdf")))
    with open(windows, "w", encoding="utf-8") as file:
        for path in files:
            text = output("pdftotext", path, "-")
            for start in range(0, len(text), 1000):
                if text[start:start + 1000].strip():
                    record = {"_id": f"{os.path.basename(path)}#{start}", "text": text[start:start + 1000]}
                    file.write(json.dumps(record) + "\n")
    indexes = {"quarry": os.path.join(folder, "pdfs"), "windows": windows}
    print("| index | search | hit@1 | hit@5 |\n|---|---|---|---|")
    for name, source in indexes.items():
        index = os.path.join(scratch, name + ".quarry")
        output(quarry, "index", source, "-i", index, "-q")
        for mode in ("bm25", "vector", "hybrid"):
            replies = output(
                quarry, "query", "-i", index, "--batch", questions, "--retrieve", "--jsonl", "-k", "50", "--mode", mode)
            first = five = 0
            for query, line in zip(queries, replies.splitlines()):
                found = list(dict.fromkeys(filing(hit["document"]) for hit in json.loads(line)["hits"]))
                first += found[:1] != [] and found[0] in judged[query["_id"]]
                five += any(document in judged[query["_id"]] for document in found[:5])
            print(f"| {name} | {mode} | {first / len(queries):.3f} | {five / len(queries):.3f} |", flush=True)
    index = os.path.join(scratch, "quarry.quarry")
    answers = os.path.join(scratch, "answers.jsonl")
    with open(answers, "w", encoding="utf-8") as file:
        file.write(output(quarry, "query", "-i", index, "--batch", questions, "--jsonl"))
    cited = right = 0
    for line in open(answers, encoding="utf-8"):
        for citation in json.loads(line).get("citations") or []:
            pages = [place["number"] for place in citation["location"]["places"]]
            text = output("pdftotext", "-f", str(min(pages)), "-l", str(max(pages)), citation["location"]["path"], "-")
            page = set(re.findall(r"\w+", text.lower()))
            words = re.findall(r"\w+", citation["quote"].lower())
            cited += 1
            right += sum(word in page for word in words) >= 0.95 * len(words)
    print(f"\ncitations {cited}, on the page that they name {right}")
    print("quarry verify:", output(quarry, "verify", "-i", index, answers).splitlines()[-1])


main()
