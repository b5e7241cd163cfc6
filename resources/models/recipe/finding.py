# SPDX-License-Identifier: Apache-2.0
"""What the document says about a topic: questions, and which answer is right.

A topic is answered with the first sentence that mentions it; when no sentence does, but a line of a table, a list or a
heading, with that line; when nothing does, with saying so. The kinds of topics:

    once      a word or two of one sentence, and nowhere else
    several   a word of several sentences: the first counts
    other     another word of a sentence, the word with other capitals
    line      a word of a line that is no sentence
    absent    not in the document
    nearly    absent, but like a word of it, or a word of it beside another
"""
from __future__ import annotations

import re
from dataclasses import dataclass

import corpus
import real
from corpus import Document, Sentence, Writer
from rendering import CHINESE, at_page

KINDS = ("once", "several", "other", "line", "absent", "nearly")


def found(topic: str, language: str, page: int = 0, sentence: Sentence | None = None) -> str:
    """The topic again, and the sentence as in a bullet of a summary; no sentence: nothing is said. Writing the topic
    first is what finding is learnt from: without it the model never began to match."""
    if language == CHINESE:
        return f"关于 {topic}：" + (f"\n> {sentence.text}{at_page(page, language)}" if sentence else "文档没有提到。")
    return f"On {topic}:" + (f"\n> {sentence.text}{at_page(page, language)}" if sentence else " the document says nothing.")


@dataclass
class Topic:
    text: str
    kind: str
    page: int = 0
    sentence: Sentence | None = None


class Topics:
    """The topics that one document offers, each asked once."""

    def __init__(self, writer: Writer, document: Document):
        self.writer, self.rng, self.document = writer, writer.rng, document
        self.chinese = document.language == CHINESE
        self.whole = "\n".join(document.pages).lower().replace("\n", " ")
        self.once = [Topic(s.topic, "once", page, s) for page, s in document.sentences
                     if s.topic and s.topic.lower() in s.text.lower() and self.whole.count(s.topic.lower()) == 1]
        self.rng.shuffle(self.once)

    def draw(self, kind: str) -> Topic:
        """Of that kind, if the document has one; else one that occurs once, or one that is absent."""
        topic = {"several": self._several, "other": self._other, "line": self._line}.get(kind, lambda: None)()
        if not topic and kind not in ("absent", "nearly") and self.once:
            topic = self.once.pop()
        return topic or self._absent(kind)

    def _absent(self, kind: str) -> Topic:
        text = self._nearly() if kind == "nearly" else self.writer.noun()
        while text.lower() in self.whole:
            text = self.writer.noun() + self.writer.noun()
        return Topic(text, "nearly" if kind == "nearly" else "absent")

    def _several(self) -> Topic | None:
        sentences = [(page, s, s.text.lower()) for page, s in self.document.sentences]
        for _, sentence, _ in self.rng.sample(sentences, min(8, len(sentences))):
            words = self._words(sentence.text)
            for word in self.rng.sample(words, min(4, len(words))):
                low = word.lower()
                count = self.whole.count(low)
                # All of them in whole sentences: one that runs over a page border must not be the first.
                if count < 2 or sum(text.count(low) for _, _, text in sentences) != count:
                    continue
                page, first = next((page, s) for page, s, text in sentences if low in text)
                return Topic(word, "several", page, first)
        return None

    def _other(self) -> Topic | None:
        if not self.once:
            return None
        topic = self.once.pop()
        if self.chinese or self.rng.random() < 0.55:
            words = [word for word in self._words(topic.sentence.text) if self.whole.count(word.lower()) == 1]
            topic.text = self.rng.choice(words) if words else topic.text
        else:
            text = topic.text
            topic.text = self.rng.choice((text.lower(), text.capitalize(), text.title(), text.upper()))
        topic.kind = "other"
        return topic

    def _line(self) -> Topic | None:
        sentences = [s.text.lower() for _, s in self.document.sentences]
        lines = lines_of(self.document)
        for page, line in self.rng.sample(lines, min(6, len(lines))):
            words = [word for word in self._words(line) if self.whole.count(word.lower()) == 1]
            if words:
                word = self.rng.choice(words)
                if not any(word.lower() in text for text in sentences):
                    return Topic(word, "line", page, Sentence(line))
        return None

    def _words(self, text: str) -> list[str]:
        """Words that a question may name; two at times."""
        if self.chinese:
            runs = re.findall(r"[\u4e00-\u9fff]{2,}", text)
            words = [run[at : at + self.rng.randint(2, 4)] for run in runs for at in range(0, len(run) - 1, 2)]
            return words + re.findall(r"[A-Za-z][A-Za-z0-9-]{2,}", text)
        return re.findall(r"[A-Za-z][A-Za-z'-]{3,}(?: [A-Za-z0-9][A-Za-z0-9'-]{3,})?" if self.rng.random() < 0.3 else r"[A-Za-z][A-Za-z'-]{4,}", text)

    def _nearly(self) -> str:
        rng, writer = self.rng, self.writer
        words = re.findall(r"[\u4e00-\u9fff]{2,4}" if self.chinese else r"[a-z]{4,}", self.whole)
        if not words:
            return writer.noun()
        word = rng.choice(words)
        if self.chinese:
            at = rng.randrange(len(word))
            return rng.choice((word[:at] + rng.choice(corpus.HAN) + word[at + 1 :], word[:2] + writer.noun(), writer.noun() + word[:2]))
        at = rng.randint(1, len(word) - 1)
        return rng.choice((word[:at] + corpus.made_up_word(rng), corpus.made_up_word(rng) + word[at:], f"{word} {writer.noun()}",
                           f"{writer.noun()} {word}", f"{writer.noun()} {writer.noun()}"))


def lines_of(document: Document) -> list[tuple[int, str]]:
    """(page, line) of tables, lists and headings, as they are quoted: without marks at the ends, spaces drawn together."""
    out = []
    for page, text in enumerate(document.pages, 1):
        fenced = False
        lines = text.split("\n")
        for line, next_line in zip(lines, lines[1:] + [""]):
            if line.lstrip().startswith("```"):
                fenced = not fenced
            elif not fenced and _is_line(line) and (not next_line.strip() or _is_line(next_line)):  # it does not go on below
                line = " ".join(re.sub(r"^#+ |^[-*+•·] ", "", line.strip()).strip("| ").split())
                if 8 <= len(line) <= 160:
                    out.append((page, line))
    return out


def _is_line(line: str) -> bool:
    if re.fullmatch(r"[\s|:=-]*", line) or line.lstrip().startswith(("![", "<", "[!", "http")):
        return False
    return real.is_table(line) or real.is_heading(line) or bool(real.ITEM.match(line) and line[-1] not in ".!?。！？")
