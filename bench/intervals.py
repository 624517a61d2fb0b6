"""`make bench-intervals`: do the intervals and verdicts hold where the truth is known?

Corpora are drawn whose error rates are set: recordings differ in difficulty and in length, and so
do clips; two models share part of their errors, and each is better in some recordings than in
others. Each row is `CORPORA` corpora; a share of 95 % is then known to within 1.4 points (two
standard errors), one of 5 % likewise.
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
_AT_ONCE = 250
"""Corpora in memory together."""


@dataclass(frozen=True)
class World:
    """How recordings, clips and models differ. Spreads are of the logarithm."""

    clips: float = 70.0
    """In a recording, on average; the demo's have 72 with 8.3 words each."""
    length_spread: float = 0.4
    recording_spread: float = 0.3
    """Of the error rate between recordings, for both models alike."""
    model_spread: float = 0.1
    """Of each model's own errors between recordings, for itself alone."""
    words: float = 8.3
    """In a clip, on average."""
    shared: float = 0.6
    """Of the errors, those that both models make."""


USUAL = World()
HARD = World(length_spread=0.8, recording_spread=0.5)


def draw(
    world: World, rng: np.random.Generator, shape: tuple[int, int], wer: float, gain: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Reference words and both models' errors, each float64 of shape (corpora, recordings, clips).

    The first model's WER is `wer`, the second's `wer` x (1 - gain). A clip's difficulty is
    exponential, so that errors come in bursts; counts are Poisson's.
    """

    def effect(spread: float, *more: int) -> np.ndarray:
        """Log-normal with mean 1."""
        normal = rng.standard_normal((*shape, *more))
        return np.exp(spread * normal - spread**2 / 2)

    wished = np.rint(world.clips * effect(world.length_spread))
    number = np.clip(wished, 8, 4 * world.clips).astype(int)
    full = (*shape, int(number.max()))
    there = np.arange(full[-1]) < number[..., None]
    lengths = 1 + rng.poisson(rng.gamma(1.5, (world.words - 1) / 1.5, full))
    words = np.where(there, lengths, 0)
    hard = effect(world.recording_spread, 1) * rng.exponential(size=full)
    expected = words * wer * hard
    both = rng.poisson(expected * world.shared * (1 - gain))
    own = [
        rng.poisson(expected * rest * effect(world.model_spread, 1))
        for rest in (1 - world.shared * (1 - gain), (1 - gain) * (1 - world.shared))
    ]
    return words.astype(float), (both + own[0]).astype(float), (both + own[1]).astype(float)


def naive(
    weights: np.ndarray, words: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Percentile bootstraps as they are often done: limits of the first WER and of the difference.

    Args: weights: how often each unit is drawn, shape (resamples, units); else shape
        (corpora, units). Poisson's weights stand for drawing with replacement.
    """
    drawn = [x @ weights.T for x in (words, first, second)]
    wer, change = drawn[1] / drawn[0], (drawn[2] - drawn[1]) / drawn[0]
    ends = (2.5, 97.5)
    return *np.percentile(wer, ends, axis=1), *np.percentile(change, ends, axis=1)


def covered(low: np.ndarray, high: np.ndarray, truth: float) -> np.ndarray:
    return (low <= truth) & (truth <= high)


def shown(change: Change) -> np.ndarray:
    low, high = change.limits()
    return (low > 0) | (high < 0)


def one_row(world: World, recordings: int, wer: float, seed: int) -> dict[str, float]:
    """Shares over all corpora, by what they are of."""
    rng = np.random.default_rng(seed)
    tallies: dict[str, list[np.ndarray]] = {}

    def count(name: str, hits: np.ndarray) -> None:
        tallies.setdefault(name, []).append(hits)

    for _ in range(CORPORA // _AT_ONCE):
        for gain in (0.0, 0.05, 0.2):
            words, first, second = draw(world, rng, (_AT_ONCE, recordings), wer, gain)
            ratio = log_ratio(words, first, second)
            count(f"shown {gain}", shown(ratio))
            if gain == 0.05:
                continue
            points = difference(words, first, second)
            count(f"difference {gain}", covered(*points.limits(), -wer * gain))
            count(f"ratio {gain}", covered(*ratio.limits(), np.log1p(-gain)))
            if gain:
                continue
            count("wer", covered(*wer_limits(words, first), wer))
            by_clip = [x.reshape(_AT_ONCE, -1) for x in (words, first, second)]
            weights = rng.poisson(1.0, (RESAMPLES, by_clip[0].shape[1])).astype(float)
            low, high, less, more = naive(weights, *by_clip)
            count("clips wer", covered(low, high, wer))
            count("clips called", ~covered(less, more, 0.0))
            by_recording = [x.sum(-1) for x in (words, first, second)]
            weights = rng.multinomial(recordings, [1 / recordings] * recordings, RESAMPLES)
            low, high, less, more = naive(weights.astype(float), *by_recording)
            count("recordings wer", covered(low, high, wer))
            count("recordings called", ~covered(less, more, 0.0))
    return {name: float(np.concatenate(hits).mean()) for name, hits in tallies.items()}


COLUMNS = {
    "WER covered": "wer",
    "difference covered, equal": "difference 0.0",
    "difference covered, 20 % gain": "difference 0.2",
    "ratio covered, 20 % gain": "ratio 0.2",
    "equal called different": "shown 0.0",
    "5 % gain shown": "shown 0.05",
    "20 % gain shown": "shown 0.2",
    "bootstrap over clips: WER covered": "clips wer",
    "equal called different ": "clips called",
    "bootstrap over recordings: WER covered": "recordings wer",
    "equal called different  ": "recordings called",
}


def table(world: World) -> None:
    """Print a row a number of recordings and WER."""
    print(f"| recordings | WER | {' | '.join(name.strip() for name in COLUMNS)} |")
    print("|---|" + "---|" * (len(COLUMNS) + 1))
    for recordings in RECORDINGS:
        for wer in WERS:
            found = one_row(world, recordings, wer, seed=1000 * recordings + round(100 * wer))
            cells = " | ".join(f"{found[key]:.1%}" for key in COLUMNS.values())
            print(f"| {recordings} | {wer:.0%} | {cells} |", flush=True)


def main() -> None:
    print(f"{CORPORA:,} corpora a row. {USUAL}\n")
    table(USUAL)
    print(f"\nRecordings of very different length and difficulty: {HARD}\n")
    table(HARD)


if __name__ == "__main__":
    main()
