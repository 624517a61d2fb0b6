"""The pin of a base model: the digest of a local folder, or a commit on the hub."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.files import sha256
from stages.common.core.params import Base
from stages.fetch_base.hub import COMMIT
from stages.fetch_base.whisper_files import model_files

TARGET, TARGET_CT2 = Path("models/base"), Path("models/base-ct2")
HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)


def folder_digest(folder: Path) -> str:
    """`base.revision` of a local folder: 40 hex digits over the files of `model_files`.

    Equal to the first 40 digits of `sha256sum FILES | sha256sum`, with the names sorted.

    Raises: UserError if the folder holds no complete Whisper.
    """
    lines = [f"{sha256(folder / name)}  {name}\n" for name in model_files(folder)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:40]


def check_pin(folder: Path, revision: str) -> None:
    """Raises: UserError if the folder's digest is not `revision`; the message names that."""
    if folder.resolve() in (TARGET.resolve(), TARGET_CT2.resolve()):
        raise UserError(f"base.model: this stage writes {folder} itself; keep the model elsewhere")
    actual = folder_digest(folder)
    if revision != actual:
        raise UserError(
            f"base.revision is {revision}, but the digest of {folder} is another;"
            f" if this is the right model, set `base.revision: {actual}` in params.yaml"
        )


def check_id(base: Base) -> None:
    """Raises: UserError if the model is no hub id or the revision is no commit."""
    parent, name = Path(base.model).parent, Path(base.model).name
    if not HUB_ID.fullmatch(base.model):
        raise UserError(
            f"base.model: {base.model} is neither a folder nor a hub id such as owner/name"
        )
    # A typo in a path (`demo/bsae`) must not become a request to the hub.
    if parent.is_dir():
        raise UserError(f"base.model: the folder {parent} exists, but has no folder {name}")
    if not COMMIT.fullmatch(base.revision):
        raise UserError(
            f"base.revision: {base.revision} is not a commit of 40 hex digits; branches and tags"
            f" move, so pin a commit from the history of {base.model}"
        )
