"""What the model learned from and was judged on, and every parameter."""

from __future__ import annotations

from collections.abc import Mapping

from stages.common.core.files import Row
from stages.common.core.reasons import CUE, RECORDING, TRANSCRIPT
from stages.common.evaluation.comparison.evaluated import is_private
from stages.report.markup import note, paragraph, section, table, text
from stages.report.numbers import Numbers

_DROPS = (
    ("segment", "dropped_recordings", "Recordings"),
    ("segment", "dropped_transcripts", "Transcripts"),
    ("segment", "dropped_cues", "Cues"),
    ("dataset", "dropped", "Segments"),
)
_DROPPED = ("What", "Reason", "Number", "")
_MEANING = RECORDING | TRANSCRIPT | CUE


def data(numbers: Numbers) -> str:
    segment, normalize = numbers.segment, numbers.normalize
    said = (
        f"{segment['kept']:,} of {segment['recordings']:,} recordings were used: "
        f"{segment['seconds'] / 60:,.1f} minutes, {segment['speech_seconds'] / 60:,.1f} of them "
        f"speech, {segment['untranscribed_speech_seconds'] / 60:,.1f} of that without text. They "
        f"were cut into {segment['segments']:,} segments; their text was brought to the style "
        f"{normalize['style']} ({normalize['words']:,} words)."
    )
    sides = [_side(name, numbers.dataset[name]) for name in ("train", "validation", "test")]
    found = {"segment": segment, "dataset": numbers.dataset}
    drops = [
        (kind, text(reason.replace("_", " ")), f"{count:,}", text(_MEANING.get(reason, "")))
        for source, key, kind in _DROPS
        for reason, count in found[source].get(key, {}).items()
    ]
    head = ("", "People or recordings", "Recordings", "Segments", "Minutes", "Words")
    return section(
        "data",
        "The data",
        paragraph(said),
        table(head, sides),
        "<h3>What was dropped</h3>",
        f'<div class="drops">{table(_DROPPED, drops)}</div>' if drops else paragraph("Nothing."),
    )


def _side(name: str, side: Row) -> tuple[str, ...]:
    return (
        name.capitalize(),
        f"{side['people_or_recordings']:,}",
        f"{side['recordings']:,}",
        f"{side['segments']:,}",
        f"{side['seconds'] / 60:,.1f}",
        f"{side['words']:,}",
    )


def params(values: Mapping[str, object]) -> str:
    """values: by dotted name, in the order of params.yaml."""
    rows = [
        (f"<code>{text(name)}</code>", "hidden" if is_private(name) else text(_shown(value)))
        for name, value in values.items()
    ]
    return section(
        "params",
        "Parameters",
        note("Paths and addresses that somebody chose are hidden."),
        table(("Name", "Value"), rows),
    )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if value != "" else "(empty)"
