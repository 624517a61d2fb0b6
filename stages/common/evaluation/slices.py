"""The WER of each slice of the test side, as `metrics/slices.csv`: where a model is good, and where
not. By recording it stands in `metrics/errors.csv` already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stages.build_dataset.slice_labels import slices_of
from stages.common.audio.snr import noise_power
from stages.common.dataset.features import decode_clip
from stages.common.dataset.full_recordings import read_recordings, samples_of
from stages.common.dataset.slices import SLICES
from stages.common.dataset.split import clips_of
from stages.common.evaluation.significance.wer_interval import wer_interval
from stages.common.text.error_counts import ClipErrors

COLUMNS = ("kind", "slice", "clips", "words", "wer", "wer_low", "wer_high")


def slices_by_clip(side: Path, whole: Path) -> dict[str, dict[str, str]]:
    """Of each clip of `side`, by id, the slice that it is in, of each kind.

    whole: the folder of the side's recordings, which tells who speaks and how loud the noise is.
    """
    recordings = read_recordings(whole)
    speakers = {row["id"]: row["speaker"] for rows in recordings.values() for row in rows}
    noise = {name: noise_power(samples_of(whole, name)) for name in recordings}
    return {
        clip.id: slices_of(
            speakers[clip.id], clip.text, decode_clip(clip.audio), noise[clip.recording]
        )
        for clip in clips_of(side)
    }


def slice_rows(
    slices: Mapping[str, Mapping[str, str]], clips: Sequence[ClipErrors]
) -> Iterator[tuple[str, str, int, int, float, float | None, float | None]]:
    """Rows of `COLUMNS`, one a slice that has clips, in the order of `SLICES`.

    Args:
        slices: what `slices_by_clip` returned.
        clips: one model's errors.
    """
    found: dict[tuple[str, str], list[ClipErrors]] = defaultdict(list)
    for clip in clips:
        for item in slices[clip.clip].items():
            found[item].append(clip)
    for kind, names in SLICES.items():
        for name in names:
            those = found[kind, name]
            if those:
                words = sum(clip.reference_words for clip in those)
                wer = sum(clip.errors for clip in those) / words
                low, high = wer_interval(those) or (None, None)
                yield kind, name, len(those), words, wer, low, high
