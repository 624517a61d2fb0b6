"""Recordings of two speakers whose turns are known: the demo's sessions, and composed ones of real
speech."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from stages.common.audio.samples import SAMPLE_RATE, Samples

SHARED = Path(os.environ.get("ATTUNE_SHARED", "../shared"))
_DEMO, _TRUTH = Path("demo/sessions/audio"), Path("demo/truth")
_EVERY_THIRD = slice(0, None, 3)
_TURNS = 40
_CROWD_PAIRS, _PIECES = 30, 3
_PAUSES = (0.2, 0.8)
"""Shortest and longest pause between turns, in seconds."""
_RMS, _NOISE, _FAINT_NOISE = 0.05, 0.0158, 0.0005
"""Of speech, and of the noise: 10 and 40 dB below."""
_FRAME, _SMOOTH, _QUIET_PERCENTILE, _TINY = 512, 12, 40, 1e-10
"""Samples of a frame, cepstral coefficients kept, and share of frames that are pauses."""

Turn = tuple[float, float, str]


@dataclass(frozen=True)
class Session:
    name: str
    kind: str
    samples: Samples
    """16 kHz mono, shape (samples,)."""
    turns: list[Turn]
    """(start, end, speaker) of each utterance, by start, in seconds."""


def demo_sessions() -> Iterator[Session]:
    """Every third session of the demo: two synthetic voices in one simulated room."""
    for path in sorted(_DEMO.glob("*.flac"))[_EVERY_THIRD]:
        truth = json.loads((_TRUTH / f"{path.stem}.json").read_text(encoding="utf-8"))
        turns = [(line["start"], line["end"], line["speaker"]) for line in truth]
        yield Session(path.stem, "demo, 3 min, synthetic voices, one room", _read(path), turns)


def reader_sessions() -> Iterator[Session]:
    """Two women, each reading: sentences of one alternate with those of the other, over noise, as
    if one microphone had recorded both."""
    book = _equalized(list(_sentences(SHARED / "speech/book_long", "session_001")))
    for number in range(1, 7):
        name = f"session_{number:03d}"
        reader = _equalized(list(_sentences(SHARED / "speech/reader_long", name)))
        turns = [part for pair in zip(reader, book, strict=False) for part in pair][:_TURNS]
        yield _composed(f"readers_{number}", "two readers, one channel, noise", turns, _NOISE)


def crowd_sessions() -> Iterator[Session]:
    """Two people of many: one clip of each, cut into three turns; about 15 s together. First as
    recorded, then as if one microphone had recorded both, over noise."""
    paths = sorted((SHARED / "speech/crowd/audio").glob("*.flac"))[: 2 * _CROWD_PAIRS]
    for number, (one, other) in enumerate(zip(paths[::2], paths[1::2], strict=True)):
        pieces = _cut(_read(one)), _cut(_read(other))
        name = f"crowd_{number:02d}"
        turns = [piece for pair in zip(*pieces, strict=True) for piece in pair]
        yield _composed(name, "crowd, 15 s, own microphones", turns, _FAINT_NOISE)
        alike = (_equalized(parts) for parts in pieces)
        turns = [piece for pair in zip(*alike, strict=True) for piece in pair]
        yield _composed(name, "crowd, 15 s, one channel, noise", turns, _NOISE)


def _composed(name: str, kind: str, parts: list[Samples], noise: float) -> Session:
    """The parts in turn, at one level, over white noise."""
    draw = np.random.default_rng([*name.encode()])
    pieces: list[Samples] = [np.zeros(SAMPLE_RATE // 2, np.float32)]
    turns, at = [], len(pieces[0])
    for number, part in enumerate(parts):
        level = np.sqrt(np.mean(np.square(part)))
        pause = np.zeros(round(draw.uniform(*_PAUSES) * SAMPLE_RATE), np.float32)
        turns.append((at / SAMPLE_RATE, (at + len(part)) / SAMPLE_RATE, "AB"[number % 2]))
        pieces += [part * np.float32(_RMS / level), pause]
        at += len(part) + len(pause)
    samples = np.concatenate(pieces)
    background = draw.standard_normal(len(samples), np.float32) * np.float32(noise)
    return Session(name, kind, samples + background, turns)


def _equalized(parts: list[Samples]) -> list[Samples]:
    """One speaker's parts, with the slow changes of their mean spectrum over frequency taken out:
    those of the microphone and the room, and some of the voice's."""
    window = np.sqrt(np.hanning(_FRAME + 1)[:-1])

    def spectra(part: Samples) -> np.ndarray:
        padded = np.pad(part, (_FRAME, 2 * _FRAME))
        frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[:: _FRAME // 2]
        return np.fft.rfft(frames * window)

    power = np.concatenate([np.square(np.abs(spectra(part))) for part in parts])
    loud = power.sum(axis=1) > np.percentile(power.sum(axis=1), _QUIET_PERCENTILE)
    cepstrum = np.fft.irfft(np.log(power[loud] + _TINY).mean(axis=0))
    cepstrum[_SMOOTH : 1 - _SMOOTH] = 0
    # To a spectrum that falls like speech's, so that noise does not take over.
    fall = 1 + 8 * np.arange(_FRAME // 2 + 1) / (_FRAME // 2)
    gains = np.exp(-np.fft.rfft(cepstrum).real / 2) / fall
    equalized = []
    for part in parts:
        frames = np.fft.irfft(spectra(part) * gains) * window
        sound = np.zeros(_FRAME // 2 * (len(frames) + 1))
        for number, frame in enumerate(frames):
            sound[number * _FRAME // 2 :][:_FRAME] += frame
        equalized.append(sound[_FRAME : _FRAME + len(part)].astype(np.float32))
    return equalized


def _sentences(folder: Path, name: str) -> Iterator[Samples]:
    samples = _read(folder / f"audio/{name}.flac")
    truth = json.loads((folder / f"truth/{name}.json").read_text(encoding="utf-8"))
    for line in truth:
        yield samples[round(line["start"] * SAMPLE_RATE) : round(line["end"] * SAMPLE_RATE)]


def _cut(samples: Samples) -> list[Samples]:
    """Three pieces, cut at the quietest 50 ms near a third and two thirds."""
    size = SAMPLE_RATE // 20
    power = np.square(samples[: len(samples) // size * size]).reshape(-1, size).sum(axis=1)
    cuts = [0]
    for third in range(1, _PIECES):
        middle, reach = third * len(power) // _PIECES, len(power) // (2 * _PIECES)
        first = middle - reach // 2
        cuts.append(size * (first + int(np.argmin(power[first : first + reach]))) + size // 2)
    return [samples[start:end] for start, end in zip(cuts, [*cuts[1:], len(samples)], strict=True)]


def _read(path: Path) -> Samples:
    samples, rate = soundfile.read(path, dtype="float32")
    if rate != SAMPLE_RATE:
        raise ValueError(f"{path.name}: {rate} Hz")
    return np.asarray(samples, np.float32)
