"""Limits on the requests in progress, and on the memory that they hold together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from service.errors import ApiError
from service.settings import Settings

_RETRY_SECONDS = 5


class Reservation:
    """What one request holds."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.bytes, self.seconds = 0, 0.0

    def add_bytes(self, count: int) -> None:
        """Count bytes of the body. Raises: ApiError (429)."""
        self._limits.change(self, count, 0.0)

    def release_bytes(self) -> None:
        self._limits.change(self, -self.bytes, 0.0)

    def reach_seconds(self, seconds: float) -> None:
        """Count audio decoded so far. Raises: ApiError (413, 429)."""
        self._limits.change(self, 0, seconds - self.seconds)


class Limits:
    """For all threads. A request that is alone is never refused for what others hold: the limits on
    all requests are twice those on one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._requests, self._bytes, self._seconds = 0, 0, 0.0

    @contextmanager
    def request(self) -> Iterator[Reservation]:
        """Count a request until the end of the `with` block. Raises: ApiError (429)."""
        held = Reservation(self)
        with self._lock:
            if self._requests >= self._settings.max_requests:
                raise _busy("too many requests at once")
            self._requests += 1
        try:
            yield held
        finally:
            with self._lock:
                self._requests -= 1
                self._bytes -= held.bytes
                self._seconds -= held.seconds

    def change(self, held: Reservation, count: int, seconds: float) -> None:
        """Add to what a request holds. Raises: ApiError."""
        settings = self._settings
        with self._lock:
            if held.seconds + seconds > settings.max_seconds:
                raise ApiError(
                    413, f"the audio is longer than {settings.max_seconds:g} s", param="file",
                    code="audio_too_long",
                )  # fmt: skip
            if self._bytes + count > 2 * settings.max_bytes:
                raise _busy("too many uploads at once")
            if self._seconds + seconds > 2 * settings.max_seconds:
                raise _busy("too many hours of audio at once")
            held.bytes += count
            held.seconds += seconds
            self._bytes += count
            self._seconds += seconds


def _busy(message: str) -> ApiError:
    return ApiError(
        429, f"{message}; retry later", code="rate_limit_exceeded", retry_after=_RETRY_SECONDS
    )
