#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/tiny-qwen3-tokens.jsonl: what Hugging Face tokenizers says of ordinary and hostile texts.

Needs `pip install tokenizers` (made with 0.23.3). Run from anywhere; the output is the same every time.
Each line is {"text", "ids", "plain_ids", "decoded"} (plain_ids: with added tokens off, as content is encoded)
or {"messages", "ids"} (a chat in the form of Qwen3-Instruct-2507, encoded as one string).
"""
import json
import pathlib
import random

from tokenizers import Tokenizer

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
TOKENIZER = DATA / "tiny-qwen3" / "tokenizer.json"
OUTPUT = DATA / "tiny-qwen3-tokens.jsonl"
NUM_RANDOM = 300

ORDINARY = [
    "", "a", " ", "\n", "Hello, world!", "The quick brown fox jumps over the lazy dog.", "It's 12:30; we'll see.",
    "1234567890 3.14159 1e-9 0xFF", "  two  spaces  and\ttabs\t\n\n\n  end ", "line\r\nline\r\n\r\nline\n \n x",
    "def f(x: int) -> int:\n    return x ** 2  # square\n\n\nprint(f(3))\n",
    "#include <vector>\nint main() { std::vector<int> v{1, 2, 3}; return v.size() != 3; }\n",
    "SELECT * FROM t WHERE a >= 'x' AND b IS NOT NULL;", '{"key": ["value", 1, null, true]}',
    "| a | b |\n|---|---|\n| 1 | 2 |\n", "https://example.org/a?b=c&d=%20#e", "user@example.org",
    "Größe, Übermut, naïve café, Señor, Øre, Łódź, İstanbul, ﬁne", "e\u0301 n\u0303 A\u030a \u212b \u2126 \u1e9b\u0323",
    "Съешь же ещё этих мягких французских булок", "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", "שלום עולם", "مرحبا بالعالم ١٢٣",
    "नमस्ते दुनिया क्षत्रिय", "สวัสดีชาวโลก", "你好，世界！这是一个测试。", "これはテストです。ｶﾀｶﾅ", "안녕하세요 \u1112\u1161\u11ab\u1100\u1173\u11af",
    "👋🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 😀😀😀", "∑ᵢ xᵢ² ≤ ∞ ⅷ ½ Ⅻ ㊿", "don't DON'T we'Ll I'M you'RE they'vE 's 'ſ 'ſx '\u212a",
    "a\u0338b <\u0338 >\u0338 =\u0338", "\u200b\u200c\u200d\ufeff zero width", "\u202eright to left\u202c",
    "\x00\x01\x1b[31mred\x1b[0m\x7f\x85\xa0", "\ufffd\ufffe\uffff\U0010ffff", "\U0001d400\U0001d7ce \U000e0041\U000e007f",
    "\u1c89 \ua7cb \U00010d40 \U000116d0 \U0002ebf0 \U0001e5f1", "x\u0345\u0897\u0334 \U00011935\U00011930 \U000105d2\u0307 \u1abf\u0301",
]

MARKS = [chr(c) for c in [*range(0x300, 0x370), *range(0x591, 0x5C8), *range(0x64B, 0x660), 0x93C, 0x94D, 0x9BE,
                          0xB56, 0xF71, 0xF72, 0x3099, 0x309A, 0x1133E, 0x11930, 0x1ABF, 0x8CA, 0x1D165]]
SPACES = [chr(c) for c in [9, 10, 11, 12, 13, 32, 0x1C, 0x85, 0xA0, 0x1680, 0x180E, 0x2000, 0x2028, 0x2029, 0x202F,
                           0x205F, 0x3000, 0x200B, 0xFEFF]]
CONTRACTIONS = ["'s", "'S", "'ſ", "'t", "'re", "'RE", "'Ve", "'LL", "'m", "'D", "'x", "''", "’s", "'ß"]
BLOCKS = [(0x20, 0x7F), (0xA0, 0x250), (0x370, 0x530), (0x590, 0x700), (0x900, 0xE00), (0x1100, 0x1200),
          (0xAC00, 0xD7A4), (0x1E00, 0x2C00), (0x3000, 0x3400), (0x4E00, 0x9FFF), (0xF900, 0xFB00), (0xFF00, 0xFFF0),
          (0x10000, 0x12000), (0x1D100, 0x1D800), (0x1F000, 0x1FB00), (0x2F800, 0x2FA20), (0xE0000, 0xE0080)]
WORDS = ["the", " the", "token", " number", "ing", "函数", "Привет", " größer", "\n    return", "ﬀ", "été", "İ", "ß"]


def any_character(rng: random.Random) -> str:
    while True:
        code = rng.randrange(0x110000)
        if not 0xD800 <= code < 0xE000:
            return chr(code)


def piece(rng: random.Random, added: list[str]) -> str:
    kind = rng.randrange(11)
    if kind == 0:
        return any_character(rng)
    if kind == 1:
        return rng.choice(SPACES) * rng.randrange(1, 4)
    if kind == 2:
        return rng.choice(CONTRACTIONS)
    if kind == 3:
        return "".join(rng.choice(MARKS) for _ in range(rng.randrange(1, 6)))
    if kind == 4:
        first, last = rng.choice(BLOCKS)
        return "".join(chr(rng.randrange(first, last)) for _ in range(rng.randrange(1, 5)))
    if kind == 5:
        return rng.choice(added)
    if kind == 6:
        token = rng.choice(added)
        cut = rng.randrange(len(token))
        return token[:cut] if rng.random() < 0.5 else token[cut:]
    if kind == 7:
        return str(rng.randrange(10 ** rng.randrange(1, 8)))
    if kind == 8:
        return rng.choice("!@#$%^&*()_+-=[]{}|;:\"<>,./?~`") * rng.randrange(1, 4)
    if kind == 9:
        return rng.choice("aeiouAEIOUyncK") + rng.choice(MARKS)
    return rng.choice(WORDS)


def render(messages: list[dict]) -> str:
    text = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
    return text + "<|im_start|>assistant\n"


def main() -> None:
    rng = random.Random(20260102)
    spec = json.loads(TOKENIZER.read_text(encoding="utf-8"))
    added = [token["content"] for token in spec["added_tokens"]]
    full = Tokenizer.from_str(json.dumps(spec))
    plain = Tokenizer.from_str(json.dumps({**spec, "added_tokens": []}))

    texts = ORDINARY + added + [f" {token}\n" for token in added[:6]] + ["".join(added)]
    texts += ["a" * 300, " " * 300, "\n" * 100, "😀" * 60, "e" + "\u0301\u0316\u0345\u0334" * 40, "ab" * 200]
    texts += ["".join(piece(rng, added) for _ in range(rng.randrange(1, 14))) for _ in range(NUM_RANDOM)]
    rows = []
    for text in texts:
        ids = full.encode(text, add_special_tokens=False).ids
        rows.append({"text": text, "ids": ids, "plain_ids": plain.encode(text, add_special_tokens=False).ids,
                     "decoded": full.decode(ids, skip_special_tokens=False)})

    benign = [text for text in texts if not any(token in text for token in added)]
    for _ in range(40):
        messages = [{"role": "system", "content": rng.choice(benign)}] if rng.random() < 0.5 else []
        for turn in range(rng.randrange(1, 6)):
            messages.append({"role": ("user", "assistant")[turn % 2], "content": rng.choice(benign)})
        rows.append({"messages": messages, "ids": full.encode(render(messages), add_special_tokens=False).ids})

    with OUTPUT.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
