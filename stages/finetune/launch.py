"""Several processes as one run: how they are started, and what they must agree on.

Accelerate's launcher starts one process for each device, on each machine. Every process runs the
whole stage; only the main one (the first of the first machine) prints and writes outputs.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import yaml
from accelerate import PartialState
from accelerate.utils import gather_object

from stages.common.core.errors import UserError

# Set by the launcher in each process that it starts.
_LAUNCHER_VARIABLES = ("RANK", "ACCELERATE_MIXED_PRECISION")
# Data parallel. In every other type a process holds only a part of the model.
_TYPES = ("NO", "MULTI_GPU", "MULTI_CPU")
_TIMEOUT = timedelta(minutes=30)
_PR_SET_PDEATHSIG = 1


def is_launched() -> bool:
    """Whether the launcher started this process."""
    return any(name in os.environ for name in _LAUNCHER_VARIABLES)


def start(module: str, config: Path) -> NoReturn:
    """Replace this process by the launcher of `module`, which takes its place for exit status and
    Ctrl-C.

    config: a file as `accelerate config --config_file` writes it.

    Raises: UserError if `config` cannot be used.
    """
    settings = read_config(config)
    command = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(config)]
    if settings.get("use_cpu") or settings["distributed_type"] == "MULTI_CPU":
        os.environ["ACCELERATE_USE_CPU"] = "true"
    if settings["distributed_type"] == "MULTI_CPU":
        # Without this option the launcher leaves several CPU processes to MPI, and starts one where
        # there is no MPI.
        command.append("--multi_gpu")
    # PyTorch's warnings come from each process, and name nothing that a person can mend.
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    sys.stdout.flush()
    os.execv(command[0], [*command, "-m", module])


def read_config(config: Path) -> dict[str, object]:
    """The settings in the file. Raises: UserError if the stage cannot be started with them."""
    name = f"finetune.launch = {str(config)!r}"
    try:
        settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    except (FileNotFoundError, IsADirectoryError):
        raise UserError(
            f"{name}: no such file; take one of stages/accelerate, or write one with `accelerate "
            "config --config_file FILE`"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise UserError(f"{name}: not YAML") from None
    if not isinstance(settings, dict) or not isinstance(settings.get("num_processes"), int):
        raise UserError(
            f"{name}: num_processes is missing; `accelerate config --config_file FILE` writes a "
            "complete file"
        )
    settings.setdefault("distributed_type", "NO")
    if settings["distributed_type"] not in _TYPES:
        raise UserError(
            f"{name}: distributed_type must be one of {', '.join(_TYPES)}: each process holds the "
            "whole model"
        )
    if settings["distributed_type"] == "NO" and settings["num_processes"] > 1:
        raise UserError(
            f"{name}: {settings['num_processes']} processes need distributed_type MULTI_GPU or "
            "MULTI_CPU"
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
        _end_with_the_launcher()
    group = PartialState(cpu=device == "cpu", timeout=_TIMEOUT)
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


def _end_with_the_launcher() -> None:
    """Have the kernel kill this process when the launcher ends.

    The launcher puts each process into a session of its own, which a kill of the launcher's group
    does not reach: the process would train on beside the run that resumes from its checkpoints.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
