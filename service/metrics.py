"""Counts and times for Prometheus; no label holds anything of a request's content."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800)


class Metrics:
    """Of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "attune_requests", "Transcription requests by HTTP status", ["status"],
            registry=self._registry,
        )  # fmt: skip
        self.in_progress = Gauge(
            "attune_requests_in_progress", "Transcription requests in progress",
            registry=self._registry,
        )  # fmt: skip
        self.audio = Counter(
            "attune_audio_seconds", "Seconds of audio accepted", registry=self._registry
        )
        self.seconds = Histogram(
            "attune_request_seconds", "Seconds from a request to its full answer",
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip

    def text(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)
