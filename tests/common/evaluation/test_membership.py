"""Membership inference and continuation on rows worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stages.common.core.files import Row
from stages.common.evaluation.membership import (
    base_membership_metrics,
    confidence,
    continuation_metrics,
    continues_cut_words,
    membership_auc,
    membership_metrics,
)


def row(split: str, recording: str, **values: object) -> Row:
    return {"split": split, "recording": recording, **values}


def scored(train: list[float], validation: list[float]) -> list[Row]:
    return [
        row(split, f"{split}{number % 2}", score=score)
        for split, scores in (("train", train), ("validation", validation))
        for number, score in enumerate(scores)
    ]


@pytest.mark.parametrize(
    ("train", "validation", "auc"),
    [
        ([3.0, 2.0], [1.0, 0.0], 1.0),
        ([1.0, 0.0], [3.0, 2.0], 0.0),
        ([1.0, 1.0], [1.0, 1.0], 0.5),
        # Of six comparisons: four won, one lost, one tie.
        ([1.0, 2.0, 5.0], [1.0, 1.5], 0.75),
    ],
)
def test_auc_by_hand(train: list[float], validation: list[float], auc: float) -> None:
    value, interval = membership_auc(scored(train, validation))
    assert value == auc
    assert interval and interval.low <= auc <= interval.high


def test_without_clips_or_recordings_there_is_no_value_or_interval() -> None:
    assert membership_auc(scored([1.0], [])) == (None, None)
    assert membership_auc(scored([1.0], [0.0, 2.0])) == (0.5, None)
    empty = base_membership_metrics([], "en")
    assert empty["loss_auc"] is None is empty["continued_excess"]


def test_the_interval_covers_where_recordings_differ() -> None:
    """No difference between the splits; recordings differ more than clips do. An interval of
    independent clips would cover about a third."""
    draw, covered, runs = np.random.default_rng(0), 0, 200
    for _ in range(runs):
        rows = [
            row(split, f"{split}{recording}", score=float(draw.normal(level, 1.0)))
            for split, recordings in (("train", 14), ("validation", 5))
            for recording in range(recordings)
            for level in [draw.normal(0, 1.5)]
            for _ in range(20)
        ]
        _, interval = membership_auc(rows)
        assert interval
        covered += interval.low <= 0.5 <= interval.high
    assert covered / runs >= 0.9


def test_confidence_is_the_log_odds_of_the_mean_probability() -> None:
    for p in (0.1, 0.5, 0.99):
        assert confidence(-math.log(p)) == pytest.approx(math.log(p / (1 - p)))
    assert confidence(0.0) == pytest.approx(confidence(1e-9))
    assert confidence(0.0) > confidence(1e-5)


def test_calibration_by_the_base() -> None:
    """Validation clips are harder for both models; tuning halves every loss. The loss tells the
    splits apart, the calibrated score does not, except of a model that knows its training clips."""
    losses = {"train": [0.02, 0.03, 0.04, 0.05], "validation": [0.2, 0.3, 0.4, 0.5]}
    base = [
        row(split, f"{split}{n % 2}", id=f"{split}{n}", loss=loss)
        for split, values in losses.items()
        for n, loss in enumerate(values)
    ]
    halved = [r | {"loss": r["loss"] / 2} for r in base]
    learned = [
        r | {"loss": r["loss"] / (20 if r["split"] == "train" else 2)} for r in reversed(base)
    ]
    before, after = base_membership_metrics(base, "en"), membership_metrics(halved, base, "en")
    assert before["loss_auc"] == after["loss_auc"] == 1
    assert (after["loss_train"], after["loss_validation"]) == pytest.approx((0.0175, 0.175))
    assert after["membership_auc"] < 0.7 and after["membership_clips"] == 8
    assert membership_metrics(base, base, "en")["membership_auc"] == 0.5
    assert membership_metrics(learned, base, "en")["membership_auc"] == 1


@pytest.mark.parametrize(
    ("hypothesis", "expected"),
    [
        ("", False),
        ("we talked about", False),
        ("we talked about breathing slowly", False),
        ("We talked about Breathing, slowly. Before!", True),
        ("breathing slowly before", True),
        ("we talked about breathing before slowly", False),
        # Spoken before the cut as well.
        ("and so on and so on", False),
    ],
)
def test_a_run_of_three_cut_away_words_goes_on(hypothesis: str, expected: bool) -> None:
    clip = {
        "spoken": "we talked about and so on", "hypothesis": hypothesis,
        "cut_away": "breathing slowly before the meeting and so on",
    }  # fmt: skip
    assert continues_cut_words(clip, "en") is expected


def test_numbers_are_compared_in_scoring_form() -> None:
    clip = {"spoken": "it was", "cut_away": "50 mg daily", "hypothesis": "fifty milligrams daily"}
    assert continues_cut_words(clip, "en")


def test_continuation_counts_and_their_excess() -> None:
    def cut(split: str, number: int, hypothesis: str, cut_away: str = "one two three") -> Row:
        return row(
            split, f"{split}{number % 4}", spoken="well", cut_away=cut_away, hypothesis=hypothesis
        )  # fmt: skip

    rows = [cut("train", n, "well one two three" if n < 6 else "well") for n in range(20)]
    rows += [cut("validation", n, "well one two three" if n < 1 else "well") for n in range(20)]
    rows += [cut("train", 0, "one two", cut_away="one two"), row("train", "train0", loss=1.0)]
    found = continuation_metrics(rows, "en")
    assert (found["cut_clips_train"], found["continued_train"]) == (20, 6)
    assert (found["cut_clips_validation"], found["continued_validation"]) == (20, 1)
    assert found["continued_excess"] == pytest.approx(0.25)
    # Newcombe's limits of 6/20 - 1/20 with independent clips are 0.0005 and 0.4665.
    assert found["continued_excess_low"] <= 0.01 and found["continued_excess_high"] >= 0.46
    none = continuation_metrics([r for r in rows if r["split"] == "train"], "en")
    assert none["continued_excess"] is None is none["continued_excess_low"]
