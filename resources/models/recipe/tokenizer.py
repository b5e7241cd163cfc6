# SPDX-License-Identifier: Apache-2.0
"""The demo model's own vocabulary: byte-level BPE with Qwen's split pattern and special tokens."""
from __future__ import annotations

import json
import pathlib

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

VOCABULARY = 4096
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# As Qwen3 lists them, in its order; the last twelve are not "special".
ADDED = (
    "<|endoftext|> <|im_start|> <|im_end|> <|object_ref_start|> <|object_ref_end|> <|box_start|> <|box_end|> "
    "<|quad_start|> <|quad_end|> <|vision_start|> <|vision_end|> <|vision_pad|> <|image_pad|> <|video_pad|> "
    "<tool_call> </tool_call> <|fim_prefix|> <|fim_middle|> <|fim_suffix|> <|fim_pad|> <|repo_name|> <|file_sep|> "
    "<tool_response> </tool_response> <think> </think>"
).split()
NOT_SPECIAL = 12


def train(texts) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    # While it learns, each Han character stands alone: no entry holds two, so that a character is written alike
    # wherever it stands, which makes copying and unknown phrasings easier.
    split = pre_tokenizers.Split(Regex(SPLIT), "isolated")
    alone = pre_tokenizers.Split(Regex(r"[\u4e00-\u9fff]"), "isolated")
    as_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, alone, as_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(ADDED), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, as_bytes])
    return tokenizer


def load(folder: pathlib.Path) -> Tokenizer:
    """The vocabulary of a checkpoint, without its added tokens."""
    data = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    data["added_tokens"] = []
    return Tokenizer.from_str(json.dumps(data))


def save(tokenizer: Tokenizer, folder: pathlib.Path, chat_template: str) -> None:
    """tokenizer.json and tokenizer_config.json, the added tokens behind the vocabulary."""
    data = json.loads(tokenizer.to_str())
    first = VOCABULARY - len(ADDED)
    assert len(data["model"]["vocab"]) == first, "the texts were too few for the vocabulary"
    data["added_tokens"] = [
        {
            "id": first + i,
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": i < len(ADDED) - NOT_SPECIAL,
        }
        for i, token in enumerate(ADDED)
    ]
    (folder / "tokenizer.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    config = {
        "add_bos_token": False,
        "add_prefix_space": False,
        "added_tokens_decoder": {
            str(token["id"]): {key: value for key, value in token.items() if key != "id"} for token in data["added_tokens"]
        },
        "bos_token": None,
        "chat_template": chat_template,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 6144,
        "pad_token": "<|endoftext|>",
        "split_special_tokens": False,
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": None,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1), "utf-8")


def token_id(content: str) -> int:
    return VOCABULARY - len(ADDED) + ADDED.index(content)


def encode(
    tokenizer: Tokenizer, messages: list[dict], answer: str, cache: dict[str, list[int]]
) -> tuple[list[int], list[tuple[int, int]]]:
    """A conversation as the chat template writes it, and where its answers stand, the last one last. Contents never
    yield added tokens: the tokenizer in memory knows none. The cache keeps what was met first, which is
    mostly the prompts of the roles."""
    start, end = token_id("<|im_start|>"), token_id("<|im_end|>")
    ids: list[int] = []

    def text(value: str) -> None:
        known = cache.get(value)
        if known is None:
            known = tokenizer.encode(value, add_special_tokens=False).ids
            if len(cache) < 4096:
                cache[value] = known
        ids.extend(known)

    answers: list[tuple[int, int]] = []
    for message in [*messages, {"role": "assistant", "content": answer}]:
        ids.append(start)
        if message["role"] == "assistant":
            text("assistant\n")
            begin = len(ids)
            text(message["content"])
            ids.append(end)
            answers.append((begin, len(ids)))
        else:
            text(f"{message['role']}\n{message['content']}")
            ids.append(end)
        text("\n")
    ids.pop()  # nothing follows the last answer
    return ids, answers
