"""Cross-check of windowed against long-form decoding: false alarms, and faults it must detect."""

from __future__ import annotations

import numpy as np
import pytest

from bench.cross_check import USUAL, VARIANTS, Decodings, false_alarms, plant_fault, simulate
from stages.common.evaluation.significance.cross_check import cross_check

WORDS = [650] * 6
ERRORS = [21, 30, 14, 25, 19, 20]


@pytest.mark.parametrize("recordings", [2, 3, 4, 6, 12, 40])
def test_few_false_alarms(recordings: int) -> None:
    rng = np.random.default_rng(recordings)
    rates = [false_alarms(USUAL, rng, recordings, wer, 150) for wer in (0.033, 0.12)]
    assert np.mean(rates) < 0.02


@pytest.mark.parametrize("population", VARIANTS.values(), ids=VARIANTS.keys())
def test_few_false_alarms_in_other_populations(population: Decodings) -> None:
    rng = np.random.default_rng(2)
    # 300 corpora, and two standard errors of a rate of 2 %.
    assert false_alarms(population, rng, 6, 0.033, 300) < 0.02 + 0.016


def test_a_fault_in_one_window_is_traced_to_its_recording() -> None:
    """140 errors more in one of six recordings; the jackknife alone does not show them."""
    rng = np.random.default_rng(3)
    detected, differs = [], []
    for _ in range(200):
        corpus = simulate(USUAL, rng, 6, 0.033)
        faulty = np.flatnonzero(plant_fault(rng, corpus, one=True)).tolist()
        result = cross_check(*corpus)
        detected.append(list(result.outliers) == faulty)
        differs.append(result.differs)
    assert np.mean(detected) > 0.96 and not any(differs)


@pytest.mark.parametrize("recordings", [1, 2, 3, 4])
def test_a_fault_in_one_of_few_recordings(recordings: int) -> None:
    errors = ERRORS[:recordings]
    faulty = [errors[0] + 140, *errors[1:]]
    words = WORDS[:recordings]
    assert cross_check(words, faulty, words, errors).outliers == (0,)
    assert cross_check(words, errors, words, faulty).outliers == (0,)
    assert cross_check(words, errors, words, errors).outliers == ()


def test_several_faulty_recordings_do_not_mask_each_other() -> None:
    rng = np.random.default_rng(4)
    flagged, faulty = 0, 0
    for _ in range(40):
        corpus = simulate(USUAL, rng, 40, 0.033)
        hits = plant_fault(rng, corpus, one=False)
        flagged += int(np.count_nonzero(hits[list(cross_check(*corpus).outliers)]))
        faulty += int(np.count_nonzero(hits))
    assert faulty > 40 * 3 and flagged > 0.95 * faulty


def test_recordings_that_all_disagree_are_no_outliers() -> None:
    windowed, long_form = [60, 40, 30, 75, 120, 20], [170, 50, 105, 45, 60, 60]
    assert cross_check(WORDS, windowed, WORDS, long_form).outliers == ()
    # The largest of these differences is one among recordings that agree.
    long_form[1:] = windowed[1:]
    assert cross_check(WORDS, windowed, WORDS, long_form).outliers == (0,)


def test_a_difference_in_every_recording() -> None:
    doubled = [2 * count for count in ERRORS]
    result = cross_check(WORDS, doubled, WORDS, ERRORS)
    assert result.differs and result.outliers == ()
    assert result.difference == pytest.approx(-sum(ERRORS) / sum(WORDS))
    assert cross_check(WORDS, ERRORS, WORDS, doubled).differs


def test_a_small_difference_is_tolerated_however_certain() -> None:
    many, errors = [6500] * 40, [200, 210] * 20
    small, large = ([count + more for count in errors] for more in (15, 40))
    result = cross_check(many, errors, many, small)
    assert result.interval and result.interval.low > 0 and not result.differs
    assert cross_check(many, errors, many, large).differs


def test_interval_by_hand() -> None:
    # Differences of 1, 2 and 6 points: mean 3, standard error sqrt(7 / 3), t(0.995, 2) = 9.9248.
    result = cross_check([100] * 3, [10, 10, 10], [100] * 3, [11, 12, 16])
    margin = 9.924843 * np.sqrt(7 / 3) / 100
    assert result.difference == pytest.approx(0.03)
    assert result.interval == pytest.approx((0.03 - margin, 0.03 + margin), rel=1e-6)
    assert cross_check([100], [10], [100], [11]).interval is None


@pytest.mark.parametrize("words", [[], [100, 0]])
def test_every_recording_needs_words(words: list[int]) -> None:
    with pytest.raises(ValueError, match="reference words"):
        cross_check(words, [0] * len(words), words, [0] * len(words))
