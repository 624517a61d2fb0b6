"""Learning-rate schedule: linear warmup, then linear decay to 0 at the last step."""

from __future__ import annotations

from typing import Any


def warmup_and_decay(warmup_fraction: float, steps: int) -> dict[str, Any]:
    """The Trainer's arguments for the schedule over `steps` optimizer steps.

    With W = warmup_fraction x steps, step t (from 0) trains with learning_rate x t / W during
    warmup and with learning_rate x (steps - t) / (steps - W) after it.
    """
    return {"lr_scheduler_type": "linear", "warmup_steps": round(warmup_fraction * steps)}
