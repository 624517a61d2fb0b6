"""Checkpoints of an unfinished run: where they lie and which run they belong to.

DVC deletes a stage's outputs before it runs, and `dvc exp run` deletes even those that persist.
Checkpoints are therefore in `.state` of the repository, also for queued runs, in a folder named by
a fingerprint of everything that decides the result: only the same run resumes from them.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
import transformers

from stages.common.core.files import sha256
from stages.common.core.cache import code_digest
from stages.common.core.params import Augment, Finetune
from stages.finetune.device import Machine

_COMPLETE = "complete"
"""An empty file, written last."""


def fingerprint(
    params: Finetune,
    augment: Augment,
    language: str,
    machine: Machine,
    base: Path,
    dataset: Path,
) -> str:
    """16 hex digits over parameters, machine, libraries, base model, training and validation data,
    and the code that dvc.yaml names as deps of `finetune`.

    `launch` is left out: the number of processes is `machine.devices`, and the file that it names
    differs between the machines of one run.
    """
    digest = hashlib.sha256()
    # Sums over another number of threads round differently. With GPUs the machines of one run may
    # have different CPUs.
    threads = torch.get_num_threads() if machine.device == "cpu" else 0
    facts: list[Any] = [
        params.model_dump(mode="json", exclude={"launch"}),
        augment.model_dump(mode="json"),
    ]
    facts += [language, str(machine), threads, code_digest("finetune")]
    # constraints.txt, in the code's digest, pins these; another version may be installed.
    facts += [torch.__version__, transformers.__version__]
    digest.update(json.dumps(facts, sort_keys=True).encode())
    for folder in (base, dataset / "train", dataset / "validation"):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(f"\0{path.relative_to(folder).as_posix()}\0".encode())
                digest.update(sha256(path).encode())
    return digest.hexdigest()[:16]


def mark_complete(folder: Path, step: int) -> None:
    """Mark the checkpoint of `step` as complete: every process has written its part."""
    (folder / f"checkpoint-{step}" / _COMPLETE).touch()


def last_checkpoint(folder: Path) -> Path | None:
    """The newest complete checkpoint; one that was interrupted while it was written is ignored."""
    complete = (path.parent for path in folder.glob(f"checkpoint-*/{_COMPLETE}"))
    return max(complete, key=lambda path: int(path.name.rpartition("-")[2]), default=None)
