"""Checks that a user's file is safe to open: a regular file whose name is UTF-8.

Reading a pipe hangs, a device has no end, and a link may lead anywhere on the machine.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from stages.common.core.rejections import RecordingRejected


def check_file(path: Path, folder: Path) -> None:
    """Check a file before it is opened.

    Args:
        path: in the folder `folder`, or a link in it, which may lead to a file in it.

    Raises: RecordingRejected(name_not_utf8, symlink_broken, symlink_outside, no_file).
    """
    try:
        path.name.encode()
    except UnicodeEncodeError:
        raise RecordingRejected("name_not_utf8") from None
    if path.is_symlink():
        # realpath, as Path.resolve raises on a link that leads to itself.
        target = Path(os.path.realpath(path))
        if not target.is_relative_to(os.path.realpath(folder)):
            raise RecordingRejected("symlink_outside")
        if not target.exists():
            raise RecordingRejected("symlink_broken")
    try:
        mode = path.stat().st_mode
    except OSError:  # folder unreadable or file gone: opening it reports that
        return
    if not stat.S_ISREG(mode):
        raise RecordingRejected("no_file")
