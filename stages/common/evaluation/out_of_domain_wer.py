"""What tuning made a model forget: its WER on the guard, which is no session and was never learned.

Sessions are few and alike; a model tuned on them hears them better and may hear all else worse
(catastrophic forgetting).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from faster_whisper import WhisperModel

from stages.common.asr.long_form import text_of, transcribe_long_form
from stages.common.asr.windowed import transcribe_in_batches
from stages.common.core.params import Evaluate
from stages.common.evaluation.out_of_domain_set import OutOfDomainRecording, samples_of
from stages.common.text.wer import score

_WINDOW = 30.0
"""Seconds that Whisper hears at once."""


def score_out_of_domain(
    model: WhisperModel, guard: Sequence[OutOfDomainRecording], language: str, evaluate: Evaluate
) -> dict[str, Any]:
    """`guard_wer` over all of the guard together, and its `guard_words`."""
    heard = transcribe_out_of_domain(model, guard, language, evaluate)
    result = score([spoken.text for spoken in guard], heard)
    return {"guard_wer": result.wer, "guard_words": result.reference_words}


def transcribe_out_of_domain(
    model: WhisperModel, guard: Sequence[OutOfDomainRecording], language: str, evaluate: Evaluate
) -> list[str]:
    """What the model wrote for each: for up to 30 s as for a test clip, in batches of windows; for
    more as for a whole recording."""
    short = [spoken for spoken in guard if spoken.seconds <= _WINDOW]
    long = [spoken for spoken in guard if spoken.seconds > _WINDOW]

    def hear(spoken: OutOfDomainRecording) -> str:
        return text_of(transcribe_long_form(model, samples_of(spoken), language, evaluate))

    texts = dict(transcribe_in_batches(model, short, samples_of, language, evaluate.beam_size))
    with ThreadPoolExecutor(model.model.num_workers) as pool:
        texts |= zip(long, pool.map(hear, long), strict=True)
    return [texts[spoken] for spoken in guard]


def relative_change(base: float, tuned: float) -> float | None:
    """Of the WER, from base to tuned; 0.1 is a tenth worse. None if the base made no error."""
    return (tuned - base) / base if base else None
