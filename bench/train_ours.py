"""The parts of the stage `finetune`, set up for `make bench-train`."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import WhisperForConditionalGeneration
from transformers.trainer_utils import IntervalStrategy, SaveStrategy

from stages.common.core.params import Finetune, load_params
from stages.common.dataset.features import load_extractor
from stages.common.dataset.split_storage import load_split
from stages.finetune.batch_size import BatchSize
from stages.finetune.batches import WindowDataset, collate
from stages.finetune.cpu.processor import keep_freed
from stages.finetune.device import choose_machine
from stages.finetune.log_mels import LogMels
from stages.finetune.loss import token_loss
from stages.finetune.model import speed_up
from stages.finetune.trainer import WhisperTrainer
from stages.finetune.training_arguments import training_arguments


def settings(batch: int, precision: str) -> Finetune:
    """The parameters of params.yaml with the guide's optimizer and learning rate."""
    update = {
        "optimizer": "adamw", "learning_rate": 1e-5, "precision": precision, "device": "auto",
        "per_device_train_batch_size": batch, "gradient_accumulation_steps": 1,
        "gradient_checkpointing": False, "freeze_encoder": False, "spec_augment": False,
    }  # fmt: skip
    return load_params().finetune.model_copy(update=update)


def trainer(
    model: Path, dataset: Path, place: Path, steps: int, batch: int, precision: str
) -> WhisperTrainer:
    keep_freed()
    params, machine = settings(batch, precision), choose_machine("auto", precision)
    args = training_arguments(params, BatchSize(batch, 1), machine, place, steps)
    # Only training is measured.
    args.eval_strategy, args.save_strategy = IntervalStrategy.NO, SaveStrategy.NO
    args.load_best_model_at_end, args.report_to, args.disable_tqdm = False, [], True
    args.max_steps = steps
    loaded = WhisperForConditionalGeneration.from_pretrained(model, dtype=torch.float32)
    speed_up(loaded, machine)
    return WhisperTrainer(
        LogMels(load_extractor(model)),
        machine.precision == "bfloat16",
        model=loaded,
        args=args,
        train_dataset=WindowDataset(load_split(dataset)),
        data_collator=collate,
        compute_loss_func=token_loss,
    )
