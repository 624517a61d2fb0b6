"""Messages of the stage to the user: by id, never with a name or transcript text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stages.common.core import rejections
from stages.segment.recording import Outcome
from stages.segment.sessions import Sessions


def problem_lines(sessions: Sessions, outcomes: Iterable[Outcome]) -> list[str]:
    """One line per problem that the user may want to fix."""
    remarks = [*sessions.rejected, *sessions.unused, *sessions.notices]
    cue_lines: list[str] = []
    for outcome in outcomes:
        remarks += [(outcome.id, reason) for reason in (*outcome.rejections, *outcome.notices)]
        cue_lines += rejections.cue_lines(outcome.id, outcome.rejected_cues)
    lines = sorted([*rejections.recording_lines(remarks), *cue_lines])
    if sessions.ignored_files:
        lines.append(f"{sessions.ignored_files} file(s) or folder(s) ignored: not audio, nor a "
                     "transcript as .txt, .srt, .vtt, .TextGrid, .json or .csv")  # fmt: skip
    if not sessions.has_clients:
        lines.append("no sessions.csv: each recording counts as a client of its own in the split")
    return lines


def summary_lines(metrics: dict[str, Any]) -> list[str]:
    """What the run kept."""
    lines = [
        f"kept {metrics['kept']} of {metrics['recordings']} recording(s): "
        f"{metrics['segments']} segments, {metrics['segment_seconds'] / 60:.1f} minutes"
    ]
    minutes = metrics["untranscribed_speech_seconds"] / 60
    if minutes >= 0.1:
        lines.append(f"{minutes:.1f} minutes of speech are in no segment")
    return lines


def nothing_kept(metrics: dict[str, Any]) -> str:
    """Why the stage fails where every recording was rejected."""
    counts = metrics["dropped_recordings"]
    listed = ", ".join(f"{reason} {number}" for reason, number in counts.items())
    return f"none of {metrics['recordings']} recording(s) can be used: {listed}"
