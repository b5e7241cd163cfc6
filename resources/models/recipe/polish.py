# SPDX-License-Identifier: Apache-2.0
"""Goes over the questions about Fireside once more: a few small steps from a finished checkpoint, on a CPU.

    python3 polish.py --from FOLDER --out FOLDER [--steps 30] [--seed 5]

Training on documents, which are long, can leave a common question with the answer of its neighbour. The
steps are too few and too small to change what the model does with documents.
"""
from __future__ import annotations

import argparse
import pathlib
import random
import time

import torch
from tokenizers import Tokenizer
from torch import nn

import skills
import tokenizer as vocabulary
import train
from corpus import Prose

COMMON = ("what", "you")  # what newcomers ask first
MAX_TOKENS = 220


def examples(teacher: skills.Teacher, coder, rng: random.Random):
    cache: dict[str, list[int]] = {}
    while True:
        draw = rng.random()
        if draw < 0.25:
            example = teacher.ask_about(history=False, fact=rng.choice(COMMON))
        elif draw < 0.85:
            example = teacher.ask_about(history=False)
        elif draw < 0.92:
            example = teacher.sum(history=False)
        else:
            example = teacher.manners(history=False)
        if rng.random() < 0.6:
            example.messages = [message for message in example.messages if message["role"] != "system"]
        encoded = vocabulary.encode(coder, example.messages, example.answer, cache)
        if len(encoded[0]) < MAX_TOKENS:
            yield encoded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="start", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--batch", type=int, default=12, help="examples of a step")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()

    rng = random.Random(args.seed)
    torch.manual_seed(args.seed)
    coder = Tokenizer.from_file(str(args.start / "tokenizer.json"))
    model = train.Model()
    train.load(model, args.start)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=0.0)
    prose = Prose(rng, train.ROLES.parent, wanted=3000, files=200)
    source = examples(skills.Teacher(rng, prose, train.ROLES), coder, rng)
    begin = time.monotonic()
    for step in range(args.steps):
        for group in optimizer.param_groups:
            group["lr"] = args.rate * min(1.0, step / 5 + 0.2) * (1 - step / args.steps)
        batch = [next(source) for _ in range(args.batch)]
        ids, targets, answer, prompt = train.Batches._pad(batch, max(len(tokens) for tokens, _ in batch) - 1)
        loss, answers = train.loss_of(model, ids, targets, answer, prompt, 0.0)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        print(f"{time.monotonic() - begin:6.0f} s  step {step + 1:3d}  answer loss {answers.item():.4f}", flush=True)
    train.save(model, coder, args.out)


if __name__ == "__main__":
    main()
