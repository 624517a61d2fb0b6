"""Times of frames: what is a gap, what is jitter, and what is a clock that was set."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from stages.common.audio.timeline import MAX_GAP, Timeline

FRAME = 0.02


def silences(starts: Iterable[float | None], length: float = FRAME) -> dict[int, float]:
    """Frame number -> seconds of silence before it, where there is any."""
    timeline = Timeline()
    placed = [timeline.silence_before(start, length) for start in starts]
    return {number: silence for number, silence in enumerate(placed) if silence}


def frames(count: int, start: float = 0.0) -> list[float]:
    return [start + number * FRAME for number in range(count)]


def test_times_rounded_to_milliseconds_add_nothing() -> None:
    exact = 1024 / 44_100
    assert silences([round(n * exact, 3) for n in range(200_000)], exact) == {}


@pytest.mark.parametrize("priming", [-0.048, -0.0065, 0.0, 0.025, 0.048])
def test_priming_adds_nothing(priming: float) -> None:
    assert silences(frames(100, priming)) == {}


def test_an_unsteady_clock_adds_nothing() -> None:
    jitter = np.random.default_rng(1).uniform(-0.02, 0.02, 10_000)
    assert silences(start + move for start, move in zip(frames(10_000), jitter, strict=True)) == {}


def test_a_clock_that_drifts_evenly_adds_nothing() -> None:
    assert silences(start * 1.0001 for start in frames(180_000)) == {}


def test_audio_that_starts_late_is_placed() -> None:
    assert silences(frames(10, 4.0)) == {0: 4.0}


def test_gaps_are_filled_to_the_frames_own_time() -> None:
    late = silences([*frames(100), *frames(100, 5.0), *frames(100, 60.5)])
    assert late == {100: pytest.approx(3.0), 200: pytest.approx(53.5)}


def test_lost_packets_do_not_add_up() -> None:
    """A hundredth is lost: after an hour, all else would come 36 s early."""
    kept = [start for start in frames(180_000) if np.sin(start * 1e4) < 0.9995]
    timeline = Timeline()
    for start in kept:
        timeline.silence_before(start, FRAME)
        assert timeline.position == pytest.approx(start + FRAME, abs=0.0501)
    assert timeline.filled > 20


@pytest.mark.parametrize("jump", [-5.0, MAX_GAP + 1])
def test_a_clock_that_was_set_joins_the_frames(jump: float) -> None:
    timeline = Timeline()
    for start in [*frames(500), *frames(500, 10 + jump), *frames(500, 22 + jump)]:
        timeline.silence_before(start, FRAME)
    assert timeline.restarted and timeline.filled == pytest.approx(2.0)
    assert timeline.position == pytest.approx(32.0)


def test_frames_that_overlap_a_little_are_kept_whole() -> None:
    timeline = Timeline()
    for start in [*frames(100), *frames(100, 1.5)]:
        assert timeline.silence_before(start, FRAME) == 0.0
    assert not timeline.restarted and timeline.position == pytest.approx(4.0)


def test_frames_without_times_follow_each_other() -> None:
    assert silences([0.0, None, None, 0.06, None]) == {}
