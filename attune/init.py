"""`attune init`: switch from the demo to your own recordings."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from attune.edit_params import set_params
from stages.common.core.errors import UserError

KEY = Path("data/key")


def init(folder: str) -> None:
    """Set `data.sessions` to `folder`, which is created with its two folders, and create a key."""
    print("created data/key" if make_key() else "data/key exists and is kept")
    print(set_params({"data": {"sessions": folder, "key": str(KEY)}}), end="")
    if Path(f"{folder}.dvc").exists():
        print(f"{folder}.dvc tracks the team's recordings: fetch them with `dvc pull`")
        return
    for part in ("audio", "transcripts"):
        (Path(folder) / part).mkdir(parents=True, exist_ok=True)
    if not any((Path(folder) / "audio").iterdir()):
        print("next: copy recordings to audio/ and transcripts to transcripts/ in that folder")


def make_key() -> bool:
    """Write `data/key` unless it exists. Returns: whether it was written.

    Raises: UserError if DVC tracks a key that was not pulled: a new one would assign recordings to
    other splits and could move test recordings into training.
    """
    if KEY.exists():
        return False
    if KEY.with_suffix(".dvc").exists():
        raise UserError("data/key.dvc tracks your team's key; fetch it with `dvc pull data/key`")
    KEY.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    return True
