"""Processes without this machine's proxies, tokens and caches; the stage `fetch_base` in one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from stages.common.core.process import NO_TELEMETRY

ROOT = Path(__file__).resolve().parents[2]


def write_params(work: Path, model: str, revision: str) -> None:
    """The repository's own parameters with another base model."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["base"] = {"model": model, "revision": revision, "quantization": "int8"}
    (work / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")


def environment(home: Path, **more: str) -> dict[str, str]:
    """Environment variables for a process with the home folder `home`, one thread, and `more`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().endswith("_PROXY")
        and not name.startswith(("HF_", "DVC_", "TRANSFORMERS_"))
        # Nor what this process got from `confine`.
        and name not in NO_TELEMETRY
    }
    home.mkdir(exist_ok=True)
    kept |= {"HOME": str(home), "HF_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return kept | {"OMP_NUM_THREADS": "1"} | more


def fetch_base(
    work: Path, *arguments: str, hub: str = "http://127.0.0.1:9", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the stage in `work`, as DVC does. No process listens at the default hub's port."""
    return subprocess.run(
        [sys.executable, "-m", "stages.fetch_base", *arguments],
        cwd=work,
        env=environment(work / "home", HF_ENDPOINT=hub, **more),
        capture_output=True,
        text=True,
        timeout=300,
    )


def processes_in(folder: Path) -> list[int]:
    """Other running processes with their working folder in `folder`."""
    running = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            here = (process / "cwd").readlink()
            ended = "\nState:\tZ" in (process / "status").read_text()
        except OSError:
            continue
        if here.is_relative_to(folder) and not ended and int(process.name) != os.getpid():
            running.append(int(process.name))
    return running


def wait_until(done: Callable[[], bool], seconds: float = 300) -> None:
    """Raises: AssertionError if it is not done in time."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not in {seconds} s"
        time.sleep(0.02)


def contents(folder: Path) -> dict[str, bytes]:
    """File name -> content."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def error_line(run: subprocess.CompletedProcess[str]) -> str:
    """The only line that a failed run prints, without the stage's name."""
    assert run.returncode == 1, run.stderr
    assert run.stdout == ""
    lines = run.stderr.splitlines()
    assert len(lines) == 1, run.stderr
    return lines[0].removeprefix("fetch_base: ")
