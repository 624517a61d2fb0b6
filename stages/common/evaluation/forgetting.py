"""Catastrophic forgetting: the WER on out-of-domain speech, which neither model was tuned on.

Sessions are few and alike: a model tuned on them transcribes them better and may transcribe
everything else worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from faster_whisper import WhisperModel

from stages.common.asr.decoding import Decoding
from stages.common.asr.long_form import text_of, transcribe_long_form
from stages.common.asr.windowed import transcribe_in_batches
from stages.common.dataset.out_of_domain import OutOfDomainRecording
from stages.common.text.wer import score

_WINDOW = 30.0
"""Seconds of Whisper's window."""


def score_out_of_domain(
    model: WhisperModel,
    recordings: Sequence[OutOfDomainRecording],
    decoding: Decoding,
) -> dict[str, Any]:
    """`guard_wer` over all recordings together, and `guard_words` of their references."""
    hypotheses = transcribe_out_of_domain(model, recordings, decoding)
    result = score([each.text for each in recordings], hypotheses, decoding.language)
    return {"guard_wer": result.wer, "guard_words": result.reference_words}


def transcribe_out_of_domain(
    model: WhisperModel,
    recordings: Sequence[OutOfDomainRecording],
    decoding: Decoding,
) -> list[str]:
    """One hypothesis for each recording: up to 30 s are decoded as test clips are, in batches of
    windows, longer ones as full recordings."""
    short = [each for each in recordings if each.seconds <= _WINDOW]
    long = [each for each in recordings if each.seconds > _WINDOW]

    def transcribe(recording: OutOfDomainRecording) -> str:
        return text_of(transcribe_long_form(model, recording.samples(), decoding))

    texts = dict(transcribe_in_batches(model, short, OutOfDomainRecording.samples, decoding))
    with ThreadPoolExecutor(model.model.num_workers) as pool:
        texts |= zip(long, pool.map(transcribe, long), strict=True)
    return [texts[recording] for recording in recordings]


def relative_change(base: float, tuned: float) -> float | None:
    """Change of the WER as a share of the base's: 0.1 is a tenth worse. None if the base made no
    error."""
    return (tuned - base) / base if base else None
