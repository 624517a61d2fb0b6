"""The words of a cue get the draft's times, whatever was corrected around them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from attune.draft.drafts import Word
from attune.review.cues import ReviewCue, storable
from attune.review.words import DraftWords

DRAFT = DraftWords(
    [
        Word(1.0, 1.4, "I", 0.9), Word(1.4, 2.0, "feel", 0.4), Word(2.0, 2.5, "find,", 0.3),
        Word(2.5, 3.0, "really.", 0.95), Word(8.0, 8.5, "Later", 0.2),
    ]
)  # fmt: skip


def cue(text: str, start: float = 1.0, end: float = 3.0) -> ReviewCue:
    return ReviewCue(1, start, end, "", text, False)


def test_words_of_the_draft_keep_their_times_and_probabilities() -> None:
    words = DRAFT.timed(cue("I feel find, really."))
    assert [(w.start, w.end, w.probability) for w in words] == [
        (w.start, w.end, w.probability) for w in DRAFT.words[:4]
    ]
    assert [w.is_doubtful for w in words] == [False, True, True, False]


def test_case_and_punctuation_do_not_matter() -> None:
    words = DRAFT.timed(cue("i FEEL find REALLY"))
    assert [w.probability for w in words] == [0.9, 0.4, 0.3, 0.95]


def test_corrected_words_share_the_time_between_by_their_letters() -> None:
    words = DRAFT.timed(cue("I feel so fine, really."))
    assert [w.probability for w in words] == [0.9, 0.4, None, None, 0.95]
    so, fine = words[2:4]
    assert (so.start, fine.end) == (2.0, 2.5)
    assert so.end == fine.start == round(2.0 + 0.5 * 3 / 8, 3)


def test_without_a_draft_words_share_the_cue() -> None:
    words = DraftWords([]).timed(cue("one three", 10.0, 11.0))
    assert [(w.start, w.end, w.probability) for w in words] == [
        (10.0, 10.4, None), (10.4, 11.0, None),
    ]  # fmt: skip


def test_positions_count_characters() -> None:
    text = "\U0001f600 \u05e9\u05dc\u05d5\u05dd e\u0301t\u00e9"
    words = DraftWords([]).timed(cue(text))
    assert [text[w.first : w.last] for w in words] == text.split()


def test_words_without_letters_have_times() -> None:
    assert [w.probability for w in DRAFT.timed(cue("- \u2026 feel ?"))] == [None, None, 0.4, None]


def test_doubtful_words_are_counted_in_the_time_of_the_cue() -> None:
    assert DRAFT.doubtful_in(cue("corrected")) == 2
    assert DRAFT.doubtful_in(cue("corrected", 3.0, 9.0)) == 1
    assert DRAFT.doubtful_in(cue("corrected", 9.0, 10.0)) == 0


def test_an_empty_cue_has_no_words() -> None:
    assert DRAFT.timed(cue("")) == []


@settings(deadline=None)
@given(st.lists(st.sampled_from(["I", "feel", "find,", "really.", "new"]) | st.text(max_size=4)))
def test_words_are_in_order_within_text_and_time(pieces: list[str]) -> None:
    text = storable(" ".join(pieces))
    words = DRAFT.timed(cue(text))
    assert [text[w.first : w.last] for w in words] == text.split()
    starts = [w.start for w in words]
    assert starts == sorted(starts) and all(w.start <= w.end for w in words)
