"""Files and folders, written beside their place and renamed: none has its name half-written."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE, S_IRUSR, S_IWUSR
from typing import Any

from stages.common.core.errors import UserError
from stages.common.core.locks import Lock

_PROBED = 2**20
"""Bytes of a trial write, which fails on a full disk."""

Row = dict[str, Any]


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A new folder beside `target`, which replaces it if the block ends without an exception.

    Raises: OSError if that fails, a full disk in the block included, whatever exception a library
    made of it; the new folder is removed then, as for any exception.
    """
    fresh, old = _unfinished(target), target.with_name(f".{target.name}.old")
    for left in (fresh, old):  # by a killed run
        shutil.rmtree(left, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        with disk_errors(fresh):
            yield fresh
            sync_folder(fresh)
        # Never half-removed under its name.
        with suppress(FileNotFoundError):
            target.rename(old)
        fresh.rename(target)
        sync(target.parent)
    except BaseException:
        with suppress(OSError):  # if the last step failed; not if another folder is in its place
            old.rename(target)
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Within this context a full disk is an OSError: libraries have their own exceptions for it,
    such as libsndfile's "System error.", which say no more.

    folder: one that exists on the disk in question.
    """
    try:
        yield
    except (OSError, UserError):
        raise
    except Exception:
        probe = folder / ".probe.new"
        try:
            with probe.open("wb") as file:
                file.write(bytes(_PROBED))
                file.flush()
                os.fsync(file.fileno())
        finally:
            with suppress(OSError):
                probe.unlink()
        raise


def sync(path: Path) -> None:
    """Return when the content of a file, or the names in a folder, would survive a power failure,
    where the file system can say so. Raises: OSError if the disk is full after all."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(opened)


def sync_folder(folder: Path) -> None:
    """`sync` everything in `folder`, and the folder."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            sync(path)
    sync(folder)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8. Raises: OSError; an earlier file is unchanged then."""
    _write(path, [text])


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON Lines: one object per row, keys in the order given, without holding all rows."""
    _write(path, (json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def stream_rows(path: Path) -> Iterator[Row]:
    """Rows of a JSON Lines file, one at a time."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_rows(path: Path) -> list[Row]:
    """All rows of a JSON Lines file."""
    return list(stream_rows(path))


def _write(path: Path, parts: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = _unfinished(path)
    # Another run may write the same file of `.state`.
    lock = Lock(fresh)
    lock.take()
    try:
        with os.fdopen(lock.open_for_writing(), "w", encoding="utf-8") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        with suppress(OSError):  # who may read the file stays as it was
            fresh.chmod(S_IMODE(path.stat().st_mode) | S_IRUSR | S_IWUSR)
        fresh.replace(path)
        sync(path.parent)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise
    finally:
        lock.release()


def check_writable(path: Path) -> None:
    """Raises: OSError if `write_text` could not create its file beside `path`."""
    fresh = _unfinished(path)
    fresh.write_bytes(b"")
    fresh.unlink()


def _unfinished(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file of a model. Raises: UserError if it is missing or damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(
            f"{path.parent}: {path.name} is missing; a Whisper model needs it"
        ) from None
    except ValueError:
        raise UserError(
            f"{path}: invalid JSON; the file is damaged, fetch or export it again"
        ) from None
    if not isinstance(value, dict):
        raise UserError(f"{path}: not a JSON object; the file is damaged, fetch or export it again")
    return value


def state_folder(kind: str) -> Path:
    """Folder in the repository for unfinished and reusable work of one kind.

    Runs that DVC starts from its queue work in a copy; DVC_ROOT names the repository itself.
    """
    return Path(os.environ.get("DVC_ROOT", ".")).resolve() / ".state" / kind


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` a hard link to `source`, or a copy where the file system has no hard links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # Never written in place: what is there may be a link to another entry of the cache.
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)


def sha256(path: Path) -> str:
    """64 hex digits over the content of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
