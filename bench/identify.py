"""`make bench-identify`: which recordings a transcript or a call log identifies in git.

The attacker has the repository without its data and its key, and tries to find the salted id of a
recording: with it come its split, its client's id, the client's other recordings and their WERs.
The metrics of the demo are attacked as they were committed at `BEFORE`, with a line per clip, and
as they are in this working tree. An id counts as found if the attack leaves exactly one, the right
one.

Needs the demo's sessions: `make demo` first.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import soundfile

from stages.common.core.errors import UserError
from stages.common.core.ids import read_key, recording_id
from stages.common.core.metrics import three_digits
from stages.common.core.params import load_params
from stages.common.evaluation.comparison.revisions import Source, revision, working_tree
from stages.common.text.normalizer import scoring_form
from stages.common.transcripts.read import read_transcripts
from stages.segment.session_files import find_files

BEFORE = "3b269d1"
RUN = 6
"""Clips in a row."""
_RESAMPLED = 0.001
"""Seconds by which a decoded length may differ from that of the file."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_ERRORS = ("metrics/errors.csv", "metrics/errors_validation.csv")


@dataclass(frozen=True)
class Held:
    """What the attacker holds of one recording, and its id, by which an attack is judged."""

    id: str
    seconds: float
    sentences: tuple[int, ...]
    """Words of each sentence of the transcript, in scoring form."""

    @property
    def words(self) -> int:
        return sum(self.sentences)


@dataclass(frozen=True)
class Git:
    """What git holds of the recordings."""

    seconds: Mapping[str, float]
    """Recording -> length; empty where git has none."""
    clips: Mapping[str, Sequence[int]]
    """Recording of the test or validation split -> words of each clip, in order; one number where
    git has a line per recording."""
    total: Callable[[float], float]
    """How the total length of all recordings is rounded."""


def read_held(sessions: Path, key: bytes) -> list[Held]:
    audio, transcripts, _ = find_files(sessions)
    held = []
    for stem in sorted(audio.keys() & transcripts.keys()):
        cues = read_transcripts([(path, "") for path in transcripts[stem]]).cues
        sentences = [part for cue in cues for part in _SENTENCE.split(cue.text)]
        counts = (len(scoring_form(sentence).split()) for sentence in sentences)
        seconds = soundfile.info(str(audio[stem][0])).duration
        held.append(Held(recording_id(key, stem), seconds, tuple(filter(None, counts))))
    return held


def read_git(source: Source) -> Git:
    segment: dict[str, Any] = json.loads(source.needed("metrics/segment.json"))
    lengths = segment.get("by_recording", {})
    clips: dict[str, list[int]] = {}
    for path in _ERRORS:
        for row in csv.DictReader(io.StringIO(source.needed(path))):
            clips.setdefault(row["recording"], []).append(int(row["reference_words"]))
    return Git(
        {recording: float(row["seconds"]) for recording, row in lengths.items()},
        clips,
        (lambda seconds: round(seconds, 4)) if lengths else three_digits,
    )


def by_length(git: Git, step: float, one: Held) -> set[str]:
    """Ids whose length is the one in the call log, which is rounded to `step` seconds."""
    logged = step * round(one.seconds / step)
    return {name for name, s in git.seconds.items() if abs(s - logged) <= step / 2 + _RESAMPLED}


def by_added_length(git: Git, one: Held, held: Sequence[Held]) -> set[str]:
    """Ids of the call log that fit the change of the total between a commit without and one with
    this recording. The attacker then knows which recording was added by it, and sees its split."""
    total = sum(each.seconds for each in held)

    def change(each: Held) -> float:
        return round(git.total(total) - git.total(total - each.seconds), 4)

    return {each.id for each in held if change(each) == change(one)}


def by_clip_words(git: Git, one: Held) -> set[str]:
    """Ids with the most runs of `RUN` clips that begin and end with the transcript's sentences."""
    ends = {0, *accumulate(one.sentences)}
    runs = {}
    for name, words in git.clips.items():
        parts = [words[at : at + RUN] for at in range(len(words) - RUN + 1)]
        runs[name] = sum(
            any(all(start + end in ends for end in accumulate(part)) for start in ends)
            for part in parts
        )
    most = max(runs.values(), default=0)
    return {name for name, number in runs.items() if number == most > 0}


def by_total_words(git: Git, share: float, one: Held) -> set[str]:
    """Ids whose number of words is the transcript's or less by at most `share` of it: segments are
    dropped, never added."""
    least = (1 - share) * one.words
    return {name for name, words in git.clips.items() if least <= sum(words) <= one.words}


def count(held: Sequence[Held], attack: Callable[[Held], set[str]]) -> str:
    """Recordings that the attack finds, of all; and those for which it names another one alone."""
    answers = [(attack(one), one.id) for one in held]
    right = sum(found == {id} for found, id in answers)
    wrong = sum(len(found) == 1 and found != {id} for found, id in answers)
    return f"{right} of {len(held)}" + (f", {wrong} wrong" if wrong else "")


def attacks(git: Git, held: Sequence[Held]) -> dict[str, str]:
    """Attack -> recordings found. Those on words are judged on the test and validation recordings,
    since no other has a line in git."""
    scored = [one for one in held if one.id in git.clips]
    rows = {
        f"call log, lengths to {name}": count(held, partial(by_length, git, step))
        for name, step in (("1 ms", 0.001), ("1 s", 1.0), ("1 min", 60.0))
    }
    rows["call log, change of the total length between two commits"] = count(
        held, lambda one: by_added_length(git, one, held)
    )
    rows[f"transcript, words of {RUN} clips in a row"] = count(
        scored, lambda one: by_clip_words(git, one)
    )
    for share in (0.0, 0.02, 0.05):
        what = "exact" if not share else f"up to {share:.0%} less"
        rows[f"transcript, words of the recording, {what}"] = count(
            scored, partial(by_total_words, git, share)
        )
    return rows


def main() -> None:
    params = load_params()
    sessions, key = Path(params.data.sessions), read_key(Path(params.data.key))
    if not sessions.is_dir():
        raise SystemExit("no sessions: run `make demo` first")
    held = read_held(sessions, key)
    try:
        before, after = (
            attacks(read_git(source), held) for source in (revision(BEFORE), working_tree())
        )
    except UserError as error:
        raise SystemExit(str(error)) from None
    print(f"| the attacker holds | found at {BEFORE} | found now |\n|---|---|---|")
    for name, found in before.items():
        print(f"| {name} | {found} | {after[name]} |")


if __name__ == "__main__":
    main()
