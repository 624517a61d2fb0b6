"""Intervals of shares and of rare things: known values, and how often they hold the truth."""

from __future__ import annotations

import numpy as np
import pytest

from stages.common.evaluation.significance.share_interval import (
    poisson_limits,
    rate_interval,
    share_interval,
)

CORPORA = 400
CLIPS = 40


def spread_out(counts: list[int]) -> np.ndarray:
    """Counts by recording, one a clip as far as they go."""
    found = np.zeros((len(counts), max(counts, default=0) or 1))
    for row, count in enumerate(counts):
        found[row, :count] = 1
    return found


def within(found: list[int], of: list[int]) -> tuple[np.ndarray, np.ndarray]:
    total = spread_out(of)
    part = spread_out(found)
    return np.pad(part, ((0, 0), (0, total.shape[1] - part.shape[1]))), total


# Wilson's intervals as printed in Newcombe 1998, table I.
@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [(15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_never_narrower_than_wilsons(found: int, of: int, low: float, high: float) -> None:
    parts = within(*(np.bincount(np.arange(n) % 2, minlength=2).tolist() for n in (found, of)))
    got = share_interval(*parts)
    assert got is not None
    assert got.low <= low + 5e-5 and got.high >= high - 5e-5
    if not found:
        assert got == pytest.approx((low, high), abs=5e-5)


def test_recordings_that_differ_widen_it() -> None:
    same = share_interval(*within([10, 10, 10, 10], [20, 20, 20, 20]))
    apart = share_interval(*within([20, 20, 0, 0], [20, 20, 20, 20]))
    assert same == pytest.approx((0.3930, 0.6070), abs=5e-5)  # Wilson's of 40 in 80
    # By hand: influences 10/80 twice and -10/80 twice, variance 4 (1/8)^2 / (3/4) = 1/12, three
    # degrees of freedom; c^2 = t^2 (1/12) 80 / (1/4).
    c2 = 3.182446**2 / 12 * 80 * 4
    half = np.sqrt(c2 / 320 + (c2 / 160) ** 2) / (1 + c2 / 80)
    assert apart == pytest.approx((0.5 - half, 0.5 + half), rel=1e-5)


def test_one_recording_says_nothing_about_others() -> None:
    assert share_interval(*within([6], [9])) is None
    assert share_interval(*within([6, 0], [9, 0])) is None
    assert share_interval(*within([0, 0], [0, 0])) is None
    assert rate_interval(*within([1], [9])) is None
    # Those without any do not stand in the way.
    assert share_interval(*within([3, 0, 3], [4, 0, 5])) == share_interval(*within([3, 3], [4, 5]))


# From printed tables of Poisson's exact limits.
@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904), (100, 81.3640, 121.6268)],
)
def test_poisson_as_tabulated(count: int, low: float, high: float) -> None:
    assert poisson_limits(count) == pytest.approx((low, high), abs=6e-5)


def test_a_rate() -> None:
    words = np.full((4, 10), 25.0)
    none = np.zeros((4, 10))
    assert rate_interval(none, words) == pytest.approx((0, 3.6889 / 1000), abs=1e-7)
    evenly, at_once = none.copy(), none.copy()
    evenly[:, 0] = 3
    at_once[0, 0] = 12
    assert rate_interval(evenly, words) == pytest.approx((0.0062006, 0.0209616), abs=1e-6)
    one, two = rate_interval(evenly, words), rate_interval(at_once, words)
    assert one and two and two.high > 2 * one.high and two.low < one.low / 2


def hash_to_unit(
    rng: np.random.Generator, truth: float, mean: float, recordings: int, alike: float
) -> tuple[np.ndarray, np.ndarray]:
    """Occurrences of recordings whose own shares differ (beta, `alike` is their correlation inside
    of a recording), and which hold more of them or less."""
    sizes = rng.poisson(mean * np.exp(0.5 * rng.standard_normal(recordings) - 0.125))
    shares = np.full(recordings, truth)
    if alike:
        sure = (1 - alike) / alike
        shares = rng.beta(truth * sure, (1 - truth) * sure, recordings)
    found, of = np.zeros((recordings, CLIPS)), np.zeros((recordings, CLIPS))
    for row, (size, share) in enumerate(zip(sizes, shares, strict=True)):
        clip = rng.integers(0, CLIPS, size)
        np.add.at(of[row], clip, 1)
        np.add.at(found[row], clip, rng.random(size) < share)
    return found, of


@pytest.mark.parametrize(
    ("truth", "mean", "recordings", "alike"),
    [(0.67, 1.5, 6, 0.0), (0.5, 22, 6, 0.1), (0.9, 10, 3, 0.1), (0.03, 22, 6, 0.0)],
    ids=["nine words", "terms", "three recordings", "rare"],
)
def test_shares_are_covered(truth: float, mean: float, recordings: int, alike: float) -> None:
    rng = np.random.default_rng(19)
    held = []
    for _ in range(CORPORA):
        found = share_interval(*hash_to_unit(rng, truth, mean, recordings, alike))
        if found:
            held.append(found.low <= truth <= found.high)
    assert len(held) > 0.9 * CORPORA
    assert np.mean(held) >= 0.93


@pytest.mark.parametrize(("mean", "spread"), [(2.0, 1.0), (20.0, 0.5)], ids=["few", "many"])
def test_rates_are_covered(mean: float, spread: float) -> None:
    """Six recordings of 600 words whose own rates differ by factors."""
    rng = np.random.default_rng(23)
    words, rate = np.full((6, CLIPS), 600 / CLIPS), mean / 3600
    held, alone = [], []
    for _ in range(CORPORA):
        own = rate * np.exp(spread * rng.standard_normal((6, 1)) - spread**2 / 2)
        found = rng.poisson(own * words).astype(float)
        low, high = rate_interval(found, words) or (1.0, 0.0)
        held.append(low <= rate <= high)
        low, high = poisson_limits(int(found.sum()))
        alone.append(low <= 3600 * rate <= high)
    assert np.mean(held) >= 0.93
    # What Poisson's limits would do alone.
    assert np.mean(held) > np.mean(alone)
