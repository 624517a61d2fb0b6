"""Set the gain that brings each recording to one level, and bring all text to one style.

    python -m stages.normalize

Reads the manifest in `data/segments` and the parameters `normalize` and `build_dataset.language`.
Writes the manifest in `data/normalized`, with `gain_db` for each recording, and
`metrics/normalize.json`. No audio is written: `build_dataset` applies the gain when it reads
`data/segments/audio`. A segment whose text is empty in the style (nothing but dashes, say) stays:
`build_dataset` counts and drops it.

With `normalize.style: auto` the style is `written` if the transcripts are (see style.py), otherwise
`spoken`. Written transcripts are kept as typed beside the labels, whatever the style: they are the
references of the metrics of case and punctuation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from stages.common.audio.level import gain_for
from stages.common.core import manifest
from stages.common.core.errors import UserError
from stages.common.core.files import new_folder
from stages.common.core.metrics import three_digits, write_metrics
from stages.common.core.params import Normalize as Settings
from stages.common.core.params import load_params
from stages.common.core.run_stage import run_stage
from stages.common.text.decodable import SUPPRESSED, decodable
from stages.common.text.normalizer import VERSION, Style, language_notice, normalize
from stages.common.text.unicode_forms import clean
from stages.normalize.style import THRESHOLD, written_share

SOURCE, OUT = Path("data/segments"), Path("data/normalized")


def style_line(settings: Settings, style: Style, share: float | None) -> str:
    """The style of the labels and the count that decided it, in one line."""
    counted = "no segment has 4 words or more" if share is None else f"{share:.1%} of the segments"
    if share is not None:
        counted += " of at least 4 words have case and punctuation"
    chosen = "chosen by auto" if settings.style == "auto" else "as normalize.style says"
    return f"style {style}, {chosen}: {counted}"


def in_style(
    segment: manifest.Segment, style: Style, is_written: bool, language: str
) -> manifest.Segment:
    """The segment with its text in `style` and, if the transcripts are written, as typed; both
    without what decoding suppresses."""
    text = normalize(segment.text, style, language)
    if style != "spoken":
        text = decodable(text, language)
    typed = decodable(clean(segment.text), language) if is_written else ""
    return replace(segment, text=text, written=typed)


def shares_by_use(
    recordings: Iterable[manifest.Recording], segments: Sequence[manifest.Segment]
) -> tuple[float | None, float | None]:
    """`written_share` of the recordings that all splits may have, which decide the style, and of
    those for training only."""
    train_only = {recording.id for recording in recordings if recording.use == "train"}
    own, extra = (
        written_share(s.text for s in segments if (s.recording in train_only) == only)
        for only in (False, True)
    )
    return own, extra


def metrics_of(
    style: Style,
    share: float | None,
    before: Sequence[manifest.Segment],
    after: Sequence[manifest.Segment],
    gains: Sequence[tuple[float, bool]],
) -> dict[str, Any]:
    """Counts over all segments, and the range of the gains in dB."""
    decibels = [gain for gain, _ in gains]
    return {
        "style": style,
        "written_share": share,
        "normalizer_version": VERSION,
        "recordings": len(gains),
        "segments": len(after),
        "words_before": _words(before),
        "words": _words(after),
        "changed": sum(a.text != b.text for a, b in zip(before, after, strict=True)),
        "with_suppressed_marks": sum(
            bool(SUPPRESSED.search(clean(segment.text))) for segment in before
        ),
        "empty_after": sum(not segment.text for segment in after),
        "gain_db_min": min(decibels),
        "gain_db_mean": sum(decibels) / len(decibels),
        "gain_db_max": max(decibels),
        "peak_limited": sum(limited for _, limited in gains),
    }


def _words(segments: Iterable[manifest.Segment]) -> int:
    return int(three_digits(sum(len(segment.text.split()) for segment in segments)))


def main() -> None:
    params = load_params()
    settings, language = params.normalize, params.build_dataset.language
    if not (SOURCE / "recordings.jsonl").is_file():
        raise UserError(f"{SOURCE} does not exist yet; run `dvc repro`")
    recordings = list(manifest.read_recordings(SOURCE))
    gains = [gain_for(r.speech_rms, r.peak, settings.level_dbfs) for r in recordings]
    before = list(manifest.read_segments(SOURCE))
    own, extra = shares_by_use(recordings, before)
    share = extra if own is None else own
    is_written = share is not None and share >= THRESHOLD
    style: Style = "written" if is_written else "spoken"
    if settings.style != "auto":
        style = settings.style
    print(style_line(settings, style, share))
    if style == "spoken" and (notice := language_notice(language)):
        print(notice)
    if style != "spoken" and is_written and extra is not None and extra < THRESHOLD:
        print(
            "recordings for training only have no case and punctuation, unlike the others: "
            "the model learns both; normalize.style spoken avoids that"
        )
    after = [in_style(segment, style, is_written, language) for segment in before]
    with new_folder(OUT) as folder:
        levelled = [replace(r, gain_db=g) for r, (g, _) in zip(recordings, gains, strict=True)]
        manifest.write_manifest(folder, levelled, after)
    metrics = metrics_of(style, share, before, after, gains)
    write_metrics("normalize", metrics)
    print(
        f"{metrics['changed']} of {metrics['segments']} texts changed to style {style}; "
        f"{metrics['empty_after']} are empty, {metrics['with_suppressed_marks']} had characters "
        "that decoding suppresses"
    )
    print(
        f"gain of {metrics['recordings']} recording(s): {metrics['gain_db_min']:.1f} to "
        f"{metrics['gain_db_max']:.1f} dB, {metrics['peak_limited']} limited by the peak"
    )


if __name__ == "__main__":
    run_stage("normalize", main)
