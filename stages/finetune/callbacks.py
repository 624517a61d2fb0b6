"""Trainer callbacks: the epoch for all processes, the last validation, complete checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from accelerate import PartialState
from transformers import TrainerCallback, set_seed

from stages.finetune.checkpoints import mark_complete


class EpochSync(TrainerCallback):  # type: ignore[misc]
    """Tells sampler, augmentation and SpecAugment of each process which epoch and process it is."""

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
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


class FinalValidation(TrainerCallback):  # type: ignore[misc]
    """Validates and saves at the last step too, whatever `eval_steps` is."""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        if state.global_step >= state.max_steps:
            control.should_evaluate = True
            control.should_save = True
        return control


class CompleteCheckpoint(TrainerCallback):  # type: ignore[misc]
    """Marks a checkpoint as complete once every process has written its part of it."""

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        PartialState().wait_for_everyone()
        if state.is_world_process_zero:
            mark_complete(Path(args.output_dir), state.global_step)
