# SPDX-License-Identifier: Apache-2.0
"""Measures the demo model through Fireside's own engine, on examples that training never saw.

    python3 evaluate.py --cli build/release/bin/fireside-cli --model resources/models/demo [--count 500]

Held out: other seeds (so other documents and words), and the phrasings marked "held" in about.json and
phrases.json. Prints one line for each skill and exits with 1 when one is below its figure.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

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
    "outside its skills": 0.90,
    "sums": 0.90,
}


def generate(args, messages: list[dict]) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(messages, file, ensure_ascii=False)
        file.flush()
        command = [args.cli, "generate", "--model", args.model, "--messages", file.name, "--temperature", "0",
                   "--max-tokens", "2000", "--json", "--device", args.device, "--threads", "1"]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return "error: " + done.stderr.strip()
    return json.loads(done.stdout)["text"]


def said(answer: str) -> list[tuple[int, str]]:
    """(page, sentence) of each bullet of an answer, in either language."""
    return [(int(match.group(2)), match.group(1)) for line in answer.split("\n")
            if (match := re.fullmatch(r"- (.*?) ?[(（](?:p\. |第 )(\d+)(?: 页)?[)）]", line))]


def score(example: skills.Example, answer: str) -> list[tuple[str, float]]:
    facts = example.facts
    if example.skill == "summary":
        points = {(page, text) for page, text in facts["points"]}
        bullets = said(answer)
        document = " ".join(example.messages[-1]["content"].split())
        pages = dict(re.findall(r"\[page (\d+)\] (.*?)(?=\[page \d+\]|</document>)", document))
        right = sum(text in pages.get(str(page), "") for page, text in bullets)
        verbatim = right / len(bullets) if bullets else 0.0
        covered = len(points & set(bullets)) / len(points)
        return [("bullets verbatim, right page", verbatim), ("sections covered", covered)]
    if example.skill == "find":
        return [("find, present" if facts["present"] else "find, absent", float(answer == example.answer))]
    if example.skill == "about":
        return [("about, Chinese" if any("\u4e00" <= c <= "\u9fff" for c in example.answer) else "about, English",
                 float(answer == example.answer))]
    name = {"other": "outside its skills", "sum": "sums"}[example.skill]
    return [(name, float(answer == example.answer))]


def examples(teacher: skills.Teacher, count: int) -> list[skills.Example]:
    out: list[skills.Example] = []
    while sum(e.skill == "summary" for e in out) < count:
        example = teacher.summarise()
        if example.facts["form"] == "bullets":
            out.append(example)
    for i in range(count):
        out.append(teacher.find(present=i % 2 == 0))
    for fact in teacher.about:
        for language in ("en", "zh_CN"):
            for _ in range(max(2, count // 70)):
                out.append(teacher.ask_about(fact=fact, language=language))
    out += [teacher.other() for _ in range(count)]
    out += [teacher.sum() for _ in range(count // 2)]
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=777)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=0, help="print so many wrong answers of each kind")
    args = parser.parse_args()

    rng = random.Random(args.seed)
    teacher = skills.Teacher(rng, Prose(rng, ROLES.parent), ROLES, held_out=True)
    drawn = examples(teacher, args.count)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        answers = list(pool.map(lambda example: generate(args, example.messages), drawn))
    scores: dict[str, list[float]] = {name: [] for name in FIGURES}
    shown: dict[str, int] = {}
    for example, answer in zip(drawn, answers):
        for name, value in score(example, answer):
            scores[name].append(value)
            if value < 1 and shown.get(name, 0) < args.show:
                shown[name] = shown.get(name, 0) + 1
                print(f"--- {name} ---\n{example.messages[-1]['content'][-300:]}\nsaid:   {answer}\nwanted: {example.answer}\n")
    failed = False
    for name, values in scores.items():
        share = sum(values) / max(1, len(values))
        failed |= share < FIGURES[name]
        print(f"{name:32s} {share:7.1%}   figure {FIGURES[name]:.0%}   {len(values)} cases")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
