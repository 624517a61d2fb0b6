"""Limits of time and memory for the work on one recording, set by the work itself.

Only the work knows what it does: reading a transcript takes a second, aligning an hour of speech
may take hours. `watchdog.py` ends work that exceeds its limits; in processes that it does not
watch, such as the service, the functions here do nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.connection import Connection


@dataclass(frozen=True)
class Allowance:
    """Sent to the process that watches."""

    seconds: float
    """CPU seconds from now on."""
    megabytes: float | None
    """Memory in addition to that at the start of the work; None: no limit."""


@dataclass(frozen=True)
class More:
    """Further CPU seconds on top of those allowed before."""

    seconds: float


_watcher: Connection | None = None


def watched_by(connection: Connection) -> None:
    """Send what this process allows itself to the other end of `connection`."""
    global _watcher
    _watcher = connection


def allow(seconds: float, megabytes: float | None = None) -> None:
    """From now on the work takes at most `seconds` of CPU time and `megabytes` of memory."""
    if _watcher is not None:
        _watcher.send(Allowance(seconds, megabytes))


def allow_more(seconds: float) -> None:
    """The work may take `seconds` of CPU time on top of those allowed before."""
    if _watcher is not None:
        _watcher.send(More(seconds))
