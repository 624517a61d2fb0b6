"""A folder in which stages run on the repository's data with other parameters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import yaml

ROOT = Path(__file__).parents[1]
Params = dict[str, dict[str, Any]]
"""Section -> name -> value, as in params.yaml."""


def read_params() -> Params:
    """The parameters of the repository, to change."""
    params: Params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    return params


def link(folder: Path, *paths: str) -> None:
    """Links in `folder` to the repository's files or folders `paths`."""
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(ROOT / path)


def run_stage(
    folder: Path,
    stage: str,
    params: Params,
    stdout: int | IO[str] = subprocess.PIPE,
    stderr: int | None = None,
) -> str:
    """Run `python -m stages.<stage>` in `folder` with `params`.

    Returns: its output, "" if `stdout` is a file.
    Raises: CalledProcessError if it fails.
    """
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", f"stages.{stage}"], cwd=folder, check=True, stdout=stdout,
        stderr=stderr, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return done.stdout or ""
