#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A checkpoint in the exact shape of Qwen3-4B-Instruct-2507 with random weights: nothing is downloaded.

Usage: make_random_checkpoint.py FOLDER [--layers N] [--dtype bf16|f16] [--tokenizer FOLDER]

Writes config.json, generation_config.json and model.safetensors (8 GB with all 36 layers). Needs only
Python, and uses NumPy and all processors where they are there. Speed and memory do not depend on the
values; the text such a model writes means nothing. --tokenizer copies tokenizer.json and its companions
from another folder, for programs that need one.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import struct

PIECE = 1 << 23  # numbers made at once
HIDDEN, FFN, HEADS, KV_HEADS, HEAD_DIM, VOCAB = 2560, 9728, 32, 8, 128, 151936


def tensors(layers):
    yield "model.embed_tokens.weight", (VOCAB, HIDDEN)
    for i in range(layers):
        prefix = f"model.layers.{i}."
        yield prefix + "input_layernorm.weight", (HIDDEN,)
        yield prefix + "post_attention_layernorm.weight", (HIDDEN,)
        yield prefix + "self_attn.q_norm.weight", (HEAD_DIM,)
        yield prefix + "self_attn.k_norm.weight", (HEAD_DIM,)
        yield prefix + "self_attn.q_proj.weight", (HEADS * HEAD_DIM, HIDDEN)
        yield prefix + "self_attn.k_proj.weight", (KV_HEADS * HEAD_DIM, HIDDEN)
        yield prefix + "self_attn.v_proj.weight", (KV_HEADS * HEAD_DIM, HIDDEN)
        yield prefix + "self_attn.o_proj.weight", (HIDDEN, HEADS * HEAD_DIM)
        yield prefix + "mlp.gate_proj.weight", (FFN, HIDDEN)
        yield prefix + "mlp.up_proj.weight", (FFN, HIDDEN)
        yield prefix + "mlp.down_proj.weight", (HIDDEN, FFN)
    yield "model.norm.weight", (HIDDEN,)


def random_bytes(seed, count, dtype):
    """`count` normal numbers of standard deviation 0.02 in 16 bits."""
    try:
        import numpy
    except ImportError:
        import random
        generator = random.Random(seed)
        block = []
        for _ in range(65536):
            bits = struct.unpack("<I", struct.pack("<f", generator.gauss(0, 0.02)))[0]
            half = struct.unpack("<H", struct.pack("<e", generator.gauss(0, 0.02)))[0]
            block.append(half if dtype == "f16" else bits >> 16)
        piece = struct.pack(f"<{len(block)}H", *block)
        return (piece * (count // len(block) + 1))[:2 * count]
    values = numpy.random.Generator(numpy.random.SFC64(seed)).standard_normal(count, dtype=numpy.float32)
    values *= numpy.float32(0.02)
    if dtype == "f16":
        return values.astype(numpy.float16).tobytes()
    bits = values.view(numpy.uint32)
    bits += numpy.uint32(0x8000)
    return numpy.ascontiguousarray(values.view(numpy.uint16)[1::2]).tobytes()  # little-endian: the upper half


def write_random(path, begin, count, dtype):
    """Random numbers into the file from byte `begin` on; every piece on a processor of its own."""
    descriptor = os.open(path, os.O_WRONLY)

    def write_piece(first):
        size = min(PIECE, count - first)
        data = memoryview(random_bytes(begin + 2 * first, size, dtype))
        done = 0
        while done < len(data):
            done += os.pwrite(descriptor, data[done:], begin + 2 * first + done)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(write_piece, range(0, count, PIECE)):
            pass
    os.close(descriptor)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--layers", type=int, default=36)
    parser.add_argument("--dtype", choices=("bf16", "f16"), default="bf16")
    parser.add_argument("--tokenizer", type=pathlib.Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)

    header, offset = {}, 0
    for name, shape in tensors(options.layers):
        size = 2
        for extent in shape:
            size *= extent
        header[name] = {"dtype": "BF16" if options.dtype == "bf16" else "F16", "shape": shape,
                        "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    text += b" " * (-len(text) % 8)
    path = options.folder / "model.safetensors"
    one = struct.pack("<H", 0x3F80 if options.dtype == "bf16" else 0x3C00)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for entry in header.values():  # norm weights: ones
            if len(entry["shape"]) == 1:
                file.seek(8 + len(text) + entry["data_offsets"][0])
                file.write(one * entry["shape"][0])
    # Matrices that lie side by side are one run of random numbers.
    runs = []
    for entry in header.values():
        if len(entry["shape"]) == 1:
            continue
        begin, end = (8 + len(text) + offset for offset in entry["data_offsets"])
        if runs and runs[-1][1] == begin:
            runs[-1][1] = end
        else:
            runs.append([begin, end])
    for begin, end in runs:
        write_random(path, begin, (end - begin) // 2, options.dtype)

    (options.folder / "config.json").write_text(json.dumps({
        "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": VOCAB,
        "hidden_size": HIDDEN, "intermediate_size": FFN, "num_hidden_layers": options.layers,
        "num_attention_heads": HEADS, "num_key_value_heads": KV_HEADS, "head_dim": HEAD_DIM,
        "hidden_act": "silu", "max_position_embeddings": 262144, "rms_norm_eps": 1e-06,
        "rope_theta": 5000000, "rope_scaling": None, "tie_word_embeddings": True,
        "attention_bias": False, "attention_dropout": 0.0, "use_sliding_window": False,
        "bos_token_id": 151643, "eos_token_id": 151645,
        "torch_dtype": "bfloat16" if options.dtype == "bf16" else "float16"}, indent=2))
    (options.folder / "generation_config.json").write_text(json.dumps({
        "bos_token_id": 151643, "eos_token_id": [151645, 151643], "do_sample": True,
        "temperature": 0.7, "top_k": 20, "top_p": 0.8}, indent=2))
    if options.tokenizer:
        for name in ("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt"):
            if (options.tokenizer / name).exists():
                shutil.copy(options.tokenizer / name, options.folder / name)
    print(f"{options.folder}: {offset / 1e9:.2f} GB, {options.layers} layers, {options.dtype}")


if __name__ == "__main__":
    main()
