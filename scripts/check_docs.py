#!/usr/bin/env python3
"""Checks the papers: links lead somewhere, and the commands that they show have options that exist.

usage: check_docs.py [QUARRY]

QUARRY is the built program; without it only links are checked. A relative link must name a file of the package, and its
anchor a heading of that file. Commands are lines in code blocks, and code in backquotes, that call `quarry`.
"""
import json
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("Examples/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
CODE = re.compile(r"`([^`]+)`")
CALL = re.compile(r"(?:^|[|;&$]\s*)quarry\s")
# Options that the argument parser adds to every command.
BUILT_IN = {"help", "-h", "--help", "--version", "--generate-completion-script", "--experimental-dump-help"}


def lines(path):
    """Each line of a paper with its number, and whether it is in a code block."""
    fence = False
    block, previous_blank = False, True
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            fence = not fence
            continue
        # An indented block begins after a blank line.
        block = line.startswith("    ") and (block or previous_blank)
        previous_blank = not line.strip()
        yield number, line, fence or block


def anchors(path):
    """The anchors of a paper's headings, as GitHub makes them."""
    headings = [re.match(r"#{1,6}\s+(.*)", line) for _, line, is_code in lines(path) if not is_code]
    texts = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]) for heading in headings if heading]
    return {re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-") for text in texts}


def check_link(path, target):
    """What is wrong with a link; None for a good one."""
    if re.match(r"[a-z]+:", target):
        return None
    name, _, anchor = target.partition("#")
    file = (path.parent / name).resolve() if name else path
    if not file.is_relative_to(ROOT) or not file.exists():
        return f"there is no {name}"
    if anchor and file.suffix == ".md" and anchor not in anchors(file):
        return f"{name or 'this file'} has no heading #{anchor}"
    return None


def commands(code):
    """The arguments of each call of `quarry` in a line of code."""
    lexer = shlex.shlex(re.sub(r"\s#\s.*", "", code), posix=True, punctuation_chars=";|&<>")
    lexer.commenters = ""
    lexer.whitespace_split = True
    parts = [[]]
    for word in lexer:
        if set(word) <= set(";|&<>"):
            parts.append([])
        elif word != "$":
            parts[-1].append(word)
    return [part[1:] for part in parts if part[:1] == ["quarry"]]


def check_command(words, root):
    """What is wrong with the arguments of a call; None for good ones."""
    path, command = ["quarry"], root
    for word in words:
        children = {child["commandName"]: child for child in command.get("subcommands", [])}
        # What follows `--` is no option.
        if word in BUILT_IN or word == "--":
            break
        if word in children:
            path, command = path + [word], children[word]
        elif len(word) > 1 and word.startswith("-"):
            if command.get("defaultSubcommand") in children:
                command = children[command["defaultSubcommand"]]
            names = [name for argument in command.get("arguments", []) for name in argument.get("names", [])]
            known = {("--" if name["kind"] == "long" else "-") + name["name"] for name in names}
            if word.split("=")[0] not in known:
                return f"{' '.join(path)} has no option {word}"
        elif command is root and " " in word:  # a question without its command
            path, command = path + ["query"], next(c for c in root["subcommands"] if c["commandName"] == "query")
        elif command is root:
            return f"there is no command {word}"
    return None


def main():
    root = None
    if len(sys.argv) > 1:
        dump = subprocess.run([sys.argv[1], "--experimental-dump-help"], check=True, capture_output=True, text=True)
        root = json.loads(dump.stdout)["command"]
    problems = []
    count = {"links": 0, "commands": 0}
    for path in PAPERS:
        for number, line, is_code in lines(path):
            found = []
            if not is_code:
                found += [("links", target, check_link(path, target)) for target in LINK.findall(CODE.sub("", line))]
            if root and path.name != "CHANGELOG.md":
                for code in [line.strip()] if is_code else CODE.findall(line):
                    for words in commands(code) if CALL.search(code) else []:
                        found.append(("commands", code, check_command(words, root)))
            for kind, text, problem in found:
                count[kind] += 1
                if problem:
                    problems.append(f"{path.relative_to(ROOT)}:{number}: {text}: {problem}")
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    print(f"{len(PAPERS)} papers, {count['links']} links, {count['commands']} commands, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
