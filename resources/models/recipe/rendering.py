# SPDX-License-Identifier: Apache-2.0
"""Documents as the application writes them into a prompt, and summaries as the model is to write them."""
from __future__ import annotations

from corpus import Document, Sentence, Unit

ENGLISH, CHINESE = "en", "zh_CN"


# As engine/documents/prompt.cpp does it ------------------------------------------------------------


def safe_name(name: str) -> str:
    return name.replace('"', "'").replace("<", "(").replace(">", ")") or "document"


def render_pages(pages: list[tuple[int, str]]) -> str:
    return "".join(f"[page {number}]\n{text}" + ("" if text.endswith("\n") or not text else "\n") for number, text in pages)


def render_document(document: Document) -> str:
    mark = f'<document name="{safe_name(document.name)}" pages="{len(document.pages)}">\n'
    return mark + render_pages(list(enumerate(document.pages, 1))) + "</document>"


# Answers ------------------------------------------------------------------------------------------


def at_page(page: int, language: str) -> str:
    return f"（第 {page} 页）" if language == CHINESE else f" (p. {page})"


def first_sentences(units: list[Unit]) -> list[tuple[int, Sentence]]:
    return [(unit.page, unit.sentences[0]) for unit in units if unit.sentences]


def bullets(points: list[tuple[int, Sentence]], language: str) -> str:
    return "\n".join(f"- {sentence.text}{at_page(page, language)}" for page, sentence in points)


def opening(document: Document, language: str) -> str:
    name, count = safe_name(document.name), len(document.pages)
    if language == CHINESE:
        return f"文档“{name}”（共 {count} 页）的要点："
    return f'The document "{name}" ({count} {"page" if count == 1 else "pages"}), point by point:'


def table(rows: list[list[str]], head: list[str]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def summary(document: Document, form: str, language: str) -> str:
    points = first_sentences(document.units)
    chinese = language == CHINESE
    if form == "paragraph":
        joiner = "" if chinese else " "
        return joiner.join(sentence.text + at_page(page, language) for page, sentence in points)
    if form == "table":
        head = ["页", "句子"] if chinese else ["Page", "Sentence"]
        return table([[str(page), sentence.text] for page, sentence in points], head)
    if form == "minutes":
        actions = [(page, sentence) for page, sentence in document.sentences if sentence.who]
        if actions:
            head = ["谁", "做什么", "页"] if chinese else ["Who", "What", "Page"]
            return table([[s.who, s.what, str(page)] for page, s in actions], head)
    return opening(document, language) + "\n\n" + bullets(points, language)
