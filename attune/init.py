"""`attune init`: switch from the demo to your own recordings."""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path

from attune.edit_params import set_params
from stages.common.core.errors import UserError

KEY = Path("data/key")


def init(folder: str) -> None:
    """Set `data.sessions` to `folder`, which is created with its two folders, and create a key.

    Raises: UserError if git would commit what is in the folder; nothing is changed then.
    """
    check_ignored(Path(folder))
    print("created data/key" if make_key() else "data/key exists and is kept")
    print(set_params({"data": {"sessions": folder, "key": str(KEY)}}), end="")
    if Path(f"{folder}.dvc").exists():
        print(f"{folder}.dvc tracks the team's recordings: fetch them with `dvc pull`")
        return
    for part in ("audio", "transcripts"):
        (Path(folder) / part).mkdir(parents=True, exist_ok=True)
    if not any((Path(folder) / "audio").iterdir()):
        print("next: copy recordings to audio/ and transcripts to transcripts/ in that folder")


def check_ignored(folder: Path) -> None:
    """Raises: UserError if `folder` is in a git repository, this one or another, that does not
    ignore its files: `git add .` would commit recordings."""
    inside = Path(os.path.realpath(folder))
    existing = next(path for path in (inside, *inside.parents) if path.is_dir())
    if existing == inside == Path.cwd():
        raise UserError("FOLDER: this is the repository itself; choose a folder for recordings")
    if _git(existing, "rev-parse", "--is-inside-work-tree") != 0:
        return
    # DVC puts a folder that it tracks, such as data/sessions, into .gitignore.
    probes = [str(inside / part / "new") for part in ("audio", "transcripts")]
    if any(_git(existing, "check-ignore", "-q", probe) != 0 for probe in probes):
        raise UserError(
            "FOLDER: it is in a git repository that does not ignore it, so that recordings could "
            "be committed; choose data/sessions or a folder outside, or add it to .gitignore"
        )


def _git(folder: Path, *arguments: str) -> int:
    """The exit status of git; 1 where git is not installed, as outside a repository."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True)
    except FileNotFoundError:
        return 1
    return done.returncode


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
