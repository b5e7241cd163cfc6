# SPDX-License-Identifier: Apache-2.0
"""Documents to learn from: synthetic ones with words nobody has seen, and prose of this machine.

A Document is pages of lines. Each page knows its units: a unit begins with the page and with each
heading, and its first whole sentence is what a summary says of it. Everything is drawn from one
random.Random, so a seed gives the same document again.
"""
from __future__ import annotations

import functools
import glob
import gzip
import json
import pathlib
import random
import re
import sysconfig
from dataclasses import dataclass, field

import manuals
import real

REAL = 0.22  # of the documents, texts of this machine
CONSONANTS = "b c d f g h j k l m n p r s t v w z br cr dr fl gr kl pl pr sk sl sp st tr th ch sh qu".split()
VOWELS = "a e i o u ai ea ie oa ou y".split()
ENDINGS = ["", "", "n", "r", "l", "s", "t", "m", "x", "nd", "rk", "st", "ng", "ck"]

# GB 2312 level 1: the 3,755 most used Han characters, rows 16 to 55.
HAN = [
    bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312", "ignore")
    for row in range(16, 56)
    for cell in range(1, 95)
]
HAN = [char for char in HAN if char]


@dataclass
class Sentence:
    text: str
    topic: str = ""  # words that a question may name
    who: str = ""  # for minutes: who does what
    what: str = ""


@dataclass
class Unit:
    page: int
    heading: str
    sentences: list[Sentence] = field(default_factory=list)


@dataclass
class Document:
    name: str
    language: str  # "en" or "zh_CN"
    pages: list[str]
    units: list[Unit]

    @property
    def sentences(self) -> list[tuple[int, Sentence]]:
        return [(unit.page, sentence) for unit in self.units for sentence in unit.sentences]


def made_up_word(rng: random.Random) -> str:
    count = rng.choice((1, 2, 2, 2, 3, 3))
    word = "".join(rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(count))
    return word + rng.choice(ENDINGS)


def made_up_han(rng: random.Random) -> str:
    return "".join(rng.choice(HAN) for _ in range(rng.choice((2, 2, 2, 3, 4))))


class Prose:
    """Sentences and words of the documentation that every Debian machine carries."""

    marks = True  # words in quotation marks and brackets, headings as people write them; training begins without
    alike = 0.0  # share of the documents whose sentences begin alike

    # Also the packages of the Python that runs this, whose documentation is long.
    PLACES = (
        "/usr/share/common-licenses/*",
        "/usr/share/doc/*/README*",
        "/usr/share/doc/*/*.txt*",
        "/usr/share/doc/*/NEWS*",
        "/usr/share/man/man[1578]/*.gz",
        "/usr/lib/python3*/**/*.py",
        "/usr/local/lib/python3*/**/*.py",
        sysconfig.get_paths()["purelib"] + "/**/*.py",
    )

    def __init__(self, rng: random.Random, resources: pathlib.Path, wanted: int = 80000, files: int = 20000,
                 held_out: bool = False):
        """resources: Fireside's own folder, whose Chinese texts are the only ones a machine surely has.
        held_out: the sentences and texts that training leaves out, and only those."""
        paths = sorted({path for place in self.PLACES for path in glob.glob(place, recursive=True)})
        rng.shuffle(paths)
        own = [*resources.glob("roles/*.json"), *resources.glob("translations/*zh_CN.ts")]
        self.chinese = sorted({
            sentence for path in own
            for sentence in re.findall(r"[\u4e00-\u9fff][^\n<>\"\\。！？%]{7,120}[。！？]", path.read_text("utf-8"))
        })
        self.clauses = _clauses(resources)
        self.sentences: list[str] = []
        counts: dict[str, int] = {}
        for path in paths[:files]:
            for sentence in self._sentences(path):
                if real.is_held(sentence) == held_out:
                    self.sentences.append(sentence)
                for word in re.findall(r"[A-Za-z]{3,14}", sentence):
                    counts[word.lower()] = counts.get(word.lower(), 0) + 1
            if len(self.sentences) >= wanted:
                break
        self.sentences = sorted(set(self.sentences))
        rng.shuffle(self.sentences)
        self.texts = real.Texts(rng, held_out=held_out)
        self.words = [word for word, count in counts.items() if count >= 3] or ["stone", "river"]

    @functools.cached_property
    def by_beginning(self) -> dict[str, list[str]]:
        """The sentences by their first two letters: The, This, Three."""
        out: dict[str, list[str]] = {}
        for sentence in self.sentences:
            out.setdefault(sentence[:2], []).append(sentence)
        return out

    @staticmethod
    def _sentences(path: str) -> list[str]:
        try:
            data = (gzip.open if path.endswith(".gz") else open)(path, "rb").read(200_000)
        except OSError:
            return []
        text = data.decode("utf-8", "replace")
        if path.endswith(".py"):
            text = "\n\n".join(re.findall(r'"""(.*?)"""', text, re.S))
        text = re.sub(r"(?m)^[.'\\].*$", "", text) if "/man/" in path else text
        text = re.sub(r"\\f.|\\-|\\&", "", text)
        text = re.sub(r"[ \t]*\n[ \t]*(?=\S)", " ", text)
        found = re.findall(r"(?:(?<=[.!?] )|^)([A-Z][^\n.!?<>|{}\\\\]{25,260}(?:\.\d[^\n.!?<>|{}\\\\]{0,80})?[.!?])(?=\s|$)", text, re.M)
        return [re.sub(r"\s+", " ", sentence) for sentence in found[:200]]


def _clauses(resources: pathlib.Path) -> dict[str, list[str]]:
    """Pieces of the sentences that the model learns by heart as answers, and of Fireside's own texts. Documents mix
    them, so that copying is learnt where knowing by heart would lead astray."""
    here = pathlib.Path(__file__).resolve().parent
    about = json.loads((here / "about.json").read_text("utf-8"))
    roles = [json.loads(path.read_text("utf-8")) for path in sorted(resources.glob("roles/*.json"))]
    english = [entry["en"] for entry in about.values()] + [role["en"]["system_prompt"] for role in roles]
    chinese = [entry["zh_CN"] for entry in about.values()] + [role["zh_CN"]["system_prompt"] for role in roles]
    for path in resources.glob("translations/*zh_CN.ts"):
        text = path.read_text("utf-8")
        chinese += re.findall(r"<translation>([^<&]{6,})</translation>", text)
        english += re.findall(r"<source>([^<&]{20,})</source>", text)
    return {
        "en": sorted({part.strip(" -") for text in english for part in re.split(r"(?<=[,;:.])\s|\n", text)
                      if 3 <= len(part.split()) <= 14 and "%" not in part}),
        "zh_CN": sorted({part for text in chinese for piece in re.split(r"[，。；：！？、\n（）“”]", text)
                         for part in [piece.strip(" -")]
                         if 4 <= len(part) <= 24 and "%" not in part and re.search(r"[\u4e00-\u9fff]", part)}),
    }


class Writer:
    """Makes sentences and documents in one language."""

    def __init__(self, rng: random.Random, prose: Prose, language: str):
        self.rng, self.prose, self.language = rng, prose, language
        self.openings: list[str] = []  # first words that sentences of the document share
        self.sharing = 0.0  # how many of them do

    # Words -------------------------------------------------------------------------------------

    def noun(self) -> str:
        if self.prose.marks and self.rng.random() < 0.05:  # KV 缓存, RTX 4090
            short = made_up_word(self.rng)[: self.rng.randint(2, 4)].upper()
            return f"{short} {made_up_han(self.rng)}" if self.language == "zh_CN" else f"{short} {self.rng.randint(2, 9999)}"
        if self.language == "zh_CN":
            if self.rng.random() < 0.5:
                return made_up_han(self.rng)
            # A piece of real Chinese, so that its usual neighbours are no guide.
            clause = self.rng.choice(self.prose.clauses["zh_CN"])
            at = self.rng.randrange(len(clause) - 1)
            piece = re.match(r"[\u4e00-\u9fff]{2,4}", clause[at : at + self.rng.randint(2, 4)])
            return piece.group() if piece else made_up_han(self.rng)
        return made_up_word(self.rng) if self.rng.random() < 0.4 else self.rng.choice(self.prose.words)

    def name(self) -> str:
        if self.language == "zh_CN":
            return self.rng.choice("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗") + "".join(
                self.rng.choice(HAN) for _ in range(self.rng.choice((1, 2, 2)))
            )
        return made_up_word(self.rng).capitalize() + (
            " " + made_up_word(self.rng).capitalize() if self.rng.random() < 0.5 else ""
        )

    def number(self) -> str:
        rng = self.rng
        return rng.choice(
            (
                str(rng.randint(2, 99)),
                f"{rng.randint(1, 999)},{rng.randint(0, 999):03d}",
                f"{rng.uniform(0, 100):.1f} %",
                str(rng.randint(1950, 2030)),
                f"{rng.uniform(0, 30):.2f}",
            )
        )

    def day(self) -> str:
        rng = self.rng
        if self.language == "zh_CN":
            return f"{rng.randint(1, 12)} 月 {rng.randint(1, 28)} 日"
        month = rng.choice(
            "January February March April May June July August September October November December".split()
        )
        return f"{rng.randint(1, 28)} {month}"

    # Sentences ---------------------------------------------------------------------------------

    def sentence(self) -> Sentence:
        sentence = self._sentence_zh() if self.language == "zh_CN" else self._sentence_en()
        if self.prose.marks and not sentence.who and self.rng.random() < 0.2:
            sentence.text = self._dressed(sentence.text)
        if self.openings and not sentence.who and self.rng.random() < self.sharing:
            return self._opened(sentence)
        return sentence

    def begin(self, alike: bool | None = None) -> None:
        """A document. "A document can ...", "A document of ...", "If the ...": where many sentences begin alike, the
        first words do not say which of them is copied; a model that never saw that goes on with another one."""
        rng = self.rng
        self.openings = []
        if alike is None:
            alike = self.prose.alike > 0 and rng.random() < self.prose.alike
        if not alike:
            return
        self.sharing = rng.choice((0.3, 0.6, 0.9))
        for _ in range(rng.choice((1, 2, 3, 5))):
            if self.language == "zh_CN":
                text = rng.choice(self.prose.clauses["zh_CN"])[: rng.choice((1, 2, 2, 3, 4, 6))].strip("“《（ ")
            elif self.prose.sentences:
                text = " ".join(rng.choice(self.prose.sentences).split(" ")[: rng.choice((1, 1, 2, 2, 3, 5))])
            else:
                text = self.noun().capitalize()
            if text:
                self.openings.append(text)

    def _opened(self, sentence: Sentence) -> Sentence:
        """It begins as others of the document do: another sentence of the same first letters, or these words before it."""
        rng = self.rng
        opening = rng.choice(self.openings)
        if self.language == "zh_CN":
            cut = rng.randint(0, min(4, max(0, len(sentence.text) - 8)))
            return Sentence(opening + sentence.text[cut:], sentence.topic)
        others = self.prose.by_beginning.get(opening[:2], ()) if " " not in opening or rng.random() < 0.3 else ()
        if others:
            text = rng.choice(others)
            words = re.findall(r"[A-Za-z]{5,}(?: [A-Za-z]{4,})?", text)
            return Sentence(text, rng.choice(words) if words else "")
        words = sentence.text.split(" ")
        words = words[rng.randint(0, max(0, min(3, len(words) - 4))) :]
        if words[0][1:].islower():
            words[0] = words[0].lower()
        return Sentence(opening + " " + " ".join(words), sentence.topic)

    def plain_sentence(self, vocabulary: list[str], share: float) -> str:
        """One that somebody wrote, more often a short one. vocabulary: words that come again all over the document;
        they take the places of that share of its longer words."""
        rng = self.rng
        if self.language == "zh_CN":
            made_up = not self.prose.chinese or rng.random() < 0.4
            text, words = self._sentence_zh().text if made_up else rng.choice(self.prose.chinese), r"[\u4e00-\u9fff]{2}"
        else:
            made_up = not self.prose.sentences
            text = self._sentence_en().text if made_up else min(rng.sample(self.prose.sentences, rng.choice((1, 3, 3, 8))), key=len)
            words = r"(?<= )[a-z]{5,}\b"
        if not made_up:
            text = re.sub(words, lambda m: self._other(vocabulary) if rng.random() < share else m.group(), text)
        return self._opened(Sentence(text)).text if self.openings and rng.random() < self.sharing else text

    def _other(self, vocabulary: list[str]) -> str:
        return self.rng.choice(vocabulary) if vocabulary and self.rng.random() < 0.8 else self.noun()

    def file_name(self, endings: tuple[str, ...]) -> str:
        """As downloads, scanners and people name files."""
        rng = self.rng
        a = self.noun()
        if rng.random() < 0.55:
            return a + rng.choice(endings)
        b, number = self.noun(), rng.randint(1, 12)
        forms = (f"{a} ({number})", f"{a} {b} ({number})", f"{a}({number})", f"{a}_{b}", f"{a}-{b}", f"{a} {b}", f"{a.capitalize()} {b} {rng.randint(1990, 2030)}",
                 f"{rng.randint(1990, 2030)}-{number:02d} {a}", f"{a} v{number}", f"{a} [{b}]", f"{a}（{b}）", f"{a} - {b}", f"{a}.{b}",
                 f"IMG_{rng.randint(1000, 99999)}", f"{a} & {b}", f"{a}'s {b}", f"{a} final ({number})")
        return rng.choice(forms) + rng.choice(endings)

    def _dressed(self, text: str) -> str:
        """One of its words in quotation marks, brackets or emphasis: where marks meet, copies go wrong."""
        rng = self.rng
        chinese = self.language == "zh_CN"
        if rng.random() < 0.15:
            return self._spoken()
        words = list(re.finditer(r"[\u4e00-\u9fff]{2,4}" if chinese else r"(?<= )[a-z]{3,}(?= )", text))
        if not words:
            return text
        word, other = rng.choice(words), self.noun() if rng.random() < 0.6 else made_up_word(rng)
        forms = (
            "“{}”（{o}）", "“{}”（{o}）", "“{}”“{o}”", "《{}》", "「{}」（{o}）", "{}（{o}）", "{}（“{o}”）", "“{}、{o}”", "**{}**（{o}）", "“{}（{o}）”",
        ) if chinese else (
            '"{}" ({o})', "“{}” ({o})", '{} ("{o}")', '({}) "{o}"', "'{}'", "“{}”", "*{}* (`{o}`)", "{} [{o}]", "{}/{o}", '"{} ({o})"', "{}, \"{o}\",",
        )
        return text[: word.start()] + rng.choice(forms).format(word.group(), o=other) + text[word.end() :]

    def _spoken(self) -> str:
        """A sentence around words that somebody says."""
        rng = self.rng
        clause = rng.choice(self.prose.clauses[self.language]).strip(" ,;:.-*#!?。！？“”\"")
        a, b = self.noun(), self.noun()
        if self.language == "zh_CN":
            return rng.choice((f"“{clause}”是{a}的说法。", f"{a}写道：“{clause}”，而{b}没有。", f"例如“{clause}”，{a}会{b}。"))
        said = clause[:1].upper() + clause[1:]
        return rng.choice((f'"{said}" is what the {a} says of {b}.', f'A second {a}, such as "{clause}?", costs {b}.',
                           f'"{said}" changes what is {a}.', f'The {a} reads "{clause}" and {b} follows.'))

    def _sentence_en(self) -> Sentence:
        rng = self.rng
        kind = rng.random()
        if kind > 0.88:
            return self._mixed(", ", ".")
        if kind < 0.35 and self.prose.sentences:
            text = rng.choice(self.prose.sentences)
            words = re.findall(r"[A-Za-z]{5,}(?: [A-Za-z]{4,})?", text)
            return Sentence(text, rng.choice(words) if words else "")
        topic = " ".join(self.noun() for _ in range(rng.choice((1, 1, 2))))
        fill = [self.noun() for _ in range(4)]
        if kind < 0.50:
            who = self.name()
            what = rng.choice(
                (
                    f"will send the {topic} to the {fill[0]} team by {self.day()}",
                    f"checks the {topic} and reports to {self.name()}",
                    f"has to finish the {topic} before {self.day()}",
                    f"takes over the {topic} from {self.name()}",
                )
            )
            return Sentence(f"{who} {what}.", topic, who, what)
        forms = (
            f"The {topic} of the {fill[0]} grew to {self.number()} in {rng.randint(1950, 2030)}.",
            f"In {self.name()}, the {topic} costs {self.number()} more than the {fill[0]}.",
            f"Nobody had measured the {topic} before the {fill[0]} was {fill[1]}.",
            f"Each {topic} needs {self.number()} of {fill[0]}, and {fill[1]} needs less.",
            f"When the {fill[0]} fails, the {topic} is replaced within {rng.randint(2, 60)} days.",
            f"It follows that {topic} and {fill[0]} cannot both be {fill[1]}.",
            f"According to {self.name()}, the {topic} was found near the {fill[0]} on {self.day()}.",
            f"{topic.capitalize()} is a kind of {fill[0]} that {fill[1]} without {fill[2]}.",
            f"We kept the {topic} because {fill[0]} {fill[1]} the {fill[2]} (see {fill[3]}).",
            f"The rule says: no {topic} without {fill[0]}.",
            f"How does the {topic} reach the {fill[0]}?",
        )
        return Sentence(self._extend(rng.choice(forms)), topic)

    def _mixed(self, comma: str, stop: str) -> Sentence:
        """Pieces of sentences that do not belong together, and a new word somewhere."""
        rng = self.rng
        parts = [rng.choice(self.prose.clauses[self.language]).strip(" ,;:.-*#") for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.25:
            parts.append(self._again(rng.choice(parts)))
        topic = ""
        if rng.random() < 0.7:
            topic = self.noun()
            at = rng.randrange(len(parts))
            if self.language == "zh_CN":
                cut = rng.randint(0, len(parts[at]))
                parts[at] = parts[at][:cut] + topic + parts[at][cut:]
            else:
                words = parts[at].split(" ")
                words.insert(rng.randint(1, len(words)), topic)
                parts[at] = " ".join(words)
        text = re.sub(r"[.!?。！？](?=\s|$)", "", comma.join(parts))
        return Sentence(text[:1].upper() + text[1:] + stop, topic)

    def _again(self, part: str) -> str:
        """The same words, but for one: a copy has to know how far it has come."""
        rng = self.rng
        if self.language == "zh_CN":
            at = rng.randint(0, len(part) - 1)
            return part[:at] + self.noun() + part[at + rng.randint(0, 2) :]
        words = part.split(" ")
        at = rng.randint(0, len(words) - 1)
        words[at : at + rng.randint(0, 2)] = [self.noun()]
        return " ".join(words)

    def _extend(self, text: str) -> str:
        """Longer, with the marks that real prose has."""
        rng = self.rng
        if rng.random() < 0.6:
            return text
        end = text[-1]
        a, b, number = self.noun(), self.noun(), self.number()
        more = rng.choice((
            f" ({a}, {b}, {number})", f", for example {a} or \u201c{b}\u201d", f"; the {a}, at {number}, is not {b}",
            f" \u2013 {a} included \u2013 and {b}", f", as {self.name()} says: \"{a} is {b}\"", f" [{rng.randint(1, 40)}]",
            f", e.g. {a}", f" (possibly with {a}, possibly with {b}, possibly with {a} {b})", f", which means that {a} and {b} take {rng.randint(1, 99)}.{rng.randint(0, 9)} GB",
        ))
        return text[:-1] + more + end

    def _sentence_zh(self) -> Sentence:
        rng = self.rng
        topic = self.noun()
        fill = [self.noun() for _ in range(4)]
        if rng.random() < 0.4:
            return self._mixed("，", "。")
        if rng.random() < 0.2 and self.prose.chinese:
            text = rng.choice(self.prose.chinese)
            runs = re.findall(r"[\u4e00-\u9fff]{2,}", text)
            run = rng.choice(runs) if runs else ""
            at = rng.randint(0, max(0, len(run) - 4))
            return Sentence(text, run[at : at + rng.randint(2, 4)])
        if rng.random() < 0.18:
            who = self.name()
            what = rng.choice(
                (
                    f"负责在{self.day()}之前完成{topic}",
                    f"检查{topic}，并向{self.name()}报告",
                    f"从{self.name()}那里接手{topic}",
                    f"将{topic}发给{fill[0]}小组",
                )
            )
            return Sentence(f"{who}{what}。", topic, who, what)
        forms = (
            f"{rng.randint(1950, 2030)} 年，{fill[0]}的{topic}增长到 {self.number()}。",
            f"{topic}的费用比{fill[0]}高 {self.number()}。",
            f"在{fill[0]}之前，没有人测量过{topic}。",
            f"每个{topic}需要 {self.number()} 的{fill[0]}，{fill[1]}需要的更少。",
            f"如果{fill[0]}出现故障，{topic}会在 {rng.randint(2, 60)} 天内更换。",
            f"由此可见，{topic}和{fill[0]}不能同时{fill[1]}。",
            f"据{self.name()}说，{topic}是{self.day()}在{fill[0]}附近发现的。",
            f"{topic}是一种{fill[0]}，它{fill[1]}，但不{fill[2]}。",
            f"我们保留了{topic}，因为{fill[0]}会{fill[1]}{fill[2]}（见{fill[3]}）。",
            f"规定是：没有{fill[0]}，就没有{topic}！",
            f"{topic}怎样到达{fill[0]}？",
        )
        text = rng.choice(forms)
        if rng.random() < 0.35:
            a, b = made_up_word(rng), self.noun()
            more = rng.choice((f"（{b}，{self.number()}）", f"，例如“{b}”", f"；{b}和 {a} 除外", f"，即 {a} 的 {rng.randint(2, 99)} 倍"))
            text = text[:-1] + more + text[-1]
        return Sentence(text, topic)

    def heading(self, number: int) -> str:
        rng = self.rng
        if self.language == "zh_CN":
            if self.prose.marks:
                words = rng.choice(("", "", "，", "、", "，为什么")).join(self.noun() for _ in range(rng.choice((1, 2, 2, 3))))
            else:
                words = "".join(self.noun() for _ in range(rng.choice((1, 2))))
            return rng.choice((f"## {words}", f"{number}. {words}", f"{'一二三四五六七八九十'[min(number, 10) - 1]}、{words}"))
        words = " ".join(self.noun() for _ in range(rng.randint(1, 4))).capitalize()
        if self.prose.marks and self.prose.sentences and rng.random() < 0.4:  # as people write them, with small words and commas
            words = " ".join(rng.choice(self.prose.sentences).split(" ")[: rng.randint(3, 11)]).rstrip(".,;:!?")
        return rng.choice((f"# {words}", f"## {words}", f"{number}. {words}", f"{number} {words}", f"{number} {words.title()}"))

    # Documents ---------------------------------------------------------------------------------

    def real_document(self, characters: int) -> Document | None:
        """Pages of a text of this machine, some of its words made up so that none is known by heart."""
        rng = self.rng
        if not self.prose.texts.texts or self.language != "en":
            return None
        pages = self.prose.texts.pages(rng, characters)
        share = rng.choice((0.0, 0.05, 0.15))
        if share:
            pages = [
                re.sub(r"(?<=[ (])[a-z]{4,}\b", lambda m: made_up_word(rng) if rng.random() < share else m.group(), page)
                for page in pages
            ]
        if rng.random() < 0.4:
            foot = rng.choice(("{}", f"{self.noun()} {{}}", "{} / " + str(len(pages)), "                                          {}"))
            pages = [f"{page}\n\n{foot.format(number)}" for number, page in enumerate(pages, 1)]
        return self.of_units(pages, real.units(pages), rng.choice((".pdf", ".md", ".txt", ".md")))

    def of_units(self, pages: list[str], units: list, ending: str) -> Document | None:
        """A document whose sentences were found in its text."""
        rng = self.rng
        found = []
        for page, heading, texts in units:
            sentences = []
            for text in texts:
                words = re.findall(r"[\u4e00-\u9fff]{2,4}" if self.language == "zh_CN" else r"[A-Za-z]{5,}(?: [A-Za-z]{4,})?", text)
                sentences.append(Sentence(text, rng.choice(words) if words else ""))
            found.append(Unit(page, heading, sentences))
        if not found or any(len(unit.sentences[0].text) > 420 for unit in found):
            return None
        return Document(self.file_name((ending,)), self.language, pages, found)

    def markdown_document(self, characters: int) -> Document | None:
        """A README or a manual."""
        if self.language == "zh_CN":
            characters //= 3
        pages, found = manuals.write(self, self.rng.randint(min(300, characters), characters))
        return self.of_units(pages, found, self.rng.choice((".md", ".md", ".pdf", ".txt")))

    def document(self, max_sentences: int = 60, alike: bool | None = None) -> Document:
        """alike: its sentences begin alike, or do not (begin()); none: by chance."""
        rng = self.rng
        self.begin(alike)
        draw = max(rng.random(), REAL if alike else 0)  # those are what they are
        if draw < 0.64:
            document = self.real_document(max_sentences * 130) if draw < REAL else self.markdown_document(max_sentences * 130)
            if document:
                return document
        pages = rng.choice((1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10) if max_sentences > 20 else (1, 1, 2, 3))
        with_headings = rng.random() < 0.6
        with_blocks = rng.random() < 0.4  # tables, lists, code
        close = rng.random() < 0.3  # no empty line below a heading, as in a PDF
        runs_on = rng.random() < 0.35  # sentences run on over the page border, as in a PDF
        wrap = rng.random() < 0.45 and self.language == "en"  # lines as a PDF has them
        width = rng.randint(50, 100)
        foot = rng.choice(("", "", "", "- {} -", "{}", f"{self.noun()} {{}}", " " * rng.randint(20, 99) + "{}"))
        left = max(1, rng.randint(pages + 1, max(pages + 2, max_sentences)) // pages // rng.choice((1, 2)))
        joiner = "" if self.language == "zh_CN" else " "
        units: list[Unit] = []
        texts: list[str] = []
        number, carried = 0, ""
        for page in range(1, pages + 1):
            blocks: list[str] = []
            if page == 1 and rng.random() < 0.3:
                blocks.append(self.title())
            for part in range(rng.choice((1, 1, 2, 3) if pages > 2 else (1, 2, 3, 5, 8)) if with_headings else 1):
                unit = Unit(page, "")
                if with_headings and not carried and (part > 0 or rng.random() < 0.7):
                    number += 1
                    unit.heading = self.heading(number)
                    blocks.append(unit.heading)
                for paragraph in range(rng.choice((1, 1, 2))):
                    group = [self.sentence() for _ in range(rng.randint(1, left))]
                    unit.sentences += group
                    text = joiner.join(sentence.text for sentence in group)
                    if carried:
                        text, carried = carried + joiner + text, ""
                    blocks.append(self._wrap(text, width) if wrap else text)
                    if with_blocks and rng.random() < 0.4:
                        blocks.append(self.block())
                units.append(unit)
            if runs_on and page < pages:
                head, carried = self._halves(self.sentence().text)
                blocks[-1] += joiner + head
            if foot and rng.random() < 0.9:
                blocks.append(foot.format(page))
            text = "\n\n".join(blocks)
            if close:
                for unit in units:
                    if unit.page == page and unit.heading:
                        text = text.replace(unit.heading + "\n\n", unit.heading + "\n", 1)
            texts.append(text)
        return Document(self.file_name((".pdf", ".txt", ".md", "-report.pdf", " v2.pdf")), self.language, texts, units)

    def title(self) -> str:
        """A title, and at times what stands below it: no sentence, as it has no stop."""
        rng = self.rng
        words = [self.noun() for _ in range(rng.randint(2, 7))]
        if self.language == "zh_CN":
            return "".join(words[:2])
        title = " ".join(words).title() if rng.random() < 0.5 else " ".join(words).capitalize()
        if self.openings and rng.random() < 0.4:
            title = f"{rng.choice(self.openings)} {title.lower()}"
        if rng.random() < 0.5:
            below = self.sentence().text.rstrip(".!?") if rng.random() < 0.6 else f"{self.name()}, {self.day()}"
            title += "\n" + self._wrap(below, 70)
        return title

    def block(self) -> str:
        """What stands between paragraphs and is no sentence."""
        rng = self.rng
        kind = rng.choice(("table", "list", "steps", "code", "columns", "terms", "caption"))
        rows = rng.randint(2, 5)
        if kind == "table":
            lines = [f"| {self.noun()} | {self.noun()} | {self.noun()} |", "|---|---:|---|"]
            return "\n".join(lines + [f"| {self.noun()} | {self.number()} | {self.noun()} |" for _ in range(rows)])
        if kind == "terms":  # columns, even when a sentence stands in one
            return "\n".join(f"{self.noun():22s}{self.sentence().text[:60]}" for _ in range(rows))
        if kind == "caption":
            return f"{rng.choice(('Figure', 'Table'))} {rng.randint(1, 20)}: {self.noun()} {self.noun()}"
        if kind == "columns":
            return "\n".join(f"{self.noun():20s}{self.number():>10s}" for _ in range(rows))
        if kind == "code":
            lines = [f"{made_up_word(rng)}_{made_up_word(rng)} = {made_up_word(rng)}({rng.randint(0, 99)})" for _ in range(rows)]
            return "```\n" + "\n".join(lines) + "\n```"
        return "\n".join(f"{'-' if kind == 'list' else f'{i}.'} {self.noun()} {self.noun()}" for i in range(1, rows + 1))

    def _halves(self, text: str) -> tuple[str, str]:
        if self.language == "zh_CN":
            at = self.rng.randint(2, max(2, len(text) - 3))
            return text[:at], text[at:]
        words = text.split(" ")
        at = self.rng.randint(1, max(1, len(words) - 2))
        return " ".join(words[:at]), " ".join(words[at:])

    @staticmethod
    def _wrap(text: str, width: int) -> str:
        out, line = [], ""
        for word in text.split(" "):
            if line and len(line) + 1 + len(word) > width:
                out.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        return "\n".join(out + [line])
