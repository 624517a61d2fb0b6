"""`python -m bench.cross_check`: false alarms and power of the cross-check, on simulated corpora.

Both decodings of a recording share most of their errors, which come in bursts; each loses an
occasional phrase. The planted fault assigns a window's text to its neighbour: 140 more errors, in 1
of 49 windows. Two standard errors of a false-alarm rate of 1 % are 0.6 points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stages.common.evaluation.significance.cross_check import cross_check

CORPORA = 1000
RECORDINGS = (2, 3, 4, 6, 10, 20, 40)
WERS = (0.033, 0.12, 0.4)
FAULT_ERRORS = 140
FAULTY_WINDOWS = 1 / 49
_WINDOW_WORDS = 80


@dataclass(frozen=True)
class Decodings:
    """Variation of recordings and of their two decodings; deviations are those of the logarithm."""

    words: float = 650.0
    """Mean per recording, as in the demo."""
    length_deviation: float = 0.4
    difficulty_deviation: float = 0.4
    """Error rate between recordings, common to both decodings."""
    decoding_deviation: float = 0.0
    """Error rate between recordings, of each decoding's own errors."""
    shared: float = 0.7
    """Share of the errors that both decodings make."""
    burst: float = 2.0
    """Mean errors per burst; the number is geometric."""
    lost_phrases: float = 0.05
    """Phrases of 5 to 39 words that each decoding loses per 650 words."""


USUAL = Decodings()
VARIANTS = {
    "usual": USUAL,
    "longer bursts": Decodings(burst=4.0),
    "no shared errors": Decodings(shared=0.0),
    "more lost phrases": Decodings(lost_phrases=0.15),
    "sessions of 50 minutes": Decodings(words=6500.0, decoding_deviation=0.3),
}


def simulate(
    population: Decodings, rng: np.random.Generator, recordings: int, wer: float
) -> np.ndarray:
    """Draw a corpus in which both decodings have the same expected WER.

    Returns: the arguments of `cross_check`, shape (4, recordings).
    """

    def factor(deviation: float) -> np.ndarray:
        """Log-normal with mean 1."""
        return np.exp(deviation * rng.standard_normal(recordings) - deviation**2 / 2)

    def bursts(expected: np.ndarray) -> np.ndarray:
        number = rng.poisson(expected / population.burst)
        more = rng.negative_binomial(np.maximum(number, 1), 1 / population.burst)
        return np.asarray(number + np.where(number > 0, more, 0))

    words = np.maximum(60, np.rint(population.words * factor(population.length_deviation)))
    expected = words * wer * factor(population.difficulty_deviation)
    both = bursts(expected * population.shared)

    def decoding() -> np.ndarray:
        rate = (1 - population.shared) * factor(population.decoding_deviation)
        phrases = rng.poisson(population.lost_phrases * words / 650)
        recording = np.repeat(np.arange(recordings), phrases)
        lost = np.bincount(recording, rng.integers(5, 40, len(recording)), recordings)
        return np.asarray(both + bursts(expected * rate) + lost)

    return np.array([words, decoding(), words, decoding()])


def plant_fault(rng: np.random.Generator, corpus: np.ndarray, *, one: bool) -> np.ndarray:
    """Add the fault's errors to windowed decoding, in place.

    one: in one window of one recording; otherwise in 1 of 49 windows, at least one.

    Returns: faulty windows of each recording, shape (recordings,).
    """
    windows = np.maximum(1, corpus[0] // _WINDOW_WORDS).astype(int)
    hits = np.zeros(len(windows), int)
    while not hits.any():
        hits = rng.binomial(windows, 0.0 if one else FAULTY_WINDOWS)
        if one:
            hits[rng.integers(len(windows))] = 1
    corpus[1] += FAULT_ERRORS * hits
    return hits


def false_alarms(
    population: Decodings, rng: np.random.Generator, recordings: int, wer: float, corpora: int
) -> float:
    """Share of corpora without a fault that differ overall or have an outlier."""
    results = (cross_check(*simulate(population, rng, recordings, wer)) for _ in range(corpora))
    return float(np.mean([result.differs or bool(result.outliers) for result in results]))


def power(
    rng: np.random.Generator, recordings: int, wer: float, corpora: int, *, one: bool
) -> tuple[float, float]:
    """Share of corpora in which a fault is detected, and share of faulty recordings detected."""
    detected, flagged, faulty = [], 0, 0
    for _ in range(corpora):
        corpus = simulate(USUAL, rng, recordings, wer)
        hits = plant_fault(rng, corpus, one=one)
        result = cross_check(*corpus)
        detected.append(result.differs or bool(result.outliers))
        flagged += int((hits[list(result.outliers)] > 0).sum())
        faulty += int((hits > 0).sum())
    return float(np.mean(detected)), flagged / faulty


def main() -> None:
    columns = [
        "WER",
        "recordings",
        *(f"false alarms, {name}" for name in VARIANTS),
        "power, fault in 1 window",
        "power, fault in 1 of 49 windows",
        "faulty recordings detected",
    ]
    print(f"{CORPORA:,} corpora per cell\n\n| {' | '.join(columns)} |")
    print("|---" * len(columns) + "|", flush=True)
    for wer in WERS:
        for recordings in RECORDINGS:
            rng = np.random.default_rng(1000 * recordings + round(1000 * wer))
            shares = [false_alarms(p, rng, recordings, wer, CORPORA) for p in VARIANTS.values()]
            shares.append(power(rng, recordings, wer, CORPORA, one=True)[0])
            shares += power(rng, recordings, wer, CORPORA, one=False)
            cells = " | ".join(f"{share:.1%}" for share in shares)
            print(f"| {wer:.1%} | {recordings} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
