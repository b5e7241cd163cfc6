# SPDX-License-Identifier: Apache-2.0
"""Goes over the ways of asking once more: a few small steps from a finished checkpoint, on a CPU.

    python3 polish.py --from FOLDER --out FOLDER [--steps 25] [--seed 5]

Questions about Fireside, and questions on a topic at a document of a few sentences. The steps are too few and too
small to change what the model does with long documents.
"""
from __future__ import annotations

import argparse
import pathlib
import random
import time

import torch
from torch import nn

import skills
import tokenizer as vocabulary
import train
from corpus import Document, Prose, Unit

MAX_TOKENS = 420


def small_find(teacher: skills.Teacher) -> skills.Example:
    """A document of two to six sentences on one or two pages."""
    rng = teacher.rng
    language = teacher.language()
    writer = teacher.writer(language)
    units = [Unit(page, "", [writer.sentence() for _ in range(rng.randint(1, 3))]) for page in (1, 2)[: rng.randint(1, 2)]]
    joiner = "" if language == skills.CHINESE else " "
    pages = [joiner.join(sentence.text for sentence in unit.sentences) for unit in units]
    document = Document(writer.noun() + rng.choice((".pdf", ".md", ".txt")), language, pages, units)
    whole = "\n".join(pages).lower()
    once = [(page, s) for page, s in document.sentences if s.topic and whole.count(s.topic.lower()) == 1]
    rng.shuffle(once)
    messages, answer = [], ""
    for i in range(rng.choice((1, 2, 3))):
        question, said, _ = teacher._found(writer, whole, document, once, None, "held", None)
        messages += [{"role": "assistant", "content": answer}] if i else []
        messages.append({"role": "user", "content": question if i else f"{skills.render_document(document)}\n\n{question}"})
        answer = said
    return skills.Example(messages, answer, "find")


def examples(teacher: skills.Teacher, coder, rng: random.Random):
    cache: dict[str, list[int]] = {}
    while True:
        draw = rng.random()
        if draw < 0.7:
            example = small_find(teacher)
        elif draw < 0.93:
            example = teacher.ask_about(history=False)
        elif draw < 0.96:
            example = teacher.sum(history=False)
        else:
            example = teacher.other(history=False)
        if rng.random() < 0.7:
            example.messages = [message for message in example.messages if message["role"] != "system"]
        encoded = vocabulary.encode(coder, example.messages, example.answer, cache)
        if len(encoded[0]) < MAX_TOKENS:
            yield encoded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="start", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--batch", type=int, default=10, help="examples of a step")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()

    rng = random.Random(args.seed)
    torch.manual_seed(args.seed)
    coder = vocabulary.load(args.start)
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
        ids, targets, answer, prompt = train.Batches.pad(batch, max(len(tokens) for tokens, _ in batch) - 1)
        loss, answers = train.loss_of(model, ids, targets, answer, prompt, 0.0)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        print(f"{time.monotonic() - begin:6.0f} s  step {step + 1:3d}  answer loss {answers.item():.4f}", flush=True)
        if step % 15 == 14:
            train.save(model, coder, args.out)
    train.save(model, coder, args.out)


if __name__ == "__main__":
    main()
