"""Several processes as one run: how they are started, and what they must agree on.

Accelerate's launcher starts them, one a device, on each machine. Every process runs the whole
stage; the main one (the first of the first machine) alone prints and writes outputs.
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

# What the launcher sets in each process that it starts.
_MARKS = ("RANK", "ACCELERATE_MIXED_PRECISION")
# In every other kind a process holds only a part of the model.
_KINDS = ("NO", "MULTI_GPU", "MULTI_CPU")
_PATIENCE = timedelta(minutes=30)
_PR_SET_PDEATHSIG = 1


def launched() -> bool:
    """Whether the launcher started this process."""
    return any(mark in os.environ for mark in _MARKS)


def start(module: str, config: Path) -> NoReturn:
    """Become the launcher of `module`: this process's end, exit status and Ctrl-C are its own.

    config: what `accelerate config --config_file` writes.

    Raises: UserError if `config` cannot be used.
    """
    facts = read_config(config)
    command = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(config)]
    if facts.get("use_cpu") or facts["distributed_type"] == "MULTI_CPU":
        os.environ["ACCELERATE_USE_CPU"] = "true"
    if facts["distributed_type"] == "MULTI_CPU":
        # Of itself the launcher leaves several CPU processes to MPI, and without it starts one.
        command.append("--multi_gpu")
    # Its warnings come from each process, and tell nothing that a person can mend.
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    sys.stdout.flush()
    os.execv(command[0], [*command, "-m", module])


def read_config(config: Path) -> dict[str, object]:
    """What the file says. Raises: UserError if the stage cannot be started by it."""
    try:
        facts = yaml.safe_load(config.read_text(encoding="utf-8"))
    except (FileNotFoundError, IsADirectoryError):
        raise UserError(
            f"finetune.launch = {str(config)!r}: no such file; take one of stages/launch, or write "
            "one with `accelerate config --config_file FILE`"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise UserError(f"finetune.launch = {str(config)!r}: not YAML") from None
    if not isinstance(facts, dict) or not isinstance(facts.get("num_processes"), int):
        raise UserError(
            f"finetune.launch = {str(config)!r}: no num_processes in it; `accelerate config "
            "--config_file FILE` writes a whole one"
        )
    facts.setdefault("distributed_type", "NO")
    if facts["distributed_type"] not in _KINDS:
        raise UserError(
            f"finetune.launch = {str(config)!r}: distributed_type must be one of "
            f"{', '.join(_KINDS)}: each process holds the whole model"
        )
    if facts["distributed_type"] == "NO" and facts["num_processes"] > 1:
        raise UserError(
            f"finetune.launch = {str(config)!r}: {facts['num_processes']} processes need "
            "distributed_type MULTI_GPU, or MULTI_CPU"
        )
    return facts


def join(device: str) -> PartialState:
    """Meet the other processes; alone, this one is the main process of one.

    Every other process is silent on stdout from here on.
    """
    # How to compute is said in params.yaml, not in the launcher's file.
    os.environ["ACCELERATE_MIXED_PRECISION"] = "no"
    os.environ["ACCELERATE_DYNAMO_BACKEND"] = "NO"
    if "RANK" in os.environ:
        _end_with_the_launcher()
    group = PartialState(cpu=device == "cpu", timeout=_PATIENCE)
    if not group.is_main_process:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - open until the process ends
    return group


def agree(group: PartialState, fact: str | None, otherwise: str) -> None:
    """Every process must hold the same `fact`.

    Raises: UserError saying `otherwise`, with how many differ, in the main process; the others exit.
    """
    facts = gather_object([fact])
    differ = sum(other != facts[0] for other in facts)
    if not differ:
        return
    if group.is_main_process:
        raise UserError(f"finetune.launch: {differ} of {len(facts)} processes {otherwise}")
    sys.exit(1)


def _end_with_the_launcher() -> None:
    """The launcher puts each process into a session of its own, where no kill of the launcher's
    group finds it: it would train on, beside the run that goes on from its checkpoints."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
