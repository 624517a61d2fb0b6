"""Clips heard as production hears a session: neighbours joined, decoded in batches, shared out.

Whisper's encoder always pays for 30 s, so a window of eight clips costs what one costs. What is
heard in a window goes back to its clips by the alignment of its words with those of the references.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, islice, pairwise

import jiwer
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel

from stages.common.dataset import Clip
from stages.common.features import SAMPLE_RATE, decode_clip
from stages.common.listen import BATCH, TEMPERATURE
from stages.common.params import Evaluate
from stages.common.text.normalizer import scoring_form
from stages.common.verdict.counts import ClipErrors
from stages.common.word_alignment import align


def hear_joined(
    model: WhisperModel, clips: Iterable[Clip], language: str, evaluate: Evaluate
) -> Iterator[tuple[Clip, str]]:
    """Each clip with its words of what was heard, in the form in which they are compared; in the
    clips' order."""
    rest, workers = joined(clips, evaluate.window_seconds), model.model.num_workers

    def hear(windows: list[list[Clip]]) -> list[str]:
        return hear_windows(model, windows, language, evaluate.beam_size)

    with ThreadPoolExecutor(workers) as pool:
        # A few windows at a time: a pool takes all that it is given into memory.
        while some := list(islice(rest, BATCH * workers)):
            # As many to each worker, in batches that are alike.
            each = -(-len(some) // workers)
            parts = [some[at : at + each] for at in range(0, len(some), each)]
            for windows, texts in zip(parts, pool.map(hear, parts), strict=True):
                for window, text in zip(windows, texts, strict=True):
                    found = share_out([clip.text for clip in window], text)
                    yield from zip(window, found, strict=True)


def joined(clips: Iterable[Clip], seconds: float) -> Iterator[list[Clip]]:
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


def hear_windows(
    model: WhisperModel, windows: Sequence[Sequence[Clip]], language: str, beam_size: int
) -> list[str]:
    """The text of each window, decoded as one batch."""
    sounds = [np.concatenate([decode_clip(clip.audio) for clip in w]) for w in windows]
    return hear_sounds(model, sounds, language, beam_size)


def hear_sounds(
    model: WhisperModel, sounds: Sequence[np.ndarray], language: str, beam_size: int
) -> list[str]:
    """The text of each sound, `BATCH` of them at once.

    sounds: float32 at 16 kHz, at most 30 s each.
    """
    ends = np.cumsum([len(sound) for sound in sounds])
    starts = [0, *ends[:-1].tolist()]
    # Half a sample, so that the way to seconds and back rounds to the same one.
    times = [
        {"start": (start + 0.5) / SAMPLE_RATE, "end": (end + 0.5) / SAMPLE_RATE}
        for start, end in zip(starts, ends.tolist(), strict=True)
    ]
    found, _ = BatchedInferencePipeline(model).transcribe(
        np.concatenate(sounds),
        language=language,
        beam_size=beam_size,
        temperature=TEMPERATURE,
        without_timestamps=True,
        clip_timestamps=times,
        batch_size=BATCH,
    )
    texts: list[list[str]] = [[] for _ in sounds]
    for segment in found:
        # `seek` is in frames of 10 ms, rounded down.
        at = bisect(starts, (segment.seek + 1) / 100 * SAMPLE_RATE) - 1
        texts[at].append(segment.text.strip())
    return [" ".join(parts).strip() for parts in texts]


def share_out(references: Sequence[str], text: str) -> list[str]:
    """Give each reference its words of `text`, which was heard in all of them together.

    Words that stand against none go to the reference before them; references without words get
    none. All are in the form in which they are compared.
    """
    forms = [scoring_form(reference) for reference in references]
    aligned = align(" ".join(form for form in forms if form), text)
    places = [0, *accumulate(len(form.split()) for form in forms)]
    ends = [aligned.starts[place] if place else 0 for place in places]
    return [" ".join(aligned.heard[start:end]) for start, end in pairwise(ends)]


def count_errors(clip: Clip, hypothesis: str) -> ClipErrors:
    """One clip's errors, counted as `stages.common.score.score` counts those of all together."""
    words = jiwer.process_words(scoring_form(clip.text), scoring_form(hypothesis))
    return ClipErrors(
        clip=clip.id,
        recording=clip.recording,
        reference_words=words.hits + words.substitutions + words.deletions,
        substitutions=words.substitutions,
        deletions=words.deletions,
        insertions=words.insertions,
    )
