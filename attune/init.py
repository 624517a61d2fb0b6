"""Turn from the demo to your own recordings: `python -m attune.init [FOLDER]`.

Points `params.yaml` at FOLDER (`data/sessions` unless you name another) and at `data/key`, and
makes that key if there is none: 32 random bytes that salt the ids and deal the split. The key stays
out of git; `dvc add data/key` versions it, so that a team shares one.
"""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path

from attune.edit_params import apply
from stages.common.core.errors import UserError, run_stage

KEY = Path("data/key")


def make_key() -> bool:
    """Make `data/key` unless it is there. Returns: whether it was made.

    Raises: UserError if the team's key is known to DVC and only not fetched: a second one would deal
    the recordings anew and could move a test recording into training.
    """
    if KEY.exists():
        return False
    if KEY.with_suffix(".dvc").exists():
        raise UserError("data/key.dvc names your team's key: fetch it with `dvc pull data/key`")
    KEY.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", default="data/sessions")
    folder = parser.parse_args().folder
    print("made data/key" if make_key() else "data/key is there already")
    print(apply({"data": {"sessions": folder, "key": str(KEY)}}), end="")
    if not (Path(folder) / "audio").is_dir():
        print("now put recordings into its audio/ and transcripts into its transcripts/")


if __name__ == "__main__":
    run_stage("own", main)
