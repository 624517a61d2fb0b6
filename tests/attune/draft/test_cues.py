"""Cues of a draft: at most 10 s, cut at pauses, of one speaker each."""

from __future__ import annotations

from itertools import pairwise

from attune.draft.cues import cues_of
from attune.draft.drafts import Word


def spoken(text: str, start: float, seconds: float = 0.5) -> list[Word]:
    return [
        Word(start + n * seconds, start + (n + 1) * seconds, word, 0.9)
        for n, word in enumerate(text.split())
    ]


def test_a_cue_ends_where_the_speaker_changes() -> None:
    segments = [spoken("did you sleep no I did", 0.0), spoken("not", 3.0)]
    speakers = ["Speaker 1"] * 3 + ["Speaker 2"] * 3 + ["Speaker 2"]
    cues = cues_of(segments, speakers)
    assert [(cue.speaker, cue.text) for cue in cues] == [
        ("Speaker 1", "did you sleep"), ("Speaker 2", "no I did"), ("Speaker 2", "not"),
    ]  # fmt: skip
    assert (cues[1].start, cues[1].end) == (1.5, 3.0)


def test_long_segments_are_cut_at_the_pause_after_a_sentence() -> None:
    first, second = "one two three four five six seven eight nine ten.", "eleven twelve thirteen"
    words = [*spoken(first, 0.0, 0.9), *spoken(second, 9.2, 0.9)]
    cues = cues_of([words], [""] * len(words))
    assert [cue.text for cue in cues] == [first, second]
    assert all(cue.end - cue.start <= 10 for cue in cues)


def test_without_pauses_no_cue_is_long_or_short() -> None:
    words = spoken("word " * 200, 0.0)
    cues = cues_of([words], [""] * 200)
    assert all(1 <= cue.end - cue.start <= 10 for cue in cues)
    assert all(one.end <= other.start for one, other in pairwise(cues))


def test_words_without_duration_make_a_cue_that_can_be_played() -> None:
    (cue,) = cues_of([[Word(4.0, 4.0, "Yes.", 0.9)]], [""])
    assert (cue.start, cue.end) == (4.0, 4.1)
