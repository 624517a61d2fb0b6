"""Locks between processes. The kernel releases them when their holder ends, however it ends.

On a file system without locks every lock is granted.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_HELD = (errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK)


class Lock:
    """A lock by the name of a file, which is made where it is missing, with its folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def take(self, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock, or exchange a shared one for an exclusive one.

        shared: others may share it. wait: until others have released it.

        Returns: whether it is held now. Without `wait` a shared lock that cannot become exclusive
        is lost. Raises: OSError if the file cannot be made.
        """
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        while True:
            if self._fd is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(self._fd, kind if wait else kind | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in _HELD and not wait:
                    self.release()
                    return False
            if self._is_in_place():
                return True
            self.release()  # another process has removed the file, or renamed it

    def release(self) -> None:
        # In this order: a signal in between must not lead to a second `close`.
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)

    def open_for_writing(self) -> int:
        """A descriptor of the locked file, emptied; closing it keeps the lock."""
        assert self._fd is not None
        os.ftruncate(self._fd, 0)
        return os.dup(self._fd)

    def _is_in_place(self) -> bool:
        assert self._fd is not None
        try:
            return os.path.samestat(os.fstat(self._fd), self._path.stat())
        except FileNotFoundError:
            return False


@contextmanager
def held(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock `path` in this context; `on_wait` is called if another process holds it.
    Without it if its file cannot be made, such as in a read-only folder."""
    lock = Lock(path)
    with suppress(OSError):
        if not lock.take(wait=False):
            on_wait()
            lock.take()
    try:
        yield
    finally:
        lock.release()
