#!/usr/bin/env python3
"""Writes the man pages of quarry from what the program says about its own commands.

usage: man.py QUARRY FOLDER

quarry.1 is about the program; quarry-index.1 and its like are about one command each, with its subcommands.
"""
import json
import pathlib
import re
import subprocess
import sys

FILES = [
    ("index.quarry", "The index, unless --index names another file; it is looked for in this folder and the folders above. It holds text, vectors, postings and settings."),
    ("index.quarry-lock", "Beside an index while quarry index works on it."),
    ("index.quarry-wal, index.quarry-shm", "SQLite's own files beside an index. They may stay; never delete them."),
    (".gitignore, .quarryignore", "Patterns of files in a folder that quarry index skips."),
    ("~/.config/quarry/config.yaml", "The configuration, unless --config or QUARRY_CONFIG names another file."),
    ("~/.cache/quarry/models", "Local models, unless QUARRY_MODELS names another folder."),
    ("~/.cache/quarry/answers.sqlite", "Answers of language models that are kept; see quarry cache."),
]
ENVIRONMENT = [
    ("QUARRY_CONFIG", "The configuration file."),
    ("QUARRY_MODELS", "The folder of local models."),
    ("QUARRY_MODEL, QUARRY_LLM, QUARRY_RERANK, QUARRY_READER_MODEL, QUARRY_TRANSCRIBE, QUARRY_DESCRIBE_IMAGES",
     "Models for one task each, as the flags of the same names."),
    ("QUARRY_LOCAL_ONLY, QUARRY_MAX_COST, QUARRY_MAX_TOKENS, QUARRY_PROXY, QUARRY_CACHE",
     "Limits, proxy and cache, as the flags of the same names. Flags win over variables, and variables over the "
     "configuration file."),
    ("OPENAI_API_KEY and its like",
     "The key of a provider. QUARRY_LLM_API_KEY is the key of a server that is given by its address."),
]


def escaped(text):
    """Text with nothing in it that roff would read as a request, or print as another character."""
    text = text.replace("\\", "\\e")
    for character, escape in {"-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}.items():
        text = text.replace(character, escape)
    return "\n".join("\\&" + line if line.startswith(".") else line for line in text.split("\n"))


def bold(text):
    return f"\\fB{escaped(text)}\\fR"


def italic(text):
    return f"\\fI{escaped(text)}\\fR"


def entries(rows):
    return [line for term, text in rows for line in (".TP", term, escaped(text))]


def prose(text):
    """Paragraphs; lines that begin with spaces are examples."""
    lines, example = [], False
    for line in text.strip("\n").split("\n"):
        if line.startswith("  ") != example:
            example = not example
            lines += [".PP", ".RS 4", ".nf"] if example else [".fi", ".RE"]
        lines.append(escaped(line.strip()) if line.strip() else ".PP")
    return lines + ([".fi", ".RE"] if example else [])


def shown(command, kinds=("positional", "option", "flag")):
    """The arguments that help shows; a flag and the one that undoes it (--cache, --no-cache) become one."""
    arguments = []
    for argument in command.get("arguments", []):
        if not argument["shouldDisplay"] or argument["kind"] not in kinds:
            continue
        before = arguments[-1] if arguments else {}
        if before.get("kind") == "flag" and argument.get("valueName") == f"no-{before.get('valueName')}":
            arguments[-1] = before | {"names": before["names"] + argument["names"]}
        else:
            arguments.append(argument)
    return arguments


def synopsis(path, command):
    words = [bold(" ".join(path)), f"[{italic('options')}]"]
    if command.get("subcommands"):
        words = [bold(" ".join(path)), italic("command"), f"[{italic('options')}]"]
    for argument in shown(command, ["positional"]):
        word = italic(argument["valueName"]) + (" ..." if argument["isRepeating"] else "")
        words.append(f"[{word}]" if argument["isOptional"] else word)
    return " ".join(words)


def option(argument):
    """An option as its heading and its text."""
    dashes = {"short": "-", "long": "--", "longWithSingleDash": "-"}
    names = sorted(argument.get("names", []), key=lambda name: name["kind"] != "short")
    heading = ", ".join(bold(dashes[name["kind"]] + name["name"]) for name in names)
    if argument["kind"] != "flag":
        heading = f"{heading} {italic(argument['valueName'])}".strip()
    text = " ".join(filter(None, [argument.get("abstract"), argument.get("discussion")]))
    if "defaultValue" in argument:
        text += f" (default: {argument['defaultValue']})"
    if "allValues" in argument:
        text += f" (values: {', '.join(argument['allValues'])})"
    return heading, text


def options(command):
    """The arguments, those without a section title first."""
    arguments = shown(command)
    lines = []
    for title in sorted({a.get("sectionTitle", "") for a in arguments}):
        lines += [f'.SS "{escaped(title)}"'] if title else []
        lines += entries(option(a) for a in arguments if a.get("sectionTitle", "") == title)
    return lines


def subcommands(command):
    return [c for c in command.get("subcommands", []) if c["shouldDisplay"] and c["commandName"] != "help"]


def exit_codes(root):
    """The codes that the program's own help lists: `Exit codes: 0 done; 1 failed …`."""
    found = re.search(r"Exit codes: (.*?)\.?(\n\n|$)", root.get("discussion", ""), re.DOTALL)
    if not found:
        sys.exit("The help of quarry has no paragraph that begins with “Exit codes: ”, so the pages would lack it.")
    return [code.split(" ", 1) for code in re.split(r";\s+(?=\d+ )", found[1].strip())]


def page(path, command, root, version):
    name = "-".join(path)
    lines = [
        f'.TH {name.upper()} 1 "" "{version}" "Quarry"', ".nh", ".ad l",
        ".SH NAME", f"{escaped(name)} \\- {escaped(command['abstract'].rstrip('.'))}",
        ".SH SYNOPSIS", synopsis(path, command)]
    described = re.sub(r"(^|\n\n)Exit codes: .*?(?=\n\n|$)", "", command.get("discussion", ""), flags=re.DOTALL)
    lines += [".SH DESCRIPTION", *prose(described or command["abstract"])]
    lines += [".SH OPTIONS", *options(command)]
    children = subcommands(command)
    if command is root:
        lines += [".SH COMMANDS"]
        lines += entries((f"{bold('quarry-' + c['commandName'])}(1)", c["abstract"]) for c in children)
    elif children:
        lines += [".SH COMMANDS"]
        for child in children:
            below = path + [child["commandName"]]
            lines += [f'.SS "{" ".join(below)}"', synopsis(below, child), ".PP", *prose(child["abstract"])]
            lines += [".PP", *prose(child["discussion"])] if child.get("discussion") else []
            lines += entries(option(a) for a in shown(child) if a["valueName"] not in ("help", "version"))
    codes = ((bold(code), text[0].upper() + text[1:] + ".") for code, text in exit_codes(root))
    lines += [".SH EXIT STATUS", *entries(codes)]
    if command is root:
        lines += [".SH ENVIRONMENT", *entries((bold(names), text) for names, text in ENVIRONMENT)]
    lines += [".SH FILES", *entries((italic(names), text) for names, text in FILES)]
    others = ["quarry"] + [f"quarry-{c['commandName']}" for c in subcommands(root)]
    lines += [".SH SEE ALSO", ",\n".join(f"{bold(other)}(1)" for other in others if other != name)]
    return "\n".join(lines) + "\n"


def main(program, folder):
    def said(argument):
        return subprocess.run([program, argument], check=True, capture_output=True, text=True).stdout

    root = json.loads(said("--experimental-dump-help"))["command"]
    version = " ".join(said("--version").split()[:2])
    target = pathlib.Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for path, command in [(["quarry"], root)] + [(["quarry", c["commandName"]], c) for c in subcommands(root)]:
        (target / f"{'-'.join(path)}.1").write_text(page(path, command, root, version), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
