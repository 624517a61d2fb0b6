"""Trainer callbacks: epochs, the last validation, checkpoints by the clock, the progress bar."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from accelerate import PartialState
from accelerate.utils import broadcast_object_list
from tqdm import tqdm
from transformers import Trainer, TrainerCallback, set_seed

from stages.finetune.checkpoints import (
    delete_all_but,
    mark_complete,
    restore_partial_loss,
    save_partial_loss,
)

CHECKPOINT_SECONDS = 300.0
"""Maximum seconds between two checkpoints, unless saving would then take a larger share of the time
than `_SAVING_SHARE`. Every validation is followed by a checkpoint too."""
_SAVING_SHARE = 0.02


class RunControl(TrainerCallback):  # type: ignore[misc]
    """Epochs and seeds of each process, a validation at the last step, complete checkpoints."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        restore_partial_loss(self._trainer)
        if args.process_index:
            # With the main process's seed all would mask the same positions of their windows.
            set_seed(args.seed + args.process_index)

    def on_epoch_begin(
        self, args: Any, state: Any, control: Any, train_dataloader: Any, **_: Any
    ) -> None:
        """accelerate sets neither the sampler's epoch when a run resumes within one, nor the
        dataset's."""
        steps = -(-len(train_dataloader) // args.gradient_accumulation_steps)
        train_dataloader.set_epoch(state.global_step // steps)
        train_dataloader.dataset.set_epoch(state.global_step // steps)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Validate and save at the last step too, whatever `eval_steps` is."""
        if state.global_step >= state.max_steps:
            control.should_evaluate = control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Mark the checkpoint as complete once every process has written its part of it, and delete
        all others but the best."""
        save_partial_loss(self._trainer)
        PartialState().wait_for_everyone()
        if state.is_world_process_zero:
            folder = Path(args.output_dir)
            mark_complete(folder, state.global_step)
            delete_all_but(folder, (state.global_step, state.best_global_step))


class TimedCheckpoints(TrainerCallback):  # type: ignore[misc]
    """A checkpoint when `CHECKPOINT_SECONDS` have passed since the last one, without influence on
    the result. All processes save at the same step, by the main process's clock."""

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._due = time.monotonic() + CHECKPOINT_SECONDS
        self._looked, self._look_at = (time.monotonic(), state.global_step), state.global_step + 1
        self._saving_since: float | None = None

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Look at the clock, and agree on the step at which to look again: half of the steps that
        are left by then, so that the processes seldom wait for each other."""
        step, now = state.global_step, time.monotonic()
        if step < self._look_at:
            return
        then, before = self._looked
        seconds_per_step = (now - then) / (step - before)
        (left,) = broadcast_object_list([(self._due - now) / max(seconds_per_step, 1e-3)])
        self._looked, self._look_at = (now, step), step + max(1, int(left / 2))
        if left <= 0 and not control.should_save:
            control.should_save = True
            self._saving_since = now

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        now = time.monotonic()
        saving = 0.0 if self._saving_since is None else now - self._saving_since
        self._due = now + max(CHECKPOINT_SECONDS, saving / _SAVING_SHARE)
        self._saving_since = None


class Progress(TrainerCallback):  # type: ignore[misc]
    """A bar over all steps, drawn by the main process on a terminal: audio seconds per second, time
    left, loss and the last validation WER."""

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

    def on_log(self, args: Any, state: Any, control: Any, logs: Any, **_: Any) -> None:
        if "loss" in logs:
            self._shown["loss"] = f"{float(logs['loss']):.3f}"
        if "eval_wer" in logs:
            self._shown["WER"] = f"{float(logs['eval_wer']):.1%}"

    def on_train_end(self, *_: Any, **__: Any) -> None:
        if self._bar is not None:
            self._bar.close()
