"""Entities counted by position: cases worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.common.evaluation.entities.by_language import lists_notice
from stages.common.evaluation.entities.counting import EntityCounts, count_entities
from stages.common.evaluation.entities.occurrences import Counts
from stages.common.evaluation.entities.vocabulary import parse
from stages.common.text.word_alignment import align

TERMS = parse(
    (
        "sertraline",
        "Zoloft",
        "CBT | cognitive behavioural therapy | cognitive behavioral therapy",
        "bipolar | bipolar disorder",
        "personality disorder",
        "borderline personality disorder | BPD",
        "anti-depressant | antidepressant",
        "PHQ-9",
    ),
    "terms",
)


def counted(kind: str, reference: str, hypothesis: str) -> tuple[int, int, int]:
    """Occurrences in the reference, in the hypothesis, and kept."""
    found: Counts = getattr(count_entities(align(reference, hypothesis), TERMS, "en"), kind)
    return found.reference, found.hypothesis, found.matched


# reference, hypothesis, occurrences in each, kept
BY_HAND = {
    "terms": [
        ("I take sertraline.", "i take sertraline", 1, 1, 1),
        ("I take sertraline.", "i take certain lines", 1, 0, 0),
        ("I take Zoloft.", "i take sertraline", 1, 1, 0),  # generic for brand is another word
        ("we did CBT then", "we did cbt then", 1, 1, 1),
        ("we did CBT then", "we did cognitive behavioral therapy then", 1, 1, 1),
        ("cognitive behavioural therapy", "CBT", 1, 1, 1),
        ("we did CBT badly", "we did see bad badly", 1, 0, 0),
        ("my PHQ-9 score", "my phq nine score", 1, 1, 1),
        ("an antidepressant", "an anti depressant", 1, 1, 1),
        ("an anti-depressant now", "an antidepressant now", 1, 1, 1),
        # Only the longest term counts, not the terms that it contains.
        ("a borderline personality disorder", "a borderline personality disorder", 1, 1, 1),
        ("a borderline personality disorder", "a personality disorder", 1, 1, 0),
        ("a personality disorder", "a borderline personality disorder", 1, 1, 0),
        ("is it bipolar disorder", "is it bipolar", 1, 1, 1),
        # Repetitions count by position.
        ("sertraline or sertraline", "sertraline or", 2, 1, 1),
        ("sertraline", "sertraline sertraline", 1, 2, 1),
        # Swapped: two deletions, two insertions.
        (
            "Zoloft in the morning and sertraline at night",
            "sertraline in the morning and zoloft at night",
            2,
            2,
            0,
        ),
        ("sertraline is what i took", "what i took is sertraline", 1, 1, 0),
        ("the sertralines", "the sertraline", 0, 1, 0),  # at word boundaries
        ("zoloft's effects", "zoloft effects", 1, 1, 1),
        ("sertraline", "", 1, 0, 0),
        ("", "sertraline", 0, 1, 0),
        ("", "", 0, 0, 0),
    ],
    "negations": [
        ("I can't go", "i can go", 1, 0, 0),
        ("I can go", "i can't go", 0, 1, 0),
        ("I cannot go", "i can not go", 1, 1, 1),
        ("I do not know", "i don't know", 1, 1, 1),
        ("I don't know", "i do not know", 1, 1, 1),
        ("I don't know", "i dont know", 1, 1, 1),
        ("No, I never did, without her nobody knows.", "no i never did nobody knows", 4, 3, 3),
        # Moved to the other verb: the count is right, but both are wrong.
        ("I can't sleep but I can eat", "i can sleep but i can't eat", 1, 1, 0),
        ("I don't think he should leave", "i think he shouldn't leave", 1, 1, 0),
        ("not happy but sad", "happy but not sad", 1, 1, 0),
        ("no no no", "no", 3, 1, 1),
        ("I know nothing", "i know", 1, 0, 0),
        ("I know", "i no", 0, 1, 0),
        ("know", "notice", 0, 0, 0),
    ],
    "numbers": [
        ("I take 50 mg", "i take fifty milligrams", 1, 1, 1),
        ("a hundred and five people", "one hundred five people", 1, 1, 1),
        ("two and a half hours", "2 1/2 hours", 1, 1, 1),
        ("half an hour", "1/2 an hour", 1, 1, 1),
        ("fifty five", "fifty", 1, 1, 0),
        ("six or seven", "six or eleven", 2, 2, 1),
        ("from zero to ten", "from zero to ten", 2, 2, 2),
        ("two and three", "two and three", 2, 2, 2),
        ("0.5", "5", 1, 1, 0),
        (".5 of it", "0.5 of it", 1, 1, 1),
        ("fifteen", "fifty", 1, 1, 0),
        ("on May 21st", "on may twenty first", 1, 1, 1),
        ("at 3:05", "at three oh five", 1, 1, 1),
        ("one of them at first for a second", "one of them", 0, 0, 0),
        ("three then four", "four then three", 2, 2, 0),
    ],
    "doses": [
        ("I take 50 mg", "i take fifty milligrams", 1, 1, 1),
        ("I take 50 mg", "i take fifteen milligrams", 1, 1, 0),
        ("50 mg daily", "fifty micrograms daily", 1, 1, 0),
        ("1 mg", "one milligram", 1, 1, 1),
        ("0.5 mg", "5 mg", 1, 1, 0),
        ("half a tablet", "half tablets", 1, 1, 1),
        ("fifty people", "fifty people", 0, 0, 0),
        ("50 mg", "50", 1, 0, 0),
    ],
    "fillers": [
        ("um I think", "i think", 1, 0, 0),
        ("um I think", "uh i think", 1, 1, 1),
        ("Mm-hmm. Go on.", "mhm go on", 1, 1, 1),
        ("Uh-huh", "uh", 1, 1, 0),
        ("you know, like, well", "well", 0, 0, 0),
        ("I think", "um i think", 0, 1, 0),
    ],
    "risk": [
        ("I want to kill myself", "i want to kill myself", 1, 1, 1),
        ("I want to kill myself", "i want to feel myself", 1, 0, 0),
        ("I want to kill myself", "i want to kill", 1, 1, 0),
        ("it hurts", "it hurt", 1, 1, 1),
        ("I was by the sea", "i was raped by the sea", 0, 1, 0),
        ("self-harm", "selfharm", 1, 1, 1),
        ("a diet", "a diet", 0, 0, 0),
        ("an overdose of a gun", "an overdue of a gun", 2, 1, 1),
    ],
}


@pytest.mark.parametrize(
    ("kind", "reference", "hypothesis", "expected", "detected", "kept"),
    [(kind, *case) for kind, cases in BY_HAND.items() for case in cases],
)
def test_counts_worked_by_hand(
    kind: str, reference: str, hypothesis: str, expected: int, detected: int, kept: int
) -> None:
    assert counted(kind, reference, hypothesis) == (expected, detected, kept)


def test_counts_add_up() -> None:
    total = Counts(3, 2, 1) + Counts(1, 0, 0)
    assert (total.lost, total.invented) == (3, 1)
    both = count_entities(align("no 50 mg", "no 50 mg"), TERMS, "en") + EntityCounts(
        risk=Counts(2, 1, 0)
    )
    assert both == EntityCounts(
        negations=Counts(1, 1, 1),
        numbers=Counts(1, 1, 1),
        doses=Counts(1, 1, 1),
        risk=Counts(2, 1, 0),
    )


VOCABULARY = """
not no can't zoloft cbt c b t bipolar disorder i um fifty one milligrams kill myself personality
borderline and half point hundred
"""
WORDS = st.lists(st.sampled_from(VOCABULARY.split()), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_nothing_is_kept_twice_for_any_text(reference: str, hypothesis: str) -> None:
    same, differing = (
        count_entities(align(reference, h), TERMS, "en") for h in (reference, hypothesis)
    )
    for kind in vars(same):
        own, other = getattr(same, kind), getattr(differing, kind)
        assert own.reference == own.hypothesis == own.matched == other.reference
        assert 0 <= other.matched <= min(other.reference, other.hypothesis)


# Two spellings of the same words: neither a negation nor a number nor a risk word is lost.
SPELLINGS = [
    ("I don't know why I can't sleep", "I do not know why I cannot sleep"),
    ("She won't, she isn't, she hasn't", "she will not she is not she has not"),
    ("I dunno, I shouldn't've", "I don't know, I should not have"),
    ("nobody's told me, nothing's wrong", "nobody has told me nothing is wrong"),
    ("I dont, I cant, I wont", "I don't, I can't, I won't"),
    ("no one came", "noone came"),
    ("I don't want to kill myself", "I do not wanna kill myself"),
    ("self-harm's not safe", "selfharm is not safe"),
    ("Mhm, erm, a hundred and five", "mm-hmm um 105"),
    ("0.5 mg at 6 AM", "point five milligrams at six am"),
    ("fifty mg, ten ml", "50 milligrams, 10 milliliters"),
]


@pytest.mark.parametrize(("reference", "hypothesis"), SPELLINGS)
def test_spellings_have_the_same_entities(reference: str, hypothesis: str) -> None:
    aligned = align(reference, hypothesis)
    assert aligned.substitutions + aligned.deletions + aligned.insertions == 0
    for counts in vars(count_entities(aligned, TERMS, "en")).values():
        assert counts.reference == counts.hypothesis == counts.matched


# text, and how many negations it has
NEGATIONS = [
    ("I don't know", 1), ("I can't and won't", 2), ("cannot", 1), ("she ain't here", 1),
    ("nobody's here", 1), ("I dunno", 1), ("y'all can", 0), ("it's been hard", 0),
    ("I'd never have", 1), ("they haven't and hadn't", 2), ("shouldn't've", 1), ("not not", 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "negations"), NEGATIONS)
def test_a_long_form_negates_as_often(text: str, negations: int) -> None:
    assert counted("negations", text, text) == (negations, negations, negations)


# language, kind, reference, hypothesis, occurrences in each, kept
OTHER_LANGUAGES = [
    ("de", "negations", "Ich kann nicht, niemals", "ich kann nicht niemals", 2, 2, 2),
    ("de", "negations", "Ich habe keine Angst", "ich habe eine angst", 1, 0, 0),
    ("de", "numbers", "250 Leute und 21", "zweihundertfünfzig leute und einundzwanzig", 2, 2, 2),
    ("de", "numbers", "2,5", "zwei komma fünf", 1, 1, 1),
    ("de", "numbers", "ein Hund", "ein hund", 0, 0, 0),
    ("de", "doses", "50 mg Sertralin", "fünfzehn milligramm sertralin", 1, 1, 0),
    ("de", "doses", "1 Tablette", "eine tablette", 1, 1, 1),
    ("de", "fillers", "Ähm, ja", "ähm ja", 1, 1, 1),
    ("de", "risk", "Ich will mich umbringen", "ich will mich umdrehen", 1, 0, 0),
    ("de", "terms", "Sertralin", "sertralin", 1, 1, 1),
    ("fr", "negations", "Je ne sais pas", "je ne sais pas", 1, 1, 1),
    ("fr", "numbers", "21 ans", "vingt et un ans", 1, 1, 1),
    ("fr", "doses", "50 mg", "cinquante milligrammes", 1, 1, 1),
    ("fr", "doses", "50 mg", "quinze milligrammes", 1, 1, 0),
    ("fr", "risk", "Je veux mourir", "je veux nourrir", 1, 0, 0),
    ("es", "negations", "No quiero nada", "no quiero nada", 2, 2, 2),
    ("es", "numbers", "35 días", "treinta y cinco días", 1, 1, 1),
    ("es", "doses", "0,5 mg", "cinco miligramos", 1, 1, 0),
    ("es", "fillers", "Eh, bueno", "bueno", 1, 0, 0),
    ("es", "risk", "una sobredosis", "una sobredosis", 1, 1, 1),
    ("nl", "negations", "Ik wil niet", "ik wil iets", 1, 0, 0),
    ("nl", "numbers", "250 mensen", "tweehonderdvijftig mensen", 1, 1, 1),
    ("nl", "doses", "50 mg", "vijftig milligram", 1, 1, 1),
    ("nl", "risk", "mezelf pijn doen", "mezelf pijn doen", 1, 1, 1),
    ("it", "negations", "non lo so", "non lo so", 0, 0, 0),
    ("it", "terms", "la sertraline", "la sertraline", 1, 1, 1),
]


@pytest.mark.parametrize(
    ("language", "kind", "reference", "hypothesis", "expected", "detected", "kept"), OTHER_LANGUAGES
)
def test_other_languages(
    language: str, kind: str, reference: str, hypothesis: str, expected: int, detected: int,
    kept: int,
) -> None:  # fmt: skip
    terms = parse(("sertraline", "Sertralin"), "terms", language)
    found = count_entities(align(reference, hypothesis, language), terms, language)
    counts: Counts = getattr(found, kind)
    assert (counts.reference, counts.hypothesis, counts.matched) == (expected, detected, kept)


def test_a_language_without_lists_gives_a_notice() -> None:
    assert [lists_notice(language) for language in ("en", "de", "fr", "es", "nl")] == [None] * 5
    notice = lists_notice("it")
    assert notice and "negations" in notice and "\n" not in notice
