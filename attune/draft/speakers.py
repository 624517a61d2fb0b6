"""The speaker of each word of a draft: by channel, or else by voice, for two voices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.cluster.vq import kmeans2

from attune.draft.drafts import Word
from attune.draft.voices import Embeddings, Window, embeddings
from stages.common.audio.mixing import SpeakerTurn
from stages.common.audio.samples import Samples
from stages.segment.alignment.speech_intervals import utterance_intervals

Array = npt.NDArray[np.float64]

_VAD_THRESHOLD = 0.5
_ONE_VOICE = 0.93
"""Least cosine of two voices that count as one: halves of one voice's windows had 0.947 to 0.971
(17 recordings), two voices 0.45 to 0.91 (115), on the material of `make bench-speakers`."""
_NEAR = 0.4
"""Seconds from a word over which a window's weight falls to 1/e."""
_CHANGE, _CHANGE_AT_PAUSE = 1.0, 0.5
"""Evidence needed for a change of speakers, in standard deviations over the windows, summed over
words; less at a pause or after a sentence. Chosen on sessions composed of real speech."""
_PAUSE = 0.25
_SENTENCE_ENDS = (".", "?", "!")


def speakers_of(words: Sequence[Word], turns: Sequence[SpeakerTurn], samples: Samples) -> list[str]:
    """`Speaker 1`, `Speaker 2` for each word, in the order in which they first speak.

    Args:
        words: in order of time.
        turns: speaker turns by channel, if each speaker has one; see stages/common/audio/mixing.py.
        samples: the recording, 16 kHz mono, shape (samples,).

    Raises: UserError if the voices' encoder is not installed.
    """
    if turns:
        labels = _by_channel(words, turns)
    else:
        speech = utterance_intervals(samples, _VAD_THRESHOLD)
        labels = _by_voice(words, *embeddings(samples, speech))
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels), 1)}
    return [f"Speaker {numbers[label]}" for label in labels]


def _by_channel(words: Sequence[Word], turns: Sequence[SpeakerTurn]) -> list[int]:
    """For each word, the channel of the turn that overlaps it most, or else is nearest."""
    starts, ends = (np.array([turn[side] for turn in turns]) for side in (0, 1))
    labels = []
    for word in words:
        overlap = np.minimum(ends, word.end) - np.maximum(starts, word.start)
        labels.append(turns[int(np.argmax(overlap))][2])  # the nearest turn's is least negative
    return labels


def _by_voice(words: Sequence[Word], windows: list[Window], vectors: Embeddings) -> list[int]:
    """0 or 1 for each word; 0 for all if there is one voice."""
    split = _two_voices(vectors)
    if split is None or not words:
        return [0] * len(words)
    scores = vectors @ split
    return _likeliest(words, _evidence(words, windows, scores / scores.std()))


def _two_voices(vectors: Embeddings) -> Array | None:
    """The difference of the two voices' mean vectors; None if there is only one voice."""
    if len(vectors) < 2:
        return None
    centred = vectors - vectors.mean(axis=0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    side = centred @ direction > 0
    if side.all() or not side.any():
        return None
    start = np.stack([vectors[side].mean(axis=0), vectors[~side].mean(axis=0)])
    means, _ = kmeans2(vectors.astype(float), start.astype(float), minit="matrix")
    one, other = means / np.linalg.norm(means, axis=1, keepdims=True)
    difference: Array = one - other
    return difference if one @ other < _ONE_VOICE else None


def _evidence(words: Sequence[Word], windows: list[Window], scores: Array) -> Array:
    """For each word, the mean score of the windows at its time, or of the nearest one."""
    starts, ends = np.array(windows).T
    middles = (starts + ends) / 2
    evidence = np.empty(len(words))
    for number, word in enumerate(words):
        distance = np.abs(middles - (word.start + word.end) / 2)
        overlap = np.minimum(ends, word.end) - np.maximum(starts, word.start)
        weights = np.maximum(overlap, 0) * np.exp(-distance / _NEAR)
        if not weights.any():
            weights[np.argmin(distance)] = 1.0
        evidence[number] = weights @ scores / weights.sum()
    return evidence


def _likeliest(words: Sequence[Word], evidence: Array) -> list[int]:
    """The sequence of speakers with most evidence less the cost of its changes (Viterbi)."""
    gains = np.stack([evidence, -evidence], axis=1) / 2
    total, came_from = gains[0], []
    for number in range(1, len(words)):
        before = words[number - 1]
        pause = words[number].start - before.end >= _PAUSE
        boundary = pause or before.text.endswith(_SENTENCE_ENDS)
        changed = total[::-1] - (_CHANGE_AT_PAUSE if boundary else _CHANGE)
        stays = total >= changed
        came_from.append(np.where(stays, [0, 1], [1, 0]))
        total = np.maximum(total, changed) + gains[number]
    labels = [int(np.argmax(total))]
    for previous in reversed(came_from):
        labels.append(int(previous[labels[-1]]))
    return labels[::-1]
