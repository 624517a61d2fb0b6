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

import os
import shutil
from pathlib import Path

import torch
from transformers import WhisperForConditionalGeneration

from stages.common.core.errors import run_stage
from stages.common.core.files import new_folder, state_folder
from stages.common.core.metrics import write_metrics
from stages.common.core.params import load_params
from stages.finetune.curves import write_curve
from stages.finetune.device import Machine, choose_machine
from stages.finetune.launch import agree, join, launched, start
from stages.finetune.lora import merge_lora
from stages.finetune.memory import keep_freed
from stages.finetune.resume import fingerprint, last_checkpoint
from stages.finetune.trainer import Tuner
from stages.finetune.tuning import BASE, DATASET, repeat_exactly, train_in_memory

TARGET = Path("models/finetuned")
CODE = Path("stages")


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
    run = fingerprint(tuned, params.augment, language, machine, BASE, DATASET, CODE)
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
    if machine.device == "cpu" and not keep_freed():
        print("finetune: this C library gives memory back at each step, which takes time")
    trainer = train_in_memory(params, machine, folder, checkpoint)
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
