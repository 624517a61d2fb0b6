"""Which of a project's files other users of the machine can open."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from stat import S_IMODE

_OTHERS = 0o077


def readable_by_others(project: Path, paths: Iterable[Path]) -> list[str]:
    """Existing ones of `paths` with their modes, if no folder between `project` and them is closed
    and git does not hold them."""
    public = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=project, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    held = {project / name for name in public}
    shared = held | {folder for path in held for folder in path.parents}
    return sorted(
        f"{path.relative_to(project)} {S_IMODE(path.stat().st_mode):o}"
        for path in paths
        if path.is_relative_to(project) and path.exists() and path not in shared
        and not is_closed(project, path)
    )  # fmt: skip


def is_closed(project: Path, path: Path) -> bool:
    """Whether the file or a folder above it, up to `project`, is its owner's alone."""
    while path != project:
        if not S_IMODE(path.stat().st_mode) & _OTHERS:
            return True
        path = path.parent
    return False
