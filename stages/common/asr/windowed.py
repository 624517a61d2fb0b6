"""Clips heard as production hears a session: neighbours joined, decoded in batches, shared out.

Whisper's encoder always pays for 30 s, so a window of eight clips costs what one costs. What is
heard in a window goes back to its clips by the alignment of its words with those of the references.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, islice, pairwise
from typing import TypeVar

import numpy as np
from faster_whisper import WhisperModel

from stages.common.asr.model import BATCH
from stages.common.asr.spans import transcribe_spans
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.params import Evaluate
from stages.common.dataset.features import decode_clip
from stages.common.dataset.split import Clip
from stages.common.text.normalizer import scoring_form
from stages.common.text.word_alignment import align

T = TypeVar("T")
_MIN_SAMPLES = SAMPLE_RATE // 10


def transcribe_clips(
    model: WhisperModel, clips: Iterable[Clip], language: str, evaluate: Evaluate
) -> Iterator[tuple[Clip, str]]:
    """Each clip with its words of what was heard, in the form in which they are compared; in the
    clips' order."""
    for window, text in transcribe_windows(model, clips, language, evaluate):
        yield from zip(window, split_hypothesis([clip.text for clip in window], text), strict=True)


def transcribe_windows(
    model: WhisperModel, clips: Iterable[Clip], language: str, evaluate: Evaluate
) -> Iterator[tuple[list[Clip], str]]:
    """Windows of neighbouring clips, each with what the model wrote for it; in the clips' order."""

    def samples_of(window: list[Clip]) -> np.ndarray:
        return np.concatenate([decode_clip(clip.audio) for clip in window])

    windows = join_clips(clips, evaluate.window_seconds)
    return transcribe_in_batches(model, windows, samples_of, language, evaluate.beam_size)


def transcribe_in_batches(
    model: WhisperModel,
    items: Iterable[T],
    samples_of: Callable[[T], np.ndarray],
    language: str,
    beam_size: int,
) -> Iterator[tuple[T, str]]:
    """Each item with what the model wrote for its sound, by all of the model's workers.

    samples_of: see `hear_sounds`; called by the workers.
    """
    rest, workers = iter(items), model.model.num_workers

    def hear(part: list[T]) -> list[str]:
        return transcribe_sounds(model, [samples_of(item) for item in part], language, beam_size)

    with ThreadPoolExecutor(workers) as pool:
        # A few at a time: a pool takes all that it is given into memory.
        while some := list(islice(rest, BATCH * workers)):
            # As many to each worker, in batches that are alike.
            each = -(-len(some) // workers)
            parts = [some[at : at + each] for at in range(0, len(some), each)]
            for part, texts in zip(parts, pool.map(hear, parts), strict=True):
                yield from zip(part, texts, strict=True)


def join_clips(clips: Iterable[Clip], seconds: float) -> Iterator[list[Clip]]:
    """Neighbouring clips of one recording, as many as fit into `seconds`, in order."""
    window: list[Clip] = []
    for clip in clips:
        fits = sum(other.seconds for other in window) + clip.seconds <= seconds
        if window and (clip.recording != window[0].recording or not fits):
            yield window
            window = []
        window.append(clip)
    if window:
        yield window


def transcribe_sounds(
    model: WhisperModel, sounds: Sequence[np.ndarray], language: str, beam_size: int
) -> list[str]:
    """The text of each sound, `BATCH` of them at once.

    sounds: float32 at 16 kHz, at most 30 s each.
    """
    # Spans are told apart by their starts.
    sounds = [np.pad(sound, (0, max(0, _MIN_SAMPLES - len(sound)))) for sound in sounds]
    ends = np.cumsum([len(sound) for sound in sounds])
    starts = [0, *ends[:-1].tolist()]
    # Half a sample, so that the way to seconds and back rounds to the same one.
    spans = [
        ((start + 0.5) / SAMPLE_RATE, (end + 0.5) / SAMPLE_RATE)
        for start, end in zip(starts, ends.tolist(), strict=True)
    ]
    texts: list[list[str]] = [[] for _ in sounds]
    for at, segment in transcribe_spans(
        model, np.concatenate(sounds), spans, language, beam_size=beam_size, batch_size=BATCH
    ):
        texts[at].append(segment.text.strip())
    return [" ".join(parts).strip() for parts in texts]


def split_hypothesis(references: Sequence[str], text: str) -> list[str]:
    """Give each reference its words of `text`, which was heard in all of them together.

    Words that stand against none go to the reference before them; references without words get
    none. All are in the form in which they are compared.
    """
    forms = [scoring_form(reference) for reference in references]
    aligned = align(" ".join(form for form in forms if form), text)
    places = [0, *accumulate(len(form.split()) for form in forms)]
    ends = [aligned.starts[place] if place else 0 for place in places]
    return [" ".join(aligned.hypothesis[start:end]) for start, end in pairwise(ends)]
