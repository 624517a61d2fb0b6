"""Where somebody speaks: the Silero detector that comes with faster-whisper, without a download."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE, Samples, peak_of

_PIECE = 300 * SAMPLE_RATE
"""The detector needs several copies of what it hears: five minutes at once, whatever the length."""
_QUIET = 10 ** (-60 / 20)
_LOUD_PEAK = 0.5

MIN_SPEECH_MS = 100

SpeechInterval = tuple[float, float]


def speech_intervals(
    samples: Samples, threshold: float, pause_ms: int = 300, pad_ms: int = 100
) -> list[SpeechInterval]:
    """Seconds (start, end) of each stretch of speech, in order, apart from one another.

    Args:
        samples: 16 kHz mono, shape (samples,).
        threshold: probability from which the detector takes 32 ms for speech.
        pause_ms: shorter pauses do not end a stretch.
        pad_ms: what each stretch is widened by on both sides.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=threshold,
        min_speech_duration_ms=MIN_SPEECH_MS,
        min_silence_duration_ms=pause_ms,
        speech_pad_ms=pad_ms,
    )
    peak = peak_of(samples)
    # It misses speech that was recorded very softly.
    gain = np.float32(_LOUD_PEAK / peak if 0 < peak < _LOUD_PEAK else 1.0)
    found: list[SpeechInterval] = []
    for begin in range(0, len(samples), _PIECE):
        for stretch in get_speech_timestamps(samples[begin : begin + _PIECE] * gain, options):
            start, end = ((begin + stretch[side]) / SAMPLE_RATE for side in ("start", "end"))
            if found and start <= found[-1][1]:  # it goes on from the piece before
                start = found.pop()[0]
            found.append((start, end))
    return found


def is_silent(samples: Samples, speech: Sequence[SpeechInterval]) -> bool:
    """No speech found, and no second of it louder than -60 dB below full scale (RMS)."""
    if speech:
        return False
    second = SAMPLE_RATE
    power = (
        float(np.mean(np.square(samples[at : at + second])))
        for at in range(0, len(samples), second)
    )
    return max(power, default=0.0) < _QUIET**2


def total(stretches: Iterable[SpeechInterval]) -> float:
    """Seconds covered; what overlaps counts once."""
    covered, reached = 0.0, float("-inf")
    for start, end in sorted(stretches):
        covered += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return covered


def uncovered(speech: Sequence[SpeechInterval], segments: Sequence[SpeechInterval]) -> float:
    """Seconds of `speech` that lie in no segment."""
    return total([*speech, *segments]) - total(segments)
