"""What hearing costs: time for the test split, and memory. Written beside a stage's metrics, since
these two alone differ from run to run."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from stages.common.core.metrics import write_metrics

T = TypeVar("T")
_STATUS = Path("/proc/self/status")


class Stopwatch:
    """Adds up the seconds that were waited for items, and not what was done with them."""

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


def write_speed(name: str, hearing: float, heard: float) -> None:
    """`metrics/<name>.json`: `real_time_factor` and `peak_memory_mb`, see `peak_memory_mb`.

    Args:
        hearing: seconds that it took, on all cores or the GPU.
        heard: seconds of audio.
    """
    write_metrics(
        name,
        {
            "real_time_factor": round(hearing / heard, 3),
            "peak_memory_mb": round(peak_memory_mb()),
        },
    )


def peak_memory_mb() -> float:
    """The most main memory that this process held, in MiB."""
    try:
        status = _STATUS.read_text(encoding="ascii")
    except OSError:  # macOS counts it in bytes, and all others have /proc
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1024 / (1024 if sys.platform == "darwin" else 1)
    # Linux lets ru_maxrss begin with what the process had that started this one, here DVC.
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) / 1024
