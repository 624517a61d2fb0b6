"""A semaphore that serves its waiting threads in the order of their arrival.

`threading.Semaphore` may be taken again by the thread that has just released it, so that a request
with many steps would keep out one that has waited for longer.
"""

from __future__ import annotations

from collections import deque
from threading import Event, Lock
from types import TracebackType


class Turns:
    """At most `slots` threads at once; use it with `with`, for one step of work at a time."""

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._waiting: deque[Event] = deque()
        self._lock = Lock()

    @property
    def waiting(self) -> int:
        """Threads that wait."""
        return len(self._waiting)

    def __enter__(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            if self._waiting:
                # The slot itself is handed on.
                self._waiting.popleft().set()
            else:
                self._free += 1
