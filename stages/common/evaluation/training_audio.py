"""Memorization that only training audio reveals: a model on training and on validation clips.

The clips are those of `data/dataset/membership`: pairs of equal length, cut alike in both splits.
Of each, the loss of its reference given its audio; of some, the hypothesis of its first half.
Metrics are made of the rows by `membership.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from ctranslate2 import StorageView
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from stages.common.asr.decoding import Decoding
from stages.common.asr.model import BATCH
from stages.common.asr.windowed import samples_of, transcribe_in_batches
from stages.common.audio.samples import first_half
from stages.common.core.files import Row, read_rows
from stages.common.dataset.features import decode_clip, log_mel
from stages.common.dataset.split_storage import Clip, clips_of, join_clips

MEMBERSHIP = Path("data/dataset/membership")
SIDES = ("train", "validation")
MAX_CUT_PAIRS = 40
"""Each clip costs a window of its own: a neighbour's words would end the silence after the cut."""
_SECONDS_PER_POSITION = 0.02
"""Position of the encoder's output, the unit of alignments."""
_FRAMES_PER_SECOND = 100
_MAX_LABELS = 400
"""Tokens of a window's texts: the decoder has 448 positions."""
_MARGIN = 0.2
"""Seconds after the cut from which a word counts as cut away: alignments are about as exact, and a
word's beginning is audible in the end of the one before."""


class AlignedText(NamedTuple):
    loss: float
    """Mean negative log-likelihood of the reference's tokens given the audio and that a token of
    text follows, in nats per token: CTranslate2, like openai-whisper, leaves special tokens out
    here."""
    starts: list[float]
    """Start of each word, in seconds from the clip's start."""


def run_membership_tests(
    model: WhisperModel, decoding: Decoding, folder: Path = MEMBERSHIP
) -> list[Row]:
    """A row for each clip of both splits, with texts, which never enter git.

    `id`, `recording`, `split`, `loss` (see `AlignedText`). Of the first `MAX_CUT_PAIRS` pairs also
    `spoken` and `cut_away`, the words before and after the cut, and `hypothesis`, that of the first
    half, decoded as test clips are.
    """
    pairs = read_rows(folder / "pairs.jsonl")
    rows: list[Row] = []
    for side in SIDES if pairs else ():
        cut = {pair[side] for pair in pairs[:MAX_CUT_PAIRS]}
        halves = transcribe_in_batches(
            model,
            (clip for clip in clips_of(folder / side) if clip.id in cut),
            lambda clip: first_half(decode_clip(clip.audio)),
            decoding,
        )
        hypotheses = {clip.id: text for clip, text in halves}
        for clip, aligned in align_clips(model, clips_of(folder / side), decoding):
            row = {"id": clip.id, "recording": clip.recording, "split": side, "loss": aligned.loss}
            if clip.id in cut:
                words, audible = clip.text.split(), clip.seconds / 2 + _MARGIN
                before = sum(start < audible for start in aligned.starts)
                row |= {
                    "spoken": " ".join(words[:before]), "cut_away": " ".join(words[before:]),
                    "hypothesis": hypotheses[clip.id],
                }  # fmt: skip
            rows.append(row)
    return rows


def cut_rows(rows: Iterable[Row]) -> list[Row]:
    """The rows of cut clips, with the whole clip's text as `reference`: no word after the cut is
    another clip's."""
    return [
        row | {"reference": f"{row['spoken']} {row['cut_away']}".strip()}
        for row in rows
        if "hypothesis" in row
    ]


def align_clips(
    model: WhisperModel, clips: Iterator[Clip], decoding: Decoding
) -> Iterator[tuple[Clip, AlignedText]]:
    """Each clip with its aligned text, in order; in windows of clips of one recording, as test
    clips are decoded, on all of the model's workers."""
    tokenizer = Tokenizer(
        model.hf_tokenizer, model.model.is_multilingual, "transcribe", decoding.language
    )
    windows = join_clips(clips, decoding.window_seconds, _MAX_LABELS)
    workers = model.model.num_workers

    def align(batch: Sequence[Sequence[Clip]]) -> list[AlignedText]:
        return _align(model, tokenizer, batch)

    with ThreadPoolExecutor(workers) as pool:
        # A batch per worker at a time: the pool would hold the audio of all clips in memory.
        while batches := [b for _ in range(workers) if (b := list(islice(windows, BATCH)))]:
            for batch, texts in zip(batches, pool.map(align, batches), strict=True):
                yield from zip((c for window in batch for c in window), texts, strict=True)


def _align(
    model: WhisperModel, tokenizer: Tokenizer, windows: Sequence[Sequence[Clip]]
) -> list[AlignedText]:
    """The texts of all clips of all windows, in order."""
    tokens = [[_tokens(tokenizer, clip.text) for clip in window] for window in windows]
    mels = [log_mel(model.feature_extractor, samples_of(window)) for window in windows]
    results = model.model.align(
        StorageView.from_array(np.stack(mels)),
        tokenizer.sot_sequence,
        [[token for text in window for word in text for token in word] for window in tokens],
        [round(sum(c.seconds for c in window) * _FRAMES_PER_SECOND) for window in windows],
    )
    texts = []
    for window, split, result in zip(windows, tokens, results, strict=True):
        times = _times(result.alignments)
        token, offset = 0, 0.0
        for clip, words in zip(window, split, strict=True):
            begins = [token + int(n) for n in np.cumsum([0, *map(len, words)])]
            probabilities = result.text_token_probs[token : begins[-1]]
            starts = [times[begin] - offset for begin in begins[:-1]]
            texts.append(AlignedText(_loss(probabilities), starts))
            token, offset = begins[-1], offset + clip.seconds
    return texts


def _tokens(tokenizer: Tokenizer, text: str) -> list[list[int]]:
    """The tokens of each word: none of Whisper's spans a space."""
    encode = tokenizer.tokenizer.encode
    return [encode(f" {word}", add_special_tokens=False).ids for word in text.split()]


def _loss(probabilities: Sequence[float]) -> float:
    return float(-np.log(np.maximum(probabilities, np.finfo(np.float32).tiny)).mean())


def _times(alignments: Sequence[tuple[int, int]]) -> dict[int, float]:
    """The start of each token in seconds. alignments: (token, position), along the path."""
    first: dict[int, float] = {}
    for token, position in alignments:
        first.setdefault(token, position * _SECONDS_PER_POSITION)
    return first
