"""The learning rate rises and falls along two lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tuning import curve, make_tuning, run_finetune, set_finetune


def test_linear_warmup_then_linear_decay_to_0(tmp_path: Path) -> None:
    folder = make_tuning(tmp_path, train=20, validation=4)
    set_finetune(folder, num_train_epochs=2, eval_steps=4, warmup_fraction=0.3, learning_rate=0.01)
    run_finetune(folder)
    # 10 steps, 3 of them warmup. A row has the rate of its own step; the first step has rate 0.
    rates = {row["step"]: row["learning_rate"] for row in curve(folder) if "learning_rate" in row}
    warmup = {1: 0.0, 2: 1 / 3, 3: 2 / 3, 4: 1.0}
    decay = {step: (11 - step) / 7 for step in range(5, 11)}
    assert rates == pytest.approx({k: 0.01 * v for k, v in (warmup | decay).items()}, rel=1e-4)
