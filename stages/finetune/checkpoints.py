"""Checkpoints: where they lie, which run they belong to and how long they are kept.

DVC deletes a stage's outputs before it runs, and `dvc exp run` deletes even those that persist.
Checkpoints are therefore in `.state` of the repository, also for queued runs, in a folder named by
a fingerprint of everything that decides the result: only the same run resumes from them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import torch
import transformers
from accelerate import PartialState
from safetensors.torch import load_model
from transformers import Trainer, TrainerState

from stages.common.core.cache import code_digest, digest_of, key_of
from stages.common.core.errors import UserError
from stages.common.core.files import sync, sync_folder, write_text
from stages.common.core.locks import Lock
from stages.common.core.params import Params
from stages.finetune.device import Machine

_COMPLETE = "complete"
"""An empty file in a checkpoint, written last."""
_TRAINED = "trained.json"
"""The Trainer's state after its last step."""
_FINISHED = "finished"
"""An empty file: the outputs are written."""
_LOCK = "run.lock"
_WEIGHTS = "model.safetensors"


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


def lock_run(folder: Path, group: PartialState) -> Lock | None:
    """The lock of the run in `folder`, which the main process holds until it ends.

    A single process waits for another run of the same parameters and data, such as an experiment of
    DVC's queue, and then finds its result. Raises: UserError if this run has several processes.
    """
    if not group.is_main_process:
        return None
    lock = Lock(folder / _LOCK)
    if not lock.take(wait=False):
        if group.num_processes > 1:
            raise UserError("another run trains the same model; wait until it has ended")
        print("finetune: another run trains the same model; waiting for its result", flush=True)
        lock.take()
    return lock


def delete_leftovers(folder: Path) -> None:
    """Delete the incomplete checkpoints of the run in `folder`, which this process has locked, and
    the results of other runs that have ended."""
    for checkpoint in folder.glob("checkpoint-*"):
        if not (checkpoint / _COMPLETE).exists():
            shutil.rmtree(checkpoint, ignore_errors=True)
    for marker in folder.parent.glob(f"*/{_FINISHED}"):
        other, lock = marker.parent, Lock(marker.with_name(_LOCK))
        if other != folder and lock.take(wait=False):
            shutil.rmtree(other, ignore_errors=True)
            lock.release()


def mark_complete(folder: Path, step: int) -> None:
    """Mark the checkpoint of `step` as complete: every process has written its part."""
    checkpoint = folder / f"checkpoint-{step}"
    sync_folder(checkpoint)
    (checkpoint / _COMPLETE).touch()
    sync(checkpoint)
    sync(folder)


def delete_all_but(folder: Path, steps: Collection[int | None]) -> None:
    """Delete the checkpoints of other steps.

    The Trainer would delete before the new one is complete, and by the oldest modification time,
    which may be the newest checkpoint's if the clock was set back.
    """
    for checkpoint in folder.glob("checkpoint-*"):
        if _step_of(checkpoint) not in steps:
            (checkpoint / _COMPLETE).unlink(missing_ok=True)
            shutil.rmtree(checkpoint, ignore_errors=True)


def last_checkpoint(folder: Path) -> Path | None:
    """The newest complete checkpoint; one that was interrupted while it was written is ignored."""
    complete = (path.parent for path in folder.glob(f"checkpoint-*/{_COMPLETE}"))
    return max(complete, key=_step_of, default=None)


def _step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


def mark_trained(folder: Path, trainer: Trainer) -> None:
    """Mark the run in `folder` as trained: what follows needs no step again."""
    write_text(folder / _TRAINED, json.dumps(asdict(trainer.state), indent=2) + "\n")


def is_trained(folder: Path) -> bool:
    return (folder / _TRAINED).exists()


def restore_trained(folder: Path, trainer: Trainer) -> None:
    """Give `trainer` the state and the best weights of a trained run, as after its training.

    With its last checkpoint alone it would take a step more in an unfinished epoch, or train on
    after an early stop.
    """
    trainer.state = TrainerState.load_from_json(str(folder / _TRAINED))
    best = folder / f"checkpoint-{trainer.state.best_global_step}"
    load_model(trainer.model, best / _WEIGHTS, device=str(trainer.args.device))


def keep_result(folder: Path, best_step: int) -> None:
    """Keep what `restore_trained` needs of a run whose outputs are written: if DVC is killed before
    it has hashed them, the stage runs again.

    `delete_leftovers` of the next other run deletes it.
    """
    delete_all_but(folder, [best_step])
    for path in (folder / f"checkpoint-{best_step}").iterdir():
        if path.name not in (_WEIGHTS, _COMPLETE):
            path.unlink()
    (folder / _FINISHED).touch()


def save_partial_loss(trainer: Trainer) -> None:
    """Save this process's sum of losses that is not logged yet, beside the checkpoint of this step.

    The Trainer does not: the next mean in the training curve would cover fewer steps, and depend
    on when the run was interrupted.
    """
    facts = {"sum": float(trainer._tr_loss), "logged": trainer._globalstep_last_logged}
    write_text(_partial_loss(trainer), json.dumps(facts))


def restore_partial_loss(trainer: Trainer) -> None:
    """Restore it at the step from which `trainer` resumes; nothing at the first step."""
    with suppress(FileNotFoundError):
        facts = json.loads(_partial_loss(trainer).read_text(encoding="utf-8"))
        trainer._tr_loss += facts["sum"]
        trainer._globalstep_last_logged = facts["logged"]


def _partial_loss(trainer: Trainer) -> Path:
    checkpoint = Path(trainer.args.output_dir) / f"checkpoint-{trainer.state.global_step}"
    return checkpoint / f"partial_loss_{trainer.args.process_index}.json"
