"""What the stage writes: the tuned model, the training curve and metrics/finetune.json."""

from __future__ import annotations

import shutil
from pathlib import Path

from transformers import WhisperForConditionalGeneration

from stages.common.core.files import new_folder
from stages.common.core.metrics import write_metrics
from stages.finetune.device import Machine
from stages.finetune.lora import merge_lora
from stages.finetune.trainer import WhisperTrainer
from stages.finetune.training_curve import write_curve


def write_outputs(trainer: WhisperTrainer, machine: Machine, base: Path) -> None:
    """Write all outputs. Matrices of LoRA are merged into the model first."""
    state, model = trainer.state, trainer.model
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    merge_lora(model)
    _save_model(model, base, Path("models/finetuned"))
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


def _save_model(model: WhisperForConditionalGeneration, base: Path, target: Path) -> None:
    """The weights, with the base's own tokenizer, preprocessor and generation files: transformers
    would write them without entries that CTranslate2 reads."""
    with new_folder(target) as fresh:
        model.save_pretrained(fresh)
        for source in sorted(base.glob("*.json")):
            if source.name not in ("config.json", "model.safetensors.index.json"):
                shutil.copyfile(source, fresh / source.name)
