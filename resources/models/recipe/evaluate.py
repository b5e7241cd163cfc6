# SPDX-License-Identifier: Apache-2.0
"""Measures the demo model through Fireside's own engine, on examples that training never saw.

    python3 evaluate.py --cli build/release/bin/fireside-cli --model resources/models/demo [--count 500] [--jobs 32]
        [--skills about,find] [--device cuda] [--compare cuda] [--speed]

Held out: other seeds (so other documents and words), texts of the machine that training leaves out, and the phrasings
marked "held" and "new" in about.json and phrases.json; real documents: those of the repository, read and
rendered by fireside-cli itself. Prints the table of the model's card and exits with 1 when a line is below its figure.
--compare answers once more on another device and counts equal texts; where that is on another machine, which has other texts,
--conversations writes down what to answer there, and --compare takes the file of the answers.
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
from finding import Topics, found

HERE = pathlib.Path(__file__).resolve().parent
ROLES = HERE.parents[1] / "roles"
# What is counted, and the figure wanted; None: shown without one.
FIGURES = {
    "bullets of a summary: verbatim, right page": 0.95,
    "sections covered": 0.90,
    "a paragraph, a table or minutes, as the role or the question wants: the form": 0.90,
    "find the sentence on a topic: present": 0.95,
    "the same, absent: says so": 0.90,
    "find, phrasings written last: present": 0.95,
    "find, phrasings written last: absent": 0.90,
    "find, a word of several sentences: the first": None,
    "find, in a document whose sentences begin alike": 0.90,
    "find, another word of the sentence, other capitals": None,
    "find, a word of a table, a list or a heading: its line": None,
    "find, absent, the topic resembles a word of the document: says so": None,
    "questions about Fireside, English": 0.95,
    "questions about Fireside, Chinese": 0.90,
    "questions about Fireside, English, phrasings written last": 0.95,
    "questions about Fireside, Chinese, phrasings written last": 0.90,
    "outside its skills: says so": 0.90,
    "sums": 0.90,
    "in a talk about a document: questions about Fireside": 0.90,
    "in a talk about a document: thanks and sums": 0.90,
    "in a talk about a document: outside its skills": 0.90,
    "documents of this repository: verbatim, right page": 0.95,
    "documents of this repository: sections covered": 0.90,
    "documents of this repository: the sentence on a word": 0.90,
    "same text on both devices": 0.99,
}
FIND = {"once": "find the sentence on a topic: present", "absent": "the same, absent: says so",
        "several": "find, a word of several sentences: the first", "other": "find, another word of the sentence, other capitals",
        "line": "find, a word of a table, a list or a heading: its line",
        "nearly": "find, absent, the topic resembles a word of the document: says so"}
TALK = {"about": "questions about Fireside", "manners": "thanks and sums", "sum": "thanks and sums", "outside": "outside its skills"}
REPOSITORY = HERE.parents[2]
REAL = ["resources/samples/fireside-sample.pdf", "resources/samples/fireside-sample-zh.md", "README.md", "ARCHITECTURE.md",
        "CONTRIBUTING.md", "LICENSE", "tests/data/README.md"]


def generate(args, messages: list[list[dict]], device: str) -> list[tuple[str, list[int]]]:
    """One process for many conversations: the engine computes them together."""
    command = [args.cli, "generate", "--batch", "--model", args.model, "--temperature", "0", "--max-tokens", "2000",
               "--device", device, "--threads", str(args.threads)]
    done = subprocess.run(command, input=lines_of(messages), capture_output=True, text=True)
    answers = answers_of(done.stdout)
    if len(answers) != len(messages):  # conversations without an answer have an "error" and make the exit code
        raise SystemExit("fireside-cli: " + done.stderr.strip())
    return answers


def lines_of(messages: list[list[dict]]) -> str:
    """As `fireside-cli generate --batch` reads conversations."""
    return "".join(json.dumps({"messages": each}, ensure_ascii=False) + "\n" for each in messages)


def answers_of(lines: str) -> list[tuple[str, list[int]]]:
    """As it writes the answers."""
    answers = [json.loads(line) for line in lines.splitlines()]
    return [(answer.get("text", f"error: {answer.get('error')}"), answer.get("ids", [])) for answer in answers]


def generate_all(args, conversations: list[list[dict]], device: str) -> list[tuple[str, list[int]]]:
    """(text, tokens) of each. On a GPU one process, on the CPU --jobs of them."""
    jobs = 1 if device.startswith("cuda") else args.jobs
    pieces = [list(range(start, len(conversations), jobs * 4)) for start in range(jobs * 4)] if jobs > 1 else [
        list(range(len(conversations)))]
    out = [("", [])] * len(conversations)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for piece, answers in zip(pieces, pool.map(
                lambda piece: generate(args, [conversations[i] for i in piece], device) if piece else [], pieces)):
            for i, answer in zip(piece, answers):
                out[i] = answer
    return out


def real_documents(args, teacher: skills.Teacher, finds: int) -> list[skills.Example]:
    """The first requests of `fireside-cli summarize`, as it writes them; and of each so many questions about a word."""
    out = []
    for file in REAL:
        path = REPOSITORY / file
        if not path.exists():
            continue
        language = "zh_CN" if "zh" in path.name else "en"
        done = subprocess.run([args.cli, "summarize", "--dry-run", "--model", args.model, "--language", language, "--device",
                               "cpu", str(path)], capture_output=True, text=True)
        if done.returncode != 0:
            print(f"left out: {file}: {done.stderr.strip()}")
            continue
        for messages in json.loads(done.stdout)["requests"]:
            text = messages[-1]["content"]
            shown = text[: text.index("</document>") + len("</document>")]
            marks = re.split(r"\[page (\d+)\]\n", shown[: -len("</document>")])
            numbers, pages = [int(number) for number in marks[1::2]], marks[2::2]
            units = real.units(pages)
            points = [[numbers[page - 1], sentences[0]] for page, _, sentences in units]
            if points:
                out.append(skills.Example(messages, "", "real", {"points": points, "file": file}))
            document = teacher.writer(language).of_units(pages, units, "")
            topics = Topics(teacher.writer(language), document) if document else None
            for topic in topics.once[:finds] if topics else ():
                question = teacher.question(topic.text, language)
                out.append(skills.Example([*messages[:-1], {"role": "user", "content": f"{shown}\n\n{question}"}],
                                          found(topic.text, language, numbers[topic.page - 1], topic.sentence), "real find"))
    return out


def said(answer: str) -> list[tuple[int, str]]:
    """(page, sentence) of each bullet of an answer, in either language."""
    return [(int(match.group(2)), match.group(1)) for line in answer.split("\n")
            if (match := re.fullmatch(r"- (.*?) ?[(（](?:p\. |第 )(\d+)(?: 页)?[)）]", line))]


def form_of(answer: str) -> str:
    if answer.startswith("|"):
        return "minutes" if answer.startswith(("| Who", "| 谁")) else "table"
    return "bullets" if "\n- " in answer else "paragraph"


def score(example: skills.Example, answer: str) -> list[tuple[str, float]]:
    facts = example.facts
    if example.skill == "summary" and facts["form"] != "bullets":
        return [("a paragraph, a table or minutes, as the role or the question wants: the form",
                 float(form_of(answer) == form_of(example.answer)))]
    if example.skill in ("summary", "real"):
        points = {(page, text) for page, text in facts["points"]}
        bullets = said(answer)
        document = " ".join(example.messages[-1]["content"].split())
        pages = dict(re.findall(r"\[page (\d+)\] (.*?)(?=\[page \d+\]|</document>)", document))
        right = sum(text in pages.get(str(page), "") for page, text in bullets)
        verbatim = right / len(bullets) if bullets else 0.0
        covered = len(points & set(bullets)) / len(points)
        if example.skill == "real":
            return [("documents of this repository: verbatim, right page", verbatim),
                    ("documents of this repository: sections covered", covered)]
        return [("bullets of a summary: verbatim, right page", verbatim), ("sections covered", covered)]
    right = float(answer == example.answer)
    if example.skill == "alike":
        return [("find, in a document whose sentences begin alike", right)]
    if example.skill == "find":
        if facts["phrasing"] == "new" and facts["kind"] in ("once", "absent"):
            return [("find, phrasings written last: " + ("present" if facts["kind"] == "once" else "absent"), right)]
        return [(FIND[facts["kind"]], right)]
    if example.skill == "real find":
        return [("documents of this repository: the sentence on a word", right)]
    if example.skill == "about":
        language = "Chinese" if any("\u4e00" <= c <= "\u9fff" for c in example.answer) else "English"
        return [(f"questions about Fireside, {language}" + (", phrasings written last" if facts["kind"] == "new" else ""), right)]
    if example.skill == "talk":
        return [("in a talk about a document: " + TALK[facts["kind"]], right)]
    return [({"other": "outside its skills: says so", "sum": "sums"}[example.skill], right)]


def examples(teacher: skills.Teacher, count: int, wanted: list[str]) -> list[skills.Example]:
    out: list[skills.Example] = []
    forms: list[skills.Example] = []
    while "summary" in wanted and len(out) < count:
        example = teacher.summarise()
        (out if example.facts["form"] == "bullets" else forms).append(example)
    out += forms[: count // 2]
    for i in range(count if "find" in wanted else 0):
        out.append(teacher.find("absent" if i % 2 else "once"))
        if i < count // 2:
            out.append(teacher.find("absent" if i % 2 else "once", phrasing="new"))
            out.append(teacher.find(("several", "other", "line", "nearly")[i % 4]))
            out.append(teacher.talk(("about", "manners", "outside", "sum")[i % 4]))
            language = teacher.language()
            out.append(teacher.find("once", document=teacher.writer(language).document(40, alike=True)))
            out[-1].skill = "alike"
    for fact in teacher.about if "about" in wanted else ():
        for kind, short in ((kind, short) for kind in ("held", "new") for short in ("en", "zh")):
            for text in teacher.about[fact][f"{kind}_{short}"]:  # each once
                out.append(teacher.ask_about(fact=fact, language="zh_CN" if short == "zh" else "en", kind=kind, text=text))
    out += [teacher.other() for _ in range(count if "other" in wanted else 0)]
    out += [teacher.sum() for _ in range(count // 2 if "sum" in wanted else 0)]
    return out


def margins(args, differing: list[tuple[skills.Example, list[int], list[int]]]) -> None:
    """Where two devices part: how near the two tokens were, as PyTorch sees it in float32."""
    try:
        import torch
        import tokenizer as vocabulary
        import train
    except ImportError:
        return
    folder = pathlib.Path(args.model)
    train.CONFIG.update(json.loads((folder / "config.json").read_text()))
    model = train.Model()
    train.load(model, folder)
    coder = vocabulary.load(folder)
    for example, first, second in differing[:20]:
        at = next((i for i, (a, b) in enumerate(zip(first, second)) if a != b), min(len(first), len(second)))
        if at >= min(len(first), len(second)):
            print(f"one answer ends at token {at}, the other does not")
            continue
        ids, spans = vocabulary.encode(coder, example.messages, "", {})
        with torch.no_grad():
            hidden = model(torch.tensor([ids[: spans[-1][0]] + first[:at]]))[0, -1]
            logits = model.embed_tokens.weight @ hidden
        a, b = first[at], second[at]
        better = int((logits > max(logits[a], logits[b])).sum())
        print(f"token {at} of an answer ({example.skill}): {a} or {b}, logits {logits[a]:.4f} and {logits[b]:.4f}, {better} above both")


def speed(args) -> None:
    """Lines of the card."""
    done = subprocess.run([args.cli, "bench", "--json", "--model", args.model, "--device", "cpu", "--threads", "2"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit("fireside-cli: " + done.stderr.strip())
    results = json.loads(done.stdout)["results"]
    prefill = " / ".join(f"{each['tokens_per_s']:,.0f}" for each in results["prefill"])
    lengths = " / ".join(f"{each['tokens']:,}" for each in results["prefill"])
    decode = [each for each in results["decode"] if each["sequences"] == 1]
    print(f"| CPU, 2 threads, prompt of {lengths} tokens: prefill | {prefill} tok/s | 2,000 | `fireside-cli bench` |")
    print(f"| the same, after {' / '.join(str(each['context']) for each in decode)} tokens: decode | "
          f"{' / '.join(format(each['tokens_per_s'], ',.0f') for each in decode)} tok/s | 100 | |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=777)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--threads", type=int, default=1, help="of each job")
    parser.add_argument("--speed", action="store_true", help="also run fireside-cli bench; keep the machine idle")
    parser.add_argument("--skills", default="about,find,summary,other,sum,real")
    parser.add_argument("--compare", default="", help="another device, or a file of answers that one gave to --conversations: "
                        "count equal answers")
    parser.add_argument("--conversations", default="", help="only write them to this file, for `fireside-cli generate --batch "
                        "--temperature 0 --max-tokens 2000` on another machine: other machines have other texts")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong answers of each kind")
    args = parser.parse_args()

    rng = random.Random(args.seed)
    teacher = skills.Teacher(rng, Prose(rng, ROLES.parent, held_out=True), ROLES, held_out=True)
    wanted = args.skills.split(",")
    drawn = examples(teacher, args.count, wanted) + (
        real_documents(args, teacher, args.count // 25) if "real" in wanted else [])
    if args.conversations:
        pathlib.Path(args.conversations).write_text(lines_of([example.messages for example in drawn]), "utf-8")
        return 0
    begin = time.monotonic()
    answers = generate_all(args, [example.messages for example in drawn], args.device)
    print(f"{len(drawn)} answers on {args.device} in {time.monotonic() - begin:.0f} s", flush=True)
    scores: dict[str, list[float]] = {name: [] for name in FIGURES}
    shown: dict[str, int] = {}
    for example, (answer, _) in zip(drawn, answers):
        if answer.startswith("error: the prompt has "):  # the application would send such a document in parts
            continue
        for name, value in score(example, answer):
            scores[name].append(value)
            if value < 1 and shown.get(name, 0) < args.show:
                shown[name] = shown.get(name, 0) + 1
                print(f"--- {name} ---\n{example.messages[-1]['content'][-300:]}\nsaid:   {answer}\nwanted: {example.answer}\n")
    if args.compare:
        other = pathlib.Path(args.compare)
        others = (answers_of(other.read_text("utf-8")) if other.is_file() else
                  generate_all(args, [example.messages for example in drawn], args.compare))
        if len(others) != len(drawn):
            raise SystemExit(f"{args.compare} has {len(others)} answers; this evaluation has {len(drawn)} conversations")
        scores["same text on both devices"] = [float(a == b) for (a, _), (b, _) in zip(answers, others)]
        margins(args, [(example, a[1], b[1]) for example, a, b in zip(drawn, answers, others) if a[0] != b[0]])
    failed = False
    print("\n| skill | measured | wanted | cases |\n|---|---:|---:|---:|")
    for name, values in scores.items():
        if not values:
            continue
        share, wanted_share = sum(values) / len(values), FIGURES[name]
        failed |= wanted_share is not None and share < wanted_share
        print(f"| {name} | {share:.1%} | {'' if wanted_share is None else format(wanted_share, '.0%')} | {len(values)} |".replace("%", " %"))
    if args.speed:
        speed(args)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
