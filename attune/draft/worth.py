"""The worth of corrections: WER of the drafts corrected so far, and the drafts to correct next.

A draft counts as corrected if it is on record and its recording has a transcript in `data.sessions`
with `NOTE reviewed`. The WER is the draft's, with the corrected text as reference.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from attune.draft.drafts import (
    FOLDER,
    Recorded,
    Word,
    draft_path,
    expected_wrong,
    read_record,
    read_words,
)
from stages.common.core.errors import UserError
from stages.common.core.files import write_text
from stages.common.core.ids import read_key
from stages.common.core.interval_text import interval_text
from stages.common.core.params import Params
from stages.common.core.rejections import RecordingRejected
from stages.common.evaluation.significance.wer_interval import Interval, wer_interval
from stages.common.text.error_counts import ErrorCounts
from stages.common.text.wer import count_errors
from stages.common.transcripts.marks import UNKNOWN
from stages.common.transcripts.read import read_transcripts
from stages.segment.clients import read_clients
from stages.segment.session_files import find_files

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""First characters of formulas. An apostrophe is doubled, so that every name can be restored."""
_NEW_CLIENT = 2.0
"""Weight of a client's first recording in the order. Chosen, not measured: errors on a voice that
is new to training teach more than the same errors on a known one."""


@dataclass(frozen=True)
class Group:
    """The corrected drafts of one model."""

    model: str
    """"base" or "tuned"."""
    trained_hours: float
    """Audio that the model was trained on; 0 for the base."""
    recordings: int
    hours: float
    """Length of the recordings."""
    wer: float
    """Errors of all drafts over the words of the corrected texts."""
    interval: Interval | None
    """95 %, over recordings; None for too few."""


@dataclass(frozen=True)
class Ranked:
    """A draft not yet corrected."""

    stem: str
    id: str
    error_rate: float
    """Expected wrong words over the draft's words."""
    wrong_words: float
    """Expected number."""
    seconds: float
    words: int


@dataclass(frozen=True)
class Worth:
    groups: list[Group]
    """The base first, then by hours of training."""
    calibration: float
    """Actual over expected errors of the corrected drafts; 1 if none are expected."""
    ranked: list[Ranked]
    """The drafts in the order in which to correct them."""


def worth(params: Params, folder: Path = FOLDER) -> Worth:
    """Compare the corrected drafts with their corrections, and rank the others.

    The models' expectation, the sum of 1 - probability, is multiplied by the ratio of actual to
    expected errors in the corrected drafts. Drafts rank by expected wrong words per minute of
    audio; for each client without a transcript, the highest-ranked draft counts double.

    Args: folder: of the drafts.
    Raises: UserError if the sessions folder, sessions.csv or the key cannot be read.
    """
    sessions, record = Path(params.data.sessions), read_record(folder)
    audio, transcripts, _ = find_files(sessions)
    corrected = {
        stem: result
        for stem, known in record.items()
        if stem in transcripts and not known.trained_on
        for result in [_corrected(folder, stem, known, transcripts[stem], params)]
        if result is not None
    }
    expected = sum(doubt for _, doubt in corrected.values())
    found = sum(errors.errors for errors, _ in corrected.values())
    calibration = found / expected if expected else 1.0
    counts = {stem: errors for stem, (errors, _) in corrected.items()}
    drafts = {
        stem: known
        for stem, known in record.items()
        if stem in audio and stem not in transcripts and draft_path(folder, stem).exists()
    }
    key = read_key(Path(params.data.key))
    clients = read_clients(sessions, sorted(audio), key).by_recording
    known_clients = {clients[stem] for stem in transcripts if stem in clients}
    ranked = [_ranked(stem, known, calibration) for stem, known in sorted(drafts.items())]
    return Worth(_groups(record, counts), calibration, _in_order(ranked, clients, known_clients))


def _corrected(
    folder: Path, stem: str, known: Recorded, files: Sequence[Path], params: Params
) -> tuple[ErrorCounts, float] | None:
    """Actual and expected errors of the draft; None unless the recording has one transcript, with
    words and `NOTE reviewed`.

    Cues with an inaudible or redacted passage are left out, with the draft's words at their times.
    """
    try:
        transcript = read_transcripts([(path, "") for path in files])
        words = read_words(folder, stem)
    except (RecordingRejected, UserError):
        return None  # a fault that `segment` reports, or a draft that was moved or deleted
    if len(files) > 1 or not transcript.reviewed:
        return None
    hidden = [(cue.start, cue.end) for cue in transcript.cues if UNKNOWN in cue.text]
    reference = " ".join(cue.text for cue in transcript.cues if UNKNOWN not in cue.text)
    audible = [word for word in words if not _within(word, hidden)]
    hypothesis = " ".join(word.text for word in audible)
    errors = count_errors(known.id, "", reference, hypothesis, params.build_dataset.language)
    return (errors, expected_wrong(audible)) if errors.reference_words else None


def _within(word: Word, spans: Sequence[tuple[float, float]]) -> bool:
    middle = (word.start + word.end) / 2
    return any(start <= middle <= end for start, end in spans)


def _groups(record: Mapping[str, Recorded], counts: Mapping[str, ErrorCounts]) -> list[Group]:
    by_model: defaultdict[tuple[bool, float, str, str], list[str]] = defaultdict(list)
    for stem in counts:
        one = record[stem]
        by_model[(one.model != "base", one.trained_hours, one.model_digest, one.model)].append(stem)
    groups = []
    for (_, hours, _, model), stems in sorted(by_model.items()):
        errors = [counts[stem] for stem in stems]
        total = sum(one.reference_words for one in errors)
        seconds = sum(record[stem].seconds for stem in stems)
        wer = sum(one.errors for one in errors) / total
        groups.append(Group(model, hours, len(stems), seconds / 3600, wer, wer_interval(errors)))
    return groups


def _ranked(stem: str, known: Recorded, calibration: float) -> Ranked:
    wrong = known.doubt * calibration
    return Ranked(stem, known.id, wrong / known.words, wrong, known.seconds, known.words)


def _in_order(
    drafts: Sequence[Ranked], clients: Mapping[str, str], known_clients: set[str]
) -> list[Ranked]:
    rate = {draft.stem: draft.wrong_words / draft.seconds for draft in drafts}
    firsts: dict[str, str] = {}
    for stem in sorted(rate, key=lambda stem: (-rate[stem], stem)):
        client = clients.get(stem)
        if client is not None and client not in known_clients:
            firsts.setdefault(client, stem)
    for stem in firsts.values():
        rate[stem] *= _NEW_CLIENT
    return sorted(drafts, key=lambda draft: (-rate[draft.stem], draft.id))


def lines(worth: Worth) -> list[str]:
    """Lines for the terminal, with ids of recordings."""
    shown = []
    if worth.groups:
        shown.append("WER of the corrected drafts:")
    for number, group in enumerate(worth.groups):
        by = "the base" if group.model == "base" else "a tuned model"
        if group.trained_hours:
            by = f"the model tuned on {group.trained_hours:.1f} h"
        spread = f"95 % interval: {interval_text(*group.interval or (None, None))}; "
        line = f"  by {by}: {group.wer:.1%} ({spread}{group.recordings} recording(s), "
        line += f"{_length(group.hours)})"
        if number and (before := worth.groups[number - 1].wer):
            change = group.wer / before - 1
            more = "lower" if change <= 0 else "higher"
            line += f", {abs(change):.0%} {more} than the line above, on other recordings"
        shown.append(line)
    if not worth.ranked:
        return shown
    wrong = sum(draft.wrong_words for draft in worth.ranked)
    hours = sum(draft.seconds for draft in worth.ranked) / 3600
    basis = (
        f"the models' estimate times {worth.calibration:.2f}, as in the corrected drafts"
        if worth.groups
        else "the model's estimate; no draft has been corrected yet"
    )
    first = ", ".join(
        f"{draft.id} ({draft.error_rate:.0%}, {draft.seconds / 60:.0f} min)"
        for draft in worth.ranked[:3]
    )
    return [
        *shown,
        f"Left to correct: {len(worth.ranked)} draft(s), {_length(hours)}, about {wrong:,.0f} "
        f"wrong words ({basis})",
        f"Correct first: {first}",
    ]


def _length(hours: float) -> str:
    return f"{hours:.1f} h" if hours >= 1 else f"{60 * hours:.0f} min"


def write_order(worth: Worth, folder: Path = FOLDER) -> None:
    """Write `order.csv`: the drafts to correct, in order, with file names.

    Spreadsheets execute cells that begin like a formula: such names get an apostrophe, which
    spreadsheets hide.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ("recording", "id", "seconds", "words", "expected_wrong_words", "expected_error_rate")
    )
    for draft in worth.ranked:
        wrong, rate = f"{draft.wrong_words:.1f}", f"{draft.error_rate:.4f}"
        name = f"'{draft.stem}" if draft.stem.startswith(_FORMULA) else draft.stem
        writer.writerow((name, draft.id, draft.seconds, draft.words, wrong, rate))
    write_text(folder / "order.csv", text.getvalue())
