"""Base and tuned model on the whole test split, measure by measure, and the kinds of errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stages.common.core.files import Row
from stages.report.charts import Part, bars
from stages.report.markup import limits, note, percent, section, table, text
from stages.report.numbers import Numbers

_KINDS = {"substitutions": ("sub", "replaced"), "deletions": ("del", "left out"),
          "insertions": ("ins", "added")}  # fmt: skip


@dataclass(frozen=True)
class _Form:
    value: Callable[[Any], str]
    change: Callable[[Any], str]


_SHARE = _Form(percent, lambda change: f"{100 * change:+.1f} points")
_COUNT = _Form(lambda value: f"{value:,}", lambda change: f"{change:+,}" if change else "0")
_SECONDS = _Form(lambda value: f"{value:.2f} s", lambda change: f"{change:+.2f} s")
_FACTOR = _Form(lambda value: f"{value:.3f}", lambda change: f"{change:+.3f}")
_MEGABYTES = _Form(lambda value: f"{value:,.0f} MB", lambda change: f"{change:+,.0f} MB")

# Of all of these less is better.
_MEASURES = (
    ("wer", "WER", _SHARE),
    ("cer", "CER (characters)", _SHARE),
    ("wer_whisper", "WER by Whisper's own normalizer", _SHARE),
    ("guard_wer", "WER on other speech (the guard)", _SHARE),
    ("wer_long_form", "WER of whole recordings", _SHARE),
    ("timestamp_error", "Ends of segments off by, in the median", _SECONDS),
    ("hallucinated_words", "Words written where nobody speaks", _COUNT),
    ("looping_clips", "Clips in which it goes round in circles", _COUNT),
    ("memorized", "Runs of training text that nobody said", _COUNT),
    ("memorized_share", "Their share of all runs it wrote", _SHARE),
    ("calibration_error", "Confidence off by (expected calibration error)", _SHARE),
    ("real_time_factor", "Seconds to hear a second", _FACTOR),
    ("peak_memory_mb", "Most memory", _MEGABYTES),
)


def totals(numbers: Numbers) -> str:
    base = numbers.base.metrics | numbers.speed_base
    tuned = numbers.tuned.metrics | numbers.speed
    rows = [
        row
        for key, name, form in _MEASURES
        if (row := _row(name, _base(base, tuned, key), tuned.get(key), form)) is not None
    ]
    rows[0] = _with_interval(rows[0], base, tuned)
    missing = [
        name for key, name, _ in _MEASURES if tuned.get(key) is None and base.get(key) is None
    ]
    return section(
        "totals",
        "Base and tuned",
        table(("", "Base", "Tuned", "Change"), rows),
        note(f"Less is better in every row.{_about(tuned)}"),
        note(f"Not measured in this run: {'; '.join(missing)}.") if missing else "",
    )


def _base(base: Row, tuned: Row, key: str) -> Any:
    """Some of the base's numbers could be counted only when the tuned model was evaluated."""
    return base.get(key, tuned.get(f"{key}_by_base"))


def _row(name: str, base: Any, tuned: Any, form: _Form) -> tuple[str, ...] | None:
    if base is None and tuned is None:
        return None
    cells = ["-" if value is None else form.value(value) for value in (base, tuned)]
    change = "" if base is None or tuned is None else form.change(tuned - base)
    return (text(name), *cells, change)


def _with_interval(row: tuple[str, ...], base: Row, tuned: Row) -> tuple[str, ...]:
    first, *cells, change = row
    both = [
        f"{cell}<br><small>{limits(side.get('wer_ci_low'), side.get('wer_ci_high'))}</small>"
        for cell, side in zip(cells, (base, tuned), strict=True)
    ]
    return (f"{first}<br><small>95 % interval</small>", *both, change)


def _about(tuned: Row) -> str:
    """What some of the rows were counted on."""
    found = []
    if "guard_words" in tuned:
        found.append(f"The guard holds {tuned['guard_words']:,} words.")
    if "probe_clips" in tuned:
        found.append(f"Nobody speaks in {tuned['probe_clips']:,} made clips of silence and noise.")
    if "whisper_normalizer" in tuned:
        found.append(f"Whisper's normalizer is of version {tuned['whisper_normalizer']}.")
    return "".join(f" {line}" for line in found)


def kinds(numbers: Numbers) -> str:
    """Errors by kind."""
    rows = []
    for name, side in (("Base", numbers.base.metrics), ("Tuned", numbers.tuned.metrics)):
        words = side["reference_words"]
        parts = [
            Part(css, said, side[key], side[key] / words) for key, (css, said) in _KINDS.items()
        ]
        rows.append((name, parts))
    return section(
        "kinds",
        "Kinds of errors",
        bars("", rows),
        note("As shares of the words that were said; a bar's length is the WER."),
    )
