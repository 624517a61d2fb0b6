"""Real-time factor and peak memory of a transcription. In files of their own, since these two alone
differ from run to run."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from stages.common.core.metrics import write_metrics

T = TypeVar("T")


class Stopwatch:
    """Sums the seconds spent waiting for items, without those spent on using them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def over(self, items: Iterable[T]) -> Iterator[T]:
        """The same items."""
        rest = iter(items)
        while True:
            begun = time.perf_counter()
            try:
                item = next(rest)
            except StopIteration:
                return
            finally:
                self.seconds += time.perf_counter() - begun
            yield item


def write_speed(name: str, seconds: float, audio_seconds: float) -> None:
    """`metrics/<name>.json`: `real_time_factor` and `peak_memory_mb`.

    Args:
        seconds: wall-clock time of the transcription, on all cores or the GPU.
        audio_seconds: length of the audio.
    """
    factor, memory = round(seconds / audio_seconds, 3), round(peak_memory_mb())
    write_metrics(name, {"real_time_factor": factor, "peak_memory_mb": memory})


def peak_memory_mb() -> float:
    """Peak resident memory of this process in MiB."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:  # macOS counts it in bytes; every other system has /proc
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1024 / (1024 if sys.platform == "darwin" else 1)
    # Linux starts ru_maxrss at the peak of the parent process, here DVC.
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) / 1024
