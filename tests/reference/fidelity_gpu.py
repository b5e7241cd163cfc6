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
import concurrent.futures
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

LIMIT = 1.2
PROMPTS = (1, 100, 3000)


def fireside_logits(cli, folder, ids):
    """The bytes of [len(ids), vocab_size] float32."""
    with tempfile.NamedTemporaryFile(suffix=".f32") as file:
        done = subprocess.run(
            [cli, "logits", "--model", folder, "--device", "cuda", "--max-num-seqs", "1", "--max-model-len",
             str(min(len(ids) + 16, context(folder))), "--prompt-ids", ",".join(map(str, ids)), "--out", file.name],
            capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"fireside-cli logits: {done.stderr.strip()}")
        return pathlib.Path(file.name).read_bytes()


def config(folder):
    return json.loads((folder / "config.json").read_text())


def context(folder):
    return config(folder)["max_position_embeddings"]


def golden(folder):
    return json.loads((folder / "golden.json").read_text())


def random_prompts(folder):
    generator = random.Random(1)
    return [[generator.randrange(config(folder)["vocab_size"]) for _ in range(count)] for count in PROMPTS]


def rows_of(data, ids):
    return torch.frombuffer(bytearray(data), dtype=torch.float32).view(len(ids), -1).to("cuda")


def transformers_model(folder):
    dtype = torch.float16 if "f16" in folder.name else torch.bfloat16
    return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).to("cuda").eval()


def transformers_logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids], device="cuda"), use_cache=False).logits[0].float()


def divergences(want, got):
    want, got = torch.log_softmax(want.double(), -1), torch.log_softmax(got.double(), -1)
    return (want.exp() * (want - got)).sum(-1).tolist()


def relative_error(want, got):
    return ((got - want).norm() / want.norm()).item()


class Table:
    def __init__(self):
        self.failed = False
        print(f"fidelity {'what':50} {'transformers':>13} {'fireside':>10} {'ratio':>6}")

    def row(self, what, theirs, ours):
        text = f"fidelity {what:50} {theirs:13.3e}"
        if ours is not None:
            verdict = "ok" if ours <= LIMIT * theirs else f"FAILED: more than {LIMIT}"
            self.failed |= not ours <= LIMIT * theirs  # NaN fails
            text += f" {ours:10.3e} {ours / max(theirs, 1e-30):6.2f}  {verdict}"
        print(text, flush=True)


def compare_goldens(folder, ours, table):
    logits = load_file(folder / "golden_logits.safetensors")
    model = transformers_model(folder)
    theirs, own = [], []
    for index, prompt in enumerate(golden(folder)["prompts"]):
        want = logits[f"logits.{index}"].to("cuda")
        rows = slice(prompt["first_position"], prompt["first_position"] + len(want))
        theirs += divergences(want, transformers_logits(model, prompt["ids"])[rows])
        if ours:
            own += divergences(want, rows_of(ours[index].result(), prompt["ids"])[rows])
    table.row(f"{folder.name}, mean KL of {len(theirs)} rows", sum(theirs) / len(theirs),
              sum(own) / len(own) if own else None)
    print(f"         worst row: {max(theirs):.3e}" + (f" {max(own):.3e}" if own else ""))


def compare_random(folder, ours, table):
    prompts = random_prompts(folder)
    model = transformers_model(folder)
    theirs = [transformers_logits(model, ids) for ids in prompts]
    model = model.float()
    for index, ids in enumerate(prompts):
        want = transformers_logits(model, ids)
        own = relative_error(want, rows_of(ours[index].result(), ids)) if ours else None
        table.row(f"{folder.name}, logits of {len(ids):,} tokens", relative_error(want, theirs[index]), own)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--cli", type=pathlib.Path)
    parser.add_argument("--random", type=pathlib.Path)
    options = parser.parse_args()
    begin = time.monotonic()
    folders = [path.parent for path in sorted(options.data.glob("tiny-*/golden.json"))]
    prompts = {folder: [prompt["ids"] for prompt in golden(folder)["prompts"]] for folder in folders}
    if options.random:
        prompts[options.random] = random_prompts(options.random)
    # Fireside computes while Python still imports.
    pool = concurrent.futures.ThreadPoolExecutor(4)
    ours = {folder: [pool.submit(fireside_logits, options.cli, folder, ids) for ids in lists] if options.cli else []
            for folder, lists in prompts.items()}
    global torch, load_file, AutoModelForCausalLM
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM
    torch.backends.cuda.matmul.allow_tf32 = False
    table = Table()
    for folder in folders:
        compare_goldens(folder, ours[folder], table)
    if options.random:
        compare_random(options.random, ours[options.random], table)
    print(f"         {time.monotonic() - begin:.0f} s on {torch.cuda.get_device_name()}")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
