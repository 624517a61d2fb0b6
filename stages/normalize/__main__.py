"""Set the gain that brings each recording to one level, and bring all text to one style.

    python -m stages.normalize

Reads the manifest in `data/segments` and the parameters `normalize` and
`build_dataset.language`. Writes the manifest in
`data/normalized`, with `gain_db` for each recording, and `metrics/normalize.json`. No audio is
written: `build_dataset` applies the gain when it reads `data/segments/audio`. A segment whose text
is empty in the style (nothing but dashes, say) stays: `build_dataset` counts and drops it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from stages.common.audio.level import gain_for
from stages.common.core import manifest
from stages.common.core.errors import UserError, run_stage
from stages.common.core.files import new_folder
from stages.common.core.metrics import write_metrics
from stages.common.core.params import Normalize as Settings
from stages.common.core.params import load_params
from stages.common.text.normalizer import VERSION, language_notice, normalize

SOURCE, OUT = Path("data/segments"), Path("data/normalized")


def metrics_of(
    settings: Settings,
    before: Sequence[manifest.Segment],
    after: Sequence[manifest.Segment],
    gains: Sequence[tuple[float, bool]],
) -> dict[str, Any]:
    """Counts over all segments, and the range of the gains in dB."""
    decibels = [gain for gain, _ in gains]
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
        "peak_limited": sum(limited for _, limited in gains),
    }


def main() -> None:
    params = load_params()
    settings, language = params.normalize, params.build_dataset.language
    if settings.style == "spoken" and (notice := language_notice(language)):
        print(notice)
    if not (SOURCE / "recordings.jsonl").is_file():
        raise UserError(f"{SOURCE} does not exist yet; run `dvc repro`")
    recordings = list(manifest.read_recordings(SOURCE))
    gains = [gain_for(r.speech_rms, r.peak, settings.level_dbfs) for r in recordings]
    before = list(manifest.read_segments(SOURCE))
    after = [replace(s, text=normalize(s.text, settings.style, language)) for s in before]
    with new_folder(OUT) as folder:
        levelled = [replace(r, gain_db=g) for r, (g, _) in zip(recordings, gains, strict=True)]
        manifest.write_manifest(folder, levelled, after)
    metrics = metrics_of(settings, before, after, gains)
    write_metrics("normalize", metrics)
    print(
        f"{metrics['changed']} of {metrics['segments']} texts changed to style {settings.style}; "
        f"{metrics['empty_after']} are empty"
    )
    print(
        f"gain of {metrics['recordings']} recording(s): {metrics['gain_db_min']:.1f} to "
        f"{metrics['gain_db_max']:.1f} dB, {metrics['peak_limited']} limited by the peak"
    )


if __name__ == "__main__":
    run_stage("normalize", main)
