"""Muon and AdamW as one optimizer: each weight is in one of them, and state survives resuming."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from transformers import WhisperForConditionalGeneration

from stages.finetune.optimizer import MuonAdamW


@pytest.fixture(scope="module")
def base(english: Path) -> WhisperForConditionalGeneration:
    return WhisperForConditionalGeneration.from_pretrained(english, dtype=torch.float32)


def test_each_weight_is_trained_once(base: WhisperForConditionalGeneration) -> None:
    model = copy.deepcopy(base)
    model.freeze_encoder()
    held = [w for group in MuonAdamW(model, 1e-3, 0.1).param_groups for w in group["params"]]
    assert len(held) == len({id(w) for w in held})
    assert {id(w) for w in held} == {id(w) for w in model.parameters() if w.requires_grad}


def test_a_schedule_reaches_both_after_loading_too(base: WhisperForConditionalGeneration) -> None:
    optimizer = MuonAdamW(copy.deepcopy(base), 1e-3, 0.1)
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for group in optimizer.param_groups:
        group["lr"] = 0.5
    assert [g["lr"] for part in optimizer.parts for g in part.param_groups] == [0.5, 0.5]


def test_resumed_steps_are_the_same() -> None:
    def gradients(model: torch.nn.Module, step: int) -> None:
        torch.manual_seed(step)
        model(torch.randn(5, 6)).square().mean().backward()

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.LayerNorm(4))
    optimizer = MuonAdamW(model, 1e-2, 0.1)
    for step in range(6):
        if step == 3:
            other = copy.deepcopy(model)
            resumed = MuonAdamW(other, 1e-2, 0.1)
            resumed.load_state_dict(copy.deepcopy(optimizer.state_dict()))
        gradients(model, step)
        optimizer.step()
        optimizer.zero_grad()
        if step >= 3:
            gradients(other, step)
            resumed.step()
            resumed.zero_grad()
    for a, b in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
