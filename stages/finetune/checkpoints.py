"""Checkpoints of an unfinished run: where they lie and which run they belong to.

DVC deletes a stage's outputs before it runs, and `dvc exp run` deletes even those that persist.
Checkpoints are therefore in `.state` of the repository, also for queued runs, in a folder named by
a fingerprint of everything that decides the result: only the same run resumes from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_model
from transformers import Trainer, TrainerState

from stages.common.core.cache import code_digest, digest_of, key_of
from stages.common.core.params import Params
from stages.finetune.device import Machine

_COMPLETE = "complete"
"""An empty file, written last."""
_TRAINED = "trained.json"
"""The Trainer's state after its last step."""


def fingerprint(params: Params, machine: Machine, inputs: Iterable[Path]) -> str:
    """16 hex digits over parameters, machine, libraries, all files in the folders `inputs`, and the
    code that dvc.yaml names as deps of `finetune`.

    `launch` is left out: the number of processes is `machine.devices`, and the file that it names
    differs between the machines of one run. So is `average_with_base`, which follows training.
    """
    # Sums over another number of threads round differently. With GPUs the machines of one run may
    # have different CPUs.
    threads = torch.get_num_threads() if machine.device == "cpu" else 0
    # constraints.txt, in the code's digest, pins these; another version may be installed.
    versions = torch.__version__, transformers.__version__
    tuned = params.finetune.model_dump(mode="json", exclude={"launch", "average_with_base"})
    dataset = params.build_dataset.language, params.build_dataset.window_seconds
    chosen = tuned, params.augment.model_dump(mode="json"), dataset
    facts = chosen, str(machine), threads, versions, code_digest("finetune"), digest_of(inputs)
    return key_of(facts)[:16]


def mark_complete(folder: Path, step: int) -> None:
    """Mark the checkpoint of `step` as complete: every process has written its part."""
    (folder / f"checkpoint-{step}" / _COMPLETE).touch()


def last_checkpoint(folder: Path) -> Path | None:
    """The newest complete checkpoint; one that was interrupted while it was written is ignored."""
    complete = (path.parent for path in folder.glob(f"checkpoint-*/{_COMPLETE}"))
    return max(complete, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def mark_trained(folder: Path, trainer: Trainer) -> None:
    """Mark the run in `folder` as trained: what follows needs no step again."""
    trainer.state.save_to_json(str(folder / _TRAINED))


def is_trained(folder: Path) -> bool:
    return (folder / _TRAINED).exists()


def restore_trained(folder: Path, trainer: Trainer) -> None:
    """Give `trainer` the state and the best weights of a trained run, as after its training.

    With its last checkpoint alone it would take a step more in an unfinished epoch, or train on
    after an early stop.
    """
    trainer.state = TrainerState.load_from_json(str(folder / _TRAINED))
    best = folder / f"checkpoint-{trainer.state.best_global_step}"
    load_model(trainer.model, best / "model.safetensors", device=str(trainer.args.device))
