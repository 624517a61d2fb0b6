"""Fine-tune the base model with transformers' Seq2SeqTrainer.

Reads `models/base` and the train and validation sides of `data/dataset`; never the test side.
Writes `models/finetuned` (the checkpoint with the best validation WER), the curve in
`metrics/finetune_curve.csv` and `metrics/finetune.json`. Checkpoints and TensorBoard's files lie in
`.state`, outside git and DVC: a run that was killed goes on from its last checkpoint.

With `finetune.launch` it trains on many devices. On many machines the first (machine_rank 0) runs
the pipeline, and on each other one a person starts `python -m stages.finetune`, with the same
parameters, base and dataset; the first alone writes. To go on after a kill all must see its
`.state`.
"""

from __future__ import annotations

import math
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import (
    EarlyStoppingCallback,
    EvalPrediction,
    PrinterCallback,
    Seq2SeqTrainingArguments,
    WhisperForConditionalGeneration,
    set_seed,
)

from stages.common.attention import use_by_head
from stages.common.curves import write_curve
from stages.common.dataset import load_side
from stages.common.device import Machine, choose_machine
from stages.common.errors import run_stage
from stages.common.features import load_extractor
from stages.common.files import new_folder, state_folder, write_metrics
from stages.common.labels import Labeller, is_multilingual, load_labeller
from stages.common.launch import agree, join, launched, start
from stages.common.log_mels import LogMels
from stages.common.lora import add_lora, merge_lora
from stages.common.optimizers import MuonAdamW
from stages.common.params import Finetune, load_params
from stages.common.progress import Progress
from stages.common.resume import fingerprint, last_checkpoint
from stages.common.score import score
from stages.common.training import LastStep, Tuner, Turns, Windows, collate, token_loss

BASE = Path("models/base")
DATASET = Path("data/dataset")
TARGET = Path("models/finetuned")
CODE = Path("stages")


def load_model(params: Finetune, language: str) -> WhisperForConditionalGeneration:
    """The base in float32, set up for training and for hearing the validation clips."""
    model = WhisperForConditionalGeneration.from_pretrained(BASE, dtype=torch.float32)
    model.config.apply_spec_augment = params.spec_augment
    model.config.mask_time_prob = params.mask_time_prob
    model.config.mask_feature_prob = params.mask_feature_prob
    if params.gradient_checkpointing:
        model.config.use_cache = False
    if params.method == "lora":
        add_lora(model, params.lora_rank)
    if params.freeze_encoder:
        model.freeze_encoder()
    use_by_head(model)
    if is_multilingual(BASE):
        model.generation_config.language = language
        model.generation_config.task = "transcribe"
    model.generation_config.forced_decoder_ids = None
    return model


def arguments(params: Finetune, machine: Machine, folder: Path, steps: int) -> Any:
    """The Trainer's arguments; `steps` is the number of optimizer steps in all."""
    # At least one validation, however short the run: without one no checkpoint is the best.
    every = min(params.eval_steps, steps)
    args = Seq2SeqTrainingArguments(
        output_dir=str(folder),
        learning_rate=params.learning_rate,
        num_train_epochs=params.num_train_epochs,
        per_device_train_batch_size=params.per_device_train_batch_size,
        per_device_eval_batch_size=params.per_device_eval_batch_size,
        gradient_accumulation_steps=params.gradient_accumulation_steps,
        activation_checkpointing=params.gradient_checkpointing,
        # Reentrant checkpointing finds no gradient under frozen layers.
        activation_checkpointing_kwargs={"use_reentrant": False},
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
        bf16=machine.precision == "bfloat16",
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
    params: Finetune, machine: Machine, folder: Path, language: str, checkpoint: Path | None
) -> Tuner:
    """Train, going on from `checkpoint` if there is one; checkpoints are written to `folder`."""
    labeller = load_labeller(BASE, language)
    model = load_model(params, language)
    windows = Windows(load_side(DATASET / "train"))
    validation = Windows(load_side(DATASET / "validation"))
    batch = params.per_device_train_batch_size * params.gradient_accumulation_steps
    per_epoch = -(-len(windows) // (batch * machine.devices))
    args = arguments(params, machine, folder, math.ceil(per_epoch * params.num_train_epochs))
    a_step = float(np.mean(windows.clips["seconds"])) * batch * machine.devices
    callbacks: list[Any] = [Turns(), LastStep(), Progress(a_step)]
    # None leaves the Trainer its own, AdamW.
    optimizer = None
    if params.optimizer == "muon":
        optimizer = MuonAdamW(model, params.learning_rate, params.weight_decay)
    if params.early_stopping_patience:
        callbacks.append(EarlyStoppingCallback(params.early_stopping_patience))
    trainer = Tuner(
        LogMels(load_extractor(BASE)),
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
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    return trainer


def repeat_exactly(seed: int) -> None:
    """Seed every generator, and have sums added in one order.

    Otherwise threads add to the gradient of the decoder's positions as they come.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    # New memory is written before it is read; filling it first took 2 % of a step.
    torch.utils.deterministic.fill_uninitialized_memory = False
    set_seed(seed)


def save(model: WhisperForConditionalGeneration) -> None:
    """The weights, and beside them the base's own tokenizer, preprocessor and generation files:
    saving those anew would lose what CTranslate2 reads from them."""
    with new_folder(TARGET) as fresh:
        model.save_pretrained(fresh)
        for source in sorted(BASE.glob("*.json")):
            if source.name not in ("config.json", "model.safetensors.index.json"):
                shutil.copyfile(source, fresh / source.name)


def main() -> None:
    params = load_params()
    tuned, language = params.finetune, params.build_dataset.language
    machine = choose_machine(tuned.device, tuned.precision)
    if tuned.launch and not launched():
        start("stages.finetune", Path(tuned.launch))
    group = join(machine.device)
    print(f"finetune: on {machine}", flush=True)
    if machine.device == "cuda" and not tuned.launch and torch.cuda.device_count() > 1:
        print(f"finetune: {torch.cuda.device_count()} GPUs are here; see finetune.launch")
    run = fingerprint(tuned, language, machine, BASE, DATASET, CODE)
    agree(group, run, "have other parameters, code, libraries, base or dataset than the first")
    folder = state_folder("finetune") / run
    checkpoint = last_checkpoint(folder)
    agree(
        group,
        checkpoint.name if checkpoint else None,
        f"do not see the first's checkpoints: share or copy {folder.parent}, or remove it there",
    )
    if checkpoint:
        print(f"finetune: going on from {checkpoint.name}", flush=True)
    os.environ["TENSORBOARD_LOGGING_DIR"] = str(state_folder("tensorboard") / run)
    repeat_exactly(tuned.seed)
    trainer = train(tuned, machine, folder, language, checkpoint)
    # Others still read the best checkpoint.
    group.wait_for_everyone()
    if group.is_main_process:
        write(trainer, machine, folder)
    group.destroy_process_group()


def write(trainer: Tuner, machine: Machine, folder: Path) -> None:
    """All outputs; the checkpoints in `folder` are then needed no more."""
    state, model = trainer.state, trainer.model
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    merge_lora(model)
    save(model)
    write_curve(Path("metrics/finetune_curve.csv"), state.log_history)
    write_metrics(
        "finetune",
        {
            "validation_wer": state.best_metric,
            "best_step": state.best_global_step,
            "steps": state.global_step,
            "epochs": float(state.epoch or 0),
            "parameters": sum(p.numel() for p in model.parameters()),
            "trained_parameters": trained,
            "device": machine.device,
            "devices": machine.devices,
            "precision": machine.precision,
        },
    )
    shutil.rmtree(folder)
    print(f"finetune: validation WER {state.best_metric:.4f} at step {state.best_global_step}")


if __name__ == "__main__":
    run_stage("finetune", main)
