"""Folders with the person's files that DVC tracks: `data/sessions.dvc`, or a stage's output.

After files are removed, the folder is committed as it is: the `.dvc` file or the lock file then
names the smaller folder. That does not rerun a stage that made the files, such as the demo's; if it
runs for another reason, `segment` rejects what comes back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attune.forget.person import Person
from attune.forget.session_files import files_of

_PIPELINE = "dvc.yaml"


def tracked_folders(repo: Any, person: Person, sessions: Path) -> list[tuple[Any, Any]]:
    """(stage, output) of each folder with files of the person, and of that with `sessions` in it;
    `dvc repro` recreates outputs of the pipeline itself."""
    found = []
    for stage in repo.index.stages:
        if Path(stage.path).resolve() == Path(_PIPELINE).resolve():
            continue
        for out in stage.outs:
            folder = Path(out.fs_path)
            holds = sessions.resolve().is_relative_to(folder.resolve())
            if folder.is_dir() and (holds or files_of(folder, person)):
                found.append((stage, out))
    return found


def commit_folders(folders: list[tuple[Any, Any]]) -> None:
    """Track the folders as they are now. The caller holds DVC's lock."""
    for stage, out in folders:
        out.save()
        out.commit()
        stage.dump(update_pipeline=False)
