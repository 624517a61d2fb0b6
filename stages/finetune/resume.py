"""Checkpoints of an unfinished run: where they lie and whose they are.

DVC deletes a stage's outputs before it runs, and `dvc exp run` deletes even those that persist. So
the checkpoints lie in `.state` of the repository (also for queued runs, whose DVC_ROOT names it),
under a fingerprint of all that decides the result: only the very same run goes on from them.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
import transformers

from stages.common.core.files import sha256
from stages.common.core.params import Augment, Finetune
from stages.finetune.device import Machine

# transformers writes this file last, so a checkpoint that has it is whole.
_LAST_WRITTEN = "trainer_state.json"


def fingerprint(
    params: Finetune,
    augment: Augment,
    language: str,
    machine: Machine,
    base: Path,
    dataset: Path,
    code: Path,
) -> str:
    """16 hex digits over parameters, machine, libraries, code, base model and training data.

    Not over `launch`: how many processes it starts is the machine's `devices`, and its file, which
    names the machine, differs between the machines of one run.
    """
    digest = hashlib.sha256()
    # Sums of several threads round otherwise. The machines of GPUs need not have the same CPU.
    threads = torch.get_num_threads() if machine.device == "cpu" else 0
    facts: list[Any] = [
        params.model_dump(mode="json", exclude={"launch"}),
        augment.model_dump(mode="json"),
    ]
    facts += [language, str(machine), threads]
    facts += [torch.__version__, transformers.__version__]
    digest.update(json.dumps(facts, sort_keys=True).encode())
    for folder in (base, dataset / "train", dataset / "validation", code):
        for path in sorted(folder.rglob("*.py" if folder == code else "*")):
            if path.is_file():
                digest.update(f"\0{path.relative_to(folder).as_posix()}\0".encode())
                digest.update(sha256(path).encode())
    return digest.hexdigest()[:16]


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint; what a kill left half-written is passed over."""
    whole = []
    for path in folder.glob("checkpoint-*"):
        try:
            json.loads((path / _LAST_WRITTEN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        whole.append(path)
    return max(whole, key=lambda path: int(path.name.rpartition("-")[2]), default=None)
