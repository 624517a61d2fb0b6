"""Windows: which segments they join, which gaps they cut out, and that labels match the audio."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from stages.build_dataset.windows import LOOK_AHEAD, Kind, Part, Window, join, make_clip
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.manifest import Segment
from stages.common.dataset.labels import Labeller, load_labeller

TIMES = [(0.0, 2.0), (2.4, 4.0), (4.5, 6.5), (10.0, 12.0), (12.2, 13.0)]


def segments() -> list[Segment]:
    return [
        Segment(f"r-{n:04d}", "r", start, end, start, end, f"word{n}", "")
        for n, (start, end) in enumerate(TIMES)
    ]


def any_number(_: Segment) -> Kind:
    return Kind(most=100)


def partial(_: Segment) -> Kind:
    return Kind(most=100, timed=True, partial=True)


def prompted(_: Segment) -> Kind:
    return Kind(most=100, prompted=True)


def parts_of(all_segments: list[Segment], tokens: int = 5) -> list[Part]:
    return [Part(segment, number, tokens) for number, segment in enumerate(all_segments)]


def counted(all_segments: list[Segment], labeller: Labeller) -> list[Part]:
    return [Part(s, number, labeller.count(s.text)) for number, s in enumerate(all_segments)]


def clips(*lengths: float, pause: float = 0.2) -> list[Segment]:
    """Segments of the given lengths in seconds."""
    made, at = [], 0.0
    for number, seconds in enumerate(lengths):
        end = at + seconds
        made.append(Segment(f"r-{number:04d}", "r", at, end, at, end, f"word{number}", ""))
        at = end + pause
    return made


def taken(windows: Iterable[Window]) -> list[list[int]]:
    """The numbers of each window's segments."""
    return [[int(segment.id[-4:]) for segment in window.segments] for window in windows]


@pytest.fixture(scope="module")
def labeller(english: Path) -> Labeller:
    return load_labeller(english, "en")


def lay_out(parts: list[Part], labeller: Labeller) -> Window:
    """All `parts` as one window."""
    (window,) = join(parts, 100.0, labeller, any_number)
    return window


def test_pauses_stay_and_long_gaps_go(labeller: Labeller) -> None:
    window = lay_out(parts_of(segments()), labeller)
    assert window.pieces == [(0.0, 6.5), (10.0, 13.0)]
    assert [span[:2] for span in window.spans] == [
        (0.0, 2.0), (2.4, 4.0), (4.5, 6.5), (6.5, 8.5), (8.7, pytest.approx(9.5)),
    ]  # fmt: skip
    assert window.seconds == pytest.approx(9.5)


def test_speech_without_text_is_cut_out(labeller: Labeller) -> None:
    first, _, third, *_ = parts_of(segments())
    window = lay_out([first, third], labeller)
    assert window.pieces == [(0.0, 2.0), (4.5, 6.5)]
    assert [span[:2] for span in window.spans] == [(0.0, 2.0), (2.0, 4.0)]


def test_spans_are_those_of_the_speech_without_padding(labeller: Labeller) -> None:
    first, _, third, *_ = parts_of(
        [replace(s, speech_start=s.start + 0.1, speech_end=s.end - 0.2) for s in segments()]
    )
    window = lay_out([first, third], labeller)
    assert window.pieces == [(0.0, 2.0), (4.5, 6.5)]
    assert [time for span in window.spans for time in span[:2]] == pytest.approx(
        [0.1, 1.8, 2.1, 3.8]
    )


def test_windows_end_at_the_limit(labeller: Labeller) -> None:
    assert taken(join(parts_of(segments()), 7.0, labeller, any_number)) == [[0, 1, 2], [3, 4]]
    assert taken(join(parts_of(segments()), 7.0, labeller, lambda _: Kind(1))) == [
        [0],
        [1],
        [2],
        [3],
        [4],
    ]


def test_a_later_segment_that_fits_is_taken(labeller: Labeller) -> None:
    made = clips(6, 5, 3, 8, 1.5)
    joined = list(join(parts_of(made), 10.6, labeller, any_number))
    # 6 + 3 + 1.5 = 10.5, in the order of time; 5 opens the next window.
    assert taken(joined) == [[0, 2, 4], [1], [3]]
    assert joined[0].pieces == [(s.start, s.end) for s in (made[0], made[2], made[4])]
    assert joined[0].seconds == pytest.approx(10.5)


def test_a_pause_that_stays_counts(labeller: Labeller) -> None:
    assert taken(join(parts_of(clips(4, 4, pause=0.5)), 8.5, labeller, any_number)) == [[0, 1]]
    assert taken(join(parts_of(clips(4, 4, pause=0.5)), 8.4, labeller, any_number)) == [[0], [1]]
    # A longer one is cut out and takes no room.
    assert taken(join(parts_of(clips(4, 4, pause=1.5)), 8.4, labeller, any_number)) == [[0, 1]]


def test_look_ahead_is_limited(labeller: Labeller) -> None:
    for long, first in ((LOOK_AHEAD, [0]), (LOOK_AHEAD - 1, [0, LOOK_AHEAD])):
        joined = taken(join(parts_of(clips(6, *[8] * long, 1)), 10.0, labeller, any_number))
        assert joined[0] == first


@pytest.mark.parametrize("kind_of", [any_number, partial, prompted])
@given(
    st.lists(st.floats(0.5, 35), max_size=40),
    st.lists(st.integers(0, 3), min_size=1, max_size=5),
    st.floats(1, 30),
)
def test_each_segment_occurs_once_in_order_of_time(
    labeller: Labeller,
    kind_of: Callable[[Segment], Kind],
    lengths: list[float],
    dropped: list[int],
    seconds: float,
) -> None:
    every = parts_of(clips(*lengths), tokens=98)
    kept = [part for part in every if part.number not in dropped]
    joined = list(join(kept, seconds, labeller, kind_of))
    assert sorted(number for window in taken(joined) for number in window) == [
        part.number for part in kept
    ]
    for window, numbers in zip(joined, taken(joined), strict=True):
        assert numbers == sorted(numbers) and len(numbers) <= 4
        assert window.seconds <= seconds + 1e-9 or len(numbers) == 1
    assert joined == list(join(kept, seconds, labeller, kind_of))


def test_a_window_holds_no_more_segments_than_its_kind_allows(labeller: Labeller) -> None:
    joined = join(parts_of(segments()), 30.0, labeller, lambda s: Kind(2 if s.id < "r-0002" else 9))
    assert [len(window.segments) for window in joined] == [2, 3]


def test_no_window_has_more_labels_than_positions(labeller: Labeller) -> None:
    wordy = [Segment(f"r-{n:04d}", "r", n, n + 1, n, n + 1, "zyx " * 40, "") for n in range(6)]
    parts = counted(wordy, labeller)
    joined = list(join(parts, 30.0, labeller, any_number))
    assert len(joined) > 1
    for window in joined:
        words = sum(labeller.count(segment.text) + 2 for segment in window.segments)
        labels = labeller(window.spans, timed=True)
        assert len(labels) == words + labeller.limit - labeller.room <= labeller.limit


def test_the_audio_matches_the_spans(labeller: Labeller) -> None:
    every = segments()
    samples = np.zeros(14 * SAMPLE_RATE, np.int16)
    for number, segment in enumerate(every):
        at = slice(round(segment.start * SAMPLE_RATE), round(segment.end * SAMPLE_RATE))
        samples[at] = number + 1
    window = lay_out(parts_of(every)[::2], labeller)
    clip = make_clip(replace(window, timed=True), labeller, samples)
    audio, _ = soundfile.read(io.BytesIO(clip.audio), dtype="int16")
    assert clip.seconds == pytest.approx(window.seconds)
    for (start, end, _text), value in zip(window.spans, (1, 3, 5), strict=True):
        part = audio[round(start * SAMPLE_RATE) + 1 : round(end * SAMPLE_RATE) - 1]
        assert set(part) == {value}
    assert labeller.first_time + 100 in clip.labels, "2.00 s, where the first segment ends"


def test_no_clip_is_longer_than_the_encoders_input(labeller: Labeller) -> None:
    window = lay_out(
        parts_of([Segment("r-0000", "r", 0.0, 30.001, 0.0, 30.001, "word", "")]), labeller
    )
    clip = make_clip(replace(window, timed=True), labeller, np.zeros(500_000, np.int16))
    assert len(soundfile.read(io.BytesIO(clip.audio))[0]) == 480_000 == clip.seconds * 16_000


def test_a_partial_window_has_the_timestamp_of_the_speech_it_cuts_off(
    labeller: Labeller,
) -> None:
    every = [
        replace(s, speech_start=s.start + 0.1, speech_end=s.end - 0.1) for s in clips(4, 5, 1, 2)
    ]
    joined = list(join(counted(every, labeller), 7.0, labeller, partial))
    assert taken(joined) == [[0], [1, 2], [3]], "the last segment of 1 s is not taken"
    first = joined[0]
    assert first.pieces == [(0.0, 7.0)] and first.cut_off == pytest.approx(4.3)
    samples = np.arange(16 * SAMPLE_RATE, dtype=np.int16)
    clip = make_clip(first, labeller, samples)
    audio, _ = soundfile.read(io.BytesIO(clip.audio), dtype="int16")
    assert np.array_equal(audio, samples[: 7 * SAMPLE_RATE]) and clip.text == "word0"
    time = labeller.first_time
    words = labeller.tokenizer.encode(" word0", add_special_tokens=False).ids
    assert clip.labels == [*labeller.prompt, time + 5, *words, time + 195, time + 215, labeller.end]


def test_conditions_of_a_partial_window(labeller: Labeller) -> None:
    def cut_offs(made: list[Part], limit: float, kind: Kind | None = None) -> list[bool]:
        joined = join(made, limit, labeller, lambda _: kind or Kind(9, timed=True, partial=True))
        return [window.cut_off is not None for window in joined]

    assert cut_offs(parts_of(clips(4, 5)), 7.0) == [True, False]
    # Less than a second of its speech would be in the window, or all of it.
    assert cut_offs(parts_of(clips(4, 5)), 5.1) == [False, False]
    assert cut_offs(parts_of(clips(4, 5)), 5.21) == [True, False]
    padded = [replace(s, speech_end=s.end - 0.3) for s in clips(4, 5)]
    assert cut_offs(parts_of(padded), 9.0) == [False, False]
    # Not across a long pause, nor across a dropped segment, nor for a whole one.
    assert cut_offs(parts_of(clips(4, 5, pause=1.2)), 7.0) == [False, False]
    assert cut_offs(parts_of(clips(4, 0.1, 5))[::2], 7.0) == [False, False]
    assert cut_offs(parts_of(clips(4, 5)), 9.2) == [False]
    # Nor where it is full, nor at the recording's end, nor if its kind is not partial.
    assert cut_offs(parts_of(clips(4, 5)), 7.0, Kind(1, timed=True, partial=True)) == [False] * 2
    assert cut_offs(parts_of(clips(4)), 7.0) == [False]
    assert cut_offs(parts_of(clips(4, 5)), 7.0, Kind(9, timed=True)) == [False, False]
    # Nor without a position left for the timestamp.
    full = Part(clips(4)[0], 0, labeller.room - 2)
    assert cut_offs([full, parts_of(clips(4, 5))[1]], 7.0) == [False, False]


def test_a_partial_window_after_a_gap(labeller: Labeller) -> None:
    every = parts_of(clips(2, 3, 2, 9))
    first = next(join([every[0], *every[2:]], 8.0, labeller, partial))
    assert first.cut_off == pytest.approx(4.2) and first.seconds == pytest.approx(8.0)
    assert first.pieces == [(0.0, 2.0), (pytest.approx(5.4), pytest.approx(11.4))]


def test_a_prompt_is_the_previous_text(labeller: Labeller) -> None:
    made = counted(clips(4, 4, 4, 4), labeller)
    # The second was dropped, so it is no part of the previous text.
    joined = list(join([made[0], *made[2:]], 4.0, labeller, prompted))
    assert [list(window.previous) for window in joined] == [[], ["word0"], ["word0", "word2"]]
    plain = [
        make_clip(replace(w, previous=()), labeller, np.zeros(320_000, np.int16)) for w in joined
    ]
    clips_made = [make_clip(w, labeller, np.zeros(320_000, np.int16)) for w in joined]
    assert clips_made[0] == plain[0] and clips_made[0].prompt == 0
    for window, clip, without in zip(joined[1:], clips_made[1:], plain[1:], strict=True):
        prompt = [
            token
            for text in window.previous
            for token in labeller.tokenizer.encode(f" {text}", add_special_tokens=False).ids
        ]
        start = labeller.tokenizer.token_to_id("<|startofprev|>")
        assert clip.labels == [start, *prompt, *without.labels]
        assert clip.prompt == 1 + len(prompt) and clip.text == without.text


def test_a_prompt_reaches_back_as_far_as_the_decoder_has_positions(labeller: Labeller) -> None:
    """And a window that begins with a skipped segment continues the text before that one."""
    many = [replace(s, text=f"{s.text} zyx zyx") for s in clips(*[2.0] * 300)]
    made = counted(many, labeller)
    windows = list(join(made, 2.0, labeller, prompted))
    last = windows[-1]
    assert last.previous[-1] == many[-2].text and len(last.previous) < 223
    assert (
        sum(map(labeller.count, last.previous[1:])) < 223 <= sum(map(labeller.count, last.previous))
    )
    clip = make_clip(last, labeller, np.zeros(700 * SAMPLE_RATE, np.int16))
    words = [token for text in last.previous for token in labeller._tokens(text)]
    assert clip.prompt == 224 and clip.labels[1:224] == words[-223:]
    skipped = list(join(parts_of(clips(6, 5, 3)), 9.5, labeller, prompted))
    assert taken(skipped) == [[0, 2], [1]] and list(skipped[1].previous) == ["word0"]


def test_prompt_and_labels_never_exceed_the_positions(labeller: Labeller) -> None:
    for labels, prompt in ((10, 224), (224, 224), (225, 223), (446, 2), (447, 0), (448, 0)):
        made = labeller.previous(["zyx " * 300], labels)
        assert len(made) == prompt and len(made) + labels <= 448
    assert labeller.previous([], 10) == []
