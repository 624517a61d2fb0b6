"""The parameters of `finetune` as arguments of transformers' Trainer."""

from __future__ import annotations

from pathlib import Path

from transformers import Seq2SeqTrainingArguments

from stages.common.core.params import Finetune
from stages.finetune.batch_size import BatchSize
from stages.finetune.device import Machine
from stages.finetune.learning_rate_schedule import warmup_and_decay
from stages.finetune.model import CHECKPOINTING


def training_arguments(
    params: Finetune, batch: BatchSize, machine: Machine, folder: Path, steps: int
) -> Seq2SeqTrainingArguments:
    """folder: for checkpoints. steps: the number of optimizer steps in all epochs."""
    # At least one validation however short the run: without one no checkpoint is the best.
    eval_steps = min(params.eval_steps, steps)
    args = Seq2SeqTrainingArguments(
        output_dir=str(folder),
        learning_rate=params.learning_rate,
        num_train_epochs=params.num_train_epochs,
        per_device_train_batch_size=batch.windows,
        per_device_eval_batch_size=params.per_device_eval_batch_size,
        gradient_accumulation_steps=batch.accumulation,
        activation_checkpointing=params.gradient_checkpointing,
        activation_checkpointing_kwargs=CHECKPOINTING,
        weight_decay=params.weight_decay,
        eval_strategy="steps",
        eval_steps=eval_steps,
        save_strategy="steps",
        save_steps=eval_steps,
        # `RunControl` deletes old checkpoints.
        save_total_limit=None,
        load_best_model_at_end=True,
        metric_for_best_model="wer",
        greater_is_better=False,
        restore_callback_states_from_checkpoint=True,
        predict_with_generate=True,
        generation_max_length=params.generation_max_length,
        generation_num_beams=params.generation_num_beams,
        logging_steps=max(1, eval_steps // 4),
        # `Curves` writes for TensorBoard.
        report_to=[],
        # For bfloat16 see `WhisperTrainer`.
        fp16=machine.precision == "float16",
        use_cpu=machine.device == "cpu",
        dataloader_num_workers=params.dataloader_num_workers,
        dataloader_pin_memory=machine.device == "cuda",
        remove_unused_columns=False,
        label_names=["labels"],
        # `Progress` shows more.
        disable_tqdm=True,
        log_level_replica="error",
        seed=params.seed,
        data_seed=params.seed,
        # Otherwise DDP settles the order in which gradients are summed in the first step again, and
        # a resumed run of more than two processes would round differently.
        ddp_find_unused_parameters=True,
        **warmup_and_decay(params.warmup_fraction, steps),
    )
    # A process has one device. Otherwise the Trainer spreads each batch over all that it sees.
    args._n_gpu = min(args.n_gpu, 1)
    return args
