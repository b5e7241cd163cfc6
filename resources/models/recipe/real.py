# SPDX-License-Identifier: Apache-2.0
"""Documents as people have them: texts of this machine, cut into pages, with what a summary says of them.

The rule that the model learns, in one place: a unit begins with each page and with each heading; it is
told by its first whole sentence. Tables, code and pictures are no sentences; a sentence that began on
the page before does not count.
"""
from __future__ import annotations

import glob
import pathlib
import random
import re
import sysconfig
import zlib

MARKDOWN = re.compile(r"#{1,6} +\S")
NUMBERED = re.compile(r"(?:\d{1,2}\.?|\d{1,2}(?:\.\d{1,2})+\.?) +[A-Z\u4e00-\u9fff].{1,70}$")
HAN_NUMBERED = re.compile(r"(?:第[一二三四五六七八九十]+[章节]|[一二三四五六七八九十]+、).{1,40}$")
ITEM = re.compile(r"\s*(?:[-*+•·]|\d{1,2}[.)]) +")
ENGLISH_SENTENCE = re.compile(r"(?:(?<=[.!?] )|(?<=[.!?][\"”)] )|^)[A-Z\"“(\u2018][^\n]{8,400}?[.!?][\"”)]?(?= |$)")
CHINESE_SENTENCE = re.compile(r"[^。！？\s][^。！？]{5,200}[。！？][”）]?")
ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|Mr|Dr|No|p|pp|Fig|St|Inc|al)|\b[A-Z])\.$")


def is_heading(line: str) -> bool:
    if MARKDOWN.match(line) or HAN_NUMBERED.match(line):
        return True
    return bool(NUMBERED.match(line)) and line[-1] not in ".,;:!?。；，"


def is_table(line: str) -> bool:
    return "|" in line or bool(re.search(r"\S {3,}\S", line)) or line.lstrip().startswith(("![", "<", "[!", "http"))


def sentences(text: str) -> list[str]:
    """The whole sentences of a paragraph, its lines joined."""
    text = " ".join(text.split())
    if sum("\u4e00" <= char <= "\u9fff" for char in text) * 3 > len(text):
        return CHINESE_SENTENCE.findall(text)
    out, at = [], 0
    while match := ENGLISH_SENTENCE.search(text, at):
        end = match.end()
        while ABBREVIATION.search(text[match.start() : end]):
            more = re.compile(r"[^\n]*?[.!?][\"”)]?(?= |$)").match(text, end)
            if not more or more.end() == end:
                break
            end = more.end()
        out.append(text[match.start() : end])
        at = end
    return out


def units(pages: list[str]) -> list[tuple[int, str, list[str]]]:
    """(page, heading, sentences) in order."""
    out: list[tuple[int, str, list[str]]] = []
    fenced = False
    for page, text in enumerate(pages, 1):
        out.append((page, "", []))
        for block in re.split(r"\n[ \t]*\n", text):
            prose: list[str] = []
            for line in block.split("\n"):
                if line.lstrip().startswith("```"):
                    fenced = not fenced
                    continue
                if fenced or line.startswith(("    ", "\t")) or is_table(line):
                    out[-1][2].extend(sentences("\n".join(prose)))
                    prose = []
                    continue
                if is_heading(line):
                    out[-1][2].extend(sentences("\n".join(prose)))
                    prose = []
                    out.append((page, line, []))
                    continue
                if ITEM.match(line):
                    out[-1][2].extend(sentences("\n".join(prose)))
                    prose = [ITEM.sub("", line, count=1)]
                    continue
                prose.append(line)
            out[-1][2].extend(sentences("\n".join(prose)))
    return [unit for unit in out if unit[2]]


def cut(text: str, most: int = 3000, rng: random.Random | None = None) -> list[str]:
    """As Fireside cuts a text into pages: behind a paragraph, or else at a line. With rng as a PDF: half of the pages end
    at any line, and none with an empty one."""
    out = []
    while len(text) > most * 5 // 4:
        at = text.rfind("\n\n", most // 2, most) + 2
        if at < 2 or (rng and rng.random() < 0.5):
            at = text.rfind("\n", 1, most) + 1 or most
        out.append(text[:at].rstrip("\n") if rng else text[:at])
        text = text[at:]
    return out + [text]


def is_held(text: str) -> bool:
    """One text of eight is kept for the evaluation."""
    return zlib.crc32(text[:400].encode()) % 8 == 0


class Texts:
    """Long texts of this machine: licences, package descriptions in Markdown, documentation."""

    PLACES = (
        "/usr/share/common-licenses/*",
        "/usr/share/doc/*/README*",
        "/usr/share/doc/*/*.md",
        "/usr/share/doc/*/*.txt",
        "/usr/lib/python3*/**/*.md",
        sysconfig.get_paths()["purelib"] + "/**/METADATA",
        sysconfig.get_paths()["purelib"] + "/**/*.md",
        sysconfig.get_paths()["purelib"] + "/**/LICENSE*",
        "/usr/lib/python3/dist-packages/**/METADATA",
    )

    def __init__(self, rng: random.Random, wanted: int = 600, held_out: bool = False):
        paths = sorted({path for place in self.PLACES for path in glob.glob(place, recursive=True)})
        rng.shuffle(paths)
        self.texts: list[list[str]] = []  # paragraphs
        seen: set[str] = set()
        for path in paths:
            try:
                text = pathlib.Path(path).read_bytes()[:120_000].decode("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            if path.endswith("METADATA"):
                text = text.partition("\n\n")[2]
            text = re.sub(r"[^\S\n]+\n", "\n", text.replace("\r", "").replace("\t", "    "))
            text = re.sub(r"<[^>\n]{1,200}>|<\|", "", text)
            blocks = [block for block in re.split(r"\n{2,}", text) if block.strip()]
            if len(text) < 1500 or text[:400] in seen or is_held(text) != held_out or len(units([text])) == 0:
                continue
            seen.add(text[:400])
            self.texts.append(blocks)
            if len(self.texts) >= wanted:
                break

    def pages(self, rng: random.Random, most: int) -> list[str]:
        """Some pages from somewhere in a text, `most` characters at most."""
        blocks = rng.choice(self.texts)
        at = rng.randrange(len(blocks)) if rng.random() < 0.7 else 0
        while at > 0 and sum(block.count("```") for block in blocks[:at]) % 2:  # not from within code
            at -= 1
        size = rng.randint(300, 2500)
        total = rng.randint(min(600, most), most)
        out, page = [], ""
        for block in blocks[at:]:
            block = block[:1500]
            if total < len(block):
                break
            total -= len(block)
            page += ("\n\n" if page else "") + block
            if len(page) > size:
                if rng.random() < 0.3 and "\n" in block:  # the page ends within a paragraph
                    cut = page.rindex("\n")
                    out.append(page[:cut])
                    page = page[cut + 1 :]
                else:
                    out.append(page)
                    page = ""
                size = rng.randint(300, 2500) if rng.random() < 0.2 else size
        return out + [page] if page else out
