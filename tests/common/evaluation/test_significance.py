"""Intervals and verdicts: on numbers worked by hand, and on corpora whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.intervals import HARD, USUAL, World, covered, draw, naive, shown
from stages.common.core.errors import UserError
from stages.common.evaluation.significance.arrays import tables
from stages.common.evaluation.significance.cluster_jackknife import _degrees, cluster_jackknife
from stages.common.evaluation.significance.comparison import (
    Change,
    _more,
    compare,
    difference,
    log_ratio,
)
from stages.common.evaluation.significance.student import cumulative, quantile
from stages.common.evaluation.significance.wer_interval import wer_interval, wer_limits
from stages.common.text.error_counts import ClipErrors, from_csv, to_csv


def clips(*errors: int, words: int = 100, recordings: int | None = None) -> list[ClipErrors]:
    """One clip a recording, or all clips in few of them."""
    held = recordings or len(errors)
    return [
        ClipErrors(f"r{n % held}-{n:03}", f"r{n % held}", words, count, 0, 0)
        for n, count in enumerate(errors)
    ]


# From printed tables of Student's t.
@pytest.mark.parametrize(
    ("p", "df", "t"),
    [
        (0.975, 1, 12.7062), (0.975, 2, 4.3027), (0.975, 5, 2.5706), (0.95, 10, 1.8125),
        (0.995, 3, 5.8409), (0.975, 30, 2.0423), (0.975, 1e6, 1.9600), (0.5, 4, 0.0),
    ],
)  # fmt: skip
def test_student_as_tabulated(p: float, df: float, t: float) -> None:
    assert quantile(p, df) == pytest.approx(t, abs=6e-5)
    assert cumulative(quantile(p, df), df) == pytest.approx(p, abs=1e-9)
    assert cumulative(-quantile(p, df), df) == pytest.approx(1 - p, abs=1e-9)


def test_student_between_whole_degrees() -> None:
    values = quantile(0.975, np.array([1.0, 1.5, 2.0, 2.5, 3.0]))
    assert (np.diff(values) < 0).all()


def test_interval_by_hand() -> None:
    # WER 60 / 300. Influences -1/6, 0, 1/6; variance (2/36) / (2/3) = 1/12; two degrees of freedom.
    reach = math.exp(4.302653 * math.sqrt(1 / 12))
    found = wer_interval(clips(10, 20, 30))
    assert found == pytest.approx((0.2 / reach, 0.2 * reach), rel=1e-5)


def test_one_recording_has_no_interval() -> None:
    assert wer_interval(clips(10, 20, recordings=1)) is None
    pair = compare(clips(10, 20, recordings=1), clips(1, 2, recordings=1))
    assert (pair.verdict, pair.difference_interval, pair.better_probability) == (
        "not shown", None, None,
    )  # fmt: skip


def test_no_errors_at_all() -> None:
    found = wer_interval(clips(0, 0, 0))
    # 0.975 of all draws of 300 words with this rate hold an error.
    assert found and found.low == 0 and (1 - found.high) ** 300 == pytest.approx(0.025)
    pair = compare(clips(0, 0, 0), clips(0, 0, 0))
    assert (pair.verdict, pair.better_probability, pair.more_recordings) == ("not shown", 0.5, None)
    assert compare(clips(9, 10, 11), clips(0, 0, 0)).verdict == "better"
    assert compare(clips(0, 0, 0), clips(9, 10, 11)).verdict == "worse"


def test_pair_by_hand() -> None:
    pair = compare(clips(10, 20, 30), clips(8, 10, 18))
    assert (pair.first_wer, pair.second_wer) == (0.2, 0.12)
    # Points: moved by 6, -2 and -4 of 300 from the mean; (36 + 4 + 16) / 300^2 / (2/3).
    reach = 4.302653 * math.sqrt(84) / 300
    assert pair.difference_interval == pytest.approx((-0.08 - reach, -0.08 + reach), rel=1e-5)
    # Ratio 36 / 60: influences 8/36 - 10/60, 10/36 - 20/60, 18/36 - 30/60, so 1/18, -1/18, 0.
    error = math.sqrt(2 / 18**2 * 1.5)
    low, high = (math.log(0.6) + sign * 4.302653 * error for sign in (-1, 1))
    assert pair.relative_interval == pytest.approx((math.expm1(low), math.expm1(high)), rel=1e-5)
    assert pair.relative_change == pytest.approx(-0.4)
    t = -math.log(0.6) / error
    # With two degrees of freedom Student's distribution has a closed form.
    assert pair.better_probability == pytest.approx(0.5 + t / (2 * math.sqrt(2 + t * t)))
    assert pair.verdict == "better" and pair.more_recordings is None
    back = compare(clips(8, 10, 18), clips(10, 20, 30))
    assert back.verdict == "worse"
    assert back.better_probability and pair.better_probability
    assert back.better_probability == pytest.approx(1 - pair.better_probability)


def test_the_recording_counts_and_not_the_clip() -> None:
    """Ten times the clips in the same recordings, all alike, are no more evidence."""
    few = compare(clips(10, 20, 30), clips(9, 22, 25))
    many = compare(clips(*[10, 20, 30] * 10, recordings=3), clips(*[9, 22, 25] * 10, recordings=3))
    assert many.relative_interval == pytest.approx(few.relative_interval)
    assert few.verdict == many.verdict == "not shown"


def test_degrees_of_freedom_are_those_of_the_variance() -> None:
    """Satterthwaite: a sum of squares of normal draws is given 2 E^2 / Var degrees of freedom."""
    rng = np.random.default_rng(5)
    share = np.array([0.5, 0.2, 0.15, 0.1, 0.05])
    for working in (share, share**2):
        draws = rng.standard_normal((200_000, 5)) * np.sqrt(working)
        residual = draws - share * draws.sum(-1, keepdims=True)
        variance = (residual**2 / (1 - share) ** 2).sum(-1)
        expected = 2 * variance.mean() ** 2 / variance.var()
        assert _degrees(share, working) == pytest.approx(expected, rel=0.03)
        assert _degrees(share, working) < 4


def test_the_variance_is_the_jackknifes() -> None:
    """That of the estimates without one recording each, where those differ little."""
    rng = np.random.default_rng(11)
    words = rng.integers(5, 15, (8, 60)).astype(float)
    words[5:, 20:] = 0
    errors = rng.binomial(words.astype(int), 0.2).astype(float)
    total, wrong = words.sum(), errors.sum()
    without = [(wrong - e.sum()) / (total - w.sum()) for w, e in zip(words, errors, strict=True)]
    jackknife = 7 / 8 * sum((wer - wrong / total) ** 2 for wer in without)
    influence = (errors - wrong / total * words) / total
    assert cluster_jackknife(words, influence)[0] == pytest.approx(jackknife)


def test_unequal_recordings_have_fewer_degrees_of_freedom() -> None:
    rng = np.random.default_rng(7)
    words = np.full((4, 50), 10.0)
    errors = rng.poisson(2.0, words.shape) * np.array([[0.5], [1], [1], [1.5]])
    influence = errors / errors.sum() - words / words.sum()
    assert cluster_jackknife(words, influence)[1] == pytest.approx(3)
    words[1:, 10:] = 0
    errors = np.where(words > 0, errors, 0)
    influence = errors / errors.sum() - words / words.sum()
    assert 1 <= cluster_jackknife(words, influence)[1] < 2
    with pytest.raises(ValueError, match="one recording"):
        cluster_jackknife(words[:1], influence[:1])


@pytest.mark.parametrize("world", [USUAL, HARD], ids=["usual", "hard"])
def test_six_recordings_cover_and_do_not_cry_wolf(world: World) -> None:
    rng = np.random.default_rng(11)
    words, first, second = draw(world, rng, (600, 6), 0.25, 0.0)
    # Three standard errors of 600 corpora around the range aimed at.
    least, most = 0.93 - 0.031, 0.97 + 0.021
    assert least < covered(*wer_limits(words, first), 0.25).mean() < most
    assert shown(log_ratio(words, first, second)).mean() < 0.05 + 0.027
    assert least < covered(*difference(words, first, second).limits(), 0.0).mean() < most
    # What the recordings have in common is lost on a bootstrap over clips.
    flat = [x.reshape(600, -1) for x in (words, first, second)]
    weights = rng.poisson(1.0, (200, flat[0].shape[1])).astype(float)
    low, high, *_ = naive(weights, *flat)
    assert covered(low, high, 0.25).mean() < 0.8


def test_the_ratio_shows_a_real_gain_more_often_than_points() -> None:
    words, first, second = draw(HARD, np.random.default_rng(13), (600, 6), 0.25, 0.2)
    ratio, points = log_ratio(words, first, second), difference(words, first, second)
    assert shown(ratio).mean() > shown(points).mean() + 0.1


def test_the_hours_named_settle_it_four_times_of_five() -> None:
    value, spread_of_one = -0.1, 0.3
    change = Change(np.array(value), np.array(spread_of_one / math.sqrt(6)), np.array(5.0))
    more = _more(change, 6)
    assert more
    rng = np.random.default_rng(17)
    draws = rng.normal(value, spread_of_one, (20_000, 6 + more))
    error = draws.std(axis=1, ddof=1) / math.sqrt(6 + more)
    t = quantile(0.975, 5 + more)
    assert (draws.mean(axis=1) + t * error < 0).mean() == pytest.approx(0.8, abs=0.02)
    nothing = Change(np.array(0.0), np.array(0.1), np.array(5.0))
    assert _more(nothing, 6) is None


def test_counts_survive_the_file_in_order() -> None:
    some = clips(3, 0, 7)
    text = to_csv(reversed(some))
    assert text.splitlines()[:2] == [
        "clip,recording,reference_words,substitutions,deletions,insertions", "r0-000,r0,100,3,0,0",
    ]  # fmt: skip
    assert from_csv(text, "here") == some


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the first line is not"),
        (to_csv([]), "no clips"),
        (to_csv(clips(1)) + "r9-1,r9,secret,0,0,0\n", "line 3 is not two ids"),
        (to_csv(clips(1)) + "r9-1,r9,0,0,0,0\n", "line 3 holds a count"),
    ],
)
def test_a_damaged_file_is_told_without_its_content(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as fault:
        from_csv(text, "here")
    assert "secret" not in str(fault.value)


def test_tables_line_clips_up() -> None:
    some = [ClipErrors("b-1", "b", 5, 1, 0, 0), ClipErrors("a-2", "a", 4, 0, 1, 1),
            ClipErrors("a-1", "a", 3, 0, 0, 0)]  # fmt: skip
    words, errors = tables(some)
    assert words.tolist() == [[3, 4], [5, 0]] and errors.tolist() == [[0, 2], [1, 0]]
