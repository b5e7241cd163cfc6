# SPDX-License-Identifier: Apache-2.0
"""Muon for the matrices of the layers: momentum whose singular values are made equal by five
Newton-Schulz steps (K. Jordan et al., 2024). Learns to copy in far fewer tokens than AdamW does.
Matrices of one shape are computed together.
"""
from __future__ import annotations

import torch

A, B, C = 3.4445, -4.7750, 2.0315


def orthogonal(x: torch.Tensor) -> torch.Tensor:
    """x: [count, rows, columns]."""
    x = x.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        square = x @ x.mT
        x = A * x + (B * square + C * (square @ square)) @ x
    return x.mT if tall else x


class Muon:
    def __init__(self, matrices: list[torch.nn.Parameter], momentum: float = 0.95, weight_decay: float = 0.05):
        self.momentum, self.weight_decay = momentum, weight_decay
        shapes: dict[tuple, list[torch.nn.Parameter]] = {}
        for matrix in matrices:
            shapes.setdefault(tuple(matrix.shape), []).append(matrix)
        self.groups = [(group, torch.zeros(len(group), *shape, device=group[0].device)) for shape, group in shapes.items()]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        for group, memory in self.groups:
            gradient = torch.stack([matrix.grad for matrix in group])
            memory.lerp_(gradient, 1 - self.momentum)
            update = orthogonal(gradient.lerp(memory, self.momentum)).float()
            rows, columns = update.shape[-2:]
            size = rate * max(1.0, rows / columns) ** 0.5
            torch._foreach_mul_(group, 1 - rate * self.weight_decay)
            torch._foreach_add_(group, list(update.unbind(0)), alpha=-size)
