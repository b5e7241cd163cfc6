#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shape of the repository, enforced: kernels <- engine <- gui <- qml, and what each file promises.

Usage: check_layers.py ROOT. Prints every violation with file and line; exit 1 when there is one.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
problems = []


def problem(path, line, text):
    where = path.relative_to(ROOT)
    problems.append(f"{where}:{line}: {text}" if line else f"{where}: {text}")


def files(folder, *suffixes):
    return sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in suffixes and p.is_file())


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1), match.group(2)


# 1. Which folder may include what.
ALLOWED = {
    "kernels": ("kernels/",),
    "engine": ("kernels/", "engine/"),
    "gui": ("engine/", "gui/"),
    "qml": ("gui/", "qml/"),
}
for folder, allowed in ALLOWED.items():
    for path in files(folder, ".h", ".cpp", ".cu", ".cuh"):
        for number, quote, name in includes(path):
            if quote == '"' and "/" in name and not name.startswith(allowed):
                problem(path, number, f"{folder}/ may not include {name}")
            if quote == '"' and "/" not in name and not name.endswith((".moc", ".inc")):
                problem(path, number, f'include the full path from the root instead of "{name}"')
            if folder in ("kernels", "engine") and re.match(r"(Qt|Q[A-Z])", name):
                problem(path, number, f"no Qt below gui: {name}")
            if folder in ("gui", "qml") and re.match(r"engine/.+/", name):
                problem(path, number, f"{folder}/ may include only the public headers engine/*.h, not {name}")
            if folder == "engine" and "engine/cli" not in str(path) and name.startswith("engine/cli/"):
                problem(path, number, "the engine may not include its command line")

# 2. The scheduler handles integers only.
for path in files("engine/scheduler", ".h", ".cpp"):
    for number, _, name in includes(path):
        if name.startswith(("engine/text/", "engine/models/", "engine/runner/", "kernels/")):
            problem(path, number, f"the scheduler knows neither tensors nor text: {name}")

# 3. Every source says its licence first; every header guards itself.
for folder in ("kernels", "engine", "gui", "qml", "tests"):
    for path in files(folder, ".h", ".cpp", ".cu", ".cuh", ".qml"):
        text = path.read_text(encoding="utf-8")
        if not text.startswith("// SPDX-License-Identifier: "):
            problem(path, 1, "the first line must be // SPDX-License-Identifier: ...")
        # An _impl.h is compiled once for each instruction set, by including it more than once.
        if path.suffix in (".h", ".cuh") and not path.name.endswith("_impl.h") and "#pragma once" not in text:
            problem(path, 1, "a header needs #pragma once")

# 4. Files a reader can hold in the head. A longer one needs a reason in this list.
LIMITS = {".h": 400, ".cpp": 450, ".cu": 450, ".cuh": 400, ".qml": 260}
EXCEPTIONS = {}
for folder in ("kernels", "engine", "gui", "qml"):
    for path in files(folder, *LIMITS):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        name = str(path.relative_to(ROOT))
        if lines > LIMITS[path.suffix] and name not in EXCEPTIONS:
            problem(path, 0, f"{lines} lines, the limit is {LIMITS[path.suffix]}: split it by idea")

# 5. QML: nothing untrusted is drawn as rich text; delegates are bound; no context properties.
RICH_TEXT_FILES = {"qml/chat/RichRow.qml", "qml/chat/TableRow.qml"}
for path in files("qml", ".qml"):
    text = path.read_text(encoding="utf-8")
    name = str(path.relative_to(ROOT))
    for match in re.finditer(r"^[ \t]*(?:[A-Za-z]+\s*:\s*)?(?:[A-Z]\w*\.)?(Text|Label|TextEdit|TextArea)\s*\{", text, re.M):
        depth, end = 0, match.end() - 1
        for end in range(match.end() - 1, len(text)):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            if depth == 0:
                break
        block = text[match.start():end]
        if "textFormat" not in block:
            problem(path, text.count("\n", 0, match.start()) + 1,
                    f"{match.group(1)} without textFormat: say {match.group(1)}.PlainText")
    if re.search(r"(RichText|StyledText|MarkdownText|AutoText)", text) and name not in RICH_TEXT_FILES:
        problem(path, 0, "rich text is for rows whose HTML our own writer made")
    if re.search(r"\b(Animated|Border)?Image\s*\{", text):
        problem(path, 0, "no Image: what is drawn is ours and comes from Icon, nothing is loaded from an address")
    if re.search(r"\bdelegate\s*:", text) and "pragma ComponentBehavior: Bound" not in text:
        problem(path, 1, "a file with a delegate needs pragma ComponentBehavior: Bound")
for path in files("gui", ".cpp", ".h"):
    if "setContextProperty" in path.read_text(encoding="utf-8"):
        problem(path, 0, "no context properties: pass a required property")

# 6. The top level is agreed, and ARCHITECTURE.md names every folder of the four layers.
AGREED = {"gui", "qml", "engine", "kernels", "resources", "tests", "packaging"}
tracked = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=False).stdout.split("\n")
top = {name.split("/")[0] for name in tracked if "/" in name}
for name in sorted(top - AGREED):
    if not name.startswith("."):
        problems.append(f"{name}/: not one of the agreed top-level folders {sorted(AGREED)}")
architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
named = set(re.findall(r"\b((?:kernels|engine|gui|qml)/[a-z_]+)/", architecture))
existing = {"/".join(p.relative_to(ROOT).parts[:2]) for folder in ("kernels", "engine", "gui", "qml")
            for p in files(folder, ".h", ".cpp", ".cu", ".qml") if len(p.relative_to(ROOT).parts) > 2}
for name in sorted(existing - named):
    problems.append(f"ARCHITECTURE.md does not name {name}/")
for name in sorted(named - existing):
    problems.append(f"ARCHITECTURE.md names {name}/, which is not there")

# 7. No promise without an owner.
for folder in ("kernels", "engine", "gui", "qml"):
    for path in files(folder, ".h", ".cpp", ".cu", ".cuh", ".qml"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX)\b", line):
                problem(path, number, "finish it or file an issue")

print("\n".join(problems) if problems else "layers, sizes, licences, text formats: all as agreed")
sys.exit(1 if problems else 0)
