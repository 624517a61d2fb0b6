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

from stages.common.core.cache import code_digest, digest_of, key_of
from stages.common.core.params import Params
from stages.finetune.device import Machine

_COMPLETE = "complete"
"""An empty file, written last."""


def fingerprint(params: Params, machine: Machine, inputs: Iterable[Path]) -> str:
    """16 hex digits over parameters, machine, libraries, all files in the folders `inputs`, and the
    code that dvc.yaml names as deps of `finetune`.

    `launch` is left out: the number of processes is `machine.devices`, and the file that it names
    differs between the machines of one run.
    """
    # Sums over another number of threads round differently. With GPUs the machines of one run may
    # have different CPUs.
    threads = torch.get_num_threads() if machine.device == "cpu" else 0
    # constraints.txt, in the code's digest, pins these; another version may be installed.
    versions = torch.__version__, transformers.__version__
    tuned = params.finetune.model_dump(mode="json", exclude={"launch"})
    chosen = tuned, params.augment.model_dump(mode="json"), params.build_dataset.language
    facts = chosen, str(machine), threads, versions, code_digest("finetune"), digest_of(inputs)
    return key_of(facts)[:16]


def mark_complete(folder: Path, step: int) -> None:
    """Mark the checkpoint of `step` as complete: every process has written its part."""
    (folder / f"checkpoint-{step}" / _COMPLETE).touch()


def last_checkpoint(folder: Path) -> Path | None:
    """The newest complete checkpoint; one that was interrupted while it was written is ignored."""
    complete = (path.parent for path in folder.glob(f"checkpoint-*/{_COMPLETE}"))
    return max(complete, key=lambda path: int(path.name.rpartition("-")[2]), default=None)
