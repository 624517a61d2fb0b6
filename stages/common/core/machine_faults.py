"""One line for a fault of the machine: a full disk, a folder that cannot be written, no memory."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path

_FULL_BYTES = 1_000_000
_FOLDERS = (".state", "data", "models", "metrics", "reports")
_WHAT = {
    errno.ENOSPC: "the disk is full{at}; free space and run it again",
    errno.EDQUOT: "the disk quota is used up{at}; free space and run it again",
    errno.EFBIG: "a file is larger than the disk allows{at}; see `ulimit -f`",
    errno.EROFS: "the disk is read-only{at}; make it writable and run it again",
    errno.EACCES: "no permission{at}; check who owns the files and run it again",
    errno.EPERM: "the operation is not permitted{at}; check who owns the files and run it again",
    errno.EIO: "the disk failed{at}; check it and the system log",
    errno.ESTALE: "the network disk lost a file{at}; run it again",
    errno.EMFILE: "too many open files; raise the limit with `ulimit -n`",
    errno.ENFILE: "too many open files on this machine; end other programs",
    errno.ENOMEM: "memory ran out; end other programs or use a machine with more",
    errno.EAGAIN: "no further process or thread may start; see `ulimit -u`",
}
_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")


def machine_fault(error: BaseException) -> str:
    """The line for `error`; empty if it is of another kind. It holds no name that a user chose."""
    if isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError)
        and any(part in str(error).lower() for part in _OUT_OF_MEMORY)
    ):
        return _WHAT[errno.ENOMEM].format()
    # All that libsndfile says about a failed write.
    if type(error).__name__ == "LibsndfileError" and "System error" in str(error):
        full = _full_folder()
        what = errno.ENOSPC if full else errno.EIO
        return _WHAT[what].format(at=f" ({full})" if full else "")
    if not isinstance(error, OSError) or error.errno not in _WHAT:
        return ""
    place = _place(error.filename) if error.filename else ""
    if not place and error.errno in (errno.ENOSPC, errno.EDQUOT):
        place = _full_folder()
    return _WHAT[error.errno].format(at=f" ({place})" if place else "")


def _place(filename: object) -> str:
    """The folder of the project that holds the file, at the top level: deeper names may be a
    user's."""
    if not isinstance(filename, str | bytes):
        return ""
    path = Path.cwd() / os.fsdecode(filename)
    if path.is_relative_to(Path.cwd()):
        parts = path.relative_to(Path.cwd()).parts
        return parts[0] if parts and parts[0] in _FOLDERS else "the project's folder"
    if path.is_relative_to(tempfile.gettempdir()):
        return "the folder for temporary files, TMPDIR"
    return "a folder outside the project"


def _full_folder() -> str:
    """The first folder on a disk without space; empty if there is none."""
    for name in (*_FOLDERS, ".", tempfile.gettempdir()):
        try:
            if shutil.disk_usage(name).free < _FULL_BYTES:
                return _place(f"{name}/x")
        except OSError:
            continue
    return ""
