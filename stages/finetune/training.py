"""Training: model and data put together, and a smaller batch if memory runs out."""

from __future__ import annotations

import math
import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate.utils import gather_object
from datasets import Dataset
from transformers import EarlyStoppingCallback, PrinterCallback, set_seed

from stages.common.core.errors import UserError
from stages.common.core.files import disk_errors, state_folder
from stages.common.core.params import Finetune, Params
from stages.common.dataset.features import load_extractor
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.split_storage import load_split
from stages.finetune.augment import augment, window_generator
from stages.finetune.batch_size import BatchSize, is_out_of_memory, largest_batch, release_memory
from stages.finetune.batches import WindowDataset, batch_length, collate
from stages.finetune.callbacks import Progress, RunControl, TimedCheckpoints
from stages.finetune.checkpoints import (
    is_trained,
    last_checkpoint,
    mark_trained,
    restore_trained,
)
from stages.finetune.curves import Curves
from stages.finetune.device import Machine
from stages.finetune.log_mels import LogMels
from stages.finetune.loss import training_loss
from stages.finetune.model import load_model
from stages.finetune.trainer import WhisperTrainer
from stages.finetune.training_arguments import training_arguments
from stages.finetune.validation import compute_metrics
from stages.finetune.validation_windows import ValidationWindows

BASE = Path("models/base")
DATASET = Path("data/dataset")
Array = np.ndarray


class OutOfMemory(Exception):
    """Memory ran out with a batch of `args[0]` windows."""


def train_within_memory(
    params: Params, machine: Machine, folder: Path, checkpoint: Path | None
) -> WhisperTrainer:
    """`train`, with half the batch each time that memory runs out.

    The number of windows per optimizer step is unchanged, so results differ only by rounding and
    by the masks of `spec_augment`.

    Raises: UserError if one window is too much.
    """
    limit: int | None = None
    while True:
        make_deterministic(params.finetune.seed)
        try:
            return train(params, machine, folder, checkpoint, limit)
        except OutOfMemory as error:
            (windows,) = error.args
            if windows == 1:
                raise UserError(
                    "memory ran out with one window at once: take a smaller base, or set "
                    "finetune.method to lora, gradient_checkpointing or freeze_encoder to true"
                ) from None
            if machine.devices > 1:  # the other processes have not run out, and wait
                raise UserError(
                    f"memory ran out with {windows} windows at once: set "
                    "finetune.per_device_train_batch_size lower, or to auto"
                ) from None
            limit = windows // 2
        release_memory(machine.device)
        print(f"finetune: memory ran out; {limit} window(s) at once", flush=True)
        checkpoint = last_checkpoint(folder)


def train(
    params: Params, machine: Machine, folder: Path, checkpoint: Path | None, limit: int | None
) -> WhisperTrainer:
    """Train from `checkpoint` on, or from the base; checkpoints are written to `folder`.

    limit: the largest batch, if memory ran out with a larger one. Raises: OutOfMemory.
    """
    trainer = make_trainer(params, machine, folder, limit)
    if is_trained(folder):
        restore_trained(folder, trainer)
        return trainer
    try:
        with disk_errors(folder):
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise OutOfMemory(trainer.args.per_device_train_batch_size) from None
    if trainer.is_world_process_zero():
        mark_trained(folder, trainer)
    return trainer


def make_trainer(
    params: Params, machine: Machine, folder: Path, limit: int | None = None
) -> WhisperTrainer:
    """A trainer of the base on `data/dataset`; `folder` and `limit` as for `train`."""
    tuned, language = params.finetune, params.build_dataset.language
    labeller = load_labeller(BASE, language)

    def augmented(samples: Array, labels: Array, epoch: int, index: int) -> tuple[Array, Array]:
        generator = window_generator(tuned.seed, epoch, index)
        return augment(samples, labels, labeller.first_time, params.augment, generator)

    model = load_model(BASE, tuned, language, machine)
    clips = load_split(DATASET / "train")
    windows = WindowDataset(clips, labeller.no_speech, augmented)
    validation = ValidationWindows(
        load_split(DATASET / "validation"),
        labeller,
        params.build_dataset.window_seconds,
        tuned.generation_max_length,
    )
    generated = min(tuned.generation_max_length, labeller.limit - len(labeller.prompt) - 1)
    batch = _batch_size(tuned, model, machine, clips)
    batch = batch.at_most(limit or batch.windows)
    windows_per_step = batch.per_step * machine.devices
    steps = math.ceil(-(-len(windows) // windows_per_step) * tuned.num_train_epochs)
    seconds_per_step = float(np.mean(clips["seconds"])) * windows_per_step
    curves = Curves(state_folder("tensorboard") / folder.name)
    callbacks: list[Any] = [Progress(seconds_per_step), curves]
    if tuned.early_stopping_patience:
        callbacks.append(EarlyStoppingCallback(tuned.early_stopping_patience))
    trainer = WhisperTrainer(
        LogMels(load_extractor(BASE)),
        machine.precision == "bfloat16",
        model=model,
        args=training_arguments(tuned, batch, machine, folder, steps),
        train_dataset=windows,
        eval_dataset=validation,
        data_collator=collate,
        compute_loss_func=partial(training_loss, no_speech=labeller.no_speech),
        compute_metrics=lambda prediction: compute_metrics(
            prediction, labeller, len(validation), generated
        ),
        callbacks=callbacks,
    )
    trainer.add_callback(RunControl(trainer))
    trainer.add_callback(TimedCheckpoints())
    if os.isatty(2):  # its lines would tear the progress bar
        trainer.remove_callback(PrinterCallback)
    return trainer


def make_deterministic(seed: int) -> None:
    """Seed every generator and use deterministic algorithms alone.

    Otherwise threads add to the gradient of the decoder's position embedding in the order in which
    they finish.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    # Deterministic mode also fills new memory, which is written before it is read: 2 % of a step.
    torch.utils.deterministic.fill_uninitialized_memory = False
    set_seed(seed)


def _batch_size(params: Finetune, model: Any, machine: Machine, clips: Dataset) -> BatchSize:
    """The batch that the parameters ask for."""
    accumulation = params.gradient_accumulation_steps
    if params.per_device_train_batch_size != "auto":
        return BatchSize(params.per_device_train_batch_size, accumulation)
    longest = batch_length(max(map(len, clips["labels"])) - 1)
    batch = largest_batch(model, machine, accumulation, longest)
    # All processes must take as many batches per step.
    batch = batch.at_most(min(gather_object([batch.windows])))
    print(f"finetune: {batch.windows} of {batch.per_step} window(s) at once", flush=True)
    return batch
