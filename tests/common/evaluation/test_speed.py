"""Only time spent waiting for transcription counts; memory is that of this process."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from stages.common.evaluation.speed import Stopwatch, peak_memory_mb, write_speed


def test_only_waiting_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)

    def slow() -> Iterator[str]:
        nonlocal now
        for item in "ab":
            now += 3.0
            yield item
        now += 1.0

    hearing, got = Stopwatch(), []
    for item in hearing.over(slow()):
        now += 100.0  # what is done with it
        got.append(item)
    assert got == ["a", "b"] and hearing.seconds == 7.0


def test_the_peak_remains_after_memory_is_freed() -> None:
    before = peak_memory_mb()
    held = np.ones(round((before + 100) * 2**17))  # MiB, more than all that was held before
    del held
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert before + 100 < peak_memory_mb() < machine / 2**20


def test_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_speed("speed", seconds=2.0, audio_seconds=30.0)
    found = json.loads(Path("metrics/speed.json").read_text())
    assert found["real_time_factor"] == 0.067
    assert isinstance(found["peak_memory_mb"], int)
