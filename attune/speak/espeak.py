"""Synthetic speech: eSpeak NG, called in this process through ctypes.

The library and its voices come from the PyPI package `espeakng-loader`: no system package, no
download. eSpeak NG keeps global state, so a process speaks one text at a time.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import espeakng_loader
import numpy as np
import soxr

SAMPLE_RATE = 16_000

# From speak_lib.h.
_AUDIO_OUTPUT_SYNCHRONOUS = 2
_POS_CHARACTER = 1
_CHARS_UTF8 = 1
_PHONEMES = 0x100
_RATE, _PITCH, _RANGE, _WORDGAP = 1, 3, 4, 7

_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)
_chunks: list[np.ndarray] = []


@dataclass(frozen=True)
class Voice:
    """The voice of one person."""

    name: str
    """eSpeak's "language+variant"."""
    rate: int = 165
    """Words per minute."""
    pitch: int = 50
    """From 0 to 99; 50 is the voice's default."""
    pitch_range: int = 50
    """From 0 to 99; 50 is the voice's default."""


@_CALLBACK  # type: ignore[untyped-decorator]
def _collect(samples: Any, count: int, _events: Any) -> int:
    if samples and count > 0:
        _chunks.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
    return 0


@cache
def _library() -> tuple[Any, int]:
    """The loaded library and its sample rate in Hz."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = str(Path(espeakng_loader.get_data_path()).parent).encode()
    rate = library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data, 0)
    if rate <= 0:
        raise RuntimeError("eSpeak NG did not start: reinstall the package espeakng-loader")
    # eSpeak seeds the jitter of its voices from the clock; a fixed seed makes runs identical.
    library.espeak_ng_SetRandSeed(ctypes.c_long(1))
    library.espeak_SetSynthCallback(_collect)
    return library, rate


def has_voice(name: str) -> bool:
    """Whether eSpeak NG has a voice of this name. Raises: RuntimeError if it does not start."""
    library, _ = _library()
    return bool(library.espeak_SetVoiceByName(name.encode()) == 0)


def speak(text: str, voice: Voice) -> np.ndarray:
    """Synthesize `text`; what is between `[[` and `]]` are phonemes in eSpeak's notation.

    Returns: float32 mono at 16 kHz, shape (samples,), in [-1, 1], without silence at either end.

    Raises: ValueError if eSpeak NG has no such voice; RuntimeError if it does not start.
    """
    library, rate = _library()
    if library.espeak_SetVoiceByName(voice.name.encode()) != 0:
        raise ValueError(f"eSpeak NG has no voice {voice.name!r}")
    for parameter, value in (
        (_RATE, voice.rate),
        (_PITCH, voice.pitch),
        (_RANGE, voice.pitch_range),
        (_WORDGAP, 0),
    ):
        library.espeak_SetParameter(parameter, value, 0)
    _chunks.clear()
    data = text.encode()
    flags = _CHARS_UTF8 | _PHONEMES
    library.espeak_Synth(data, len(data) + 1, 0, _POS_CHARACTER, 0, flags, None, None)
    library.espeak_Synchronize()
    samples = np.concatenate(_chunks) if _chunks else np.zeros(0, np.int16)
    return _trim(_resample(samples.astype(np.float32) / 32768.0, rate))


def _resample(samples: np.ndarray, rate: int) -> np.ndarray:
    if rate == SAMPLE_RATE or samples.size == 0:
        return samples
    return np.asarray(soxr.resample(samples, rate, SAMPLE_RATE), np.float32)


def _trim(samples: np.ndarray, floor: float = 0.002) -> np.ndarray:
    loud = np.flatnonzero(np.abs(samples) > floor)
    return samples[loud[0] : loud[-1] + 1] if loud.size else samples[:0]
