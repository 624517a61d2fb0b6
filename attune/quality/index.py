"""The overview of all recordings: numbers and ids only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attune.quality.view import View
from stages.report.page_style import opening


@dataclass(frozen=True)
class Row:
    """A recording in numbers."""

    recording: str
    seconds: float
    segments: int
    kept_share: float
    score_median: float | None
    lost_words: dict[str, int]
    untexted_seconds: float

    @staticmethod
    def of(view: View) -> Row:
        return Row(
            view.recording,
            view.seconds,
            len(view.kept),
            view.kept_share,
            view.score_median,
            dict(sorted(view.lost_words().items())),
            view.untexted_seconds,
        )


def index(rows: Sequence[Row]) -> str:
    """The page, with the recordings first that lost the largest share of their words."""
    ordered = sorted(rows, key=lambda row: (row.kept_share, row.score_median or 0.0, row.recording))
    body = "".join(
        f'<tr><td><a href="{row.recording}.html">{row.recording}</a><td>{row.seconds / 60:.1f}'
        f"<td>{row.segments}<td>{row.kept_share:.1%}"
        f"<td>{'-' if row.score_median is None else f'{row.score_median:.2f}'}"
        f"<td>{row.untexted_seconds / 60:.1f}"
        f"<td>{', '.join(f'{why} {words}' for why, words in row.lost_words.items()) or '-'}"
        for row in ordered
    )
    head = "".join(
        f"<th>{name}"
        for name in ("Recording", "Minutes", "Segments", "Words kept", "Median score",
                     "Minutes of speech without text", "Lost words")
    )  # fmt: skip
    return (
        f"{opening('Segments', '')}<h1>Segments</h1>"
        "<p>Most losses first. The pages behind the ids hold transcripts: keep them private."
        f'<div class="wide"><table><tr>{head}{body}</table></div></html>\n'
    )
