"""Multi-process training: launching, and consistency checks between processes.

Accelerate's launcher starts one process for each device, on each machine. Every process runs the
whole stage; only the main one (the first of the first machine) prints and writes outputs.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import yaml
from accelerate import PartialState
from accelerate.utils import gather_object

from stages.common.core.errors import UserError
from stages.common.core.process_lifetime import end_with_parent

# Data parallel. In every other type a process holds only a part of the model.
_TYPES = ("NO", "MULTI_GPU", "MULTI_CPU")


def is_launched() -> bool:
    """Whether the launcher, which sets these variables, started this process."""
    return "RANK" in os.environ or "ACCELERATE_MIXED_PRECISION" in os.environ


def start(config: Path) -> NoReturn:
    """Replace this process by the launcher, which takes its place for exit status and Ctrl-C.

    config: as `accelerate config --config_file` writes it. Raises: UserError if it cannot be used.
    """
    settings = read_config(config)
    command = ["-m", "accelerate.commands.launch", "--config_file", str(config)]
    if settings.get("use_cpu") or settings["distributed_type"] == "MULTI_CPU":
        os.environ["ACCELERATE_USE_CPU"] = "true"
    if settings["distributed_type"] == "MULTI_CPU":
        # Without this option the launcher leaves several CPU processes to MPI, and starts one where
        # there is no MPI.
        command.append("--multi_gpu")
    # Every process repeats PyTorch's warnings, and none is actionable.
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *command, "-m", "stages.finetune"])


def read_config(config: Path) -> dict[str, object]:
    """The settings in the file. Raises: UserError if the stage cannot be started with them."""
    name = f"finetune.launch = {str(config)!r}"
    try:
        settings: dict[str, object] = yaml.safe_load(config.read_text(encoding="utf-8"))
    except (FileNotFoundError, IsADirectoryError):
        raise UserError(
            f"{name}: no such file; take one of stages/accelerate, or write one with `accelerate "
            "config --config_file FILE`"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise UserError(f"{name}: not YAML") from None
    processes = settings.get("num_processes") if isinstance(settings, dict) else None
    if not isinstance(processes, int):
        raise UserError(
            f"{name}: num_processes is missing; `accelerate config --config_file FILE` writes a "
            "complete file"
        )
    kind = settings.setdefault("distributed_type", "NO")
    if kind not in _TYPES:
        raise UserError(
            f"{name}: distributed_type must be one of {', '.join(_TYPES)}: each process holds the "
            "whole model"
        )
    if kind == "NO" and processes > 1:
        raise UserError(
            f"{name}: {processes} processes need distributed_type MULTI_GPU or MULTI_CPU"
        )
    return settings


def join(device: str) -> PartialState:
    """Connect to the other processes; a single process is the main process of one.

    All other processes print nothing to stdout from here on.
    """
    # params.yaml decides the precision, not the launcher's file.
    os.environ["ACCELERATE_MIXED_PRECISION"] = "no"
    os.environ["ACCELERATE_DYNAMO_BACKEND"] = "NO"
    if "RANK" in os.environ:
        # The launcher puts each process into a session of its own, which a kill of the launcher's
        # group does not reach: the process would train on beside the run that resumes from its
        # checkpoints.
        end_with_parent()
    group = PartialState(cpu=device == "cpu", timeout=timedelta(minutes=30))
    if not group.is_main_process:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - open until the process ends
    return group


def agree(group: PartialState, fact: str | None, difference: str) -> None:
    """Check that every process holds the same `fact`.

    Raises: UserError in the main process, with the number of processes that differ and
    `difference`; the others exit.
    """
    facts = gather_object([fact])
    differ = sum(other != facts[0] for other in facts)
    if not differ:
        return
    if group.is_main_process:
        raise UserError(f"finetune.launch: {differ} of {len(facts)} processes {difference}")
    sys.exit(1)
