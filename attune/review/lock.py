"""The lock of `data/review`, in which `attune review` keeps corrections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.locks import Lock

REVIEWS = Path("data/review")


@contextmanager
def no_other_review(otherwise: str) -> Iterator[None]:
    """Raises: UserError with the message `otherwise` if another process holds the folder."""
    lock = Lock(REVIEWS / ".lock")
    if not lock.take(wait=False):
        raise UserError(otherwise)
    try:
        yield
    finally:
        lock.release()
