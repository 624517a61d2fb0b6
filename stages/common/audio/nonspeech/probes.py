"""Probe clips without speech: every word that a model writes for them is hallucinated.

30 clips, 6 minutes in all, of what occurs in the pauses of recordings. They are synthesized from a
seed, so that no recording of anybody is needed and every run gets the same samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stages.common.audio.nonspeech.background import (
    Synthesizer,
    breathing,
    hum,
    noise,
    silence,
)
from stages.common.audio.nonspeech.impacts import clicks, knocks
from stages.common.audio.nonspeech.music import drums, melody
from stages.common.audio.nonspeech.voices import far_voices
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.synthesis import at_unit_rms, limit_peak


@dataclass(frozen=True)
class Probe:
    kind: str
    samples: Samples
    """16 kHz mono in [-1, 1], shape (samples,), 5 to 30 s."""


_PLAN: tuple[tuple[str, int, float, Synthesizer], ...] = (
    # kind, seconds, RMS in dBFS
    ("silence", 5, -np.inf, silence),
    ("silence", 30, -np.inf, silence),
    ("white noise", 6, -60, noise(0)),
    ("white noise", 12, -40, noise(0)),
    ("white noise", 8, -20, noise(0)),
    ("pink noise", 8, -60, noise(1)),
    ("pink noise", 20, -40, noise(1)),
    ("pink noise", 8, -20, noise(1)),
    ("brown noise", 6, -60, noise(2)),
    ("brown noise", 12, -40, noise(2)),
    ("brown noise", 8, -20, noise(2)),
    ("hum", 10, -50, hum(50)),
    ("hum", 20, -35, hum(50)),
    ("hum", 10, -35, hum(60)),
    ("breathing", 12, -50, breathing(12)),
    ("breathing", 20, -40, breathing(15)),
    ("breathing", 12, -30, breathing(18)),
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
