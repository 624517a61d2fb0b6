"""A long recording heard piece by piece, so that a kill loses one piece at most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from faster_whisper import WhisperModel

from attune.draft.drafts import Word, cues_of
from stages.common.asr.spans import TEMPERATURE
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.voice_activity import SpeechInterval, speech_intervals
from stages.common.core.files import read_rows, write_rows
from stages.segment.alignment.speech_intervals import windows

_SECONDS = 120.0
_AROUND = 0.2
_VAD_THRESHOLD = 0.5


def pieces_of(samples: Samples) -> list[SpeechInterval]:
    """(start, end) in seconds of what is heard at once: up to two minutes, cut in long pauses.

    samples: 16 kHz mono, shape (samples,).
    """
    speech = speech_intervals(samples, _VAD_THRESHOLD)
    return [
        (max(0.0, speech[first][0] - _AROUND), speech[end - 1][1] + _AROUND)
        for first, end in windows(speech, _SECONDS)
    ]


def transcribe_pieces(
    model: WhisperModel, samples: Samples, language: str, beam_size: int, kept: Path
) -> Iterator[tuple[float, list[list[Word]]]]:
    """After each piece: the share of all pieces that is done, and the piece's cues.

    kept: a file for the cues so far; a later call with the same arguments goes on behind them. Its
        name must tell apart all that decides what is heard.
    """
    pieces = pieces_of(samples)
    rows = read_rows(kept) if kept.is_file() else []
    for number, (start, end) in enumerate(pieces):
        if number == len(rows):
            piece = samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
            cues = _hear(model, piece, start, language, beam_size)
            rows.append({"cues": [[asdict(word) for word in cue] for cue in cues]})
            write_rows(kept, rows)
        found = rows[number]["cues"]
        yield (number + 1) / len(pieces), [[Word(**word) for word in cue] for cue in found]


def _hear(
    model: WhisperModel, piece: Samples, start: float, language: str, beam_size: int
) -> list[list[Word]]:
    segments, _ = model.transcribe(
        piece,
        language=language,
        beam_size=beam_size,
        temperature=TEMPERATURE,
        condition_on_previous_text=False,
        vad_filter=True,
        word_timestamps=True,
    )
    cues: list[list[Word]] = []
    for segment in segments:
        words = [
            Word(start + w.start, start + w.end, w.word.strip(), w.probability)
            for w in segment.words or ()
        ]
        cues += cues_of([word for word in words if word.text])
    return cues
