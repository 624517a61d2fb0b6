"""Intervals and significance: values computed by hand, and simulated corpora with known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import stdtrit

from bench.intervals import (
    HARD,
    USUAL,
    Population,
    covered,
    percentile_bootstrap,
    significant,
    simulate,
)
from stages.common.evaluation.significance.arrays import tables
from stages.common.evaluation.significance.cluster_jackknife import (
    _degrees_of_freedom,
    cluster_jackknife,
)
from stages.common.evaluation.significance.comparison import (
    Change,
    compare,
    difference,
    log_ratio,
    recordings_needed,
)
from stages.common.evaluation.significance.wer_interval import wer_interval, wer_limits
from stages.common.text.error_counts import ErrorCounts


def clips(*errors: int, words: int = 100, recordings: int | None = None) -> list[ErrorCounts]:
    """One clip per recording, or all clips distributed over `recordings`."""
    number = recordings or len(errors)
    return [
        ErrorCounts(f"r{n % number}", "", 1, words, count, 0, 0) for n, count in enumerate(errors)
    ]


# From printed tables of Student's t; 1.5 degrees of freedom computed with mpmath.
@pytest.mark.parametrize(
    ("level", "df", "t"),
    [(0.95, 1, 12.7062), (0.95, 1.5, 6.0167), (0.95, 5, 2.5706), (0.90, 10, 1.8125),
     (0.99, 3, 5.8409), (0.95, 1e6, 1.9600)],
)  # fmt: skip
def test_limits_are_those_of_students_t(level: float, df: float, t: float) -> None:
    change = Change(np.array(10.0), np.array(2.0), np.array(df))
    assert change.limits(level) == pytest.approx((10 - 2 * t, 10 + 2 * t), abs=2 * 6e-5)


def test_interval_by_hand() -> None:
    # WER 60 / 300. Influences -1/6, 0, 1/6; variance (2/36) / (2/3) = 1/12; two degrees of freedom.
    reach = math.exp(4.302653 * math.sqrt(1 / 12))
    assert wer_interval(clips(10, 20, 30)) == pytest.approx((0.2 / reach, 0.2 * reach), rel=1e-5)


@pytest.mark.parametrize("number", [1, 2])
def test_too_few_recordings_have_no_interval(number: int) -> None:
    assert wer_interval(clips(10, 20, 11, 19, recordings=number)) is None
    first, second = clips(10, 20, 11, 19, recordings=number), clips(1, 2, 1, 2, recordings=number)
    pair = compare(first, second)
    assert (pair.significance, pair.difference_interval, pair.better_probability) == (
        "not shown", None, None,
    )  # fmt: skip


def test_an_interval_over_two_orders_of_magnitude_is_not_shown() -> None:
    """All errors in one recording of three."""
    assert wer_interval(clips(30, 1, 1)) is None
    assert wer_interval(clips(12, 10, 11)) is not None


def test_no_errors_at_all() -> None:
    interval = wer_interval(clips(0, 0, 0))
    # At this rate, 300 words contain an error with probability 0.975.
    assert interval and interval.low == 0 and (1 - interval.high) ** 300 == pytest.approx(0.025)
    pair = compare(clips(0, 0, 0), clips(0, 0, 0))
    assert (pair.significance, pair.better_probability) == ("not shown", 0.5)
    assert pair.additional_recordings is None
    assert compare(clips(9, 10, 11), clips(0, 0, 0)).significance == "better"
    assert compare(clips(0, 0, 0), clips(9, 10, 11)).significance == "worse"


def test_pair_by_hand() -> None:
    pair = compare(clips(10, 20, 30), clips(8, 10, 18))
    assert (pair.first_wer, pair.second_wer) == (0.2, 0.12)
    # Points: 6, -2 and -4 of 300 above the mean; (36 + 4 + 16) / 300^2 / (2/3).
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
    assert pair.significance == "better" and pair.additional_recordings is None
    back = compare(clips(8, 10, 18), clips(10, 20, 30))
    assert back.significance == "worse"
    assert back.better_probability and pair.better_probability
    assert back.better_probability == pytest.approx(1 - pair.better_probability)


def test_more_clips_of_the_same_recordings_are_no_evidence() -> None:
    few = compare(clips(10, 20, 30), clips(9, 22, 25))
    many = compare(clips(*[10, 20, 30] * 10, recordings=3), clips(*[9, 22, 25] * 10, recordings=3))
    assert many.relative_interval == pytest.approx(few.relative_interval)
    assert few.significance == many.significance == "not shown"


def test_degrees_of_freedom_are_those_of_the_variance() -> None:
    """Satterthwaite: a sum of squares of normal variates has 2 E^2 / Var degrees of freedom."""
    rng = np.random.default_rng(5)
    share = np.array([0.5, 0.2, 0.15, 0.1, 0.05])
    for working in (share, share**2):
        values = rng.standard_normal((200_000, 5)) * np.sqrt(working)
        residual = values - share * values.sum(-1, keepdims=True)
        variance = (residual**2 / (1 - share) ** 2).sum(-1)
        expected = 2 * variance.mean() ** 2 / variance.var()
        assert _degrees_of_freedom(share, working) == pytest.approx(expected, rel=0.03)
        assert _degrees_of_freedom(share, working) < 4


def test_variance_is_that_of_leave_one_out_estimates() -> None:
    """To first order, so for small differences between recordings."""
    rng = np.random.default_rng(11)
    words = np.array([600.0] * 5 + [200.0] * 3)
    errors = rng.binomial(words.astype(int), 0.2).astype(float)
    total, wrong = words.sum(), errors.sum()
    without = (wrong - errors) / (total - words)
    jackknife = 7 / 8 * ((without - wrong / total) ** 2).sum()
    influence = (errors - wrong / total * words) / total
    assert cluster_jackknife(words, influence, 1e-5)[0] == pytest.approx(jackknife)


def test_unequal_recordings_have_fewer_degrees_of_freedom() -> None:
    words, errors = np.full(4, 500.0), np.array([50.0, 100, 100, 150])
    influence = errors / errors.sum() - words / words.sum()
    assert cluster_jackknife(words, influence, 1 / 400)[1] == pytest.approx(3)
    words[1:], errors[1:] = 100, [20, 20, 30]
    influence = errors / errors.sum() - words / words.sum()
    df = [float(cluster_jackknife(words, influence, share)[1]) for share in (0.0, 1 / 120, 1.0)]
    # The more of the variance is that of counts, the less does the long recording dominate.
    assert 1 <= df[0] < df[1] < df[2] < 2
    with pytest.raises(ValueError, match="at least 2 recordings"):
        cluster_jackknife(words[:1], influence[:1], 0.0)


@pytest.mark.parametrize("population", [USUAL, HARD], ids=["usual", "hard"])
def test_coverage_and_false_alarms_with_six_recordings(population: Population) -> None:
    rng = np.random.default_rng(11)
    by_clip = simulate(population, rng, (600, 6), 0.25, 0.0)
    words, first, second = (x.sum(-1) for x in by_clip)
    # The intended range, and three standard errors of 600 corpora.
    least, most = 0.93 - 0.031, 0.97 + 0.021
    assert least < covered(*wer_limits(words, first), 0.25).mean() < most
    assert significant(log_ratio(words, first, second)).mean() < 0.05 + 0.027
    assert least < covered(*difference(words, first, second).limits(), 0.0).mean() < most
    # A bootstrap over clips ignores the correlation within recordings.
    flat = [x.reshape(600, -1) for x in by_clip]
    weights = rng.poisson(1.0, (200, flat[0].shape[1])).astype(float)
    low, high, *_ = percentile_bootstrap(weights, *flat)
    assert covered(low, high, 0.25).mean() < 0.8


def test_the_ratio_has_more_power_than_points() -> None:
    by_clip = simulate(HARD, np.random.default_rng(13), (600, 6), 0.25, 0.2)
    words, first, second = (x.sum(-1) for x in by_clip)
    ratio, points = log_ratio(words, first, second), difference(words, first, second)
    assert significant(ratio).mean() > significant(points).mean() + 0.1


def test_recordings_needed_give_a_power_of_80_percent() -> None:
    value, deviation = -0.1, 0.3
    change = Change(np.array(value), np.array(deviation / math.sqrt(6)), np.array(5.0))
    more = recordings_needed(change, 6)
    assert more
    rng = np.random.default_rng(17)
    samples = rng.normal(value, deviation, (20_000, 6 + more))
    error = samples.std(axis=1, ddof=1) / math.sqrt(6 + more)
    t = stdtrit(5 + more, 0.975)
    assert (samples.mean(axis=1) + t * error < 0).mean() == pytest.approx(0.8, abs=0.02)
    none = Change(np.array(0.0), np.array(0.1), np.array(5.0))
    tiny = Change(np.array(1e-7), np.array(0.1), np.array(5.0))
    assert recordings_needed(none, 6) is None and recordings_needed(tiny, 6) is None


def test_tables_have_a_row_per_recording() -> None:
    rows = [ErrorCounts("b", "", 1, 5, 1, 0, 0), ErrorCounts("a", "", 1, 4, 0, 1, 1),
            ErrorCounts("a", "", 1, 3, 0, 0, 0)]  # fmt: skip
    words, errors = tables(rows)
    assert words.tolist() == [7, 5] and errors.tolist() == [2, 1]
