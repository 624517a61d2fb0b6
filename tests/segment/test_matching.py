"""Assignment of transcript words to speech intervals, and the scores of the cues."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN
from stages.segment.alignment.align import agreement, build_cues, match_confidence, score
from stages.segment.alignment.matching import Matcher
from stages.segment.alignment.transcribe import DecodedText, IntervalHypothesis
from stages.segment.alignment.transcript_words import (
    CLAUSE,
    INSIDE,
    SENTENCE,
    to_letters,
    words_of,
)

TEXT = "We went to the lake. It was cold, but nobody minded! Then we drove home."


def spans(hypotheses: list[str], text: str) -> list[str]:
    """The transcript's words for each interval."""
    words = words_of([Cue(0.0, 0.0, text)])
    seconds = [max(0.3, len(to_letters(part)) / 14) for part in hypotheses]
    match = Matcher(seconds, [to_letters(part) for part in hypotheses], words).match()
    return [" ".join(words.written[first:end]) for first, end in match.spans]


def test_word_boundaries() -> None:
    words = words_of([Cue(0, 0, 'He said "no." Well, fine', "A"), Cue(0, 0, "Yes", "B")])
    assert words.boundaries == [INSIDE, INSIDE, SENTENCE, CLAUSE, SENTENCE, SENTENCE]
    assert words.speakers == ["A"] * 5 + ["B"]
    assert words.text == "hesaidnowellfineyes"


def test_a_mark_has_no_letters() -> None:
    words = words_of([Cue(0, 0, f"I saw {UNKNOWN} there")])
    assert words.letters == ["i", "saw", "", "there"]


def test_intervals_get_their_sentences() -> None:
    hypotheses = ["we went to the lake", "it was cold but nobody mind it", "then we drove home"]
    assert spans(hypotheses, TEXT) == [
        "We went to the lake.", "It was cold, but nobody minded!", "Then we drove home.",
    ]  # fmt: skip


def test_a_pause_within_a_sentence() -> None:
    hypotheses = ["we went to the lake", "it was cold", "but nobody minded", "then we drove home"]
    assert spans(hypotheses, TEXT)[1:3] == ["It was cold,", "but nobody minded!"]


def test_misrecognized_words_are_matched_by_length_and_sentences() -> None:
    hypotheses = ["bee want do a leg", "itwass gold bat no binded", "hen he strove comb"]
    assert spans(hypotheses, TEXT)[0] == "We went to the lake."
    assert spans(hypotheses, TEXT)[2] == "Then we drove home."


def test_speech_without_text_gets_none() -> None:
    hypotheses = ["we went to the lake", "please close that window over by the stove",
             "it was cold but nobody minded", "then we drove home"]  # fmt: skip
    assert spans(hypotheses, TEXT)[1] == ""


def test_text_without_speech_is_skipped() -> None:
    extra = TEXT.replace("Then", "My uncle Frederick keeps seventeen brown hens. Then")
    hypotheses = ["we went to the lake", "it was cold but nobody minded", "then we drove home"]
    assert spans(hypotheses, extra) == spans(hypotheses, TEXT)


def test_match_confidence_is_high_for_the_own_transcript_alone() -> None:
    pairs = [(to_letters(part), to_letters(part[:-3] + "xyz")) for part in TEXT.split(". ")]
    assert match_confidence(pairs, to_letters(TEXT)) > 0.95
    assert match_confidence([(own, "qqqqqqqq") for own, _ in pairs], to_letters(TEXT)) < 0.5


def test_agreement() -> None:
    assert agreement("abcd", "abcd") == 1 and agreement("abcd", "wxyz") == 0
    assert agreement("abcd", "abxd") == 0.75


WORDS = st.lists(st.sampled_from(["no", "yes", "lake.", "cold,", "we", "home!"]), max_size=60)


@settings(deadline=None)
@given(WORDS, st.lists(st.tuples(st.floats(0.2, 9), WORDS), min_size=1, max_size=12))
def test_every_word_is_in_one_cue_or_lost(
    text: list[str], speech: list[tuple[float, list[str]]]
) -> None:
    words = words_of([Cue(0.0, 0.0, " ".join(text))])
    hypotheses = [to_letters(" ".join(part)) for _, part in speech]
    match = Matcher([seconds for seconds, _ in speech], hypotheses, words).match()
    at, intervals = 0.0, []
    for (seconds, _), letters in zip(speech, hypotheses, strict=True):
        part = DecodedText(letters, at, at + seconds, 0.5)
        intervals.append(IntervalHypothesis(at, at + seconds, (part,)))
        at += seconds + 0.5
    built = build_cues(intervals, words, match, 20.0)
    cues = sorted([*built.cues, *built.unmatched], key=lambda cue: (cue.start, cue.end))
    assert " ".join(cue.text for cue in cues).split() == text


def test_a_hypothesis_of_low_confidence_counts_for_less_against_the_text() -> None:
    assert score(0.4, 0.9, 3.0) < score(0.4, 0.3, 3.0) <= 1
    assert score(0.0, 0.01, 3.0) == 0 and score(0.8, 0.0, 3.0) == 1


def test_an_unusual_speaking_rate_lowers_the_score() -> None:
    usual = score(0.6, 0.8, 3.0)
    assert score(0.6, 0.8, 12.0) == usual / 2 == score(0.6, 0.8, 0.25)
    assert score(0.6, 0.8, 0.0) == 0
