"""`make bench-intervals`: coverage of the intervals and false alarms, on simulated corpora.

The true error rates are known. Recordings and clips differ in difficulty and length; the two models
share part of their errors, and each is better on some recordings. A row is `CORPORA` corpora: two
standard errors of a share of 95 % or 5 % are 1.4 points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stages.common.evaluation.significance.comparison import Change, difference, log_ratio
from stages.common.evaluation.significance.wer_interval import wer_limits

CORPORA = 1000
RECORDINGS = (3, 4, 6, 10, 20, 40)
WERS = (0.07, 0.25, 0.50)
RESAMPLES = 400
_CHUNK = 250
"""Corpora in memory at a time."""


@dataclass(frozen=True)
class Population:
    """Variation of recordings, clips and models; deviations are those of the logarithm."""

    clips: float = 70.0
    """Mean per recording; the demo has 61, of 8.4 words each."""
    length_deviation: float = 0.4
    difficulty_deviation: float = 0.3
    """Error rate between recordings, common to both models."""
    model_deviation: float = 0.1
    """Error rate between recordings, of each model independently."""
    words: float = 8.3
    """Mean per clip."""
    shared: float = 0.6
    """Share of the errors that both models make."""


USUAL = Population()
HARD = Population(length_deviation=0.8, difficulty_deviation=0.5)


def simulate(
    population: Population,
    rng: np.random.Generator,
    shape: tuple[int, int],
    wer: float,
    gain: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw corpora. Error counts are Poisson-distributed, the difficulty of a clip exponentially,
    so errors come in bursts.

    Args:
        shape: corpora, recordings.
        wer: of the first model; the second's is `wer` x (1 - gain).

    Returns: reference words and both models' errors, each float64 of shape (corpora, recordings,
        clips), zero for padding.
    """

    def factor(deviation: float, *more: int) -> np.ndarray:
        """Log-normal with mean 1, shape (corpora, recordings, *more)."""
        normal = rng.standard_normal((*shape, *more))
        return np.exp(deviation * normal - deviation**2 / 2)

    clips = np.rint(population.clips * factor(population.length_deviation))
    number = np.clip(clips, 8, 4 * population.clips).astype(int)
    full = (*shape, int(number.max()))
    present = np.arange(full[-1]) < number[..., None]
    lengths = 1 + rng.poisson(rng.gamma(1.5, (population.words - 1) / 1.5, full))
    words = np.where(present, lengths, 0)
    difficulty = factor(population.difficulty_deviation, 1) * rng.exponential(size=full)
    expected = words * wer * difficulty
    both = rng.poisson(expected * population.shared * (1 - gain))
    own = [
        rng.poisson(expected * share * factor(population.model_deviation, 1))
        for share in (1 - population.shared * (1 - gain), (1 - gain) * (1 - population.shared))
    ]
    return words.astype(float), (both + own[0]).astype(float), (both + own[1]).astype(float)


def percentile_bootstrap(
    weights: np.ndarray, words: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, ...]:
    """The common percentile bootstrap over independent units (clips or recordings).

    Args:
        weights: how often each unit is drawn, shape (resamples, units). Poisson weights stand for
            drawing with replacement.
        words, first, second: reference words and each model's errors, shape (corpora, units).

    Returns: lower and upper limit of the first WER, then of the difference; shape (corpora,) each.
    """
    resampled = [x @ weights.T for x in (words, first, second)]
    wer, change = resampled[1] / resampled[0], (resampled[2] - resampled[1]) / resampled[0]
    limits = (2.5, 97.5)
    return *np.percentile(wer, limits, axis=1), *np.percentile(change, limits, axis=1)


def covered(low: np.ndarray, high: np.ndarray, truth: float) -> np.ndarray:
    return (low <= truth) & (truth <= high)


def significant(change: Change) -> np.ndarray:
    low, high = change.limits()
    return (low > 0) | (high < 0)


def one_row(population: Population, recordings: int, wer: float, seed: int) -> dict[str, float]:
    """Shares of all corpora, by the keys of `COLUMNS`."""
    rng = np.random.default_rng(seed)
    tallies: dict[str, list[np.ndarray]] = {}

    def count(name: str, hits: np.ndarray) -> None:
        tallies.setdefault(name, []).append(hits)

    for _ in range(CORPORA // _CHUNK):
        for gain in (0.0, 0.05, 0.2):
            clips = simulate(population, rng, (_CHUNK, recordings), wer, gain)
            words, first, second = by_recording = [x.sum(-1) for x in clips]
            ratio = log_ratio(words, first, second)
            count(f"significant {gain}", significant(ratio))
            if gain == 0.05:
                continue
            points = difference(words, first, second)
            count(f"difference {gain}", covered(*points.limits(), -wer * gain))
            count(f"ratio {gain}", covered(*ratio.limits(), np.log1p(-gain)))
            if gain:
                continue
            count("wer", covered(*wer_limits(words, first), wer))
            by_clip = [x.reshape(_CHUNK, -1) for x in clips]
            weights = rng.poisson(1.0, (RESAMPLES, by_clip[0].shape[1])).astype(float)
            *limits, low, high = percentile_bootstrap(weights, *by_clip)
            count("clips wer", covered(limits[0], limits[1], wer))
            count("clips significant", ~covered(low, high, 0.0))
            weights = rng.multinomial(recordings, [1 / recordings] * recordings, RESAMPLES)
            *limits, low, high = percentile_bootstrap(weights.astype(float), *by_recording)
            count("recordings wer", covered(limits[0], limits[1], wer))
            count("recordings significant", ~covered(low, high, 0.0))
    return {name: float(np.concatenate(hits).mean()) for name, hits in tallies.items()}


COLUMNS = {
    "WER covered": "wer",
    "difference covered, equal": "difference 0.0",
    "difference covered, 20 % gain": "difference 0.2",
    "ratio covered, 20 % gain": "ratio 0.2",
    "false alarms": "significant 0.0",
    "power, 5 % gain": "significant 0.05",
    "power, 20 % gain": "significant 0.2",
    "bootstrap over clips: WER covered": "clips wer",
    "bootstrap over clips: false alarms": "clips significant",
    "bootstrap over recordings: WER covered": "recordings wer",
    "bootstrap over recordings: false alarms": "recordings significant",
}


def table(population: Population) -> None:
    """Print a row for each number of recordings and WER."""
    print(f"| recordings | WER | {' | '.join(COLUMNS)} |")
    print("|---|" + "---|" * (len(COLUMNS) + 1))
    for recordings in RECORDINGS:
        for wer in WERS:
            shares = one_row(population, recordings, wer, seed=1000 * recordings + round(100 * wer))
            cells = " | ".join(f"{shares[key]:.1%}" for key in COLUMNS.values())
            print(f"| {recordings} | {wer:.0%} | {cells} |", flush=True)


def main() -> None:
    print(f"{CORPORA:,} corpora per row. {USUAL}\n")
    table(USUAL)
    print(f"\nRecordings with larger differences in length and difficulty: {HARD}\n")
    table(HARD)


if __name__ == "__main__":
    main()
