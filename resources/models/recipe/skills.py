# SPDX-License-Identifier: Apache-2.0
"""What the demo model is taught: each skill turns a drawn situation into a conversation.

An Example holds the messages as Fireside sends them and the answer to learn. The prompts are the
application's own: role prompts come from resources/roles, the instructions of a summary from
application.json, and a document is rendered as engine/prompt.h renders it (rendering.py).
"""
from __future__ import annotations

import json
import pathlib
import random
import re
from dataclasses import dataclass, field

from corpus import Document, Prose, Writer
from finding import Topics, found
from questions import Questions, expand, plain
from rendering import CHINESE, ENGLISH, bullets, first_sentences, opening, render_document, render_pages, safe_name, summary

HERE = pathlib.Path(__file__).resolve().parent

# How a role (by id) writes a summary; all others write bullets.
FIRST = ("what", "you")  # the facts that newcomers ask for
ROLE_FORMS = {"marketing": "paragraph", "technical-writer": "table", "meeting-minutes": "minutes"}


@dataclass
class Example:
    messages: list[dict]
    answer: str
    skill: str
    facts: dict = field(default_factory=dict)  # for the evaluation: what is right


# The skills ---------------------------------------------------------------------------------------


def typos(text: str, rng: random.Random) -> str:
    """People drop letters, capitals and question marks."""
    if rng.random() < 0.1 and len(text) > 6 and not text.isascii():
        at = rng.randrange(1, len(text) - 1)
        return rng.choice((text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:], text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]))
    if rng.random() < 0.25 and len(text) > 12 and text.isascii():
        at = rng.randrange(1, len(text) - 1)
        text = rng.choice((text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:], text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]))
    return text


class Teacher:
    """Draws examples. held_out: phrasings and forms of words that training never sees."""

    def __init__(self, rng: random.Random, prose: Prose, roles: pathlib.Path, held_out: bool = False):
        self.rng, self.prose, self.held_out = rng, prose, held_out
        self.questions = Questions()
        self.about = self.questions.facts
        self.things = self.questions.things("en")
        self.words = json.loads((HERE / "phrases.json").read_text("utf-8"))
        self.held_finds = {plain(t) for key, texts in self.words["find"].items() if key.startswith(("held_", "new_")) for t in texts}
        self.size = 1.0  # of documents; training begins with small ones
        self.application = json.loads((HERE / "application.json").read_text("utf-8"))
        self.roles = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(roles.glob("*.json"))}
        self.roles = {role["id"]: role for role in self.roles.values()}
        # What the application offers as a first question, by language: about a document or not.
        self.starters: dict[str, list[tuple[str, str]]] = {ENGLISH: [], CHINESE: []}
        for role in self.roles.values():
            for language, starters in self.starters.items():
                starters += [(role["id"], text) for text in role[language]["starters"]]

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

    def pick(self, key: str, language: str, kind: str = "held") -> str:
        """A phrasing; the evaluation draws from those that training leaves out."""
        entry = self.words[key]
        held = entry.get(f"{kind}_{language}", [])
        choices = held if self.held_out and held else entry[language]
        return expand(self.rng.choice(choices), self.rng)

    def polite(self, text: str, language: str, exact: str = "") -> str:
        """exact: words that no slip of the pen may change."""
        rng = self.rng
        if language == CHINESE:
            text = rng.choice(("", "", "", "请问", "你好，", "我想知道", "麻烦问一下，")) + text
            text += rng.choice(("", "？", "？", "?", "呢？", "。"))
            return text if exact or self.held_out else typos(text, rng)
        if not exact and not self.held_out:  # people write the name either way
            text = re.sub("[Ff]ireside(?!-)", rng.choice(("fireside", "Fireside")), text)
        text = rng.choice(("", "", "", "", "Hi, ", "Hello! ", "Please tell me: ", "Quick question: ", "I wonder, ")) + text
        if rng.random() < 0.6 and not text.startswith(exact or "\0"):
            text = text[:1].upper() + text[1:]
        text += rng.choice(("", "?", "?", "?", " please?", "??", "."))
        if not exact and not self.held_out and rng.random() < 0.08:
            text = rng.choice((text.upper(), text.lower(), text.lower()))
        return text if exact or self.held_out else typos(text, rng)

    def small_talk(self) -> list[dict]:
        """Sometimes something was said before. Every answer is trained, so a long talk teaches more."""
        rng = self.rng
        if rng.random() < (0.75 if self.held_out else 0.5):
            return []
        out: list[dict] = []
        for _ in range(1 if self.held_out else rng.choice((1, 1, 2, 3, 4, 6, 8))):
            skill = rng.choices((self.ask_about, self.sum, self.manners, self.other), (8, 3, 1, 3))[0]
            example = skill(history=False)
            out += [example.messages[-1], {"role": "assistant", "content": example.answer}]
        return out

    def plain(self, text: str, answer: str, skill: str, language: str, history: bool, **facts) -> Example:
        _, system = self.system(language)
        before = self.small_talk() if history else []
        return Example(system + before + [{"role": "user", "content": text}], answer, skill, facts)

    # 1. About Fireside

    def ask_about(self, history: bool = True, fact: str | None = None, language: str | None = None,
                  kind: str = "held", text: str = "") -> Example:
        """kind: of the phrasings held out, "held" (errors on them were looked at) or "new"; text: one of them."""
        language = language or self.language()
        fact = fact or (self.rng.choice(FIRST) if self.rng.random() < 0.06 else self.rng.choice(list(self.about)))
        entry = self.about[fact]
        text = self._about(fact, language, kind, text)
        return self.plain(text, entry[language], "about", language, history, fact=fact, kind=kind)

    def _about(self, fact: str, language: str, kind: str, text: str = "", things: bool = True) -> str:
        short = "zh" if language == CHINESE else "en"
        if self.held_out:
            text = expand(text or self.rng.choice(self.about[fact][f"{kind}_{short}"]), self.rng)
        else:
            text = self.questions.draw(fact, short, lambda kind: self.pick("about_" + kind, language), self.rng, things)
        return self.polite(text, language)

    # 2. and 4. Summaries, in the form that the role or the question asks for

    def summarise(self, max_sentences: int = 60) -> Example:
        rng = self.rng
        language = self.language()
        # The instruction is in the window's language, whatever the document's is.
        written = language if rng.random() < 0.85 else rng.choice((ENGLISH, CHINESE))
        document = self.writer(written).document(self.sentences(rng.choice((15, max_sentences, max_sentences, 120))))
        role, system = self.system(language, rng.choice(list(ROLE_FORMS)) if rng.random() < 0.3 else None)
        form = ROLE_FORMS.get(role, "bullets")
        draw = rng.random()
        if draw < 0.08 and not self.held_out:
            return self._several(language, system)
        if draw < 0.14 and not self.held_out:
            return self._starter(document, language)
        if draw < 0.60:
            request = self.application["whole"][language]
        else:
            asked = rng.choice(("bullets", "paragraph", "table", "minutes", ""))
            request = self.pick("summary_" + (asked or "any"), language)
            form = asked or form
        text = render_document(document) + "\n\n" + request
        answer = summary(document, form, language)
        facts = {"form": form, "points": [[page, s.text] for page, s in first_sentences(document.units)]}
        return Example(system + [{"role": "user", "content": text}], answer, "summary", facts)

    def sentences(self, most: int) -> int:
        return max(8, round(most * self.size))

    def _several(self, language: str, system: list[dict]) -> Example:
        """Two or three documents in one message: one after the other."""
        writer = self.writer(language)
        documents = [writer.document(self.sentences(15)) for _ in range(self.rng.choice((2, 2, 3)))]
        text = "".join(render_document(document) + "\n\n" for document in documents) + self.pick("summary_any", language)
        answer = "\n\n".join(summary(document, "bullets", language) for document in documents)
        points = [[page, s.text] for document in documents for page, s in first_sentences(document.units)]
        return Example(system + [{"role": "user", "content": text}], answer, "several", {"form": "several", "points": points})

    def _starter(self, document: Document, language: str) -> Example:
        """A first question that the application offers, with the document it speaks of."""
        role, text = self.rng.choice([s for s in self.starters[language] if "attached" in s[1] or "附件" in s[1]])
        _, system = self.system(language, role)
        form = "table" if "table" in text or "表格" in text else ROLE_FORMS.get(role, "bullets")
        if role in ("summarizer", "meeting-minutes"):
            answer = summary(document, form, language)
        else:
            answer, form = self.words["other"]["answer"][language], "none"
        messages = system + [{"role": "user", "content": f"{render_document(document)}\n\n{text}"}]
        return Example(messages, answer, "starter", {"form": form, "points": [[p, s.text] for p, s in first_sentences(document.units)]})

    def no_document(self) -> Example:
        """Asked for a summary, and there is nothing to summarise."""
        rng = self.rng
        language = self.language()
        starters = [text for role, text in self.starters[language] if "attached" in text or "附件" in text]
        kind = "summary_" + rng.choice(("any", "any", "bullets", "paragraph", "table", "minutes"))
        text = rng.choice(starters) if rng.random() < 0.3 else self.pick(kind, language)
        return self.plain(text, self.words["no_document"]["answer"][language], "no_document", language, True)

    def section(self) -> Example:
        """One part of a document that does not fit, as section_request() writes it."""
        rng = self.rng
        language = self.language()
        document = self.writer(language).document(self.sentences(50))
        first = rng.choice((1, rng.randint(1, 9), rng.randint(1, 200)))
        for unit in document.units:
            unit.page += first - 1
        last = first + len(document.pages) - 1
        total = last + rng.choice((0, rng.randint(1, 9), rng.randint(1, 300)))
        count = rng.choice((rng.randint(2, 6), rng.randint(2, 60)))
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
            title = f' section="{safe_name(writer.heading(part).lstrip("# "))}"' if rng.random() < 0.5 else ""
            blocks.append(f'<summary part="{part} of {count}" pages="{where}"{title}>\n{bullets(points, language)}\n</summary>\n\n')
            chosen += points[: 3 if count <= 4 else 1]
            page += pages
        name = writer.file_name((".pdf",))
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

    def find(self, kind: str = "", phrasing: str = "held", document: Document | None = None) -> Example:
        """kind: of topic (finding.py); none: by chance, at first only the plain ones."""
        rng = self.rng
        language = document.language if document else self.language()
        writer = self.writer(language)
        document = document or writer.document(self.sentences(rng.choice((20, 60) if self.held_out else (20, 40, 60, 90))))
        topics = Topics(writer, document)
        asked = [self._found(topics, kind or self._kind(), phrasing)
                 for _ in range(1 if self.held_out else rng.choice((1, 2, 4, 6, 8, 12)))]
        _, system = self.system(language)
        shown = render_document(document)
        messages: list[dict] = []
        if rng.random() < 0.4:
            messages = [
                {"role": "user", "content": f"{shown}\n\n{self.application['whole'][language]}"},
                {"role": "assistant", "content": summary(document, "bullets", language)},
            ]
        for i, (question, answer, _) in enumerate(asked):
            content = question if messages else f"{shown}\n\n{question}"
            messages.append({"role": "user", "content": content})
            if i + 1 < len(asked):
                messages.append({"role": "assistant", "content": answer})
        return Example(system + messages, asked[-1][1], "find", asked[-1][2] | {"phrasing": phrasing})

    def _kind(self) -> str:
        """Matching is learnt on plain topics; the rest comes when documents have grown."""
        if self.size < 1:
            return self.rng.choices(("once", "absent"), (62, 38))[0]
        return self.rng.choices(("once", "several", "other", "line", "absent", "nearly"), (42, 14, 8, 6, 23, 7))[0]

    def _found(self, topics: Topics, kind: str, phrasing: str = "held") -> tuple[str, str, dict]:
        """A question, its answer and what is right."""
        language = topics.writer.language
        topic = topics.draw(kind)
        answer = found(topic.text, language, topic.page, topic.sentence)
        return self.question(topic.text, language, phrasing), answer, {"kind": topic.kind}

    def question(self, topic: str, language: str, phrasing: str = "held") -> str:
        """About a topic, with a document at hand."""
        rng = self.rng
        if self.held_out:
            return self.pick("find", language, phrasing).replace("{topic}", topic)
        if rng.random() < 0.1:  # with marks of quotation
            topic = "“" + topic + "”" if language == CHINESE else rng.choice(('"{}"', "'{}'", "“{}”")).format(topic)
        if rng.random() < 0.3:  # with a document at hand, a question about any thing is about the document
            return self.polite(self.pick("about_np", language).replace("{np}", topic), language, exact=topic)
        frame = self.pick("find", language)
        while plain(frame) in self.held_finds:
            frame = self.pick("find", language)
        frame = re.sub(r" +([?.,:])", r"\1", frame).strip()
        question = frame.replace("{topic}", topic)
        if rng.random() < 0.3:
            return self.polite(question.rstrip("?.？。"), language, exact=topic)
        return question[:1].upper() + question[1:] if rng.random() < 0.4 and not frame.startswith("{") else question

    # All of them, one after the other, with a document at hand

    def talk(self, kind: str = "", turns: int = 0) -> Example:
        """kind: of the last question; the first is about the document. What was asked before decides nothing: thanks stay
        thanks, and a question about Fireside is answered from what is known by heart."""
        rng = self.rng
        language = self.language()
        writer = self.writer(language)
        document = writer.document(self.sentences(rng.choice((15, 30, 50))))
        topics = Topics(writer, document)
        role, system = self.system(language, rng.choice(list(ROLE_FORMS)) if rng.random() < 0.2 else None)
        kinds = ["find" if rng.random() < 0.6 else "form"]
        kinds += rng.choices(("find", "form", "about", "outside", "manners", "sum"), (40, 16, 18, 12, 9, 5), k=turns or rng.choice((1, 2, 3, 5, 7)))
        kinds[-1] = kind or kinds[-1]
        messages, answer = [], ""
        for i, each in enumerate(kinds):
            if i > 0:
                messages.append({"role": "assistant", "content": answer})
            question, answer = self._turn(each, topics, role, i == 0)
            messages.append({"role": "user", "content": question if i else f"{render_document(document)}\n\n{question}"})
        return Example(system + messages, answer, "talk", {"kind": kinds[-1]})

    def _turn(self, kind: str, topics: Topics, role: str, first: bool) -> tuple[str, str]:
        rng, language = self.rng, topics.writer.language
        if kind == "find":
            question, answer, _ = self._found(topics, self._kind())
            return question, answer
        if kind == "form":
            form = ROLE_FORMS.get(role, "bullets")
            if first and rng.random() < 0.6:
                return self.application["whole"][language], summary(topics.document, form, language)
            asked = rng.choice(("bullets", "paragraph", "table", "minutes", ""))
            return self.pick("summary_" + (asked or "any"), language), summary(topics.document, asked or form, language)
        if kind == "about":
            fact = rng.choice(FIRST) if rng.random() < 0.2 else rng.choice(list(self.about))
            return self._about(fact, language, "held", things=False), self.about[fact][language]
        if kind == "outside":
            text = self.pick("outside", language)
            while "{noun}" in text:
                text = text.replace("{noun}", topics.writer.noun(), 1)
            return self.polite(text, language), self.words["outside"]["answer"][language]
        example = self.manners(history=False) if kind == "manners" else self.sum(history=False)
        return example.messages[-1]["content"], example.answer

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

    def other(self, history: bool = True) -> Example:
        rng = self.rng
        language = self.language()
        writer = self.writer(language)
        if rng.random() < 0.2 and language == ENGLISH and self.prose.sentences:
            text = rng.choice(self.prose.sentences)
        else:
            if rng.random() < 0.12 and not self.held_out:
                offered = [text for role, text in self.starters[language] if "attached" not in text and "附件" not in text]
                return self.plain(rng.choice(offered), self.words["other"]["answer"][language], "other", language, history)
            # The frames of questions about Fireside as well: it is the things that decide.
            key = "other" if self.held_out else rng.choice(("other", "other", "outside", "about_np", "about_vp"))
            text = self.pick(key, language)
            thing = "{noun}" if rng.random() < 0.5 or language == CHINESE else "the {noun} of {noun}"
            text = text.replace("{np}", thing).replace("{vp}", self.pick("deed", language))
            while "{noun}" in text:
                noun = writer.noun()
                if noun not in self.things:
                    text = text.replace("{noun}", noun, 1)
            text = text.replace("{name}", writer.name())
        text += rng.choice(("", "?", ".")) if language == ENGLISH else rng.choice(("", "？", "。"))
        return self.plain(text, self.words["other"]["answer"][language], "other", language, history)

    def draw(self) -> Example:
        grown = self.size >= 1
        skills = ((self.ask_about, 28), (self.summarise, 20), (self.section, 8), (self.reduce, 3), (self.find, 32 if grown else 38),
                  (self.talk, 12 if grown else 10), (self.manners, 2), (self.sum, 6), (self.other, 8), (self.no_document, 4))
        return self.rng.choices([s for s, _ in skills], [w for _, w in skills])[0]()
