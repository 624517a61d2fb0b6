"""A finished review becomes the recording's transcript."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attune.review.cues import ReviewCue, to_transcript
from attune.review.sources import Source
from stages.common.core.errors import UserError
from stages.common.core.files import write_text

REPLACED = "replaced"
"""Folder beside the reviews for replaced transcripts."""


def publish(
    source: Source, cues: Sequence[ReviewCue], sessions: Path, reviews: Path, own: str = ""
) -> Path:
    """Write `transcripts/STEM.vtt`, and move an earlier transcript to `data/review/replaced`.

    Args:
        own: content that this review wrote earlier; not kept, since the edit log has it.

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
        content = path.read_bytes()
        if path == target and content == own.encode():
            continue
        place = _place(kept, path, content)
        if not place.exists():
            fresh = kept / f".{path.name}.new"
            fresh.write_bytes(content)
            fresh.replace(place)
    write_text(target, to_transcript(cues))
    for path in earlier:
        if not (path.exists() and path.samefile(target)):
            path.unlink()
    return target


def _place(folder: Path, path: Path, content: bytes) -> Path:
    """The file's path in `folder`, numbered if the name is taken by other content."""
    place, number = folder / path.name, 1
    while place.exists() and place.read_bytes() != content:
        number += 1
        place = folder / f"{path.stem}.{number}{path.suffix}"
    return place
