# SPDX-License-Identifier: Apache-2.0
"""Checks of the training data, without PyTorch: python3 check.py [--cli fireside-cli]

With --cli, the conversations that the application sends (`summarize --dry-run`) must be what the recipe
trains on, byte by byte.
"""
from __future__ import annotations

import argparse
import json
import pathlib
import random
import re
import subprocess
import tempfile

import corpus
import questions
import real
import skills
from corpus import Document, Prose
from finding import KINDS, Topics

HERE = pathlib.Path(__file__).resolve().parent
ROLES = HERE.parents[1] / "roles"


class NoProse(Prose):
    """Made-up words only, so that the checks need no texts of the machine."""

    def __init__(self):
        self.clauses = corpus._clauses(ROLES.parent)
        self.sentences, self.chinese, self.words = [], [], ["stone", "river", "music"]
        self.alike = 0.5
        self.texts = type("None", (), {"texts": []})()


def check_held_out(teacher: skills.Teacher, draws: int) -> None:
    """No training question equals a held-out one, for each fact and language."""
    for fact in teacher.about:
        for short, language in (("en", "en"), ("zh", "zh_CN")):
            held = {questions.plain(text) for text in teacher.about[fact]["held_" + short]}
            assert len(held) >= 3, f"{fact}: fewer than 3 held-out phrasings in {short}"
            held |= {questions.plain(text) for text in teacher.about[fact]["new_" + short]}
            seen = {
                questions.plain(teacher.questions.draw(fact, short, lambda kind: teacher.pick("about_" + kind, language), teacher.rng))
                for _ in range(draws)
            }
            assert not seen & held, f"{fact}: {seen & held}"
            assert len(seen) >= draws // 4, f"{fact}: only {len(seen)} different phrasings in {short}"
    for key, entry in teacher.words.items():
        for short in ("en", "zh_CN"):
            for template in entry.get("held_" + short, []):
                assert template not in entry[short], f"{key}: {template}"


def check_examples(teacher: skills.Teacher, count: int) -> None:
    """Every bullet of every answer stands on its page of the prompt."""
    for _ in range(count):
        example = teacher.summarise()
        if example.facts["form"] != "bullets":
            continue
        text = " ".join(example.messages[-1]["content"].split())
        pages = dict(re.findall(r"\[page (\d+)\] (.*?)(?=\[page \d+\]|</document>)", text))
        for page, sentence in example.facts["points"]:
            assert sentence in pages[str(page)], (page, sentence)
            assert sentence in example.answer


def check_topics(teacher: skills.Teacher, count: int) -> None:
    """What answers a topic names it and stands on its page; what is said to be absent is nowhere."""
    for i in range(count):
        writer = teacher.writer(teacher.language())
        document = writer.document(teacher.sentences(40))
        topics = Topics(writer, document)
        topic = topics.draw(KINDS[i % len(KINDS)])
        if not topic.sentence:
            assert topic.text.lower() not in topics.whole, topic
            continue
        text = topic.sentence.text
        assert topic.text.lower() in text.lower(), topic
        page = " ".join(document.pages[topic.page - 1].split())
        assert topic.kind == "line" or text in page, (topic, page)
        earlier = [s.text for _, s in document.sentences]
        earlier = earlier[: earlier.index(text)] if text in earlier else []
        assert not any(topic.text.lower() in each.lower() for each in earlier), (topic, earlier)


def check_units() -> None:
    pages = ["of a sentence from before. It goes on. Then\n\n# One\nHere it is, e.g. this. No more.\n\n| a | b |\n\n- An item that speaks.",
             "2 Second part\nA page begins."]
    found = [(page, heading, sentences[0]) for page, heading, sentences in real.units(pages)]
    assert found == [(1, "", "It goes on."), (1, "# One", "Here it is, e.g. this."), (2, "2 Second part", "A page begins.")], found


def check_rendering(teacher: skills.Teacher, cli: str, model: str) -> None:
    for language in ("en", "zh_CN"):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / 'no "te".txt'
            path.write_text("First line.\n\nSecond line\n", "utf-8")
            done = subprocess.run([cli, "summarize", "--dry-run", "--model", model, "--language", language, "--device", "cpu",
                                   str(path)], capture_output=True, text=True, check=True)
        (messages,) = json.loads(done.stdout)["requests"]
        document = Document('no "te".txt', "en", ["First line.\n\nSecond line\n"], [])
        wanted = skills.render_document(document) + "\n\n" + teacher.application["whole"][language]
        assert messages[-1]["content"] == wanted, messages[-1]["content"]
        assert messages[0] == {"role": "system", "content": teacher.roles["summarizer"][language]["system_prompt"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", default="", help="fireside-cli, to compare what it sends")
    parser.add_argument("--model", default=str(HERE.parent / "demo"), help="any model folder with 4,096 tokens of context")
    parser.add_argument("--draws", type=int, default=1000)
    args = parser.parse_args()
    teacher = skills.Teacher(random.Random(1), NoProse(), ROLES)
    check_units()
    check_held_out(teacher, args.draws)
    check_examples(teacher, 300)
    check_topics(teacher, 600)
    if args.cli:
        check_rendering(teacher, args.cli, args.model)
    print("the training data is as agreed")


if __name__ == "__main__":
    main()
