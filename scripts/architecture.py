#!/usr/bin/env python3
"""Draws which module imports which, layer by layer, and fails where that is not as ARCHITECTURE.md allows.

usage: architecture.py [FOLDER OF THE PACKAGE]

It also fails where an import and Package.swift disagree, and where folders of one module use each other's types in a
circle. Types are found by their names, without a compiler; a name in a comment or a string does not count.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys

ATTRIBUTES = r"^[ \t]*(?:@\w+(?:\([^)\n]*\))?[ \t]+)*"
IMPORT = re.compile(
    ATTRIBUTES + r"(?:(?:public|package|internal|fileprivate|private)[ \t]+)?import[ \t]+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias)[ \t]+)?(\w+)", re.MULTILINE)
PUBLIC = re.compile(ATTRIBUTES + r"(?:public|open)[ \t]+(?!import\b)", re.MULTILINE)
# Types at the left margin that other files can see. Nested ones are used through the outer ones.
TYPE = re.compile(
    r"^(?:@\w+(?:\([^)\n]*\))?\s+)*(?:(?:public|package|internal|open|final|indirect|nonisolated)[ \t]+)*"
    r"(?:struct|class|enum|actor|protocol|typealias)[ \t]+(\w+)", re.MULTILINE)
# A comment, a string (without interpolation), a regular expression, or a name that follows a dot: nothing that uses a
# type of this module.
NO_USE = re.compile(
    r'/\*.*?\*/|//[^\n]*|"""(?:(?!""")(?!\\\().)*"""|"(?:\\[^(\n]|[^"\\\n])*"'
    r'|(?<=[(\s])/(?=\S)(?:\\.|[^/\\\n])+/|(?<=[\w)\]>?!])\.\w+', re.DOTALL)
WORD = re.compile(r"\b[A-Z]\w*")


class Layers:
    """The table of ARCHITECTURE.md."""

    def __init__(self, path):
        self.names, self.allowed, self.of = [], {}, {}
        for line in path.read_text(encoding="utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not line.startswith("| ") or len(cells) != 3 or cells[0] == "layer":
                continue
            self.names.append(cells[0])
            self.allowed[cells[0]] = {name.strip() for name in re.split("[,;]", cells[2])}
            self.of.update({module: cells[0] for module in re.findall("`(\\w+)`", cells[1])})
        if not self.names:
            sys.exit(f"{path} has no table of layers.")

    def fault(self, module, imported):
        """Why a module may not import another; None where it may."""
        above, below = self.of.get(module), self.of.get(imported)
        if above is None or below is None or below in self.allowed[above]:
            return None
        step = self.names.index(below) - self.names.index(above)
        direction = "upward" if step < 0 else "sideways" if step == 0 else "to a layer that is not its business"
        return f"{module} ({above}) imports {imported} ({below}): {direction}"


class Module:
    """A target under Sources: its files, what they import, and what the manifest says it depends on."""

    def __init__(self, target, root):
        self.name, self.is_c = target["name"], target["type"] == "system"
        self.folder = root / (target.get("path") or f"Sources/{self.name}")
        self.declared = {list(kind.values())[0][0] for kind in target["dependencies"]}
        self.files = {path.relative_to(self.folder): path.read_text(encoding="utf-8")
                      for path in sorted(self.folder.rglob("*.swift"))}
        self.is_c = self.is_c or not self.files
        self.imported = {name for text in self.files.values() for name in IMPORT.findall(text)}
        self.public = sum(len(PUBLIC.findall(text)) for text in self.files.values())
        self.lines = sum(text.count("\n") for text in self.files.values())
        self.lines += sum(path.read_text(encoding="utf-8").count("\n") for path in self.folder.rglob("*.[ch]"))

    def uses(self):
        """(folder, other folder) → examples of a file that uses a type which the other folder declares."""
        code = {path: NO_USE.sub(" ", text) for path, text in self.files.items()}
        home = {name: path for path, text in code.items() for name in TYPE.findall(text)}
        found = collections.defaultdict(list)
        for path, text in code.items():
            for name in sorted(set(WORD.findall(text)) & home.keys()):
                if home[name].parent != path.parent:
                    found[path.parent, home[name].parent].append(f"{path} uses {name} of {home[name]}")
        return found


def circles(arrows):
    """The sets of nodes that reach each other (Warshall's algorithm: the graphs are small)."""
    reach = {node: {target for source, target in arrows if source == node} for arrow in arrows for node in arrow}
    for middle in reach:
        for start in reach:
            if middle in reach[start]:
                reach[start] |= reach[middle]
    return sorted({tuple(sorted(other for other in reach[node] if node in reach[other])) for node in reach} - {()})


def faults(modules, layers):
    """Every way in which the tree is not as it should be, one sentence each."""
    importers = collections.defaultdict(list)
    for module in modules.values():
        if module.name not in layers.of:
            yield f"{module.name} is in no layer of ARCHITECTURE.md"
        for other in sorted((module.declared | module.imported) & modules.keys() - {module.name}):
            importers[other].append(module.name)
            fault = layers.fault(module.name, other)
            if fault:
                yield fault
        for other in sorted(module.declared - module.imported):
            if not module.is_c:
                yield f"{module.name} depends on {other} in Package.swift and imports it nowhere"
        for other in sorted(module.imported & modules.keys() - module.declared - {module.name}):
            yield f"{module.name} imports {other} without depending on it in Package.swift"
    for name, users in importers.items():
        if layers.of.get(name) == "C doors" and len(users) > 1:
            yield f"{name} is imported by {', '.join(sorted(users))}: a C door has one module"
    for module in modules.values():
        uses = module.uses()
        for circle in circles(list(uses)):
            def shown(folder):
                return f"{module.name}/{folder}".removesuffix("/.")
            yield f"A circle of folders: {', '.join(map(shown, circle))}"
            for (source, target), examples in sorted(uses.items()):
                if source in circle and target in circle:
                    yield f"    {shown(source)} → {shown(target)} ({len(examples)}), such as: {examples[0]}"


def main(root):
    dump = subprocess.run(["swift", "package", "--package-path", root, "dump-package"], check=True, capture_output=True)
    manifest = json.loads(dump.stdout)
    targets = [t for t in manifest["targets"] if t["type"] != "test" and not (t.get("path") or "").startswith("Tests")]
    modules = {target["name"]: Module(target, root) for target in targets}
    layers = Layers(root / "ARCHITECTURE.md")

    for layer in layers.names + [None]:
        here = [module for module in modules.values() if layers.of.get(module.name) == layer]
        if here:
            print(layer or "in no layer")
        for module in here:
            arrows = sorted(module.declared | module.imported & modules.keys() - {module.name})
            print(f"    {module.name:<22}{module.lines:>6} lines{module.public:>5} public  {' '.join(arrows)}".rstrip())
    swift = [module for module in modules.values() if not module.is_c]
    print(f"\n{len(swift)} modules and {len(modules) - len(swift)} C doors, {len(manifest['products'])} products, "
          f"{sum(module.public for module in swift)} public declarations, "
          f"{sum(module.lines for module in modules.values())} lines")

    wrong = list(faults(modules, layers))
    if wrong:
        count = sum(not line.startswith(" ") for line in wrong)
        print(f"\n{count} {'fault' if count == 1 else 'faults'}:", *wrong, sep="\n    ")
        sys.exit(1)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else pathlib.Path(__file__).parent.parent).resolve())
