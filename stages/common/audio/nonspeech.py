"""Probe clips without speech: every word that a model writes for them is hallucinated.

30 clips, 6 minutes in all, of what occurs in the pauses of recordings. They are synthesized from a
seed, so that no recording of anybody is needed and every run gets the same samples.

A synthesizer takes the number of samples and a generator, and returns a wave at any level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.synthesis import (
    LOWEST_HZ,
    Wave,
    add_at,
    at_unit_rms,
    band_pass,
    colour_noise,
    limit_peak,
    random_drift,
    reverberate,
    reverberation_tail,
    room_noise,
    unit_norm,
)

_PENTATONIC = (0, 2, 4, 7, 9, 12, 14, 16)
"""Semitones above the root."""
_FORMANTS_HZ = ((250, 800), (800, 1_800), (1_800, 3_000))


@dataclass(frozen=True)
class Probe:
    kind: str
    samples: Samples
    """16 kHz mono in [-1, 1], shape (samples,), 5 to 30 s."""


def silence(length: int, generator: np.random.Generator) -> Wave:
    return np.zeros(length)


def background_noise(length: int, generator: np.random.Generator, slope: float) -> Wave:
    return colour_noise(generator.standard_normal(length), slope, LOWEST_HZ)


def hum(length: int, generator: np.random.Generator, hertz: float) -> Wave:
    """Eight harmonics of the mains frequency, with amplitudes of 1/n, over some noise."""
    at = np.arange(length) / SAMPLE_RATE
    wave = 0.03 * room_noise(length, generator)
    for harmonic in range(1, 9):
        phase = generator.uniform(0, 2 * np.pi)
        wave += np.sin(2 * np.pi * hertz * harmonic * at + phase) / harmonic
    return wave


def breathing(length: int, generator: np.random.Generator, per_minute: float) -> Wave:
    """Short bright inhalations, long dark exhalations and a rest, over a quiet room."""
    bright = at_unit_rms(band_pass(generator.standard_normal(length), 600, 4_000))
    dark = at_unit_rms(band_pass(generator.standard_normal(length), 200, 1_500))
    wave = 0.02 * room_noise(length, generator)
    start = 0.2
    while start < length / SAMPLE_RATE:
        cycle = 60 / per_minute * generator.uniform(0.9, 1.1)
        wave += bright * _swell(length, start, 0.35 * cycle) * generator.uniform(0.5, 0.8)
        wave += dark * _swell(length, start + 0.4 * cycle, 0.45 * cycle)
        start += cycle
    return wave


def _swell(length: int, start: float, seconds: float) -> Wave:
    """An envelope that rises to 1 and falls again, from `start` on."""
    at = (np.arange(length) / SAMPLE_RATE - start) / seconds
    return np.where((at > 0) & (at < 1), np.sin(np.pi * np.clip(at, 0, 1)) ** 2, 0.0)


def clicks(length: int, generator: np.random.Generator) -> Wave:
    """Typing: bursts of a few ms, 3 to 7 per second, in runs with pauses, over a quiet room."""
    wave = 0.01 * room_noise(length, generator)
    at = np.arange(round(0.03 * SAMPLE_RATE)) / SAMPLE_RATE
    start = 0.3
    while start < length / SAMPLE_RATE:
        click = band_pass(generator.standard_normal(len(at)), 1_000, 7_000) * np.exp(-at / 0.004)
        add_at(wave, start, click, generator.uniform(0.3, 1.0))
        pause = generator.random() < 0.1
        start += generator.uniform(1.0, 2.5) if pause else generator.uniform(0.14, 0.33)
    return wave


def knocks(length: int, generator: np.random.Generator) -> Wave:
    """Three or four low thuds on a door, then a pause, in a room with echo."""
    wave = 0.005 * room_noise(length, generator)
    at = np.arange(round(0.15 * SAMPLE_RATE)) / SAMPLE_RATE
    start = 0.5
    while start < length / SAMPLE_RATE:
        for knock in range(generator.integers(3, 5)):
            thud = band_pass(generator.standard_normal(len(at)), 80, 700) * np.exp(-at / 0.02)
            add_at(wave, start + 0.28 * knock, thud, generator.uniform(0.7, 1.0))
        start += generator.uniform(2.0, 3.5)
    return reverberate(wave, unit_norm(reverberation_tail(0.4, generator)))


def melody(length: int, generator: np.random.Generator) -> Wave:
    """Decaying notes of a pentatonic scale, two per beat, and a chord every fourth beat."""
    wave = np.zeros(length)
    root = generator.uniform(110, 220)
    scale = root * 2 ** (np.array(_PENTATONIC) / 12)
    beat = 60 / generator.uniform(70, 120)
    for step, start in enumerate(np.arange(0, length / SAMPLE_RATE, beat / 2)):
        notes = [generator.choice(scale) * 2]
        if step % 8 == 0:
            notes += [scale[0] / 2, scale[generator.integers(1, 4)], scale[3]]
        for hertz in notes:
            sound = _note(hertz, generator.uniform(0.4, 1.2))
            add_at(wave, start, sound, generator.uniform(0.4, 1.0))
    return wave


def drums(length: int, generator: np.random.Generator) -> Wave:
    """A bass drum on the beat, a snare on every other beat, a cymbal between."""
    wave = np.zeros(length)
    beat = 60 / generator.uniform(80, 130)
    at = np.arange(round(0.2 * SAMPLE_RATE)) / SAMPLE_RATE
    for step, start in enumerate(np.arange(0.1, length / SAMPLE_RATE, beat / 2)):
        hiss = generator.standard_normal(len(at))
        if step % 2:
            sound = 0.15 * band_pass(hiss, 4_000, 8_000) * np.exp(-at / 0.02)
        elif step % 4:
            sound = 0.5 * band_pass(hiss, 200, 4_000) * np.exp(-at / 0.05)
        else:
            sound = np.sin(2 * np.pi * (50 * at + 4 * (1 - np.exp(-at / 0.03)))) * np.exp(-at / 0.1)
        add_at(wave, start, sound, generator.uniform(0.7, 1.0))
    return wave


def _note(hertz: float, seconds: float) -> Wave:
    """Six harmonics with a short attack and an exponential decay."""
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = sum(np.sin(2 * np.pi * hertz * k * at) / k**1.5 for k in range(1, 7))
    return np.asarray(wave * np.minimum(1, at / 0.01) * np.exp(-3 * at / seconds))


def far_voices(length: int, generator: np.random.Generator) -> Wave:
    """Three voices as through a wall: the band from 150 to 1,200 Hz, with long reverberation."""
    wave = np.zeros(length)
    for _ in range(3):
        wave += at_unit_rms(_babble(length, generator))
    muffled = band_pass(wave, 150, 1_200)
    far = reverberate(muffled, unit_norm(reverberation_tail(0.9, generator)))
    return at_unit_rms(far) + 0.1 * room_noise(length, generator)


def _babble(length: int, generator: np.random.Generator) -> Wave:
    """Glottal pulses and noise through three formants that move at random, so that they form no
    words; about four syllables per second, with pauses."""
    at = np.arange(length) / SAMPLE_RATE
    pitch = generator.uniform(90, 220) * (1 + 0.15 * random_drift(length, generator, 2.0))
    phase = np.cumsum(pitch) / SAMPLE_RATE
    pulses = np.diff(np.floor(phase), prepend=0.0) + 0.05 * generator.standard_normal(length)
    pulses = band_pass(pulses, 60, 500)  # the spectrum of a voice falls towards high frequencies
    voice = np.zeros(length)
    for low, high in _FORMANTS_HZ:
        lower_share = 0.5 + 0.5 * random_drift(length, generator, 5.0)
        middle = (low + high) / 2
        voice += lower_share * band_pass(pulses, low, middle) + (1 - lower_share) * band_pass(
            pulses, middle, high
        )
    rate = 4 * (1 + 0.2 * random_drift(length, generator, 1.0))
    syllables = 0.5 - 0.5 * np.cos(2 * np.pi * np.cumsum(rate) / SAMPLE_RATE)
    phrases = at / generator.uniform(3, 6) + generator.random()
    pauses = np.clip(4 * np.sin(2 * np.pi * phrases) + 2, 0, 1)
    babble: Wave = voice * syllables**2 * pauses
    return babble


_PLAN: tuple[tuple[str, int, float, Callable[[int, np.random.Generator], Wave]], ...] = (
    # kind, seconds, RMS in dBFS
    ("silence", 5, -np.inf, silence),
    ("silence", 30, -np.inf, silence),
    ("white noise", 6, -60, partial(background_noise, slope=0)),
    ("white noise", 12, -40, partial(background_noise, slope=0)),
    ("white noise", 8, -20, partial(background_noise, slope=0)),
    ("pink noise", 8, -60, partial(background_noise, slope=1)),
    ("pink noise", 20, -40, partial(background_noise, slope=1)),
    ("pink noise", 8, -20, partial(background_noise, slope=1)),
    ("brown noise", 6, -60, partial(background_noise, slope=2)),
    ("brown noise", 12, -40, partial(background_noise, slope=2)),
    ("brown noise", 8, -20, partial(background_noise, slope=2)),
    ("hum", 10, -50, partial(hum, hertz=50)),
    ("hum", 20, -35, partial(hum, hertz=50)),
    ("hum", 10, -35, partial(hum, hertz=60)),
    ("breathing", 12, -50, partial(breathing, per_minute=12)),
    ("breathing", 20, -40, partial(breathing, per_minute=15)),
    ("breathing", 12, -30, partial(breathing, per_minute=18)),
    ("music", 8, -40, melody),
    ("music", 12, -30, melody),
    ("music", 20, -20, melody),
    ("drums", 8, -35, drums),
    ("drums", 15, -20, drums),
    ("clicks", 8, -50, clicks),
    ("clicks", 12, -40, clicks),
    ("knocks", 6, -40, knocks),
    ("knocks", 10, -30, knocks),
    ("far voices", 8, -50, far_voices),
    ("far voices", 12, -45, far_voices),
    ("far voices", 18, -40, far_voices),
    ("far voices", 20, -35, far_voices),
)


def probe_clips(seed: int) -> list[Probe]:
    """All probes in a fixed order; the seed changes their samples, not kinds, lengths or levels."""
    probes = []
    for number, (kind, seconds, dbfs, synthesize) in enumerate(_PLAN):
        wave = synthesize(seconds * SAMPLE_RATE, np.random.default_rng([seed, number]))
        probes.append(Probe(kind, limit_peak(at_unit_rms(wave) * 10 ** (dbfs / 20))))
    return probes
