"""Windows: what is joined, what is cut out between, and that labels and audio stay together."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stages.common.features import SAMPLE_RATE
from stages.common.labels import Labeller, load_labeller
from stages.common.manifest import Segment
from stages.common.windows import join, lay_out, make_clip

TIMES = [(0.0, 2.0), (2.4, 4.0), (4.5, 6.5), (10.0, 12.0), (12.2, 13.0)]


def segments(recording: str = "r") -> list[Segment]:
    return [
        Segment(f"{recording}-{n:04d}", recording, start, end, start, end, f"word{n}", "")
        for n, (start, end) in enumerate(TIMES)
    ]


def any_number(_: Segment) -> int:
    return 100


def numbered(all_segments: list[Segment]) -> dict[str, int]:
    return {segment.id: number for number, segment in enumerate(all_segments)}


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return load_labeller(Path("demo/base"), "en")


def test_pauses_stay_and_long_gaps_go() -> None:
    window = lay_out(segments(), numbered(segments()))
    assert window.pieces == [(0.0, 6.5), (10.0, 13.0)]
    assert [span[:2] for span in window.spans] == [
        (0.0, 2.0), (2.4, 4.0), (4.5, 6.5), (6.5, 8.5), (8.7, pytest.approx(9.5)),
    ]  # fmt: skip
    assert window.seconds == pytest.approx(9.5)


def test_speech_without_its_text_is_cut_out() -> None:
    kept = [segments()[0], segments()[2]]
    window = lay_out(kept, numbered(segments()))
    assert window.pieces == [(0.0, 2.0), (4.5, 6.5)]
    assert [span[:2] for span in window.spans] == [(0.0, 2.0), (2.0, 4.0)]


def test_spans_are_of_the_words_and_not_of_the_silence_around_them() -> None:
    first, _, third = (
        replace(s, speech_start=s.start + 0.1, speech_end=s.end - 0.2) for s in segments()[:3]
    )
    window = lay_out([first, third], numbered(segments()))
    assert window.pieces == [(0.0, 2.0), (4.5, 6.5)]
    assert [time for span in window.spans for time in span[:2]] == pytest.approx(
        [0.1, 1.8, 2.1, 3.8]
    )


def test_windows_end_at_the_limit_and_at_the_recording(labeller: Labeller) -> None:
    both = [*segments("a"), *segments("b")]
    found = list(join(both, numbered(both), 7.0, labeller, any_number))
    assert [[s.id for s in w.segments] for w in found] == [
        ["a-0000", "a-0001", "a-0002"], ["a-0003", "a-0004"],
        ["b-0000", "b-0001", "b-0002"], ["b-0003", "b-0004"],
    ]  # fmt: skip
    assert [
        s.id for w in join(both, numbered(both), 0.0, labeller, any_number) for s in w.segments
    ] == [s.id for s in both]


def test_some_windows_stay_short(labeller: Labeller) -> None:
    every = segments()
    found = join(every, numbered(every), 30.0, labeller, lambda s: 2 if s.id < "r-0002" else 9)
    assert [len(window.segments) for window in found] == [2, 3]


def test_no_window_has_more_labels_than_positions(labeller: Labeller) -> None:
    wordy = [Segment(f"r-{n:04d}", "r", n, n + 1, n, n + 1, "zyx " * 40, "") for n in range(6)]
    found = list(join(wordy, numbered(wordy), 30.0, labeller, any_number))
    assert len(found) > 1
    assert all(len(labeller(w.spans, timed=True)) <= labeller.limit for w in found)


def test_the_audio_lies_where_the_spans_say(labeller: Labeller) -> None:
    every = segments()
    samples = np.zeros(14 * SAMPLE_RATE, np.int16)
    for number, segment in enumerate(every):
        at = slice(round(segment.start * SAMPLE_RATE), round(segment.end * SAMPLE_RATE))
        samples[at] = number + 1
    kept = [every[0], every[2], every[4]]
    window = lay_out(kept, numbered(every))
    clip = make_clip(window, True, labeller, samples)
    heard, _ = soundfile.read(io.BytesIO(clip.audio), dtype="int16")
    assert clip.seconds == pytest.approx(window.seconds)
    for (start, end, _text), value in zip(window.spans, (1, 3, 5), strict=True):
        part = heard[round(start * SAMPLE_RATE) + 1 : round(end * SAMPLE_RATE) - 1]
        assert set(part) == {value}
    assert labeller.first_time + 100 in clip.labels, "2.00 s, where the first segment ends"
