"""The Trainer as `finetune` sets it up: model, arguments, data, and what if memory runs out."""

from __future__ import annotations

import gc
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate.utils import gather_object
from transformers import (
    EarlyStoppingCallback,
    EvalPrediction,
    PrinterCallback,
    Seq2SeqTrainingArguments,
    WhisperForConditionalGeneration,
    set_seed,
)

from stages.common.core.errors import UserError
from stages.common.core.params import Finetune, Params
from stages.common.dataset.features import load_extractor
from stages.common.dataset.labels import Labeller, is_multilingual, load_labeller
from stages.common.dataset.split import load_split
from stages.common.text.wer import score
from stages.finetune.attention import use_by_head
from stages.finetune.augment import augment, drawing
from stages.finetune.batch import Batch, fitting, ran_out
from stages.finetune.casts import cast_once
from stages.finetune.device import Machine
from stages.finetune.log_mels import LogMels
from stages.finetune.lora import add_lora
from stages.finetune.loss import token_loss
from stages.finetune.optimizers import MuonAdamW
from stages.finetune.progress import Progress
from stages.finetune.resume import last_checkpoint
from stages.finetune.trainer import LastStep, Tuner, Turns, Windows, batch_length, collate

BASE = Path("models/base")
DATASET = Path("data/dataset")
CHECKPOINTING = {"use_reentrant": False}
"""Reentrant checkpointing finds no gradient under frozen layers."""
Array = np.ndarray


def repeat_exactly(seed: int) -> None:
    """Seed every generator, and have sums added in one order.

    Otherwise threads add to the gradient of the decoder's positions as they come.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    # New memory is written before it is read; filling it first took 2 % of a step.
    torch.utils.deterministic.fill_uninitialized_memory = False
    set_seed(seed)


def load_model(params: Finetune, language: str) -> WhisperForConditionalGeneration:
    """The base in float32, set up for training and for hearing the validation clips."""
    model = WhisperForConditionalGeneration.from_pretrained(BASE, dtype=torch.float32)
    model.config.apply_spec_augment = params.spec_augment
    model.config.mask_time_prob = params.mask_time_prob
    model.config.mask_feature_prob = params.mask_feature_prob
    if params.gradient_checkpointing:
        model.config.use_cache = False
        # The Trainer does it too, but what fits into memory is measured before.
        model.gradient_checkpointing_enable(CHECKPOINTING)
    if params.method == "lora":
        add_lora(model, params.lora_rank)
    if params.freeze_encoder:
        model.freeze_encoder()
    use_by_head(model)
    cast_once(model)
    if is_multilingual(BASE):
        model.generation_config.language = language
        model.generation_config.task = "transcribe"
    said = model.generation_config
    said.forced_decoder_ids = None
    # After a time token `generate` would hear the rest of that clip anew, but with the encoder's
    # outputs of all clips of the batch. Validation hears without times.
    times = range(said.no_timestamps_token_id + 1, model.config.vocab_size)
    said.suppress_tokens = [*(said.suppress_tokens or []), *times]
    return model


def arguments(params: Finetune, batch: Batch, machine: Machine, folder: Path, steps: int) -> Any:
    """The Trainer's arguments; `steps` is the number of optimizer steps in all."""
    # At least one validation, however short the run: without one no checkpoint is the best.
    every = min(params.eval_steps, steps)
    args = Seq2SeqTrainingArguments(
        output_dir=str(folder),
        learning_rate=params.learning_rate,
        num_train_epochs=params.num_train_epochs,
        per_device_train_batch_size=batch.windows,
        per_device_eval_batch_size=params.per_device_eval_batch_size,
        gradient_accumulation_steps=batch.accumulation,
        activation_checkpointing=params.gradient_checkpointing,
        activation_checkpointing_kwargs=CHECKPOINTING,
        warmup_steps=round(params.warmup_fraction * steps),
        weight_decay=params.weight_decay,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="wer",
        greater_is_better=False,
        restore_callback_states_from_checkpoint=True,
        predict_with_generate=True,
        generation_max_length=params.generation_max_length,
        generation_num_beams=params.generation_num_beams,
        logging_steps=max(1, every // 4),
        report_to=["tensorboard"],
        # For bfloat16 see `Tuner`.
        fp16=machine.precision == "float16",
        use_cpu=machine.device == "cpu",
        dataloader_num_workers=params.dataloader_num_workers,
        dataloader_pin_memory=machine.device == "cuda",
        remove_unused_columns=False,
        label_names=["labels"],
        # `Progress` tells more.
        disable_tqdm=True,
        log_level_replica="error",
        seed=params.seed,
        data_seed=params.seed,
        # Without it the gradients' order of summing is settled anew in the first step, so a run of
        # more than two processes that is resumed would round otherwise.
        ddp_find_unused_parameters=True,
    )
    # A process has one device. Else the Trainer would spread each batch over all that it sees.
    args._n_gpu = min(args.n_gpu, 1)
    return args


def validation_wer(prediction: EvalPrediction, labeller: Labeller, clips: int) -> dict[str, float]:
    """WER of what the model wrote for the `clips` validation clips against their transcripts.

    Several processes hear silence too, past the last clip.
    """

    def text(ids: np.ndarray) -> str:
        words = [int(token) for token in ids if 0 <= token < labeller.end]
        return str(labeller.tokenizer.decode(words)).strip()

    heard = [text(row) for row in prediction.predictions[:clips]]
    spoken = [text(row) for row in prediction.label_ids[:clips]]
    return {"wer": score(spoken, heard).wer}


def train(
    params: Params, machine: Machine, folder: Path, checkpoint: Path | None, most: int | None = None
) -> Tuner:
    """Train, going on from `checkpoint` if there is one; checkpoints are written to `folder`.

    most: windows to train on at once, if memory ran out with more.
    """
    tuned, language = params.finetune, params.build_dataset.language
    labeller = load_labeller(BASE, language)
    model = load_model(tuned, language)

    def change(samples: Array, labels: Array, epoch: int, index: int) -> tuple[Array, Array]:
        draw = drawing(tuned.seed, epoch, index)
        return augment(samples, labels, labeller.first_time, params.augment, draw)

    side = load_split(DATASET / "train")
    windows = Windows(side, change if params.augment.any else None)
    validation = Windows(load_split(DATASET / "validation"))
    accumulated = tuned.gradient_accumulation_steps
    if tuned.per_device_train_batch_size == "auto":
        longest = batch_length(max(map(len, side["labels"])) - 1)
        batch = fitting(model, machine, accumulated, longest)
        # All processes must take as many turns a step.
        batch = batch.within(min(gather_object([batch.windows])))
        print(f"finetune: {batch.windows} of {batch.a_step} window(s) at once", flush=True)
    else:
        batch = Batch(tuned.per_device_train_batch_size, accumulated)
    batch = batch.within(most or batch.windows)
    per_epoch = -(-len(windows) // (batch.a_step * machine.devices))
    steps = math.ceil(per_epoch * tuned.num_train_epochs)
    args = arguments(tuned, batch, machine, folder, steps)
    a_step = float(np.mean(side["seconds"])) * batch.a_step * machine.devices
    callbacks: list[Any] = [Turns(), LastStep(), Progress(a_step)]
    # None leaves the Trainer its own, AdamW.
    optimizer = None
    if tuned.optimizer == "muon":
        optimizer = MuonAdamW(model, tuned.learning_rate, tuned.weight_decay)
    if tuned.early_stopping_patience:
        callbacks.append(EarlyStoppingCallback(tuned.early_stopping_patience))
    trainer = Tuner(
        LogMels(load_extractor(BASE)),
        machine.precision == "bfloat16",
        model=model,
        args=args,
        train_dataset=windows,
        eval_dataset=validation,
        data_collator=collate,
        compute_loss_func=token_loss,
        compute_metrics=lambda prediction: validation_wer(prediction, labeller, len(validation)),
        callbacks=callbacks,
        optimizers=(optimizer, None),
    )
    if os.isatty(2):  # its lines would tear the bar
        trainer.remove_callback(PrinterCallback)
    try:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    except RuntimeError as error:
        if not ran_out(error):
            raise
        raise OutOfMemory(batch.windows) from None
    return trainer


class OutOfMemory(Exception):
    """Memory ran out with that many windows at once."""

    def __init__(self, windows: int) -> None:
        super().__init__(windows)
        self.windows = windows


def train_in_memory(
    params: Params, machine: Machine, folder: Path, checkpoint: Path | None
) -> Tuner:
    """`train`, with half as many windows at once each time that memory runs out.

    The number a step stays, so only rounding differs. Raises: UserError if one window is too much.
    """
    most: int | None = None
    while True:
        try:
            return train(params, machine, folder, checkpoint, most)
        except OutOfMemory as ran:
            if ran.windows == 1:
                raise UserError(
                    "memory ran out with one window at once: take a smaller base, or set "
                    "finetune.method to lora, gradient_checkpointing or freeze_encoder to true"
                ) from None
            if machine.devices > 1:  # the others have not run out, and wait
                raise UserError(
                    f"memory ran out with {ran.windows} windows at once: set "
                    "finetune.per_device_train_batch_size lower, or to auto"
                ) from None
            most = ran.windows // 2
        gc.collect()
        if machine.device == "cuda":
            torch.cuda.empty_cache()
        print(f"finetune: memory ran out; {most} window(s) at once", flush=True)
        repeat_exactly(params.finetune.seed)
        checkpoint = last_checkpoint(folder)
