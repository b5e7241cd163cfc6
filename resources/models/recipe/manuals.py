# SPDX-License-Identifier: Apache-2.0
"""Documents such as a README, a manual, a report or a PDF: headings, large tables, lists, code and prose, in any order.

Made-up words and the sentences of a Writer; what counts as a sentence of a section is decided by
real.units(), as for the documents that people have. Pages are cut as Fireside cuts a text. An essay is mostly prose:
many short sentences of real words which resemble one another, and lists with several sentences to an item.
"""
from __future__ import annotations

import re

import real

SECTIONS = {
    "en": "Options|Example|Usage|Install|Files|Limits|Figures|Notes|Keys|See also|Tests|Build|Errors|Formats|Overview|Questions".split("|"),
    "zh_CN": "选项|示例|用法|安装|文件|限制|数据|说明|快捷键|另见|测试|构建|错误|格式|概述|问题".split("|"),
}
SHELL = ("cmake -S . -B {a}", "./{a}/{b}.sh --{c}", "sudo apt install {a} {b}", "{a} {b} --{c} {n}", "# {a} the {b}", "export {A}={b}",
         "{a} = {b}({n})", '{{"{a}": "{b}", "{c}": {n}}}', "int {a}({b}* {c});", "if ({a} < {n}) return {b};", "## {a} {b}", "{a}: {b}.")


ESSAYS = 0.5  # of the documents here


class Manual:
    def __init__(self, writer):
        self.writer, self.rng = writer, writer.rng
        self.chinese = writer.language == "zh_CN"
        self.pdf = self.rng.random() < 0.4  # as the text of a PDF comes out
        self.width = self.rng.randint(70, 105)
        self.essay = self.rng.random() < ESSAYS
        self.vocabulary = [writer.noun() for _ in range(self.rng.choice((0, 12, 40)))] if self.essay else []
        self.share = self.rng.choice((0.0, 0.1, 0.3))  # of an essay's words that are exchanged
        self.used: list[str] = []  # headings, which may come again

    # Pieces ------------------------------------------------------------------------------------

    def code_word(self) -> str:
        a, b = (re.sub(r"\W", "", self.writer.noun()) or "x" for _ in range(2))
        kinds = (a, f"{a}_{b}", f"{a}.{b}", f"--{a}", f"{a}/{b}", f"{a.upper()}={b}", f"<{a}>/{b}", f"{a}|{b}", f"{a}()", f"*.{a}", f"Ctrl+{a[:1].upper()}")
        return f"`{self.rng.choice(kinds)}`"

    def sentence(self) -> str:
        """With the marks that Markdown has."""
        rng = self.rng
        text = self.writer.plain_sentence(self.vocabulary, self.share) if self.essay else self.writer.sentence().text
        draw = rng.random() if not (self.pdf or self.essay) or rng.random() < 0.1 else 1.0
        if self.chinese:
            if draw < 0.25 and len(text) > 6:
                at = rng.randint(2, len(text) - 2)
                text = text[:at] + rng.choice((f" {self.code_word()} ", f"**{self.writer.noun()}**", f"“{self.writer.noun()}”")) + text[at:]
            return text
        words = text.split(" ")
        if draw < 0.4 and len(words) > 3:
            for _ in range(rng.choice((1, 1, 2, 3))):
                at = rng.randint(1, len(words) - 2)
                words[at] = rng.choice((self.code_word(), f"**{words[at]}**", f"[{words[at]}]({self.writer.noun()}.md)", f"_{words[at]}_",
                                        f"({words[at]},", f"{self.code_word()},", f"{words[at]}:", f"{words[at]};"))
            text = " ".join(words)
        elif draw < 0.5:
            text = f"{self.writer.noun().capitalize()}: {text[:1].lower()}{text[1:]}"
        elif draw < 0.58:
            text = f"**{self.writer.noun().capitalize()}.** {text}"
        return text

    def paragraph(self, leads: bool = False) -> str:
        """leads: it ends with a colon, and what it speaks of follows: that is no whole sentence."""
        rng = self.rng
        parts = [self.sentence() for _ in range(rng.choice((2, 3, 4, 5, 7) if self.essay else (1, 1, 2, 3, 5)))]
        if leads:
            parts[-1] = parts[-1].rstrip(".!?。！？") + ("：" if self.chinese else ":")
        if self.chinese:
            return "".join(parts)
        text = " ".join(parts)
        if self.pdf:
            return self.writer._wrap(text, self.width)
        return self.writer._wrap(text, rng.choice((72, 80, 100, 118))) if rng.random() < 0.6 else text

    def wrapped(self, first: str, text: str) -> str:
        """As a PDF: the first line begins with `first`, the others stand below its text."""
        if self.chinese:
            return first + text
        lines = self.writer._wrap(text, max(30, self.width - len(first))).split("\n")
        return "\n".join([first + lines[0]] + [" " * len(first) + line for line in lines[1:]])

    def cell(self) -> str:
        rng, writer = self.rng, self.writer
        draw = rng.random()
        if draw < 0.3:
            return writer.number()
        if draw < 0.45:
            return self.code_word().replace("|", "/")
        if draw < 0.6:
            return self.sentence().replace("|", "/")
        if draw < 0.7:
            return f"{writer.number()} / {writer.number()}; {writer.noun()}"
        return ("" if self.chinese else " ").join(writer.noun() for _ in range(rng.choice((1, 2, 3, 6))))

    def table(self) -> str:
        rng = self.rng
        columns, rows = rng.choice((2, 2, 3, 3, 4, 6)), rng.choice((2, 3, 4, 6, 9, 14, 22))
        if self.pdf and rng.random() < 0.4:  # words and what they mean
            return "\n".join(self.wrapped(f"{self.writer.noun().capitalize()[:18]:22s}", " ".join(self.sentence() for _ in range(rng.choice((1, 1, 2)))))
                             for _ in range(rows))
        if self.pdf:
            left, widths = " " * rng.choice((0, 2, 8, 14)), [rng.choice((12, 18, 26)) for _ in range(columns)]
            head = left + "".join(f"{self.writer.noun()[:w - 4]:{w}s}" for w in widths)
            return "\n".join([head.rstrip()] + [left + f"{self.writer.noun()[:22]:24s}" + "".join(f"{self.cell()[:w - 4]:>{w}s}" for w in widths[1:])
                                                for _ in range(rows)])
        if rng.random() < 0.15:  # columns of spaces
            width = rng.choice((16, 22, 30))
            return "\n".join("".join(f"{self.cell()[:width - 4]:{width}s}" for _ in range(columns - 1)) +
                             (self.sentence() if rng.random() < 0.5 else self.cell()) for _ in range(rows))
        row = lambda: "| " + " | ".join(self.cell() for _ in range(columns)) + " |"  # noqa: E731
        rule = "|" + "|".join(rng.choice(("---", "---:", ":---:", " --- ")) for _ in range(columns)) + "|"
        return "\n".join([row() if rng.random() < 0.8 else "| " * columns + "|", rule] + [row() for _ in range(rows)])

    def code(self) -> str:
        rng = self.rng
        lines = []
        for _ in range(rng.choice((1, 2, 3, 5, 9, 14))):
            a, b, c = (self.writer.noun() for _ in range(3))
            line = rng.choice(SHELL).format(a=a, b=b, c=c, A=a.upper(), n=rng.randint(0, 999))
            lines.append("  " * rng.choice((0, 0, 0, 1, 2)) + line + (f"   # {self.sentence()}" if rng.random() < 0.15 else ""))
        if self.pdf or rng.random() < 0.3:
            return "\n".join("    " + line for line in lines)
        return "```" + rng.choice(("", "sh", "cpp", "json", "text")) + "\n" + "\n".join(lines) + "\n```"

    def items(self) -> str:
        rng = self.rng
        mark = rng.choice(("-", "-", "*", "+", "1"))
        lines = []
        whole = rng.choice((0.5, 1.0, 1.0) if self.essay else (0.0, 0.5, 1.0))
        more = rng.choice((1, 2, 4)) if self.essay else 1  # sentences of an item behind its first
        for i in range(1, rng.choice((2, 3, 4, 6, 10)) + 1):
            if rng.random() < whole:
                text = self.sentence()
            else:
                text = ("" if self.chinese else " ").join(self.writer.noun() for _ in range(rng.randint(1, 6)))
            if whole and rng.random() < (0.7 if self.essay else 0.3 if self.pdf else 0.0):
                text = ("" if self.chinese else " ").join([text] + [self.sentence() for _ in range(rng.randint(1, more))])
            sign = f"{i}." if mark == "1" else mark
            if self.pdf:
                lines.append(self.wrapped(" " + ("•" if mark != "1" else sign) + " ", text))
                continue
            lines.append("  " * rng.choice((0, 0, 0, 0, 1)) + f"{sign} {rng.choice(('', '', '', '[ ] ', '**' + self.writer.noun() + '** '))}{text}")
        return "\n".join(lines)

    def heading(self, number: int) -> str:
        rng = self.rng
        if self.used and not self.pdf and rng.random() < 0.12:
            return rng.choice(self.used)
        words = rng.choice(SECTIONS[self.writer.language]) if rng.random() < 0.4 else self.writer.heading(number).lstrip("# ")
        text = f"{number} {words[:60].rstrip('.,')}" if self.pdf else "#" * rng.choice((2, 2, 2, 3, 3, 4)) + " " + words
        self.used.append(text)
        return text

    def head(self) -> list[str]:
        rng, writer = self.rng, self.writer
        if self.pdf:
            return [writer.title()]
        blocks = [f"# {writer.noun().capitalize()}"]
        if rng.random() < 0.3:
            blocks.append(f"![{writer.noun()}]({writer.noun()}.png)")
        if rng.random() < 0.2:
            blocks.append(f"<p>{writer.noun()}</p>")
        return blocks

    # The whole -----------------------------------------------------------------------------------

    def text(self, characters: int) -> str:
        rng = self.rng
        blocks = self.head() if rng.random() < 0.85 else []
        tables = rng.choice((0.0, 0.1, 0.3)) if self.essay else rng.choice((0.1, 0.3, 0.6))
        weights = (0.6 if self.essay else 0.5) - tables / 3, 0.3 if self.essay else 0.2, 0 if self.essay else 0.2, tables / 3, 0.1
        number = 0
        while sum(map(len, blocks)) < characters:
            number += 1
            if number > 1 or rng.random() < 0.4:
                blocks.append(self.heading(number))
            for _ in range(rng.choice((1, 1, 2, 3, 4))):
                kind = rng.choices(("paragraph", "items", "code", "table", "both"), weights)[0]
                if kind in ("items", "code", "table") and self.writer.prose.marks and rng.random() < 0.25:
                    blocks.append(self.paragraph(leads=True))
                blocks.append(f"{self.paragraph()}\n{self.items()}" if kind == "both" else getattr(self, kind)())
        text = "\n\n".join(blocks)
        for heading in self.used if self.pdf else ():  # no empty line below it
            text = text.replace(f"\n\n{heading}\n\n", f"\n\n{heading}\n", 1)
        return text

    def pages(self, characters: int) -> list[str]:
        """Fireside cuts a text into pages of 3,000 characters, at a line; shorter pages as a PDF has them."""
        if not self.pdf and self.rng.random() < 0.7:
            return real.cut(self.text(characters))
        out = real.cut(self.text(characters), self.rng.randint(600, 2600), self.rng)
        if self.pdf and self.rng.random() < 0.7:
            foot = self.rng.choice(("", self.writer.title().split("\n")[0])) + " " * self.rng.randint(20, 100)
            out = [page.rstrip("\n") + f"\n\n{foot}{number}" for number, page in enumerate(out, 1)]
        return out


def write(writer, characters: int) -> tuple[list[str], list[tuple[int, str, list[str]]]]:
    """Pages, and their units."""
    pages = Manual(writer).pages(characters)
    return pages, real.units(pages)
