"""Digests of code and files: what decides whether finished work may be used again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import yaml

from stages.common.core.files import sha256

_REPOSITORY = Path(__file__).parents[3]


def code_digest(stage: str) -> str:
    """Of the code and pinned packages that dvc.yaml names as the stage's dependencies."""
    described = yaml.safe_load((_REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))
    deps = [dep for dep in described["stages"][stage]["deps"] if dep.startswith("stages/")]
    return digest_of(_REPOSITORY / dep for dep in [*deps, "constraints.txt"])


def digest_of(paths: Iterable[Path]) -> str:
    """Of the contents of files, and of all files in folders."""
    digest = hashlib.sha256()
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.name}\0{sha256(file)}\0".encode())
    return digest.hexdigest()
