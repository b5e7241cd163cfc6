# SPDX-License-Identifier: Apache-2.0
"""What the demo model is taught: each skill turns a drawn situation into a conversation.

An Example holds the messages as Fireside sends them and the answer to learn. The prompts are the
application's own: role prompts come from resources/roles, the instructions of a summary from
application.json, and a document is rendered as engine/prompt.h renders it.
"""
from __future__ import annotations

import json
import pathlib
import random
import re
from dataclasses import dataclass, field

import corpus
from corpus import Document, Prose, Unit, Writer

HERE = pathlib.Path(__file__).resolve().parent
ENGLISH, CHINESE = "en", "zh_CN"

# How a role (by id) writes a summary; all others write bullets.
ROLE_FORMS = {"marketing": "paragraph", "technical-writer": "table", "meeting-minutes": "minutes"}


@dataclass
class Example:
    messages: list[dict]
    answer: str
    skill: str
    facts: dict = field(default_factory=dict)  # for the evaluation: what is right


# Rendering, as engine/documents/prompt.cpp does it ----------------------------------------------


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


def first_sentences(units: list[Unit]) -> list[tuple[int, corpus.Sentence]]:
    return [(unit.page, unit.sentences[0]) for unit in units if unit.sentences]


def bullets(points: list[tuple[int, corpus.Sentence]], language: str) -> str:
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


# The skills ---------------------------------------------------------------------------------------


def expand(template: str, rng: random.Random) -> str:
    """(a|b) becomes a or b, innermost first."""
    while match := re.search(r"\(([^()]*)\)", template):
        template = template[: match.start()] + rng.choice(match.group(1).split("|")) + template[match.end() :]
    return re.sub(r" +", " ", template).strip()


def typos(text: str, rng: random.Random) -> str:
    """People drop letters, capitals and question marks."""
    if rng.random() < 0.15 and len(text) > 12 and text.isascii():
        at = rng.randrange(1, len(text) - 1)
        text = rng.choice((text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:], text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]))
    return text


class Teacher:
    """Draws examples. held_out: phrasings and forms of words that training never sees."""

    def __init__(self, rng: random.Random, prose: Prose, roles: pathlib.Path, held_out: bool = False):
        self.rng, self.prose, self.held_out = rng, prose, held_out
        self.about = json.loads((HERE / "about.json").read_text("utf-8"))
        self.words = json.loads((HERE / "phrases.json").read_text("utf-8"))
        self.application = json.loads((HERE / "application.json").read_text("utf-8"))
        self.roles = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(roles.glob("*.json"))}
        self.roles = {role["id"]: role for role in self.roles.values()}

    # Parts of a conversation

    def language(self) -> str:
        return self.rng.choice((ENGLISH, ENGLISH, CHINESE))

    def writer(self, language: str) -> Writer:
        return Writer(self.rng, self.prose, language)

    def system(self, language: str, role: str | None = None) -> tuple[str, list[dict]]:
        """A role's id and its system message. Also none, and prompts that people write."""
        rng = self.rng
        draw = rng.random()
        if role is None and draw < 0.12:
            return "", []
        if role is None and draw < 0.22:
            words = " ".join(self.writer(language).sentence().text for _ in range(rng.randint(1, 3)))
            return "own", [{"role": "system", "content": words}]
        role = role or (rng.choice(list(self.roles)) if draw < 0.7 else "assistant")
        # The window's language and the question's may differ.
        shown = language if rng.random() < 0.85 else rng.choice((ENGLISH, CHINESE))
        return role, [{"role": "system", "content": self.roles[role][shown]["system_prompt"]}]

    def pick(self, key: str, language: str) -> str:
        """A phrasing; the evaluation draws from those that training leaves out."""
        entry = self.words[key]
        held = entry.get("held_" + language, [])
        choices = held if self.held_out and held else entry[language]
        return expand(self.rng.choice(choices), self.rng)

    def polite(self, text: str, language: str) -> str:
        rng = self.rng
        if language == CHINESE:
            text = rng.choice(("", "", "", "请问", "你好，", "我想知道", "麻烦问一下，")) + text
            return text + rng.choice(("", "？", "？", "?", "呢？", "。"))
        text = rng.choice(("", "", "", "", "Hi, ", "Hello! ", "Please tell me: ", "Quick question: ", "I wonder, ")) + text
        if rng.random() < 0.6:
            text = text[:1].upper() + text[1:]
        return typos(text + rng.choice(("", "?", "?", "?", " please?", "??", ".")), rng)

    def small_talk(self) -> list[dict]:
        """Sometimes something was said before."""
        if self.rng.random() < 0.75:
            return []
        example = self.rng.choice((self.ask_about, self.sum, self.manners))(history=False)
        return example.messages[-1:] + [{"role": "assistant", "content": example.answer}]

    def plain(self, text: str, answer: str, skill: str, language: str, history: bool, **facts) -> Example:
        _, system = self.system(language)
        before = self.small_talk() if history else []
        return Example(system + before + [{"role": "user", "content": text}], answer, skill, facts)

    # 1. About Fireside

    def ask_about(self, history: bool = True, fact: str | None = None, language: str | None = None) -> Example:
        language = language or self.language()
        fact = fact or self.rng.choice(list(self.about))
        entry = self.about[fact]
        short = "zh" if language == CHINESE else "en"
        text = self.polite(self._question(entry, short, language), language)
        return self.plain(text, entry[language], "about", language, history, fact=fact)

    def _question(self, entry: dict, short: str, language: str) -> str:
        """A written phrasing, or a frame filled with words that belong to the fact."""
        rng = self.rng
        if self.held_out:
            return expand(rng.choice(entry["held_" + short]), rng)
        draw = rng.random()
        if draw < 0.4:
            return expand(rng.choice(entry["ask_" + short]), rng)
        kind = "np" if draw < 0.68 else "vp"
        return self.pick("about_" + kind, language).replace("{" + kind + "}", rng.choice(entry[f"{kind}_{short}"]))

    # 2. and 4. Summaries, in the form that the role or the question asks for

    def summarise(self, max_sentences: int = 60) -> Example:
        rng = self.rng
        language = self.language()
        # The instruction is in the window's language, whatever the document's is.
        written = language if rng.random() < 0.85 else rng.choice((ENGLISH, CHINESE))
        document = self.writer(written).document(rng.choice((max_sentences, max_sentences, 120)))
        role, system = self.system(language)
        form = ROLE_FORMS.get(role, "bullets")
        if rng.random() < 0.55:
            request = self.application["whole"][language]
        else:
            asked = rng.choice(("bullets", "paragraph", "table", "minutes", ""))
            request = self.pick("summary_" + (asked or "any"), language)
            form = asked or form
        text = render_document(document) + "\n\n" + request
        answer = summary(document, form, language)
        facts = {"form": form, "points": [[page, s.text] for page, s in first_sentences(document.units)]}
        return Example(system + [{"role": "user", "content": text}], answer, "summary", facts)

    def section(self) -> Example:
        """One part of a document that does not fit, as section_request() writes it."""
        rng = self.rng
        language = self.language()
        document = self.writer(language).document(50)
        first = rng.randint(1, 200)
        for unit in document.units:
            unit.page += first - 1
        last = first + len(document.pages) - 1
        total = last + rng.randint(1, 300)
        count = rng.randint(2, 60)
        part = rng.randint(1, count)
        pages = str(first) if first == last else f"{first}-{last}"
        _, system = self.system(language)
        title = rng.choice([unit.heading for unit in document.units] or [""]).lstrip("# ")
        section = f' section="{safe_name(title)}"' if title and rng.random() < 0.6 else ""
        body = render_pages(list(enumerate(document.pages, first)))
        text = f'<document name="{safe_name(document.name)}" pages="{pages} of {total}"{section}>\n{body}</document>\n\n'
        words = self.application["section"][language]
        where = f"{'page' if first == last else 'pages'} {pages}" if language == ENGLISH else pages
        text += words.format(part=part, count=count, pages=where, total=total, words=rng.randint(3, 80) * 10)
        points = first_sentences(document.units)
        return Example(system + [{"role": "user", "content": text}], bullets(points, language), "section",
                       {"form": "bullets", "points": [[page, s.text] for page, s in points]})

    def reduce(self) -> Example:
        """The summaries of all parts become one: the first bullets of each part."""
        rng = self.rng
        language = self.language()
        writer = self.writer(language)
        count = rng.randint(2, 8)
        page, blocks, chosen = 1, [], []
        for part in range(1, count + 1):
            pages = rng.randint(1, 12)
            points = [(page + i * pages // 5, writer.sentence()) for i in range(rng.randint(1, 5))]
            where = str(page) if pages == 1 else f"{page}-{page + pages - 1}"
            blocks.append(f'<summary part="{part} of {count}" pages="{where}">\n{bullets(points, language)}\n</summary>\n\n')
            chosen += points[: 2 if count <= 4 else 1]
            page += pages
        name = writer.noun() + ".pdf"
        document = Document(name, language, [""] * (page - 1), [])
        kind = rng.choice(("final", "final", "group"))
        words = self.application[kind][language].format(
            name=safe_name(name), count=count, pages=page - 1, words=rng.randint(3, 80) * 10, range=f"1-{count}")
        answer = bullets(chosen, language)
        if kind == "final":
            answer = opening(document, language) + "\n\n" + answer
        _, system = self.system(language)
        return Example(system + [{"role": "user", "content": "".join(blocks) + words}], answer, "reduce",
                       {"form": "bullets", "points": [[page, s.text] for page, s in chosen]})

    # 3. What the document says about X

    def find(self, present: bool | None = None) -> Example:
        rng = self.rng
        language = self.language()
        writer = self.writer(language)
        document = writer.document(60)
        whole = "\n".join(document.pages).lower().replace("\n", " ")
        once = [(page, s) for page, s in document.sentences if s.topic and whole.count(s.topic.lower()) == 1]
        present = bool(once) and (rng.random() < 0.65 if present is None else present)
        if present:
            page, sentence = rng.choice(once)
            topic = sentence.topic
            answer = f"第 {page} 页：“{sentence.text}”" if language == CHINESE else f'Page {page}: "{sentence.text}"'
        else:
            topic = writer.noun()
            while topic.lower() in whole:
                topic = writer.noun() + writer.noun()
            page, sentence = 0, corpus.Sentence("")
            answer = f"文档没有提到“{topic}”。" if language == CHINESE else f'The document says nothing about "{topic}".'
        question = self.pick("find", language).replace("{topic}", topic)
        _, system = self.system(language)
        shown = render_document(document)
        if rng.random() < 0.5:
            messages = [{"role": "user", "content": f"{shown}\n\n{question}"}]
        else:
            messages = [
                {"role": "user", "content": f"{shown}\n\n{self.application['whole'][language]}"},
                {"role": "assistant", "content": summary(document, "bullets", language)},
                {"role": "user", "content": question},
            ]
        return Example(system + messages, answer, "find", {"present": present, "page": page, "sentence": sentence.text})

    # 5. Manners, sums, and everything else

    def manners(self, history: bool = True) -> Example:
        language = self.language()
        kind = self.rng.choice(("greeting", "thanks", "bye"))
        answer = self.words[kind]["answer"][language]
        text = self.pick(kind, language) + self.rng.choice(("", "", "!", "."))
        return self.plain(text, answer, "manners", language, history, kind=kind)

    def sum(self, history: bool = True) -> Example:
        rng = self.rng
        language = self.language()
        sign = rng.choice("+-*")
        most = 10 if sign == "*" else 30
        a, b = rng.randint(0, most), rng.randint(0, most)
        result = {"+": a + b, "-": a - b, "*": a * b}[sign]
        shown = {"*": rng.choice("*x×")}.get(sign, sign)
        task = f"{a} {shown} {b}" if rng.random() < 0.6 else f"{a}{shown}{b}"
        text = self.pick("sum", language).replace("{task}", task)
        return self.plain(text, f"{a} {'×' if sign == '*' else sign} {b} = {result}", "sum", language, history, result=result)

    def other(self) -> Example:
        rng = self.rng
        language = self.language()
        writer = self.writer(language)
        if rng.random() < 0.2 and language == ENGLISH and self.prose.sentences:
            text = rng.choice(self.prose.sentences)
        else:
            # The frames of questions about Fireside as well: it is the things that decide.
            key = "other" if self.held_out else rng.choice(("other", "other", "about_np", "about_vp"))
            text = self.pick(key, language)
            thing = "{noun}" if rng.random() < 0.5 or language == CHINESE else "the {noun} of {noun}"
            text = text.replace("{np}", thing).replace("{vp}", self.pick("deed", language))
            while "{noun}" in text:
                text = text.replace("{noun}", writer.noun(), 1)
            text = text.replace("{name}", writer.name())
        text += rng.choice(("", "?", ".")) if language == ENGLISH else rng.choice(("", "？", "。"))
        return self.plain(text, self.words["other"]["answer"][language], "other", language, True)

    def draw(self) -> Example:
        skills = ((self.ask_about, 22), (self.summarise, 26), (self.section, 8), (self.reduce, 5), (self.find, 22),
                  (self.manners, 3), (self.sum, 6), (self.other, 10))
        return self.rng.choices([s for s, _ in skills], [w for _, w in skills])[0]()
