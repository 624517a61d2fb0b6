"""Writing so that nothing half-written ever stands under its final name."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stages.common.core.errors import UserError

Row = dict[str, Any]


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to fill beside `target`; it takes `target`'s place when the block ends well."""
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        yield fresh
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 beside `path`, then rename."""
    _write(path, [text])


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """A manifest: one JSON object a line, keys in the order given. Written as the rows come."""
    _write(path, (json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def stream_rows(path: Path) -> Iterator[Row]:
    """The rows that `write_rows` wrote, one at a time."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_rows(path: Path) -> list[Row]:
    """The rows that `write_rows` wrote."""
    return list(stream_rows(path))


def _write(path: Path, parts: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.writelines(parts)
    fresh.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """A model's file that holds one JSON object. Raises: UserError when it is missing or damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path.parent}: {path.name} is missing, a Whisper needs it") from None
    except ValueError:
        raise UserError(f"{path}: not JSON; the file is damaged") from None
    if not isinstance(value, dict):
        raise UserError(f"{path}: not a JSON object; the file is damaged")
    return value


def state_folder(kind: str) -> Path:
    """Where unfinished and reusable work of one kind lies: in the repository, also for queued runs,
    whose DVC_ROOT names it."""
    return Path(os.environ.get("DVC_ROOT", ".")).resolve() / ".state" / kind


def link_or_copy(source: Path, target: Path) -> None:
    """`source` under another name: a hard link where the file system has them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def sha256(path: Path) -> str:
    """64 hex digits over the file's content."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
