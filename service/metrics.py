"""Counts and times for Prometheus; no label holds anything of a request's content."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800)


CLOSED = 499
"""nginx's status for a request whose client is gone; nobody receives it."""


@dataclass
class Outcome:
    """Of a request: its HTTP status."""

    status: int = 200


class Metrics:
    """Of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "attune_requests", "Transcription requests by HTTP status", ["status"],
            registry=self._registry,
        )  # fmt: skip
        self._in_progress = Gauge(
            "attune_requests_in_progress", "Transcription requests in progress",
            registry=self._registry,
        )  # fmt: skip
        self.audio = Counter(
            "attune_audio_seconds", "Seconds of audio accepted", registry=self._registry
        )
        self._seconds = Histogram(
            "attune_request_seconds", "Seconds from the start of a request to its end",
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip

    @contextmanager
    def request(self) -> Iterator[Outcome]:
        """Count a request until the end of the `with` block, with the status it then has."""
        begin, outcome = time.monotonic(), Outcome()
        self._in_progress.inc()
        try:
            yield outcome
        finally:
            self._in_progress.dec()
            self._requests.labels(outcome.status).inc()
            self._seconds.observe(time.monotonic() - begin)

    def text(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)
