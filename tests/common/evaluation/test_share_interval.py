"""Intervals of shares and of rates of rare events: known values, and coverage in simulation."""

from __future__ import annotations

import numpy as np
import pytest

from stages.common.evaluation.significance.share_interval import (
    poisson_limits,
    rate_interval,
    share_interval,
)

CORPORA = 400


def counts(hits: list[int], trials: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Of each recording."""
    return np.array(hits, float), np.array(trials, float)


# Wilson's intervals as printed in Newcombe 1998, table I.
@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_never_narrower_than_wilsons(hits: int, trials: int, low: float, high: float) -> None:
    thirds = ([n - 2 * (n // 3), n // 3, n // 3] for n in (hits, trials))
    interval = share_interval(*counts(*thirds))
    assert interval is not None
    assert interval.low <= low + 5e-5 and interval.high >= high - 5e-5
    if not hits:
        assert interval == pytest.approx((low, high), abs=5e-5)


def test_wider_where_recordings_differ() -> None:
    same = share_interval(*counts([10, 10, 10, 10], [20, 20, 20, 20]))
    different = share_interval(*counts([20, 20, 0, 0], [20, 20, 20, 20]))
    assert same == pytest.approx((0.3930, 0.6070), abs=5e-5)  # Wilson's of 40 in 80
    # By hand: influences 10/80 twice and -10/80 twice, variance 4 (1/8)^2 / (3/4) = 1/12, three
    # degrees of freedom; c^2 = t^2 (1/12) 80 / (1/4).
    c2 = 3.182446**2 / 12 * 80 * 4
    half = np.sqrt(c2 / 320 + (c2 / 160) ** 2) / (1 + c2 / 80)
    assert different == pytest.approx((0.5 - half, 0.5 + half), rel=1e-5)


def test_no_interval_from_two_recordings() -> None:
    assert share_interval(*counts([6, 5], [9, 9])) is None
    assert share_interval(*counts([6, 5, 0], [9, 9, 0])) is None
    assert share_interval(*counts([0, 0, 0], [0, 0, 0])) is None
    assert rate_interval(*counts([1, 0], [9, 9])) is None
    # Recordings without trials are left out.
    four = share_interval(*counts([3, 0, 3, 1], [4, 0, 5, 2]))
    assert four is not None and four == share_interval(*counts([3, 3, 1], [4, 5, 2]))


# From printed tables of Poisson's exact limits.
@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904), (100, 81.3640, 121.6268)],
)
def test_poisson_as_tabulated(count: int, low: float, high: float) -> None:
    assert poisson_limits(count) == pytest.approx((low, high), abs=6e-5)


def test_rate_is_wider_where_events_cluster() -> None:
    words, none = np.full(4, 250.0), np.zeros(4)
    assert rate_interval(none, words) == pytest.approx((0, 3.6889 / 1000), abs=1e-7)
    even, clustered = none.copy(), none.copy()
    even[:] = 3
    clustered[0] = 12
    assert rate_interval(even, words) == pytest.approx((0.0062006, 0.0209616), abs=1e-6)
    one, two = rate_interval(even, words), rate_interval(clustered, words)
    assert one and two and two.high > 2 * one.high and two.low < one.low / 2


def simulate(
    rng: np.random.Generator, truth: float, mean: float, recordings: int, correlation: float
) -> tuple[np.ndarray, np.ndarray]:
    """Hits and trials of recordings with log-normal sizes and beta-distributed shares.

    correlation: of two trials within a recording.
    """
    sizes = rng.poisson(mean * np.exp(0.5 * rng.standard_normal(recordings) - 0.125))
    shares = np.full(recordings, truth)
    if correlation:
        precision = (1 - correlation) / correlation
        shares = rng.beta(truth * precision, (1 - truth) * precision, recordings)
    return rng.binomial(sizes, shares).astype(float), sizes.astype(float)


@pytest.mark.parametrize(
    ("truth", "mean", "recordings", "correlation"),
    [(0.67, 1.5, 6, 0.0), (0.5, 22, 6, 0.1), (0.9, 10, 3, 0.1), (0.03, 22, 6, 0.0)],
    ids=["nine words", "terms", "three recordings", "rare"],
)
def test_coverage_of_shares(truth: float, mean: float, recordings: int, correlation: float) -> None:
    rng = np.random.default_rng(19)
    covered = []
    for _ in range(CORPORA):
        interval = share_interval(*simulate(rng, truth, mean, recordings, correlation))
        if interval:
            covered.append(interval.low <= truth <= interval.high)
    assert len(covered) > 0.9 * CORPORA
    assert np.mean(covered) >= 0.93


@pytest.mark.parametrize(("mean", "deviation"), [(2.0, 1.0), (20.0, 0.5)], ids=["few", "many"])
def test_coverage_of_rates(mean: float, deviation: float) -> None:
    """Six recordings of 600 words with log-normal rates."""
    rng = np.random.default_rng(23)
    words, rate = np.full(6, 600.0), mean / 3600
    covered, covered_by_poisson = [], []
    for _ in range(CORPORA):
        rates = rate * np.exp(deviation * rng.standard_normal(6) - deviation**2 / 2)
        events = rng.poisson(rates * words).astype(float)
        low, high = rate_interval(events, words) or (1.0, 0.0)
        covered.append(low <= rate <= high)
        low, high = poisson_limits(int(events.sum()))
        covered_by_poisson.append(low <= 3600 * rate <= high)
    assert np.mean(covered) >= 0.93
    assert np.mean(covered) > np.mean(covered_by_poisson)
