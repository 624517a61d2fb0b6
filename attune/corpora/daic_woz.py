"""DAIC-WOZ: interviews of a participant by Ellie, a figure on a screen that a person controls.

300_P/300_AUDIO.wav        16 kHz, the participant's microphone; Ellie is faint
300_P/300_TRANSCRIPT.csv   tab-separated: start_time, stop_time, speaker, value

Each session is a zip file; all may be unpacked into one folder. The faults of single sessions
below come from the corpus's documentation and from its users' programs.
"""

from __future__ import annotations

import csv
import io
import math
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from attune.corpora.daic_values import spoken
from attune.corpora.recordings import (
    Found,
    NotImported,
    Prepared,
    by_number,
    decoded,
    files_below,
)
from attune.corpora.shifts import choose_shift
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.rejections import RECORDING, RecordingRejected
from stages.common.transcripts import csv_cues
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.encodings import decode_text
from stages.common.transcripts.marks import UNKNOWN, without_marks

LAYOUT = "NNN_P/NNN_AUDIO.wav and NNN_P/NNN_TRANSCRIPT.csv, unpacked, for each session NNN"

SHIFTS = {318: 34.319917, 321: 3.8379167, 341: 6.1892, 362: 16.8582}
"""Seconds between the times of a transcript and of its recording. Its users add them."""
INTERRUPTIONS = {373: (352.0, 428.0), 444: (286.0, 387.0)}
"""(start, end) in seconds, the union of all published times: somebody enters the room, whose speech
is not transcribed."""
WITHOUT_INTERVIEWER = (451, 458, 480)
"""Ellie's part of the transcript is missing in whole or in part."""
SPEAKERS = {"ellie": "Ellie", "participant": "Participant"}

_FILE = re.compile(r"(\d{3})_(?:(AUDIO)\.wav|(TRANSCRIPT)\.csv|(P)(?:\.zip)?)", re.IGNORECASE)
_MARGIN, _SHORTEST, _LONGEST = 0.25, 0.3, 20.0
"""Seconds: gap between a cue and an untranscribed passage, and the passage's shortest and longest
length."""

Span = tuple[float, float]


def find(folder: Path) -> list[Found]:
    sessions = by_number(_named(folder))
    return [Found(number, f"daic-{number}", files) for number, files in sessions.items()]


def _named(folder: Path) -> Iterator[tuple[str, str, Path]]:
    for path in [folder, *files_below(folder)]:
        if match := _FILE.fullmatch(path.name):
            kind = (match[2] or match[3] or match[4]).upper()
            if path.is_dir() == (kind == "P" and path.suffix == ""):
                yield match[1], kind, path


def prepare(found: Found) -> Prepared:
    session = int(found.number)
    if not found.files.keys() & {"AUDIO", "TRANSCRIPT"} and any(
        path.suffix for path in found.files.get("P", [])
    ):
        raise NotImported(f"{found.number}_P.zip is still packed; unzip it")
    audio = found.one("AUDIO", f"{found.number}_AUDIO.wav")
    rows = _rows(found.one("TRANSCRIPT", f"{found.number}_TRANSCRIPT.csv"))
    samples = decoded(audio)
    seconds = len(samples) / SAMPLE_RATE
    left_out: Counter[str] = Counter()
    cues = _spoken_cues(rows, left_out)
    remarks = []
    if session in SHIFTS:
        shift, remark = choose_shift(samples, cues, "Participant", SHIFTS[session])
        cues = [replace(cue, start=cue.start + shift, end=cue.end + shift) for cue in cues]
        remarks.append(remark)
    cues = _within(cues, left_out)
    silent = _passages_without_text(cues, session, seconds)
    if session in INTERRUPTIONS:
        start, end = INTERRUPTIONS[session]
        inside = [cue for cue in cues if cue.start < end and start < cue.end]
        cues = [cue for cue in cues if cue not in inside]
        left_out["in an interruption"] += len(inside)
        remarks.append(f"{len(inside)} cue(s) left out: an interruption, {start:g} to {end:g} s")
        start, end = min([start, *(c.start for c in inside)]), max([end, *(c.end for c in inside)])
        silent = [*_outside(silent, start, end), (start, min(end, seconds))]
    if session in WITHOUT_INTERVIEWER or not _of(cues, "Ellie"):
        remarks.append(
            "the interviewer's text is missing: that speech is marked [inaudible], and only the "
            "participant's is used"
        )
    if not _of(cues, "Participant"):
        raise NotImported("its transcript has no usable Participant cue")
    return Prepared(
        suffix=".wav",
        write_audio=partial(shutil.copyfile, audio),
        transcripts={f"{found.stem}.csv": _table([*cues, *_pieces(silent)])},
        seconds=seconds,
        cues=len(cues),
        unclear=sum(UNKNOWN in without_marks(cue.text)[0] for cue in cues),
        left_out=left_out,
        remarks=remarks,
    )


def _rows(path: Path) -> list[Cue]:
    """The rows, unchanged. Raises: NotImported."""
    if not path.is_file():
        raise NotImported(RECORDING["no_file"])
    try:
        cues, timed = csv_cues.parse(decode_text(path.read_bytes())[0])
    except OSError:
        raise NotImported(RECORDING["transcript_unreadable"]) from None
    except RecordingRejected:
        cues, timed = [], False
    if not timed or not any(cue.speaker.lower() in SPEAKERS for cue in cues):
        raise NotImported(
            "its transcript is not a table of start_time, stop_time, speaker and value, with the "
            "speakers Ellie and Participant; copy it from the corpus again"
        )
    return cues


def _spoken_cues(rows: Sequence[Cue], left_out: Counter[str]) -> list[Cue]:
    """The rows with words or marks, as the pipeline reads them; counts the others."""
    cues = []
    for row in rows:
        speaker = SPEAKERS.get(row.speaker.lower(), "")
        text, is_sync = spoken(row.text, speaker == "Ellie")
        if not speaker or not math.isfinite(row.start + row.end) or row.end <= row.start:
            left_out["without speaker or times"] += 1
        elif is_sync:
            left_out["synchronization marks"] += 1
        elif not text:
            left_out["empty"] += 1
        else:
            cues.append(Cue(row.start, row.end, text, speaker))
    return sorted(cues, key=lambda cue: (cue.start, cue.end, cue.speaker, cue.text))


def _within(cues: Sequence[Cue], left_out: Counter[str]) -> list[Cue]:
    """Cues that begin in the recording; those past its end are `segment`'s to report."""
    early = sum(cue.start < 0 for cue in cues)
    if early:
        left_out["before the recording"] += early
    return [cue for cue in cues if cue.start >= 0]


def _passages_without_text(cues: Sequence[Cue], session: int, seconds: float) -> list[Span]:
    """Where somebody may speak, however faintly, whose words are not in the transcript.

    An experimenter speaks before Ellie's first cue and after the last cue; if Ellie's text is
    missing, she may speak anywhere between the cues.
    """
    ellie, last = _of(cues, "Ellie"), max((cue.end for cue in cues), default=0.0)
    gaps, reached = [], 0.0
    for cue in cues:
        gaps.append((reached + _MARGIN if reached else 0.0, cue.start - _MARGIN))
        reached = max(reached, cue.end)
    if ellie and session not in WITHOUT_INTERVIEWER:
        gaps = [gap for gap in gaps if gap[1] <= ellie[0].start]
    gaps.append((last + _MARGIN, seconds))
    return [(start, end) for start, end in gaps if end - start >= _SHORTEST]


def _outside(spans: Sequence[Span], start: float, end: float) -> list[Span]:
    """The parts of the spans before `start` and after `end`."""
    cut = [part for a, b in spans for part in ((a, min(b, start)), (max(a, end), b))]
    return [(a, b) for a, b in cut if b - a >= _SHORTEST]


def _pieces(spans: Sequence[Span]) -> list[Cue]:
    """`[inaudible]` cues that cover the spans, short enough that nothing is aligned in them."""
    cues = []
    for start, end in spans:
        number = math.ceil((end - start) / _LONGEST)
        edges = [start + (end - start) * at / number for at in range(number + 1)]
        cues += [Cue(a, b, "[inaudible]") for a, b in pairwise(edges)]
    return cues


def _of(cues: Sequence[Cue], speaker: str) -> list[Cue]:
    return [cue for cue in cues if cue.speaker == speaker]


def _table(cues: Sequence[Cue]) -> bytes:
    """A table in the corpus's format, in order of time."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(["start_time", "stop_time", "speaker", "value"])
    for cue in sorted(cues, key=lambda cue: (cue.start, cue.end, cue.speaker, cue.text)):
        writer.writerow([f"{cue.start:.3f}", f"{cue.end:.3f}", cue.speaker, cue.text])
    return text.getvalue().encode()
