#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fireside on this GPU against Hugging Face transformers in 16 bits on the same GPU, one table.

Usage: fidelity_gpu.py DATA_FOLDER [--cli fireside-cli] [--random FOLDER]

Small models: mean KL divergence of either from the float32 goldens in DATA_FOLDER.
--random: a full-size checkpoint (make_random_checkpoint.py FOLDER --tokenizer ...): relative error of
the logits of either, against transformers in float32, for prompts of 1, 100 and 3,000 tokens.
Ends with exit code 1 when Fireside's error is more than 1.2 times that of transformers.
Without --cli only the figures of transformers are printed.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

LIMIT = 1.2
PROMPTS = (1, 100, 3000)


def fireside_logits(cli, folder, ids):
    """[len(ids), vocab_size] on the GPU, float32."""
    with tempfile.NamedTemporaryFile(suffix=".f32") as file:
        subprocess.run([cli, "logits", "--model", folder, "--device", "cuda", "--max-num-seqs", "1",
                        "--prompt-ids", ",".join(map(str, ids)), "--out", file.name],
                       check=True, stderr=subprocess.DEVNULL)
        values = torch.from_numpy(numpy.fromfile(file.name, dtype=numpy.float32))
    return values.view(len(ids), -1).to("cuda")


def transformers_model(folder):
    dtype = torch.float16 if "f16" in folder.name else torch.bfloat16
    return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).to("cuda").eval()


@torch.no_grad()
def transformers_logits(model, ids):
    return model(torch.tensor([ids], device="cuda"), use_cache=False).logits[0].float()


def divergences(want, got):
    want, got = torch.log_softmax(want.double(), -1), torch.log_softmax(got.double(), -1)
    return (want.exp() * (want - got)).sum(-1).tolist()


def relative_error(want, got):
    return ((got - want).norm() / want.norm()).item()


class Table:
    def __init__(self):
        self.failed = False
        print(f"fidelity {'what':44} {'transformers':>13} {'fireside':>10} {'ratio':>6}")

    def row(self, what, theirs, ours):
        text = f"fidelity {what:44} {theirs:13.3e}"
        if ours is not None:
            verdict = "ok" if ours <= LIMIT * theirs else f"FAILED: more than {LIMIT}"
            self.failed |= not ours <= LIMIT * theirs  # NaN fails
            text += f" {ours:10.3e} {ours / theirs:6.2f}  {verdict}"
        print(text, flush=True)


def compare_goldens(folder, cli, table):
    golden = json.loads((folder / "golden.json").read_text())
    logits = load_file(folder / "golden_logits.safetensors")
    model = transformers_model(folder)
    theirs, ours = [], []
    for index, prompt in enumerate(golden["prompts"]):
        want = logits[f"logits.{index}"].to("cuda")
        rows = slice(prompt["first_position"], prompt["first_position"] + len(want))
        theirs += divergences(want, transformers_logits(model, prompt["ids"])[rows])
        if cli:
            ours += divergences(want, fireside_logits(cli, folder, prompt["ids"])[rows])
    name = folder.name
    table.row(f"{name}, mean KL of {len(theirs)} rows", sum(theirs) / len(theirs),
              sum(ours) / len(ours) if cli else None)
    print(f"         {name}, worst row: {max(theirs):.3e}" + (f" {max(ours):.3e}" if cli else ""))


def compare_random(folder, cli, table):
    generator = torch.Generator().manual_seed(1)
    vocab_size = json.loads((folder / "config.json").read_text())["vocab_size"]
    prompts = [torch.randint(0, vocab_size, (count,), generator=generator).tolist() for count in PROMPTS]
    # Ours first: it takes most of the GPU's memory while it runs.
    ours = [fireside_logits(cli, folder, ids).cpu() if cli else None for ids in prompts]
    torch.cuda.empty_cache()
    model = transformers_model(folder)
    theirs = [transformers_logits(model, ids) for ids in prompts]
    model = model.float()
    for ids, own, their in zip(prompts, ours, theirs):
        want = transformers_logits(model, ids)
        table.row(f"{folder.name}, logits of {len(ids):,} tokens", relative_error(want, their),
                  relative_error(want, own.to("cuda")) if cli else None)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--cli", type=pathlib.Path)
    parser.add_argument("--random", type=pathlib.Path)
    options = parser.parse_args()
    torch.backends.cuda.matmul.allow_tf32 = False
    begin = time.monotonic()
    table = Table()
    for folder in sorted(options.data.glob("tiny-*")):
        if (folder / "golden.json").exists():
            compare_goldens(folder, options.cli, table)
    if options.random:
        compare_random(options.random, options.cli, table)
    print(f"         {time.monotonic() - begin:.0f} s on {torch.cuda.get_device_name()}")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
