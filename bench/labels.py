"""`make bench-labels`: correctness of the labels that `segment` keeps from damaged transcripts.

The demo's sessions with timed and plain transcripts, made from their exact times: clean, shifted,
stretched, of another session, and with 5 % of the sentences replaced by sentences of another.
Prints, without and with the check, the share of words in kept segments that were not said there,
and the share of transcribed speech that is in no segment. Then the estimate of the transcripts'
error rate beside the truth, for transcripts in which words were replaced by others. Needs
`make demo`.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from stages.common.audio.decode import decode
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.core.cache import digest_of
from stages.common.core.params import Segment as Settings
from stages.common.core.params import load_params
from stages.common.core.rejections import RecordingRejected
from stages.common.text.normalizer import scoring_form
from stages.common.text.word_alignment import align as align_words
from stages.common.transcripts.cue import Cue, Transcript
from stages.segment.alignment.align import align
from stages.segment.alignment.cached_aligner import CachedAligner
from stages.segment.checking.error_rate import clear_words, error_rate
from stages.segment.checking.timed import check_timed
from stages.segment.cutting import PlannedSegment, plan_segments

TRUTH, AUDIO = Path("demo/truth"), Path("demo/sessions/audio")
MODEL = Path("models/base-ct2")
_SLACK = 0.5
"""Seconds by which a sentence may extend beyond its segment."""
Damage = Callable[[list[Cue], list[Cue]], list[Cue]]
"""The cues of a session and those of another -> the damaged transcript."""


@dataclass(frozen=True)
class Session:
    name: str
    samples: Samples
    cues: list[Cue]


def shifted(cues: list[Cue], _: list[Cue], seconds: float) -> list[Cue]:
    moved = (replace(c, start=c.start + seconds, end=c.end + seconds) for c in cues)
    return [cue for cue in moved if cue.start >= 0]


def stretched(cues: list[Cue], _: list[Cue]) -> list[Cue]:
    return [replace(c, start=1.01 * c.start, end=1.01 * c.end) for c in cues]


def of_another(cues: list[Cue], other: list[Cue]) -> list[Cue]:
    return other


def replaced(cues: list[Cue], other: list[Cue]) -> list[Cue]:
    draw = random.Random(len(cues))
    chosen = set(draw.sample(range(len(cues)), max(1, len(cues) // 20)))
    return [
        replace(cue, text=draw.choice(other).text) if number in chosen else cue
        for number, cue in enumerate(cues)
    ]


OTHER = "another session's"
DAMAGES: dict[str, Damage] = {
    "clean": lambda cues, _: cues,
    "shifted 1 s": partial(shifted, seconds=1.0),
    "shifted 5 s": partial(shifted, seconds=5.0),
    "shifted 30 s": partial(shifted, seconds=30.0),
    "stretched 1 %": stretched,
    OTHER: of_another,
    "5 % of the sentences replaced": replaced,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sessions", type=int, default=100, help="at most so many")
    most = parser.parse_args().sessions
    params = load_params()
    aligner = CachedAligner(
        MODEL.absolute(), digest_of([MODEL]), "en", params.segment.window_seconds,
        params.segment.vad_threshold, Path(".state/bench/labels"),
    )  # fmt: skip
    sessions = [read_session(path) for path in sorted(TRUTH.glob("*.json"))[:most]]
    print("| transcript | damage | check | words not said there | said words lost | rejected |\n"
          "|---|---|---|---|---|---|")  # fmt: skip
    for damage, change in DAMAGES.items():
        for check in ("none", "sample", "all"):
            settings = params.segment.model_copy(update={"check": check, "mend_times": True})
            print_row("timed", damage, check, sessions, change, partial(timed, aligner, settings))
        print_row("plain", damage, "", sessions, change, partial(plain, aligner, params.segment))

    print("\n| words replaced | wrong words | estimate | 95 % interval |\n|---|---|---|---|")
    for share in (0.0, 0.02, 0.05, 0.1):
        print_estimate(share, sessions, aligner, params.segment)


def print_estimate(
    share: float, sessions: Sequence[Session], aligner: CachedAligner, settings: Settings
) -> None:
    """A row: the truth is the WER of the transcripts with the words as said as reference."""
    draw = random.Random(1)
    spoken = [word for session in sessions for cue in session.cues for word in cue.text.split()]
    wrong = words = 0
    compared = []
    for session in sessions:
        cues = [
            replace(
                cue,
                text=" ".join(
                    draw.choice(spoken) if draw.random() < share else word
                    for word in cue.text.split()
                ),
            )
            for cue in session.cues
        ]
        pairs = [align_words(a.text, b.text) for a, b in zip(session.cues, cues, strict=True)]
        wrong += sum(a.substitutions + a.deletions + a.insertions for a in pairs)
        words += sum(len(a.reference) for a in pairs)
        hypotheses = aligner.transcribe(session.name, session.samples)
        built = align(hypotheses, cues, settings, aligner.language)
        compared.append(
            (
                sum(len(a.hypothesis) for a in pairs),
                clear_words(built.cues, hypotheses, aligner.language),
            )
        )
    rate = error_rate(compared)
    if rate is None or rate.low is None:
        raise SystemExit("nothing was compared")
    interval = f"{rate.low:.1%} to {rate.high:.1%}"
    print(f"| {share:.0%} | {wrong / words:.1%} | {rate.value:.1%} | {interval} |", flush=True)


def print_row(
    kind: str, damage: str, check: str, sessions: Sequence[Session], change: Damage,
    plan: Callable[[Session, list[Cue]], list[PlannedSegment]],
) -> None:  # fmt: skip
    found = words = said = rejected = 0
    for session, other in zip(sessions, [*sessions[1:], sessions[0]], strict=True):
        transcript = change(session.cues, other.cues)
        segments: list[PlannedSegment] = []
        try:
            segments = plan(session, transcript)
        except RecordingRejected:
            rejected += 1
        there, total = compare(segments, session.cues)
        found, words = found + there, words + total
        written = {cue.text for cue in transcript}
        said += sum(count(cue.text) for cue in session.cues if cue.text in written)
    wrong = f"{(words - found) / words:.1%}" if words else "-"
    # Another session's transcript shares only some phrases with this one.
    lost = f"{max(0, said - found) / said:.1%}" if damage != OTHER else "-"
    print(f"| {kind} | {damage} | {check} | {wrong} | {lost} | {rejected} |", flush=True)


def compare(segments: Sequence[PlannedSegment], truth: Sequence[Cue]) -> tuple[int, int]:
    """Words of segments that were said there, and all words of segments."""
    found = words = 0
    for segment in segments:
        there = " ".join(
            cue.text
            for cue in truth
            if segment.start - _SLACK <= (cue.start + cue.end) / 2 <= segment.end + _SLACK
        )
        aligned = align_words(there, segment.cue.text)
        found += sum(aligned.correct)
        words += len(aligned.hypothesis)
    return found, words


def count(text: str) -> int:
    """Words in scoring form."""
    return len(scoring_form(text).split())


def timed(
    aligner: CachedAligner, settings: Settings, session: Session, cues: list[Cue]
) -> list[PlannedSegment]:
    seconds = len(session.samples) / SAMPLE_RATE
    checked = check_timed(
        session.name, session.samples, Transcript(cues, timed=True), seconds, aligner, settings
    )
    return plan_segments(checked.cues, seconds, settings, checked.unmatched).segments


def plain(
    aligner: CachedAligner, settings: Settings, session: Session, cues: list[Cue]
) -> list[PlannedSegment]:
    seconds = len(session.samples) / SAMPLE_RATE
    built = align(
        aligner.transcribe(session.name, session.samples), cues, settings, aligner.language
    )
    return plan_segments(built.cues, seconds, settings, built.unmatched).segments


def read_session(path: Path) -> Session:
    rows = json.loads(path.read_text(encoding="utf-8"))
    cues = [Cue(row["start"], row["end"], row["text"], row["speaker"]) for row in rows]
    (audio,) = AUDIO.glob(f"{path.stem}.*")
    return Session(path.stem, decode(audio).samples, cues)


if __name__ == "__main__":
    main()
