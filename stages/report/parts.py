"""Where the WER comes from: slices of the test split, its recordings, and what matters most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from stages.common.text.error_counts import ClipErrors
from stages.report.charts import KEY, Line, dots
from stages.report.markup import absent, note, section
from stages.report.numbers import Measure, Numbers, Share, Slice

SHOWN = 30
_KINDS = {
    "speaker": "Who speaks",
    "duration": "How long the clip is",
    "snr": "How far speech stands above noise",
    "rate": "How fast they speak",
    "voice": "How high the voice is",
}
_MEASURES = {
    "terms_recall": "Terms said that were heard",
    "terms_precision": "Terms heard that were said",
    "negations_recall": "Negations said that were heard",
    "negations_precision": "Negations heard that were said",
    "numbers_recall": "Numbers said that were heard",
    "numbers_precision": "Numbers heard that were said",
    "doses_recall": "Doses said that were heard",
    "fillers_recall": "Fillers said that were heard",
    "risk_lost": "Words of risk that were lost",
    "risk_invented": "Words of risk that nobody said",
}
_FAULTS = ("risk_lost", "risk_invented")
"""Of these less is better."""


def slices(numbers: Numbers) -> str:
    tuned, base = numbers.slices, numbers.slices_base
    if tuned is None:
        return section("slices", "By slice", absent("metrics/slices.csv"))
    before = {(s.kind, s.name): s for s in base or ()}
    kinds = dict.fromkeys(s.kind for s in tuned)
    charts = "".join(
        dots(
            _KINDS.get(kind, kind),
            [_line(s, before.get((kind, s.name))) for s in tuned if s.kind == kind],
        )
        for kind in kinds
    )
    return section(
        "slices",
        "By slice",
        KEY,
        charts,
        note(
            "Lines are 95 % intervals. A slice of one recording has none; one of few words says "
            "little."
        ),
        "" if base is not None else absent("metrics/slices_base.csv"),
    )


def _line(found: Slice, base: Slice | None) -> Line:
    counts = f"{_clips(found.clips)}, {found.words:,} words"
    return Line(found.name, counts, base.wer if base else None, found.wer)


def recordings(numbers: Numbers) -> str:
    """The longest ones, by the words said in them."""
    base, tuned = (_by_recording(side.clips) for side in (numbers.base, numbers.tuned))
    ordered = sorted(tuned, key=lambda name: (-tuned[name].words, name))
    lines = [
        Line(
            name,
            f"{_clips(tuned[name].clips)}, {tuned[name].words:,} words",
            base[name].wer if name in base else None,
            tuned[name].wer,
        )
        for name in ordered[:SHOWN]
    ]
    left = len(ordered) - len(lines)
    said = f"The {SHOWN} longest of {len(ordered):,} recordings. " if left else ""
    return section(
        "recordings",
        "By recording",
        note(f"{said}The names are salted: they tell nothing to anybody without the key."),
        KEY,
        dots("", lines),
    )


def _by_recording(clips: Sequence[ClipErrors]) -> dict[str, Slice]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for clip in clips:
        of = counts[clip.recording]
        of[0] += 1
        of[1] += clip.reference_words
        of[2] += clip.errors
    return {
        name: Slice("recording", name, number, words, Share(errors / words))
        for name, (number, words, errors) in counts.items()
    }


def _clips(number: int) -> str:
    return f"{number:,} clip{'' if number == 1 else 's'}"


def matters(numbers: Numbers) -> str:
    """What of a session matters most: one chart of what should be found, one of faults."""
    tuned, base = numbers.matters, numbers.matters_base
    if tuned is None:
        return section("matters", "What matters most", absent("metrics/matters.csv"))
    before = {m.name: m for m in base or ()}
    right, wrong = (
        [_counted(m, before.get(m.name)) for m in tuned if (m.name in _FAULTS) == fault]
        for fault in (False, True)
    )
    return section(
        "matters",
        "What matters most",
        KEY,
        dots("More is better", right, 1.0) if right else "",
        dots("Less is better", wrong, 1.0) if wrong else "",
        note("Lines are 95 % intervals. Where there was nothing to find there is no mark."),
        "" if base is not None else absent("metrics/matters_base.csv"),
    )


def _counted(found: Measure, base: Measure | None) -> Line:
    counts = f"tuned {found.found:,} of {found.of:,}"
    if base is not None:
        counts = f"base {base.found:,} of {base.of:,}, {counts}"
    return Line(
        _MEASURES.get(found.name, found.name.replace("_", " ")),
        counts,
        base.share if base else None,
        found.share,
    )
