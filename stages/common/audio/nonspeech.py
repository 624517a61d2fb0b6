"""Audio in which nobody says a word: whatever a model writes down there is hallucinated.

30 probes, 6 minutes in all, of what stands in the pauses of recordings: silence, noise, hum,
breath, music, clicks and knocks, voices too far off to understand. Made by numpy from a seed, so
that no recording of anybody is needed and two runs hear the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stages.common.audio.samples import SAMPLE_RATE

Samples = npt.NDArray[np.float32]
_Wave = npt.NDArray[np.float64]
_Draw = np.random.Generator

_PEAK = 0.99
_LOWEST_HZ = 20.0


@dataclass(frozen=True)
class Probe:
    kind: str
    samples: Samples
    """16 kHz mono in [-1, 1], shape (samples,), 5 to 30 s."""


def probe_clips(seed: int) -> list[Probe]:
    """All probes, in a fixed order. The seed decides the draws, not kinds, lengths or levels."""
    plan: list[tuple[str, float, float, Callable[[int, _Draw], _Wave]]] = [
        # kind, seconds, level (dB below full scale, RMS), how it is made
        ("silence", 5, -np.inf, _silence),
        ("silence", 30, -np.inf, _silence),
        ("white noise", 6, -60, _noise(0)),
        ("white noise", 12, -40, _noise(0)),
        ("white noise", 8, -20, _noise(0)),
        ("pink noise", 8, -60, _noise(1)),
        ("pink noise", 20, -40, _noise(1)),
        ("pink noise", 8, -20, _noise(1)),
        ("brown noise", 6, -60, _noise(2)),
        ("brown noise", 12, -40, _noise(2)),
        ("brown noise", 8, -20, _noise(2)),
        ("hum", 10, -50, _hum(50)),
        ("hum", 20, -35, _hum(50)),
        ("hum", 10, -35, _hum(60)),
        ("breathing", 12, -50, _breathing(12)),
        ("breathing", 20, -40, _breathing(15)),
        ("breathing", 12, -30, _breathing(18)),
        ("music", 8, -40, _music),
        ("music", 12, -30, _music),
        ("music", 20, -20, _music),
        ("drums", 8, -35, _drums),
        ("drums", 15, -20, _drums),
        ("clicks", 8, -50, _clicks),
        ("clicks", 12, -40, _clicks),
        ("knocks", 6, -40, _knocks),
        ("knocks", 10, -30, _knocks),
        ("far voices", 8, -50, _far_voices),
        ("far voices", 12, -45, _far_voices),
        ("far voices", 18, -40, _far_voices),
        ("far voices", 20, -35, _far_voices),
    ]
    probes = []
    for number, (kind, seconds, level, make) in enumerate(plan):
        draw = np.random.default_rng([seed, number])
        probes.append(Probe(kind, _at_level(make(round(seconds * SAMPLE_RATE), draw), level)))
    return probes


def _silence(length: int, draw: _Draw) -> _Wave:
    return np.zeros(length)


def _noise(slope: float) -> Callable[[int, _Draw], _Wave]:
    """Power falls by 3 dB an octave times `slope`: 0 is white, 1 pink, 2 brown."""

    def make(length: int, draw: _Draw) -> _Wave:
        return _coloured(length, draw, slope)

    return make


def _hum(hertz: float) -> Callable[[int, _Draw], _Wave]:
    """Mains: its harmonics, weaker as they rise, over a little noise."""

    def make(length: int, draw: _Draw) -> _Wave:
        at = np.arange(length) / SAMPLE_RATE
        wave = 0.03 * _unit(_coloured(length, draw, 1))
        for harmonic in range(1, 9):
            phase = draw.uniform(0, 2 * np.pi)
            wave += np.sin(2 * np.pi * hertz * harmonic * at + phase) / harmonic
        return wave

    return make


def _breathing(a_minute: float) -> Callable[[int, _Draw], _Wave]:
    """In (brighter, shorter) and out (darker, longer), with a rest behind, over a quiet room."""

    def make(length: int, draw: _Draw) -> _Wave:
        bright = _unit(_band(draw.standard_normal(length), 600, 4_000))
        dark = _unit(_band(draw.standard_normal(length), 200, 1_500))
        wave = 0.02 * _unit(_coloured(length, draw, 1))
        start = 0.2
        while start < length / SAMPLE_RATE:
            cycle = 60 / a_minute * draw.uniform(0.9, 1.1)
            wave += bright * _swell(length, start, 0.35 * cycle) * draw.uniform(0.5, 0.8)
            wave += dark * _swell(length, start + 0.4 * cycle, 0.45 * cycle)
            start += cycle
        return wave

    return make


def _music(length: int, draw: _Draw) -> _Wave:
    """Notes of a pentatonic scale with six harmonics each, struck and dying away, over a chord."""
    wave = np.zeros(length)
    root = draw.uniform(110, 220)
    scale = root * 2 ** (np.array([0, 2, 4, 7, 9, 12, 14, 16]) / 12)
    beat = 60 / draw.uniform(70, 120)
    for step, start in enumerate(np.arange(0, length / SAMPLE_RATE, beat / 2)):
        notes = [draw.choice(scale) * 2]
        if step % 8 == 0:
            notes += [scale[0] / 2, scale[draw.integers(1, 4)], scale[3]]
        for hertz in notes:
            _strike(wave, start, _tone(hertz, draw.uniform(0.4, 1.2)), draw.uniform(0.4, 1.0))
    return wave


def _drums(length: int, draw: _Draw) -> _Wave:
    """A low drum on the beat, a snare on every other one, a cymbal between."""
    wave = np.zeros(length)
    beat = 60 / draw.uniform(80, 130)
    for step, start in enumerate(np.arange(0.1, length / SAMPLE_RATE, beat / 2)):
        at = np.arange(round(0.2 * SAMPLE_RATE)) / SAMPLE_RATE
        hiss = draw.standard_normal(len(at))
        if step % 2:
            sound = 0.15 * _band(hiss, 4_000, 8_000) * np.exp(-at / 0.02)
        elif step % 4:
            sound = 0.5 * _band(hiss, 200, 4_000) * np.exp(-at / 0.05)
        else:
            sound = np.sin(2 * np.pi * (50 * at + 4 * (1 - np.exp(-at / 0.03)))) * np.exp(-at / 0.1)
        _strike(wave, start, sound, draw.uniform(0.7, 1.0))
    return wave


def _clicks(length: int, draw: _Draw) -> _Wave:
    """A keyboard: bursts of a few ms, 3 to 7 a second, in runs with pauses, over a quiet room."""
    wave = 0.01 * _unit(_coloured(length, draw, 1))
    start = 0.3
    while start < length / SAMPLE_RATE:
        at = np.arange(round(0.03 * SAMPLE_RATE)) / SAMPLE_RATE
        click = _band(draw.standard_normal(len(at)), 1_000, 7_000) * np.exp(-at / 0.004)
        _strike(wave, start, click, draw.uniform(0.3, 1.0))
        start += draw.uniform(1.0, 2.5) if draw.random() < 0.1 else draw.uniform(0.14, 0.33)
    return wave


def _knocks(length: int, draw: _Draw) -> _Wave:
    """On a door: three or four low thuds in a room, then a pause."""
    wave = 0.005 * _unit(_coloured(length, draw, 1))
    start = 0.5
    while start < length / SAMPLE_RATE:
        for knock in range(draw.integers(3, 5)):
            at = np.arange(round(0.15 * SAMPLE_RATE)) / SAMPLE_RATE
            thud = _band(draw.standard_normal(len(at)), 80, 700) * np.exp(-at / 0.02)
            _strike(wave, start + 0.28 * knock, thud, draw.uniform(0.7, 1.0))
        start += draw.uniform(2.0, 3.5)
    return _in_a_room(wave, draw, 0.4)


def _far_voices(length: int, draw: _Draw) -> _Wave:
    """Like talk through a wall: three voices of pulses and noise through three bands that move like
    formants, loud four times a second, with pauses; without what is over 1,200 Hz, in a long echo.
    The bands move at random, so that they form no words."""
    wave = np.zeros(length)
    at = np.arange(length) / SAMPLE_RATE
    for _ in range(3):
        pitch = draw.uniform(90, 220) * (1 + 0.15 * _drift(length, draw, 2.0))
        phase = np.cumsum(pitch) / SAMPLE_RATE
        pulses = np.diff(np.floor(phase), prepend=0.0) + 0.05 * draw.standard_normal(length)
        pulses = _band(pulses, 60, 500)  # a voice's own highs are weak
        voice = np.zeros(length)
        for low, high in ((250, 800), (800, 1_800), (1_800, 3_000)):
            moving = 0.5 + 0.5 * _drift(length, draw, 5.0)
            middle = (low + high) / 2
            voice += moving * _band(pulses, low, middle) + (1 - moving) * _band(
                pulses, middle, high
            )
        rate = 4 * (1 + 0.2 * _drift(length, draw, 1.0))
        syllables = 0.5 - 0.5 * np.cos(2 * np.pi * np.cumsum(rate) / SAMPLE_RATE)
        pauses = np.clip(
            4 * np.sin(2 * np.pi * (at / draw.uniform(3, 6) + draw.random())) + 2, 0, 1
        )
        wave += _unit(voice * syllables**2 * pauses)
    far = _in_a_room(_band(wave, 150, 1_200), draw, 0.9)
    return _unit(far) + 0.1 * _unit(_coloured(length, draw, 1))


def _coloured(length: int, draw: _Draw, slope: float) -> _Wave:
    spectrum = np.fft.rfft(draw.standard_normal(length))
    hertz = np.fft.rfftfreq(length, 1 / SAMPLE_RATE)
    # Nothing that is lower than what is heard: it would be most of brown noise.
    spectrum[hertz < _LOWEST_HZ] = 0
    return np.fft.irfft(spectrum * np.maximum(hertz, _LOWEST_HZ) ** (-slope / 2), length)


def _band(wave: _Wave, low: float, high: float) -> _Wave:
    """What lies between, in Hz; falls by 12 dB an octave on either side."""
    hertz = np.maximum(np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE), 1e-3)
    passes = np.minimum(1, (hertz / low) ** 2) * np.minimum(1, (high / hertz) ** 2)
    return np.fft.irfft(np.fft.rfft(wave) * passes, len(wave))


def _drift(length: int, draw: _Draw, a_second: float) -> _Wave:
    """A smooth walk in [-1, 1] that takes a new turn so often."""
    turns = int(length / SAMPLE_RATE * a_second) + 2
    at = np.linspace(0, turns - 1, length)
    return np.interp(at, np.arange(turns), draw.uniform(-1, 1, turns))


def _swell(length: int, start: float, seconds: float) -> _Wave:
    """An envelope that rises and falls once, from `start` on."""
    at = (np.arange(length) / SAMPLE_RATE - start) / seconds
    return np.where((at > 0) & (at < 1), np.sin(np.pi * np.clip(at, 0, 1)) ** 2, 0.0)


def _tone(hertz: float, seconds: float) -> _Wave:
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = sum(np.sin(2 * np.pi * hertz * k * at) / k**1.5 for k in range(1, 7))
    return np.asarray(wave * np.minimum(1, at / 0.01) * np.exp(-3 * at / seconds))


def _strike(wave: _Wave, start: float, sound: _Wave, gain: float) -> None:
    """Add `sound` to `wave` from `start` (seconds) on; what lies beyond the end is lost."""
    first = round(start * SAMPLE_RATE)
    room = max(0, len(wave) - first)
    wave[first : first + len(sound)] += gain * sound[:room]


def _in_a_room(wave: _Wave, draw: _Draw, rt60: float) -> _Wave:
    """With an echo of noise that falls by 60 dB in `rt60` seconds (Polack 1988)."""
    at = np.arange(1, round(rt60 * SAMPLE_RATE)) / SAMPLE_RATE
    tail = draw.standard_normal(len(at)) * 10 ** (-3 * at / rt60)
    response = np.concatenate([[1.0], tail / np.linalg.norm(tail)])
    size = 1 << (len(wave) + len(response) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(wave, size) * np.fft.rfft(response, size), size)[: len(wave)]


def _unit(wave: _Wave) -> _Wave:
    """At an RMS of 1."""
    return wave / max(float(np.sqrt(np.mean(wave**2))), 1e-12)


def _at_level(wave: _Wave, dbfs: float) -> Samples:
    """At the level, unless its peaks would then be cut off."""
    wave = _unit(wave) * 10 ** (dbfs / 20)
    return (wave * min(1.0, _PEAK / max(float(np.max(np.abs(wave))), 1e-12))).astype(np.float32)
