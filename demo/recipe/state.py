"""The state of an unfinished run: a kill leaves the one before, never half of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch


def save_state(path: Path, step: int, parts: Sequence[Any]) -> None:
    """parts: models and optimizers, anything with a `state_dict`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    torch.save([step, *(part.state_dict() for part in parts)], fresh)
    fresh.rename(path)


def load_state(path: Path, parts: Sequence[Any]) -> int:
    """Give `parts` what `save_state` wrote. Returns: the step; 0 where nothing was written."""
    if not path.exists():
        return 0
    step, *states = torch.load(path, weights_only=False)
    for part, state in zip(parts, states, strict=True):
        part.load_state_dict(state)
    print(f"going on from step {step}", flush=True)
    return int(step)
