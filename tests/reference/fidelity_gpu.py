#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Hugging Face transformers in 16 bits on this GPU makes of the goldens: the yardstick for our own figures.

Usage: fidelity_gpu.py DATA_FOLDER. Prints mean and worst KL divergence from the float32 goldens, one line a model.
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

root = pathlib.Path(sys.argv[1])
for folder in sorted(root.glob("tiny-*")):
    if not (folder / "golden.json").exists():
        continue
    dtype = torch.float16 if "f16" in folder.name else torch.bfloat16
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).to("cuda").eval()
    golden = json.loads((folder / "golden.json").read_text())
    logits = load_file(folder / "golden_logits.safetensors")
    values = []
    for index, prompt in enumerate(golden["prompts"]):
        with torch.no_grad():
            ids = torch.tensor([prompt["ids"]], device="cuda")
            got = model(ids).logits[0].double().cpu()[prompt["first_position"]:]
        want = logits[f"logits.{index}"].double()
        want_log, got_log = torch.log_softmax(want, -1), torch.log_softmax(got[:len(want)], -1)
        values += (want_log.exp() * (want_log - got_log)).sum(-1).tolist()
    print(f"fidelity transformers {folder.name} mean_kl {sum(values) / len(values):.3e} worst_kl {max(values):.3e} rows {len(values)}")
