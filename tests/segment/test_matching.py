"""The search: which words belong to which stretch of speech."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN
from stages.segment.alignment.cue_building import (
    Utterance,
    agreement,
    match_confidence,
    place,
    score,
)
from stages.segment.alignment.matching import Matcher
from stages.segment.alignment.transcript_words import CLAUSE, INSIDE, SENTENCE, form, words_of

TEXT = "We went to the lake. It was cold, but nobody minded! Then we drove home."


def spans(heard: list[str], text: str) -> list[str]:
    words = words_of([Cue(0.0, 0.0, text)])
    seconds = [max(0.3, len(form(part)) / 14) for part in heard]
    match = Matcher(seconds, [form(part) for part in heard], words).match()
    return [" ".join(words.written[first:end]) for first, end in match.spans]


def test_words_know_what_they_end() -> None:
    words = words_of([Cue(0, 0, 'He said "no." Well, fine', "A"), Cue(0, 0, "Yes", "B")])
    assert words.ends == [INSIDE, INSIDE, SENTENCE, CLAUSE, SENTENCE, SENTENCE]
    assert words.speakers == ["A"] * 5 + ["B"]
    assert words.text == "hesaidnowellfineyes"


def test_a_mark_has_no_letters() -> None:
    words = words_of([Cue(0, 0, f"I saw {UNKNOWN} there")])
    assert words.forms == ["i", "saw", "", "there"]


def test_stretches_get_their_sentences() -> None:
    heard = ["we went to the lake", "it was cold but nobody mind it", "then we drove home"]
    assert spans(heard, TEXT) == [
        "We went to the lake.", "It was cold, but nobody minded!", "Then we drove home.",
    ]  # fmt: skip


def test_a_pause_within_a_sentence_is_found_by_the_words() -> None:
    heard = ["we went to the lake", "it was cold", "but nobody minded", "then we drove home"]
    assert spans(heard, TEXT)[1:3] == ["It was cold,", "but nobody minded!"]


def test_misheard_words_are_placed_by_their_length_and_the_sentences() -> None:
    heard = ["bee want do a leg", "itwass gold bat no binded", "hen he strove comb"]
    assert spans(heard, TEXT)[0] == "We went to the lake."
    assert spans(heard, TEXT)[2] == "Then we drove home."


def test_speech_that_has_no_text_gets_none() -> None:
    heard = ["we went to the lake", "please close that window over by the stove",
             "it was cold but nobody minded", "then we drove home"]  # fmt: skip
    assert spans(heard, TEXT)[1] == ""


def test_text_that_was_not_said_is_passed_over() -> None:
    extra = TEXT.replace("Then", "My uncle Frederick keeps seventeen brown hens. Then")
    heard = ["we went to the lake", "it was cold but nobody minded", "then we drove home"]
    assert spans(heard, extra) == spans(heard, TEXT)


def test_standing_is_high_for_its_own_text_and_not_for_another() -> None:
    pairs = [(form(part), form(part[:-3] + "xyz")) for part in TEXT.split(". ")]
    assert match_confidence(pairs, form(TEXT)) > 0.95
    assert match_confidence([(own, "qqqqqqqq") for own, _ in pairs], form(TEXT)) < 0.5


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
    heard = [form(" ".join(part)) for _, part in speech]
    match = Matcher([seconds for seconds, _ in speech], heard, words).match()
    at, utterances = 0.0, []
    for (seconds, _), said in zip(speech, heard, strict=True):
        utterances.append(Utterance(at, at + seconds, said, 0.5))
        at += seconds + 0.5
    placed = place(utterances, words, match, 20.0)
    found = sorted([*placed.cues, *placed.not_found], key=lambda cue: (cue.start, cue.end))
    assert " ".join(cue.text for cue in found).split() == text


def test_an_unsure_model_counts_for_less_against_the_text() -> None:
    assert score(0.4, 0.9, 3.0) < score(0.4, 0.3, 3.0) <= 1
    assert score(0.0, 0.01, 3.0) == 0 and score(0.8, 0.0, 3.0) == 1


def test_words_too_many_or_too_few_for_their_seconds_lower_the_score() -> None:
    usual = score(0.6, 0.8, 3.0)
    assert score(0.6, 0.8, 12.0) == usual / 2 == score(0.6, 0.8, 0.25)
    assert score(0.6, 0.8, 0.0) == 0
