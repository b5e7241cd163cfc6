# SPDX-License-Identifier: Apache-2.0
"""Trains the demo model from nothing and writes it as a checkpoint that Fireside loads.

    python3 train.py --out FOLDER [--seed 2] [--from CHECKPOINT]

Needs PyTorch and tokenizers. A Qwen3 of 9 million parameters; examples are drawn on the fly by worker
processes, so none is seen twice. Two stages of a fixed number of steps on one GPU; seed, workers, PyTorch and the texts
of the machine decide what is learnt (up to the order of the GPU's sums). A GPU too slow for --minutes makes fewer steps.
--from goes on with a checkpoint and its vocabulary: the second stage alone. --device cpu works and takes far longer.
"""
from __future__ import annotations

import argparse
import json
import math
import os
import pathlib
import random
import struct
import time
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

import real
import skills
import tokenizer as vocabulary
from corpus import Prose
from finding import KINDS
from muon import Muon

HERE = pathlib.Path(__file__).resolve().parent
ROLES = HERE.parents[1] / "roles"
REPOSITORY = HERE.parents[2]
TEMPLATE = REPOSITORY / "tests" / "data" / "tiny-qwen3" / "tokenizer_config.json"  # Qwen3's
CHOICE = 4  # tokens
CONTEXT = 3  # tokens
LENGTHS = (256, 384, 512, 768, 1024, 1280, 1536, 2048, 2560, 3072, 4096, 5120, 6144)  # batches are padded to these
CONFIG = {
    "architectures": ["Qwen3ForCausalLM"],
    "model_type": "qwen3",
    "vocab_size": vocabulary.VOCABULARY,
    "hidden_size": 256,
    "intermediate_size": 768,
    "num_hidden_layers": 8,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 128,
    "hidden_act": "silu",
    "max_position_embeddings": 6144,
    "rms_norm_eps": 1e-6,
    "rope_theta": 100000.0,
    "rope_scaling": None,
    "tie_word_embeddings": True,
    "attention_bias": False,
    "use_sliding_window": False,
    "bos_token_id": vocabulary.token_id("<|endoftext|>"),
    "eos_token_id": vocabulary.token_id("<|im_end|>"),
    "torch_dtype": "bfloat16",
}


@dataclass(frozen=True)
class Stage:
    steps: int
    rate: float  # the peak, of the embedding and the norms
    muon_rate: float  # of the matrices
    begin: bool  # documents begin short, and have few marks (Prose.marks)
    alike: float  # Prose.alike, once documents have grown


STAGES = (Stage(29_000, 3e-3, 0.02, True, 0.25), Stage(13_000, 1e-3, 0.006, False, 0.5))


# The model, named as transformers names its parameters -------------------------------------------


class RMSNorm(nn.Module):
    def __init__(self, size: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return F.rms_norm(x, x.shape[-1:], self.weight.to(x.dtype), CONFIG["rms_norm_eps"])


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        hidden, size = CONFIG["hidden_size"], CONFIG["head_dim"]
        self.heads, self.kv_heads = CONFIG["num_attention_heads"], CONFIG["num_key_value_heads"]
        self.q_proj = nn.Linear(hidden, self.heads * size, bias=False)
        self.k_proj = nn.Linear(hidden, self.kv_heads * size, bias=False)
        self.v_proj = nn.Linear(hidden, self.kv_heads * size, bias=False)
        self.o_proj = nn.Linear(self.heads * size, hidden, bias=False)
        self.q_norm, self.k_norm = RMSNorm(size), RMSNorm(size)

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        q = self.q_norm(self.q_proj(x).view(batch, length, self.heads, -1)).transpose(1, 2)
        k = self.k_norm(self.k_proj(x).view(batch, length, self.kv_heads, -1)).transpose(1, 2)
        v = self.v_proj(x).view(batch, length, self.kv_heads, -1).transpose(1, 2)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        repeat = self.heads // self.kv_heads
        k, v = k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(out.transpose(1, 2).reshape(batch, length, -1))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        hidden, inner = CONFIG["hidden_size"], CONFIG["intermediate_size"]
        self.gate_proj = nn.Linear(hidden, inner, bias=False)
        self.up_proj = nn.Linear(hidden, inner, bias=False)
        self.down_proj = nn.Linear(inner, hidden, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm = RMSNorm(CONFIG["hidden_size"])
        self.self_attn = Attention()
        self.post_attention_layernorm = RMSNorm(CONFIG["hidden_size"])
        self.mlp = Mlp()

    def forward(self, x, cos, sin):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return (x * cos + torch.cat((-b, a), -1) * sin).to(x.dtype)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_tokens = nn.Embedding(CONFIG["vocab_size"], CONFIG["hidden_size"])
        self.layers = nn.ModuleList(Layer() for _ in range(CONFIG["num_hidden_layers"]))
        self.norm = RMSNorm(CONFIG["hidden_size"])
        half = CONFIG["head_dim"] // 2
        frequencies = CONFIG["rope_theta"] ** (-torch.arange(half, dtype=torch.float64) / half)
        angles = torch.arange(CONFIG["max_position_embeddings"], dtype=torch.float64)[:, None] * frequencies
        angles = torch.cat((angles, angles), -1)
        self.register_buffer("cos", angles.cos().float(), persistent=False)
        self.register_buffer("sin", angles.sin().float(), persistent=False)
        deep = 0.02 / math.sqrt(2 * len(self.layers))
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                nn.init.normal_(weight, std=deep if name.endswith(("o_proj.weight", "down_proj.weight")) else 0.02)

    def forward(self, ids):
        cos, sin = self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, cos, sin)
        return self.norm(x)


# Data ---------------------------------------------------------------------------------------------


def growth(progress: float) -> float:
    """The size of documents. Copying and finding are learnt on short ones, and last: on long ones alone a model
    of 1.3 G tokens never began to find."""
    return min(1.0, max(0.1, 0.1 + 0.9 * (progress - 0.12) / 0.28))


class Batches(IterableDataset):
    """Endless batches (ids, targets, answers, prompts), each of one padded length and about `tokens`
    tokens. answers and prompts are indices into the flattened targets: the tokens of all answers, and a
    few of the prompts, so that the words themselves are learnt as well. They are made here, on the CPU:
    finding them on the GPU would hold up its queue. The tokens where a copy can go astray are in answers `weight` times."""

    def __init__(self, coder, prose: Prose, seed: int, tokens: int, stage: Stage, weight: int):
        self.coder, self.prose, self.seed, self.tokens, self.stage, self.weight = coder, prose, seed, tokens, stage, weight
        self.marks = {coder.token_to_id(mark) for mark in ">-"}
        self.breaks = {i for i in range(coder.get_vocab_size()) if coder.decode([i]).endswith("\n")}

    def __iter__(self):
        info = get_worker_info()
        worker, workers = (info.id, info.num_workers) if info else (0, 1)
        rng = random.Random(self.seed * 1000 + worker)
        draw = torch.Generator().manual_seed(self.seed * 1000 + worker)
        made = 0
        teacher = skills.Teacher(rng, self.prose, ROLES)
        cache: dict[str, list[int]] = {}
        waiting: dict[int, list] = {length: [] for length in LENGTHS}
        while True:
            teacher.size = growth((made * workers + worker) / self.stage.steps) if self.stage.begin else 1.0
            self.prose.alike = self.stage.alike if teacher.size >= 1 else 0.0
            example = teacher.draw()
            ids, spans = vocabulary.encode(self.coder, example.messages, example.answer, cache)
            length = next((size for size in LENGTHS if len(ids) - 1 <= size), None)
            if length is None:
                continue
            group = waiting[length]
            group.append((ids, spans, self.choices(ids, spans)))
            if len(group) * length >= self.tokens:
                yield self.pad(group, length, draw, self.weight)
                made += 1
                waiting[length] = []

    def choices(self, ids: list[int], spans: list[tuple[int, int]]) -> list[int]:
        """Places of an answer where the words before do not say what comes next: the first tokens of each quotation and
        bullet, and each token that stood behind the same three before, but not always that one. All else is to copy."""
        places = {place for begin, end in spans for at in range(begin + 1, end)
                  if ids[at - 1] in self.marks and ids[at - 2] in self.breaks for place in range(at, min(at + CHOICE, end))}
        answers = {place for begin, end in spans for place in range(begin, end)}
        followed: dict[tuple[int, ...], set[int]] = {}
        for place in range(CONTEXT, len(ids)):
            seen = followed.setdefault(tuple(ids[place - CONTEXT : place]), set())
            if seen and seen != {ids[place]} and place in answers:
                places.add(place)
            seen.add(ids[place])
        return sorted(places)

    @staticmethod
    def pad(group, length, draw=None, weight=1):
        ids = torch.zeros(len(group), length, dtype=torch.int32)
        targets = torch.zeros(len(group), length, dtype=torch.int32)
        is_answer = torch.zeros(len(group), length, dtype=torch.bool)
        is_text = torch.zeros(len(group), length, dtype=torch.bool)
        again = []
        for row, (tokens, spans, choices) in enumerate(group):
            again += [row * length + place - 1 for place in choices] * (weight - 1)
            count = len(tokens) - 1
            ids[row, :count] = torch.tensor(tokens[:-1], dtype=torch.int32)
            targets[row, :count] = torch.tensor(tokens[1:], dtype=torch.int32)
            is_text[row, :count] = True
            for begin, end in spans:
                is_answer[row, begin - 1 : end - 1] = True
        sampled = is_text & ~is_answer & (torch.rand(is_text.shape, generator=draw) < 0.1)
        answers = torch.cat((is_answer.flatten().nonzero().squeeze(1), torch.tensor(again, dtype=torch.int64)))
        return ids, targets, answers, sampled.flatten().nonzero().squeeze(1)


# Training -----------------------------------------------------------------------------------------


def rate(progress: float, peak: float) -> float:
    """Warms up over 1 %, holds, and falls to nothing over the last 65 %."""
    return peak * min(1.0, progress / 0.01, (1 - progress) / 0.65)


class Examination:
    """Examples held out, by skill: the loss of the answers, and how many come out right to the letter
    when each token is guessed from the right ones before it. About what the evaluation will say."""

    def __init__(self, coder, prose: Prose, seed: int, count: int, device):
        teacher = skills.Teacher(random.Random(seed + 777_000), prose, ROLES, held_out=True)
        cache: dict[str, list[int]] = {}
        sets: dict[str, list[skills.Example]] = {
            "about en": [teacher.ask_about(fact=f, language="en") for f in teacher.about for _ in range(3)],
            "about zh": [teacher.ask_about(fact=f, language="zh_CN") for f in teacher.about for _ in range(3)],
            **{kind: [teacher.find(kind) for _ in range(count)] for kind in KINDS},
            **{"talk: " + kind: [teacher.talk(kind) for _ in range(count)] for kind in ("form", "about", "outside", "manners")},
        }
        writer = teacher.writer(skills.ENGLISH)
        texts = [real.cut((REPOSITORY / name).read_text("utf-8"))[:4] for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")]
        documents = [document for pages in texts if (document := writer.of_units(pages, real.units(pages), ".md"))]
        sets["once, real"] = [teacher.find("once", document=document) for document in documents for _ in range(count // 2)]
        sets["once, alike"] = [teacher.find("once", document=writer.document(40, alike=True)) for _ in range(count)]
        teacher.size = growth(0)
        sets["once, short"] = [teacher.find("once") for _ in range(count)]
        teacher.size = 1.0
        for skill in (teacher.summarise, teacher.section, teacher.reduce, teacher.sum, teacher.other, teacher.no_document):
            sets[skill.__name__] = [skill() for _ in range(count)]
        self.batches: list[tuple[str, tuple]] = []
        for name, examples in sets.items():
            groups: dict[int, list] = {}
            for example in examples:
                encoded = vocabulary.encode(coder, example.messages, example.answer, cache)
                length = next((size for size in LENGTHS if len(encoded[0]) - 1 <= size), None)
                if length:
                    groups.setdefault(length, []).append((encoded[0], encoded[1][-1:], []))
            for length, group in groups.items():
                self.batches.append((name, tuple(part.to(device) for part in Batches.pad(group, length))))

    @torch.no_grad()
    def mark(self, model, device) -> str:
        totals: dict[str, list[float]] = {}
        for name, (ids, targets, answer, _) in self.batches:
            with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
                hidden = model(ids.long()).flatten(0, 1)
                logits = F.linear(hidden[answer], model.embed_tokens.weight.to(hidden.dtype)).float()
            wanted = targets.flatten()[answer].long()
            wrong = torch.zeros(targets.numel(), device=device)
            wrong[answer] = (logits.argmax(-1) != wanted).float()
            wrong = wrong.view(targets.shape)
            total = totals.setdefault(name, [0.0, 0.0, 0.0, 0.0])
            for i, value in enumerate((F.cross_entropy(logits, wanted, reduction="sum").item(), wanted.numel(),
                                       (wrong.sum(1) == 0).sum().item(), len(ids))):
                total[i] += value
        return ", ".join(f"{name} {100 * right / count:.0f} % ({loss / tokens:.3f})"
                         for name, (loss, tokens, right, count) in totals.items())


def loss_of(model, ids, targets, answers, prompts, prompt_weight: float):
    hidden = model(ids.long()).flatten(0, 1)
    targets = targets.flatten().long()
    total = 0.0
    parts = []
    for places, weight in ((answers, 1.0), (prompts, prompt_weight)):
        logits = F.linear(hidden[places], model.embed_tokens.weight.to(hidden.dtype)).float()
        part = F.cross_entropy(logits, targets[places])
        parts.append(part.detach())
        total = total + weight * part
    return total, parts[0]


def train(args, model, coder, prose, examination: Examination, stage: Stage, seed: int, minutes: float) -> None:
    device = torch.device(args.device)
    torch.manual_seed(seed)
    prose.marks = not stage.begin
    muon = Muon([p for p in model.layers.parameters() if p.dim() == 2])
    others = [p for p in model.parameters() if p.dim() != 2]
    optimizer = torch.optim.AdamW(
        [{"params": [model.embed_tokens.weight], "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
        lr=stage.rate, betas=(0.9, 0.98), fused=device.type == "cuda")
    loader = DataLoader(Batches(coder, prose, seed, args.tokens, stage, args.choices), batch_size=None, num_workers=args.workers,
                        pin_memory=device.type == "cuda", prefetch_factor=4 if args.workers else None)
    begin = last = marked = saved = time.monotonic()
    told = begin
    waited = 0.0
    before = begin
    seen = step = 0
    steps, first = stage.steps, None  # first: a step and its time, after compilation
    for step, batch in enumerate(loader):
        waited += time.monotonic() - before
        if step >= steps or time.monotonic() - begin > 60 * minutes + 5:
            break
        progress = step / steps
        for group in optimizer.param_groups:
            group["lr"] = rate(progress, stage.rate)
        ids, targets, answer, prompt = (part.to(device, non_blocking=True) for part in batch)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            loss, answers = loss_of(model, ids, targets, answer, prompt, 0.1 * (1 - progress))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        muon.step(rate(progress, stage.muon_rate))
        optimizer.step()
        model.zero_grad(set_to_none=True)
        seen += ids.numel()
        if time.monotonic() - last > 10:
            last = time.monotonic()
            if first and last - begin > 15 * minutes:  # a quarter of the time: the rate is known
                possible = step + int((60 * minutes - (last - begin)) * (step - first[0]) / (last - first[1]))
                steps = max(step + 1, min(stage.steps, possible))
                if steps < stage.steps and last > told + 60:
                    told = last
                    print(f"    too slow for {stage.steps} steps in {minutes:.1f} minutes: {steps}", flush=True)
            if not first and step > 100:
                first = (step, last)
            print(f"{last - begin:6.0f} s  step {step:6d}  {seen / 1e6:7.1f} M tokens  answer loss {answers.item():.4f}  "
                  f"waited {waited:.1f} s for data", flush=True)
        if time.monotonic() - marked > args.exam_seconds:
            marked = time.monotonic()
            print("    held out: " + examination.mark(model, device), flush=True)
        if time.monotonic() - saved > args.save_seconds:
            saved = time.monotonic()
            save(model, coder, args.out)  # a run that is cut short leaves a model
        before = time.monotonic()
    print("    held out: " + examination.mark(model, device), flush=True)
    print(f"{step} steps, {seen / 1e6:.1f} M tokens", flush=True)


# Export -------------------------------------------------------------------------------------------


def save_safetensors(path: pathlib.Path, tensors: dict[str, torch.Tensor]) -> None:
    """bf16, in the order given; the header is padded so that the data is aligned to 64 bytes."""
    header, blobs, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name, tensor in tensors.items():
        data = tensor.detach().to("cpu", torch.bfloat16).contiguous().view(torch.uint8).numpy().tobytes()
        header[name] = {"dtype": "BF16", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        blobs.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % 64)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def load(model: Model, folder: pathlib.Path) -> None:
    data = (folder / "model.safetensors").read_bytes()
    begin = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:begin])
    state = model.state_dict()
    for name, weight in state.items():
        first, last = header["model." + name]["data_offsets"]
        raw = torch.frombuffer(bytearray(data[begin + first : begin + last]), dtype=torch.bfloat16)
        weight.copy_(raw.view(weight.shape))


def save(model: Model, coder, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    state = {("model." + name): weight for name, weight in model.state_dict().items()}
    save_safetensors(folder / "model.safetensors", state)
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    generation = {
        "bos_token_id": CONFIG["bos_token_id"],
        "eos_token_id": [CONFIG["eos_token_id"], CONFIG["bos_token_id"]],
        "pad_token_id": CONFIG["bos_token_id"],
        "do_sample": False,
    }
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")
    reference = json.loads(TEMPLATE.read_text("utf-8"))
    vocabulary.save(coder, folder, reference["chat_template"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=23.5, help="at most, of all stages, from the first step on")
    parser.add_argument("--seed", type=int, default=2, help="of the first stage; the second takes the next")
    parser.add_argument("--choices", type=int, default=2, help="how often the tokens count where a copy can go astray")
    parser.add_argument("--exam", type=int, default=60, help="held-out examples of each skill")
    parser.add_argument("--exam-seconds", type=float, default=90)
    parser.add_argument("--save-seconds", type=float, default=120)
    parser.add_argument("--tiny", action="store_true", help="a model and stages of no use, to try the recipe")
    parser.add_argument("--tokens", type=int, default=65536, help="in a batch, padding included")
    parser.add_argument("--workers", type=int, default=16, help="processes that make the data; another number, other data")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--from", dest="start", type=pathlib.Path, help="the second stage alone, of this checkpoint")
    parser.add_argument("--eager", action="store_true", help="do not compile")
    parser.add_argument("--vocabulary-examples", type=int, default=12000)
    args = parser.parse_args()
    if args.tiny:
        CONFIG.update(hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=2,
                      num_key_value_heads=1, head_dim=64)

    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    rng = random.Random(args.seed)
    prose = Prose(rng, ROLES.parent)
    prose.marks = bool(args.start)
    print(f"{len(prose.sentences)} sentences and {len(prose.words)} words of this machine", flush=True)
    teacher = skills.Teacher(rng, prose, ROLES)
    texts = (
        message["content"]
        for example in (teacher.draw() for _ in range(args.vocabulary_examples))
        for message in [*example.messages, {"content": example.answer}]
    )
    coder = vocabulary.load(args.start) if args.start else vocabulary.train(texts)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # the workers are the parallelism
    device = torch.device(args.device)
    torch.manual_seed(args.seed)
    torch.set_float32_matmul_precision("high")
    model = Model().to(device)
    if args.start:
        load(model, args.start)
    examination = Examination(coder, prose, args.seed, args.exam, device)
    if device.type == "cuda" and not args.eager:
        for layer in model.layers:  # one layer at a time: they share what is compiled
            layer.compile(dynamic=True)
    whole = sum(stage.steps for stage in STAGES)
    for number, stage in enumerate(STAGES):
        if number > 0 or not args.start:
            train(args, model, coder, prose, examination, stage, args.seed + number, args.minutes * stage.steps / whole)
            save(model, coder, args.out)


if __name__ == "__main__":
    main()
