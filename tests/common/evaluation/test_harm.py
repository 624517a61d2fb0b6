"""Harm: the order of the clips, and its reasons."""

from __future__ import annotations

import pytest

from stages.common.core.errors import UserError
from stages.common.evaluation.harm import by_harm
from tests.support.scores import score_of

CLIPS = {
    # Reference, hypothesis, substitutions, deletions, insertions.
    "harmless": ("the bus was late", "the bus was great", 1, 0, 0),
    "right": ("all of it is here", "all of it is here", 0, 0, 0),
    "invented": ("so we went home", "so then we both went home", 0, 0, 2),
    "term": ("the insomnia is back", "the in sum is back", 1, 0, 1),
    "dose": ("take fifty milligrams", "take fifteen milligrams", 1, 0, 0),
    "negation": ("i am not tired", "i am tired", 0, 1, 0),
    "risk": ("i thought of suicide", "i thought of sunrise", 1, 0, 0),
}


def test_the_most_harmful_come_first() -> None:
    scores = [score_of("r1", ref, hyp, name) for name, (ref, hyp, *_) in CLIPS.items()]
    counts = [(s.substitutions, s.deletions, s.insertions) for s in scores]
    assert counts == [tuple(expected) for _, _, *expected in CLIPS.values()]
    clips = by_harm(scores, scores)
    assert [clip.tuned.id for clip in clips] == [
        "risk", "dose", "negation", "term", "invented", "harmless",
    ]  # fmt: skip
    assert [clip.harm for clip in clips] == [21, 16, 11, 8, 4, 1]
    assert clips[1].errors == {"dose lost": 1, "number lost": 1, "other error": 1}
    assert [clip.groups for clip in clips] == [
        ["risk"], ["doses and numbers"], ["negation"], ["terms", "insertions"], ["insertions"], [],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "hypothesis", "kind"),
    [
        ("she wants to go", "she wants to die go", "risk word lost or invented"),
        ("i am tired", "i am not tired", "negation lost or invented"),
    ],
)
def test_an_inserted_risk_word_or_negation_weighs_as_much_as_a_lost_one(
    reference: str, hypothesis: str, kind: str
) -> None:
    (clip,) = by_harm(
        [score_of("r1", reference, reference)], [score_of("r1", reference, hypothesis)]
    )
    assert clip.errors == {kind: 1, "inserted word": 1}


def test_scores_of_different_runs_are_rejected() -> None:
    with pytest.raises(UserError, match="different runs"):
        by_harm([score_of("r1", "a", "b", "c")], [score_of("r1", "a", "b", "d")])
