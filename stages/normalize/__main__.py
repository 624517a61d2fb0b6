"""Bring every recording to one level and every text to one style. Run by `dvc repro`.

    python -m stages.normalize

Reads `data/segments` and the parameters `normalize`. Writes `data/normalized`, a folder of the same
form, and `metrics/normalize.json`. A segment whose text the style empties (nothing but dashes, say)
stays, without text: `build_dataset` counts and drops it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE, Samples, peak_of, read_flac, write_flac
from stages.common.core import manifest
from stages.common.core.cached_tasks import CachedTask, Work, run_cached_tasks
from stages.common.core.errors import UserError, run_stage
from stages.common.core.files import new_folder
from stages.common.core.metrics import write_metrics
from stages.common.core.params import Normalize as Settings
from stages.common.core.params import load_params
from stages.common.core.workers import Workers
from stages.common.text.normalizer import VERSION, normalize

SOURCE, OUT = Path("data/segments"), Path("data/normalized")
PEAK = 0.97
"""No sample is louder: room for the resamplers and encoders that come after."""


@dataclass(frozen=True)
class Gain:
    """By how much one recording was changed."""

    decibels: float
    limited: bool
    """A peak kept it under the level that was asked for."""


def gain_for(samples: Samples, speech: Sequence[Sequence[float]], level_dbfs: float) -> Gain:
    """The gain that brings the RMS of the speech to `level_dbfs`, or the peak to `PEAK` if less.

    Args:
        samples: 16 kHz mono, shape (samples,), in [-1, 1].
        speech: (start, end) in seconds of each stretch of speech; without any, all is measured.
        level_dbfs: dB below full scale, where a constant 1.0 is 0 dB.
    """
    spans = [slice(*(round(side * SAMPLE_RATE) for side in stretch)) for stretch in speech]
    spans = [span for span in spans if samples[span].size] or [slice(None)]
    # In double precision: the squares of an hour would round in float32.
    power = sum(float(np.square(samples[span], dtype=np.float64).sum()) for span in spans)
    rms = math.sqrt(power / sum(samples[span].size for span in spans))
    peak = peak_of(samples)
    if rms == 0:
        return Gain(0.0, limited=False)
    wanted, most = 10 ** (level_dbfs / 20) / rms, PEAK / peak
    return Gain(20 * math.log10(min(wanted, most)), limited=most < wanted)


def level(
    recording: manifest.Recording, source: Path, level_dbfs: float, folder: Path
) -> dict[str, Any]:
    """Write the levelled audio of one recording from the manifest's folder `source` to `folder`."""
    samples = read_flac(manifest.audio_path(source, recording.id))
    gain = gain_for(samples, recording.speech, level_dbfs)
    (folder / "audio").mkdir()
    write_flac(
        manifest.audio_path(folder, recording.id), samples * np.float32(10 ** (gain.decibels / 20))
    )
    return asdict(gain)


def tasks(
    recordings: Sequence[manifest.Recording], source: Path, level_dbfs: float
) -> list[tuple[CachedTask, Work]]:
    """A unit of work for each recording: its text takes no time, and is done for all at once."""
    return [
        (
            CachedTask(r.id, [r.speech, level_dbfs], (manifest.audio_path(source, r.id),)),
            partial(level, r, source, level_dbfs),
        )
        for r in recordings
    ]


def metrics_of(
    settings: Settings,
    before: Sequence[manifest.Segment],
    after: Sequence[manifest.Segment],
    gains: Sequence[Gain],
) -> dict[str, Any]:
    """Counts over all segments, and the spread of the recordings' gains in dB."""
    decibels = [gain.decibels for gain in gains]
    return {
        "style": settings.style,
        "normalizer_version": VERSION,
        "recordings": len(gains),
        "segments": len(after),
        "words_before": sum(len(segment.text.split()) for segment in before),
        "words": sum(len(segment.text.split()) for segment in after),
        "changed": sum(a.text != b.text for a, b in zip(before, after, strict=True)),
        "empty_after": sum(not segment.text for segment in after),
        "gain_db_min": min(decibels),
        "gain_db_mean": sum(decibels) / len(decibels),
        "gain_db_max": max(decibels),
        "peak_limited": sum(gain.limited for gain in gains),
    }


def main() -> None:
    params = load_params()
    settings = params.normalize
    if not (SOURCE / "recordings.jsonl").is_file():
        raise UserError(f"{SOURCE}: not there yet; run `dvc repro`")
    recordings = list(manifest.read_recordings(SOURCE))
    before = list(manifest.read_segments(SOURCE))
    after = [replace(s, text=normalize(s.text, settings.style)) for s in before]
    with new_folder(OUT) as folder:
        (folder / "audio").mkdir()
        work = tasks(recordings, SOURCE.absolute(), settings.level_dbfs)
        workers = Workers(params.segment.backend, params.segment.scheduler)
        gains = [Gain(**row) for row in run_cached_tasks("normalize", work, folder, workers)]
        manifest.write_manifest(folder, recordings, after)
    metrics = metrics_of(settings, before, after, gains)
    write_metrics("normalize", metrics)
    print(
        f"{metrics['changed']} of {metrics['segments']} texts changed to style {settings.style}, "
        f"{metrics['empty_after']} left empty"
    )
    print(
        f"{metrics['recordings']} recording(s) levelled by {metrics['gain_db_min']:.1f} to "
        f"{metrics['gain_db_max']:.1f} dB, {metrics['peak_limited']} held back by a peak"
    )


if __name__ == "__main__":
    run_stage("normalize", main)
