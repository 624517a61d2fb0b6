"""The list of recordings: how much is done, how much remains, least certain first."""

from __future__ import annotations

from typing import Any

from attune.review.progress import Progress
from attune.review.reviews import Reviews
from attune.review.sources import Source


def listing(reviews: Reviews) -> dict[str, Any]:
    """Unfinished recordings first; among these, begun ones first, then by `_doubts_per_minute`."""
    reviews.sources.scan()  # drafts and segments may be newer than the server
    rows = [(source, *reviews.progress(source)) for source in reviews.sources.by_id.values()]
    rows.sort(key=lambda row: _order(row[0], row[1], _doubts_per_minute(reviews, *row)))
    rate = reviews.minutes_per_minute()
    left = sum(p.seconds - p.checked_seconds for _, p, _ in rows if not p.done)
    return {
        "recordings": [_row(*row) for row in rows],
        "minutes_per_minute": rate,
        "unchecked_minutes": left / 60,
        "remaining_minutes": None if rate is None else left / 60 * rate,
    }


def to_open(found: dict[str, Any]) -> list[str]:
    """Ids of the unfinished recordings of a list, the one to continue with first."""
    return [row["id"] for row in found["recordings"] if row["can_open"] and not row["done"]]


def _order(source: Source, progress: Progress, rate: float) -> tuple[object, ...]:
    begun = progress.work_seconds > 0 or progress.checked > 0
    return progress.done, not progress.cues, not begun, -rate, source.id


def _doubts_per_minute(
    reviews: Reviews, source: Source, progress: Progress, doubtful: int
) -> float:
    """For drafts, the expected wrong words; for transcripts, the doubtful segments."""
    known = reviews.sources.record.get(source.stem)
    if known and not source.transcripts:
        return known.doubt / max(1.0, known.seconds / 60)
    return doubtful / max(1.0, progress.seconds / 60)


def _row(source: Source, progress: Progress, doubtful: int) -> dict[str, Any]:
    return {
        "id": source.id,
        "name": source.stem,
        "from": "transcript" if source.transcripts else "draft" if source.draft else "",
        "length": progress.end,
        "checked_share": progress.checked_seconds / progress.seconds if progress.seconds else 0.0,
        "work_seconds": progress.work_seconds,
        "doubtful": doubtful,
        "done": progress.done,
        "can_open": bool(progress.cues),
    }
