# SPDX-License-Identifier: Apache-2.0
"""Measures the demo model through Fireside's own engine, on examples that training never saw.

    python3 evaluate.py --cli build/release/bin/fireside-cli --model resources/models/demo [--count 500]
        [--skills about,find] [--device cuda] [--compare cuda]

Held out: other seeds (so other documents and words), and the phrasings marked "held" in about.json and
phrases.json; real documents: those of the repository, read and rendered by fireside-cli itself. Prints one
line for each skill and exits with 1 when one is below its figure. --compare answers once more on another
device and counts equal texts.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import time

import real
import skills
from corpus import Prose

HERE = pathlib.Path(__file__).resolve().parent
ROLES = HERE.parents[1] / "roles"
# name: (figure, what it counts)
FIGURES = {
    "bullets verbatim, right page": 0.95,
    "sections covered": 0.90,
    "find, present": 0.95,
    "find, absent": 0.90,
    "about, English": 0.95,
    "about, Chinese": 0.90,
    "about, English, written last": 0.95,
    "about, Chinese, written last": 0.90,
    "outside its skills": 0.90,
    "sums": 0.90,
    "real documents, verbatim and page": 0.95,
    "real documents, sections covered": 0.90,
    "same text on both devices": 0.99,
}
REPOSITORY = HERE.parents[2]
REAL = ["resources/samples/fireside-sample.pdf", "resources/samples/fireside-sample-zh.md", "README.md", "ARCHITECTURE.md",
        "CONTRIBUTING.md", "LICENSE", "tests/data/README.md"]


def generate(args, messages: list[list[dict]], device: str) -> list[str]:
    """One process for many conversations: the engine computes them together."""
    command = [args.cli, "generate", "--batch", "--model", args.model, "--temperature", "0", "--max-tokens", "1200",
               "--device", device, "--threads", "1"]
    lines = "".join(json.dumps({"messages": each}, ensure_ascii=False) + "\n" for each in messages)
    done = subprocess.run(command, input=lines, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit("fireside-cli: " + done.stderr.strip())
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [answer.get("text", "error: " + answer.get("error", "")) for answer in answers]


def generate_all(args, conversations: list[list[dict]], device: str) -> list[str]:
    """On a GPU one process, on the CPU one for each core."""
    jobs = 1 if device.startswith("cuda") else args.jobs
    pieces = [list(range(start, len(conversations), jobs * 4)) for start in range(jobs * 4)] if jobs > 1 else [
        list(range(len(conversations)))]
    out = [""] * len(conversations)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for piece, answers in zip(pieces, pool.map(
                lambda piece: generate(args, [conversations[i] for i in piece], device) if piece else [], pieces)):
            for i, answer in zip(piece, answers):
                out[i] = answer
    return out


def real_documents(args) -> list[skills.Example]:
    """The first requests of `fireside-cli summarize`, as it writes them."""
    out = []
    for file in REAL:
        path = REPOSITORY / file
        if not path.exists():
            continue
        language = "zh_CN" if "zh" in path.name else "en"
        done = subprocess.run([args.cli, "summarize", "--dry-run", "--model", args.model, "--language", language, "--device",
                               "cpu", str(path)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit("fireside-cli: " + done.stderr.strip())
        for messages in json.loads(done.stdout)["requests"]:
            text = messages[-1]["content"]
            body = text[: text.index("</document>")]
            marks = re.split(r"\[page (\d+)\]\n", body)
            numbers = [int(number) for number in marks[1::2]]
            points = [[numbers[page - 1], sentences[0]] for page, _, sentences in real.units(marks[2::2])]
            if points:
                out.append(skills.Example(messages, "", "real", {"points": points, "file": file}))
    return out


def said(answer: str) -> list[tuple[int, str]]:
    """(page, sentence) of each bullet of an answer, in either language."""
    return [(int(match.group(2)), match.group(1)) for line in answer.split("\n")
            if (match := re.fullmatch(r"- (.*?) ?[(（](?:p\. |第 )(\d+)(?: 页)?[)）]", line))]


def score(example: skills.Example, answer: str) -> list[tuple[str, float]]:
    facts = example.facts
    if example.skill in ("summary", "real"):
        points = {(page, text) for page, text in facts["points"]}
        bullets = said(answer)
        document = " ".join(example.messages[-1]["content"].split())
        pages = dict(re.findall(r"\[page (\d+)\] (.*?)(?=\[page \d+\]|</document>)", document))
        right = sum(text in pages.get(str(page), "") for page, text in bullets)
        verbatim = right / len(bullets) if bullets else 0.0
        covered = len(points & set(bullets)) / len(points)
        if example.skill == "real":
            return [("real documents, verbatim and page", verbatim), ("real documents, sections covered", covered)]
        return [("bullets verbatim, right page", verbatim), ("sections covered", covered)]
    if example.skill == "find":
        return [("find, present" if facts["present"] else "find, absent", float(answer == example.answer))]
    if example.skill == "about":
        name = "about, Chinese" if any("\u4e00" <= c <= "\u9fff" for c in example.answer) else "about, English"
        return [(name + (", written last" if facts.get("late") else ""), float(answer == example.answer))]
    name = {"other": "outside its skills", "sum": "sums"}[example.skill]
    return [(name, float(answer == example.answer))]


def examples(teacher: skills.Teacher, count: int, wanted: list[str]) -> list[skills.Example]:
    out: list[skills.Example] = []
    while "summary" in wanted and len(out) < count:
        example = teacher.summarise()
        if example.facts["form"] == "bullets":
            out.append(example)
    for i in range(count if "find" in wanted else 0):
        out.append(teacher.find(present=i % 2 == 0))
    for fact in teacher.about if "about" in wanted else ():
        for language in ("en", "zh_CN"):
            for _ in range(max(2, count // 70)):
                out.append(teacher.ask_about(fact=fact, language=language))
            for _ in range(2):
                out.append(teacher.ask_about(fact=fact, language=language, late=True))
    out += [teacher.other() for _ in range(count if "other" in wanted else 0)]
    out += [teacher.sum() for _ in range(count // 2 if "sum" in wanted else 0)]
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=777)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--skills", default="about,find,summary,other,sum,real")
    parser.add_argument("--compare", default="", help="another device: count equal answers")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong answers of each kind")
    args = parser.parse_args()

    rng = random.Random(args.seed)
    teacher = skills.Teacher(rng, Prose(rng, ROLES.parent), ROLES, held_out=True)
    wanted = args.skills.split(",")
    drawn = examples(teacher, args.count, wanted) + (real_documents(args) if "real" in wanted else [])
    begin = time.monotonic()
    answers = generate_all(args, [example.messages for example in drawn], args.device)
    print(f"{len(drawn)} answers on {args.device} in {time.monotonic() - begin:.0f} s")
    scores: dict[str, list[float]] = {name: [] for name in FIGURES}
    shown: dict[str, int] = {}
    for example, answer in zip(drawn, answers):
        for name, value in score(example, answer):
            scores[name].append(value)
            if value < 1 and shown.get(name, 0) < args.show:
                shown[name] = shown.get(name, 0) + 1
                print(f"--- {name} ---\n{example.messages[-1]['content'][-300:]}\nsaid:   {answer}\nwanted: {example.answer}\n")
    if args.compare:
        others = generate_all(args, [example.messages for example in drawn], args.compare)
        scores["same text on both devices"] = [float(a == b) for a, b in zip(answers, others)]
    failed = False
    for name, values in scores.items():
        if not values:
            continue
        share = sum(values) / len(values)
        failed |= share < FIGURES[name]
        print(f"{name:32s} {share:7.1%}   figure {FIGURES[name]:.0%}   {len(values)} cases")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
