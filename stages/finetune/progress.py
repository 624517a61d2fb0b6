"""Progress bar: audio seconds per second, time left, loss and the last validation WER."""

from __future__ import annotations

import sys
import time
from typing import Any

from tqdm import tqdm
from transformers import TrainerCallback


class Progress(TrainerCallback):  # type: ignore[misc]
    """A bar over all steps, drawn by the main process on a terminal."""

    def __init__(self, seconds_per_step: float) -> None:
        """seconds_per_step: mean seconds of audio per optimizer step, over all processes."""
        self._seconds = seconds_per_step
        self._bar: Any = None
        self._shown: dict[str, str] = {}
        self._step_start = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.is_world_process_zero and sys.stderr.isatty():
            self._bar = tqdm(total=state.max_steps, initial=state.global_step, unit="step")

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        self._step_start = time.perf_counter()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self._bar is None:
            return
        # The rate of the last step: validation between steps is not training.
        rate = self._seconds / (time.perf_counter() - self._step_start)
        self._shown["audio"] = f"{rate:.0f} s/s"
        self._bar.update(state.global_step - self._bar.n)
        self._bar.set_postfix(self._shown)

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        logs = logs or {}
        if "loss" in logs:
            self._shown["loss"] = f"{float(logs['loss']):.3f}"
        if "eval_wer" in logs:
            self._shown["WER"] = f"{float(logs['eval_wer']):.1%}"

    def on_train_end(self, *_: Any, **__: Any) -> None:
        if self._bar is not None:
            self._bar.close()
