"""Windows: what is joined, what is cut out between, and that labels and audio stay together."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from stages.common.features import SAMPLE_RATE
from stages.common.labels import Labeller, load_labeller
from stages.common.manifest import Segment
from stages.common.windows import LOOK_AHEAD, Part, Window, join, lay_out, make_clip

TIMES = [(0.0, 2.0), (2.4, 4.0), (4.5, 6.5), (10.0, 12.0), (12.2, 13.0)]


def segments() -> list[Segment]:
    return [
        Segment(f"r-{n:04d}", "r", start, end, start, end, f"word{n}", "")
        for n, (start, end) in enumerate(TIMES)
    ]


def any_number(_: Segment) -> int:
    return 100


def parts_of(all_segments: list[Segment], labels: int = 5) -> list[Part]:
    return [Part(segment, number, labels) for number, segment in enumerate(all_segments)]


def clips(*lengths: float, pause: float = 0.2) -> list[Segment]:
    """Segments of so many seconds each."""
    made, at = [], 0.0
    for number, seconds in enumerate(lengths):
        end = at + seconds
        made.append(Segment(f"r-{number:04d}", "r", at, end, at, end, f"word{number}", ""))
        at = end + pause
    return made


def taken(windows: Iterable[Window]) -> list[list[int]]:
    """Of each window the numbers of its segments."""
    return [[int(segment.id[-4:]) for segment in window.segments] for window in windows]


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return load_labeller(Path("demo/base"), "en")


def test_pauses_stay_and_long_gaps_go() -> None:
    window = lay_out(parts_of(segments()))
    assert window.pieces == [(0.0, 6.5), (10.0, 13.0)]
    assert [span[:2] for span in window.spans] == [
        (0.0, 2.0), (2.4, 4.0), (4.5, 6.5), (6.5, 8.5), (8.7, pytest.approx(9.5)),
    ]  # fmt: skip
    assert window.seconds == pytest.approx(9.5)


def test_speech_without_its_text_is_cut_out() -> None:
    first, _, third, *_ = parts_of(segments())
    window = lay_out([first, third])
    assert window.pieces == [(0.0, 2.0), (4.5, 6.5)]
    assert [span[:2] for span in window.spans] == [(0.0, 2.0), (2.0, 4.0)]


def test_spans_are_of_the_words_and_not_of_the_silence_around_them() -> None:
    first, _, third, *_ = parts_of(
        [replace(s, speech_start=s.start + 0.1, speech_end=s.end - 0.2) for s in segments()]
    )
    window = lay_out([first, third])
    assert window.pieces == [(0.0, 2.0), (4.5, 6.5)]
    assert [time for span in window.spans for time in span[:2]] == pytest.approx(
        [0.1, 1.8, 2.1, 3.8]
    )


def test_windows_end_at_the_limit() -> None:
    assert taken(join(parts_of(segments()), 7.0, 400, any_number)) == [[0, 1, 2], [3, 4]]
    assert taken(join(parts_of(segments()), 7.0, 400, lambda _: 1)) == [[0], [1], [2], [3], [4]]


def test_what_still_fits_is_taken_from_behind_what_does_not() -> None:
    made = clips(6, 5, 3, 8, 1.5)
    found = list(join(parts_of(made), 10.6, 400, any_number))
    # 6 + 3 + 1.5 = 10.5, in the order of time; 5 opens the next window.
    assert taken(found) == [[0, 2, 4], [1], [3]]
    assert found[0].pieces == [(s.start, s.end) for s in (made[0], made[2], made[4])]
    assert found[0].seconds == pytest.approx(10.5)


def test_a_pause_counts_where_it_stays() -> None:
    assert taken(join(parts_of(clips(4, 4, pause=0.5)), 8.5, 400, any_number)) == [[0, 1]]
    assert taken(join(parts_of(clips(4, 4, pause=0.5)), 8.4, 400, any_number)) == [[0], [1]]
    # A longer one is cut out, and so takes no room.
    assert taken(join(parts_of(clips(4, 4, pause=1.5)), 8.4, 400, any_number)) == [[0, 1]]


def test_it_looks_ahead_no_further_than_said() -> None:
    for long, first in ((LOOK_AHEAD, [0]), (LOOK_AHEAD - 1, [0, LOOK_AHEAD])):
        found = taken(join(parts_of(clips(6, *[8] * long, 1)), 10.0, 400, any_number))
        assert found[0] == first


@given(
    st.lists(st.floats(0.5, 35), max_size=40),
    st.lists(st.integers(0, 3), min_size=1, max_size=5),
    st.floats(1, 30),
)
def test_each_segment_comes_once_and_in_the_order_of_time(
    lengths: list[float], dropped: list[int], seconds: float
) -> None:
    every = parts_of(clips(*lengths), labels=100)
    kept = [part for part in every if part.number not in dropped]
    found = list(join(kept, seconds, 445, any_number))
    assert sorted(number for window in taken(found) for number in window) == [
        part.number for part in kept
    ]
    for window, numbers in zip(found, taken(found), strict=True):
        assert numbers == sorted(numbers) and len(numbers) <= 4
        assert window.seconds <= seconds + 1e-9 or len(numbers) == 1
    assert found == list(join(kept, seconds, 445, any_number))


def test_some_windows_stay_short() -> None:
    found = join(parts_of(segments()), 30.0, 400, lambda s: 2 if s.id < "r-0002" else 9)
    assert [len(window.segments) for window in found] == [2, 3]


def test_no_window_has_more_labels_than_positions(labeller: Labeller) -> None:
    wordy = [Segment(f"r-{n:04d}", "r", n, n + 1, n, n + 1, "zyx " * 40, "") for n in range(6)]
    parts = [Part(s, n, labeller.count(s.text)) for n, s in enumerate(wordy)]
    found = list(join(parts, 30.0, labeller.room, any_number))
    assert len(found) > 1
    for window in found:
        counted = sum(labeller.count(segment.text) for segment in window.segments)
        labels = labeller(window.spans, timed=True)
        assert len(labels) == counted + labeller.limit - labeller.room <= labeller.limit


def test_the_audio_lies_where_the_spans_say(labeller: Labeller) -> None:
    every = segments()
    samples = np.zeros(14 * SAMPLE_RATE, np.int16)
    for number, segment in enumerate(every):
        at = slice(round(segment.start * SAMPLE_RATE), round(segment.end * SAMPLE_RATE))
        samples[at] = number + 1
    window = lay_out(parts_of(every)[::2])
    clip = make_clip(window, True, labeller, samples)
    heard, _ = soundfile.read(io.BytesIO(clip.audio), dtype="int16")
    assert clip.seconds == pytest.approx(window.seconds)
    for (start, end, _text), value in zip(window.spans, (1, 3, 5), strict=True):
        part = heard[round(start * SAMPLE_RATE) + 1 : round(end * SAMPLE_RATE) - 1]
        assert set(part) == {value}
    assert labeller.first_time + 100 in clip.labels, "2.00 s, where the first segment ends"


def test_no_clip_is_longer_than_the_encoder_hears(labeller: Labeller) -> None:
    window = lay_out(parts_of([Segment("r-0000", "r", 0.0, 30.001, 0.0, 30.001, "word", "")]))
    clip = make_clip(window, True, labeller, np.zeros(500_000, np.int16))
    assert len(soundfile.read(io.BytesIO(clip.audio))[0]) == 480_000 == clip.seconds * 16_000
