"""The pin of a base model: a digest of a local folder, or a commit of the hub."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.files import sha256
from stages.common.core.params import Base
from stages.fetch_base.hub import COMMIT
from stages.fetch_base.whisper_files import wanted

TARGET = Path("models/base")

TARGET_CT2 = Path("models/base-ct2")

HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)


def digest(folder: Path) -> str:
    """What `base.revision` must be for a local folder: 40 hex digits over the files of `wanted`.

    The same as `sha256sum FILES | sha256sum`, with the names sorted. Raises: UserError.
    """
    lines = [f"{sha256(folder / name)}  {name}\n" for name in wanted(folder)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:40]


def check_pin(folder: Path, revision: str) -> None:
    """Raises: UserError when the folder's digest is not `revision`; it tells the true one."""
    if folder.resolve() in (TARGET.resolve(), TARGET_CT2.resolve()):
        raise UserError(f"base.model: this stage writes {folder} itself; keep the model elsewhere")
    true = digest(folder)
    if revision != true:
        raise UserError(
            f"base.revision is {revision}, but the digest of {folder} is another;"
            f" if this is the model you want, set `base.revision: {true}` in params.yaml"
        )


def check_id(base: Base) -> None:
    """Raises: UserError when the model is no hub id, or the revision is not pinned."""
    parent, name = Path(base.model).parent, Path(base.model).name
    if not HUB_ID.fullmatch(base.model):
        raise UserError(
            f"base.model: {base.model} is neither a folder nor a hub id such as owner/name"
        )
    # A slip in a path (`demo/bsae`) is no repository to ask the hub about.
    if parent.is_dir():
        raise UserError(f"base.model: the folder {parent} is there, but holds no folder {name}")
    if not COMMIT.fullmatch(base.revision):
        raise UserError(
            f"base.revision: {base.revision} is not a commit of 40 hex digits; branches and tags"
            f" move, so pin a commit from the history of {base.model}"
        )
