"""Transcription of a long recording in pieces: an interruption loses at most one piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from faster_whisper import WhisperModel

from attune.draft.drafts import Word
from stages.common.asr.spans import TEMPERATURE
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.voice_activity import SpeechInterval, speech_intervals
from stages.common.core.files import read_rows, write_rows
from stages.segment.alignment.speech_intervals import windows

_MAX_SECONDS = 120.0
_PAD_SECONDS = 0.2
_VAD_THRESHOLD = 0.5


def pieces_of(samples: Samples) -> list[SpeechInterval]:
    """Cut a recording at long pauses into pieces of up to two minutes.

    Args: samples: 16 kHz mono, shape (samples,).
    Returns: (start, end) in seconds.
    """
    speech = speech_intervals(samples, _VAD_THRESHOLD)
    return [
        (max(0.0, speech[first][0] - _PAD_SECONDS), speech[end - 1][1] + _PAD_SECONDS)
        for first, end in windows(speech, _MAX_SECONDS)
    ]


def transcribe_pieces(
    model: WhisperModel,
    samples: Samples,
    language: str,
    beam_size: int,
    hotwords: Sequence[str],
    kept: Path,
) -> Iterator[tuple[float, list[list[Word]]]]:
    """After each piece, yield the share of pieces done and the words of its segments.

    Args:
        samples: 16 kHz mono, shape (samples,).
        hotwords: terms put before each window, as many as fit (`first_that_fit`).
        kept: file of finished pieces, from which a later call resumes. Its name must depend
            on everything that affects the transcript.
    """
    pieces = pieces_of(samples)
    rows = read_rows(kept) if kept.is_file() else []
    for number, (start, end) in enumerate(pieces):
        if number == len(rows):
            piece = samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
            segments = _transcribe(model, piece, start, language, beam_size, hotwords)
            rows.append({"segments": [[asdict(word) for word in words] for words in segments]})
            write_rows(kept, rows)
        segment_rows = rows[number]["segments"]
        yield (
            (number + 1) / len(pieces),
            [[Word(**word) for word in words] for words in segment_rows],
        )


def _transcribe(
    model: WhisperModel,
    piece: Samples,
    start: float,
    language: str,
    beam_size: int,
    hotwords: Sequence[str],
) -> list[list[Word]]:
    """Words of the piece's segments; `start`: seconds from the recording's start."""
    segments, _ = model.transcribe(
        piece,
        language=language,
        beam_size=beam_size,
        temperature=TEMPERATURE,
        condition_on_previous_text=False,
        vad_filter=True,
        hotwords=", ".join(hotwords) or None,
        word_timestamps=True,
    )
    found = []
    for segment in segments:
        words = [
            Word(
                round(start + w.start, 3), round(start + w.end, 3), w.word.strip(),
                round(w.probability, 4),
            )
            for w in segment.words or ()
        ]  # fmt: skip
        found.append([word for word in words if word.text])
    return [words for words in found if words]
