"""Limits on the requests in progress, and on the memory that they hold together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import RequestRefused
from service.settings import Settings

_RETRY_SECONDS = 5


class Reservation:
    """What one request holds."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.bytes, self.seconds = 0, 0.0

    def add_bytes(self, count: int) -> None:
        """Count bytes of the body. Raises: RequestRefused (429)."""
        self._limits.add(self, count, 0.0)

    def add_seconds(self, seconds: float) -> None:
        """Count decoded audio. Raises: RequestRefused (429)."""
        self._limits.add(self, 0, seconds)


class Limits:
    """Used in the event loop's thread alone. A request that is alone is never refused: the limits
    on all requests are at least those on one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.requests, self._bytes, self._seconds = 0, 0, 0.0

    @contextmanager
    def request(self) -> Iterator[Reservation]:
        """Count a request until the end of the `with` block. Raises: RequestRefused (429)."""
        if self.requests >= self._settings.max_requests:
            raise _refused("too many requests at once")
        held = Reservation(self)
        self.requests += 1
        try:
            yield held
        finally:
            self.requests -= 1
            self._bytes -= held.bytes
            self._seconds -= held.seconds

    def add(self, held: Reservation, count: int, seconds: float) -> None:
        if self._bytes + count > 2 * self._settings.max_bytes:
            raise _refused("too many uploads at once")
        if self._seconds + seconds > 2 * self._settings.max_seconds:
            raise _refused("too many hours of audio at once")
        held.bytes += count
        held.seconds += seconds
        self._bytes += count
        self._seconds += seconds


def _refused(message: str) -> RequestRefused:
    return RequestRefused(
        429, f"{message}; retry later", code="rate_limit_exceeded", retry_after=_RETRY_SECONDS
    )
