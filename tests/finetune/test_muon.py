"""Muon: PyTorch's own with bfloat16 instructions, the same in float32 without them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
import torch

from stages.finetune.cpu.processor import has_bfloat16
from stages.finetune.optimizer import orthogonalized

COMPARISON = """
import copy, json, torch
from stages.finetune.optimizer import Muon
errors, states = {}, []
for shape in ((48, 48), (96, 32), (32, 96)):
    torch.manual_seed(1)
    ours = [torch.nn.Parameter(torch.randn(shape))]
    theirs = copy.deepcopy(ours)
    start = ours[0].detach().clone()
    optimizers = [
        Muon(ours, 1e-2, 0.1),
        torch.optim.Muon(theirs, lr=1e-2, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"),
    ]
    for _ in range(4):
        grad = torch.randn(shape)
        for (weights,), optimizer in zip((ours, theirs), optimizers):
            weights.grad = grad.clone()
            optimizer.step()
    moved = (theirs[0] - start).norm()
    errors[str(shape)] = ((ours[0] - theirs[0]).norm() / moved).item()
    # Each resumes from the other's state.
    for optimizer, other in (optimizers, optimizers[::-1]):
        optimizer.load_state_dict(copy.deepcopy(other.state_dict()))
        optimizer.step()
print(json.dumps(errors))
"""


@cache
def errors(imitated: bool) -> dict[str, float]:
    """Shape -> distance from `torch.optim.Muon` after four steps, relative to the way moved."""
    kept = {k: v for k, v in os.environ.items() if k != "ATEN_CPU_CAPABILITY"}
    if imitated:
        kept["ATEN_CPU_CAPABILITY"] = "avx2"
    done = subprocess.run(
        [sys.executable, "-c", COMPARISON], env=kept, capture_output=True, text=True, check=True
    )
    distances: dict[str, float] = json.loads(done.stdout)
    assert len(distances) == 3
    return distances


def test_in_float32_it_moves_as_in_bfloat16() -> None:
    assert all(0 < error < 0.02 for error in errors(imitated=True).values())


@pytest.mark.skipif(not has_bfloat16(), reason="no bfloat16 instructions")
def test_with_bfloat16_instructions_it_is_pytorchs_to_the_bit() -> None:
    assert set(errors(imitated=False).values()) == {0.0}


@pytest.mark.parametrize("shape", [(40, 40), (80, 24), (24, 80)])
def test_orthogonalized_singular_values_are_near_1(shape: tuple[int, int]) -> None:
    torch.manual_seed(1)
    matrix = torch.randn(shape)
    options: dict[str, Any] = torch.optim.Muon([torch.nn.Parameter(matrix)]).defaults
    result = orthogonalized(matrix, options["ns_coefficients"], options["ns_steps"], options["eps"])
    assert result.dtype == torch.float32
    values = torch.linalg.svdvals(result)
    assert float(values.min()) > 0.5 and float(values.max()) < 1.5
    u, _, vt = torch.linalg.svd(matrix, full_matrices=False)
    # The singular vectors stay.
    rotated = u.T @ result @ vt.T
    off_diagonal = rotated - torch.diag(rotated.diagonal())
    assert float(off_diagonal.abs().max()) < 1e-3
