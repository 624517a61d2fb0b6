"""Whether windowed decoding and long-form decoding of the same recordings agree in WER.

Both figures are of one model on one audio. Where they differ by more than chance between recordings
explains, one of them is wrong, and the verdict rests on the first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stages.common.evaluation.clip_scores import ClipScore
from stages.common.evaluation.recording_scores import RecordingScore
from stages.common.evaluation.significance.cross_check import cross_check


def disagreeing_recordings(
    clips: Sequence[ClipScore], recordings: Sequence[RecordingScore]
) -> list[str]:
    """One line per recording with disagreeing WERs; one for every recording if the totals
    disagree."""
    words: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    for clip in clips:
        words[clip.recording] += clip.reference_words
        errors[clip.recording] += clip.errors
    both = [recording for recording in recordings if words[recording.recording]]
    result = cross_check(
        [words[r.recording] for r in both],
        [errors[r.recording] for r in both],
        [r.reference_words for r in both],
        [r.errors for r in both],
    )
    disagree = both if result.differs else [both[at] for at in result.outliers]
    return [
        f"{r.recording}: WER {errors[r.recording] / words[r.recording]:.1%} in windows, "
        f"{r.errors / r.reference_words:.1%} as a full recording"
        for r in disagree
    ]
