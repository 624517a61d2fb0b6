"""A finished review becomes the recording's transcript."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attune.review.cues import ReviewCue, to_transcript
from attune.review.sources import Source
from stages.common.core.errors import UserError
from stages.common.core.files import write_text
from stages.common.transcripts.reviewed import vtt_is_reviewed

REPLACED = "replaced"
"""Folder beside the reviews for transcripts that a reviewed one replaces."""


def publish(source: Source, cues: Sequence[ReviewCue], sessions: Path, reviews: Path) -> Path:
    """Write `transcripts/STEM.vtt`, and move an earlier transcript to `data/review/replaced`.

    Returns: the transcript.
    Raises: UserError if no cue has words, OSError.
    """
    if not any(cue.text for cue in cues):
        raise UserError(f"{source.id}: no segment has words; there is nothing to train on")
    target = sessions / "transcripts" / f"{source.stem}.vtt"
    earlier = [path for path, _ in source.transcripts if path.exists()]
    kept = reviews / REPLACED
    if earlier:
        kept.mkdir(parents=True, exist_ok=True)
    for path in earlier:
        # Copied, not moved, until the new one is in place: the recording is never without one.
        place = kept / path.name
        if not place.exists() and not (path == target and vtt_is_reviewed(_text(path))):
            fresh = kept / f".{path.name}.new"
            fresh.write_bytes(path.read_bytes())
            fresh.replace(place)
    write_text(target, to_transcript(cues))
    for path in earlier:
        if not (path.exists() and path.samefile(target)):
            path.unlink()
    return target


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
