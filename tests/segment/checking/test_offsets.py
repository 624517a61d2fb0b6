"""Shifted and stretched times, distinguished from words that the model wrote elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stages.common.transcripts.cue import Cue
from stages.segment.alignment.transcribe import DecodedText, IntervalHypothesis
from stages.segment.checking.offsets import Offset, WrongTimes, offsets_of, wrong_times

SUBJECTS = ("my brother", "the garden", "our neighbour", "the morning train", "her letter")
VERBS = ("kept me awake", "helped a little", "came too late", "made me laugh", "was on my mind")


def session() -> list[Cue]:
    """25 sentences, one every 10 s."""
    lines = [f"{subject} {verb} again" for subject in SUBJECTS for verb in VERBS]
    return [Cue(10.0 * n + 2, 10.0 * n + 4, line) for n, line in enumerate(lines)]


def written(cues: list[Cue]) -> list[IntervalHypothesis]:
    """What a good model writes for the cues, with word times."""
    hypotheses = []
    for cue in cues:
        words = cue.text.split()
        edges = np.linspace(cue.start, cue.end, len(words) + 1).tolist()
        parts = [
            DecodedText(f" {word}", start, end, 0.9)
            for word, start, end in zip(words, edges[:-1], edges[1:], strict=True)
        ]
        hypotheses.append(IntervalHypothesis(cue.start, cue.end, tuple(parts)))
    return hypotheses


def moved(cues: list[Cue], shift: float, stretch: float = 0.0) -> list[Cue]:
    """The transcript's times, from which the true ones follow as `WrongTimes` says."""
    return [
        replace(
            cue,
            start=(cue.start - shift) / (1 + stretch),
            end=(cue.end - shift) / (1 + stretch),
        )
        for cue in cues
    ]


@pytest.mark.parametrize("shift", [-30.0, -1.0, 0.8, 5.0, 45.0])
def test_a_shift(shift: float) -> None:
    offsets = offsets_of(moved(session(), shift), written(session()), "en")
    assert len(offsets) == 50
    assert wrong_times(offsets) == WrongTimes(shift, 0.0)


@pytest.mark.parametrize("stretch", [-0.04, 0.002, 0.01])
def test_a_stretch(stretch: float) -> None:
    found = wrong_times(offsets_of(moved(session(), 3.0, stretch), written(session()), "en"))
    assert found is not None
    assert found.stretch == pytest.approx(stretch, abs=1e-4)
    assert found.shift == pytest.approx(3.0, abs=0.05)


@pytest.mark.parametrize("shift", [0.0, 0.4, -0.4])
def test_right_times(shift: float) -> None:
    assert wrong_times(offsets_of(moved(session(), shift), written(session()), "en")) is None


def test_times_that_follow_no_line() -> None:
    draw = np.random.default_rng(1)
    scattered = [Offset(10.0 * n, float(draw.uniform(5, 45)), n % 2 == 1) for n in range(40)]
    assert wrong_times(scattered) is None
    assert wrong_times([offset._replace(seconds=25.0) for offset in scattered]) is not None


@pytest.mark.parametrize("linger", [0.8, 1.0, 1.3, 2.0, 4.0])
@pytest.mark.parametrize("seed", range(10))
def test_subtitles_that_stay_on_after_the_words_are_right(linger: float, seed: int) -> None:
    draw = np.random.default_rng(seed)
    offsets = []
    for n in range(150):
        offsets += [
            Offset(6.0 * n, float(draw.normal(0.1, 0.1))),
            Offset(6.0 * n + 4, float(draw.normal(-linger, 0.2)), True),
        ]
    chosen = [offset for offset in offsets if draw.random() < 0.7]
    assert wrong_times(chosen) is None
    # The same subtitles, all of them 5 s late.
    late = [offset._replace(seconds=offset.seconds - 5) for offset in chosen]
    found = wrong_times(late)
    assert found is not None
    assert found.shift == pytest.approx(-4.9, abs=0.1) and found.stretch == 0


@pytest.mark.parametrize("seed", range(10))
def test_times_in_whole_seconds_are_right(seed: int) -> None:
    draw = np.random.default_rng(seed)
    offsets = [Offset(6.0 * n, float(draw.uniform(0, 1)), n % 2 == 1) for n in range(150)]
    assert wrong_times(offsets) is None


def test_many_offsets_take_little_memory() -> None:
    """All pairs of 26,000, a cue a word over 90 minutes, would be 5 GB."""
    offsets = [Offset(0.2 * n, 0.01 * 0.2 * n + 2, n % 2 == 1) for n in range(26_000)]
    assert wrong_times(offsets) == WrongTimes(2.0, 0.01)


def test_a_few_offsets_tell_nothing() -> None:
    assert wrong_times([Offset(10.0 * n, 5.0, n % 2 == 1) for n in range(5)]) is None
    assert wrong_times([Offset(10.0 * n, 5.0, n % 2 == 1) for n in range(6)]) is not None
    assert wrong_times([]) is None


def test_another_sessions_words_have_no_offset() -> None:
    other = [replace(cue, text=cue.text[::-1]) for cue in session()]
    assert wrong_times(offsets_of(other, written(session()), "en")) is None


def test_words_that_the_model_missed_do_not_matter() -> None:
    """Every third sentence is not written, and one in five is another."""
    heard = [h for n, h in enumerate(written(session())) if n % 3]
    cues = [
        replace(cue, text="something else entirely was said here") if n % 5 == 0 else cue
        for n, cue in enumerate(moved(session(), 5.0))
    ]
    assert wrong_times(offsets_of(cues, heard, "en")) == WrongTimes(5.0, 0.0)


@pytest.mark.parametrize("place", [1, 2])
def test_a_wrong_word_in_each_cue_leaves_its_other_edge(place: int) -> None:
    """In the middle of a cue it ends one run of common letters and begins the next."""
    cues = []
    for cue in moved(session()[:10], 5.0):
        words = cue.text.split()
        words[place] = "something"
        cues.append(replace(cue, text=" ".join(words)))
    offsets = offsets_of(cues, written(session()[:10]), "en")
    assert sum(offset.is_end for offset in offsets) >= 8
    assert wrong_times(offsets) == WrongTimes(5.0, 0.0)
