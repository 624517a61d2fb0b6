"""`make bench-align`: alignment of full recordings with plain transcripts, against exact times.

Prints the table of docs/results.md: the demo's sessions and, with real speech at `$ATTUNE_SHARED`
(default ../shared), its `reader_long` and `book_long`, aligned with `models/base-ct2`. The truth
files are used only for scoring. `--long HOURS` measures time and peak memory on a long recording.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel

from bench.align_score import Script, Sentence, Tally, clean, damaged, foreign, shifted, tally
from bench.minmax import min_median_max
from stages.common.audio.decode import decode
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.core.params import load_params
from stages.common.core.rejections import RecordingRejected
from stages.segment.alignment.align import align
from stages.segment.alignment.speech_intervals import utterance_intervals
from stages.segment.alignment.transcribe import (
    IntervalHypothesis,
    open_aligner,
    transcribe_intervals,
)

ROOT = Path(__file__).parents[1]
BASE = ROOT / "models/base-ct2"
Session = tuple[str, Samples, list[Sentence]]
"""Name, 16 kHz mono samples, and the reference sentences in order."""
SETTINGS = load_params(ROOT / "params.yaml").segment
TUNED_ON = 6
"""Number of demo sessions on which the costs of the search were tuned; they are not scored."""


def read_sessions(folder: Path, truth: Path) -> list[Session]:
    sessions = []
    for path in sorted(truth.glob("*.json")):
        rows = json.loads(path.read_text(encoding="utf-8"))
        sentences = [
            Sentence(row["start"], row["end"], row["text"], row.get("speaker", "")) for row in rows
        ]
        (audio,) = folder.glob(f"audio/{path.stem}.*")
        sessions.append((path.stem, decode(audio).samples, sentences))
    return sessions


def transcribe_speech(model: WhisperModel, samples: Samples) -> list[IntervalHypothesis]:
    intervals = utterance_intervals(samples, SETTINGS.vad_threshold)
    return transcribe_intervals(model, samples, intervals, "en", SETTINGS.window_seconds)


def transcribe(model: Path, sessions: Sequence[Session]) -> list[list[IntervalHypothesis]]:
    """Each recording's hypotheses; prints the speed relative to real time."""
    opened, hypotheses, rates = open_aligner(model), [], []
    for _, samples, _ in sessions:
        begin = time.perf_counter()
        hypotheses.append(transcribe_speech(opened, samples))
        rates.append(len(samples) / SAMPLE_RATE / (time.perf_counter() - begin))
    print(
        f"transcribed on one core {min_median_max(rates, '.0f')} times faster than real "
        f"time (minimum / median / maximum of {len(sessions)} recordings)",
        file=sys.stderr,
    )
    return hypotheses


def print_row(
    name: str,
    hypotheses: Sequence[list[IntervalHypothesis]],
    sessions: Sequence[Session],
    scripts: list[Script],
) -> None:
    total = Tally()
    for own, (_, samples, truth), script in zip(hypotheses, sessions, scripts, strict=True):
        total.recordings += 1
        try:
            built = align(own, script.turns, SETTINGS, "en")
        except RecordingRejected:
            total.mismatches += 1
            continue
        tally(total, script, built, truth, SETTINGS, len(samples) / SAMPLE_RATE)
    print(f"| {name} | {total.row()} |", flush=True)


def print_rows(name: str, sessions: Sequence[Session]) -> list[list[IntervalHypothesis]]:
    """One row for clean transcripts and one for damaged ones.

    Returns: each recording's hypotheses.
    """
    hypotheses = transcribe(BASE, sessions)
    texts = [sentence.text for *_, truth in sessions for sentence in truth]
    print_row(name, hypotheses, sessions, [clean(truth) for *_, truth in sessions])
    scripts = [damaged(truth, texts, stem) for stem, _, truth in sessions]
    print_row(f"{name}, damaged", hypotheses, sessions, scripts)
    return hypotheses


def concatenate(sessions: Sequence[Session], hours: float) -> Session:
    """Sessions concatenated and repeated up to `hours`."""
    samples, truth, at, number = [], [], 0.0, 0
    while at < hours * 3600:
        _, recording, sentences = sessions[number % len(sessions)]
        samples.append(recording)
        truth += shifted(sentences, at)
        at += len(recording) / SAMPLE_RATE
        number += 1
    return "joined", np.concatenate(samples)[: round(hours * 3600 * SAMPLE_RATE)], [
        s for s in truth if s.end < hours * 3600
    ]  # fmt: skip


def print_long(hours: float, sessions: Sequence[Session]) -> None:
    """Time and peak memory on one recording. Peak memory is per process: run this in a new one."""
    _, samples, truth = concatenate(sessions, hours)
    opened = open_aligner(BASE)
    transcribe_speech(opened, samples[: 60 * SAMPLE_RATE])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    hypotheses = transcribe_speech(opened, samples)
    align(hypotheses, clean(truth).turns, SETTINGS, "en")
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"| {hours:.0f} h | {seconds:.1f} s | {hours * 3600 / seconds:.0f} | "
          f"{(peak - before) / 1024:.0f} MB |", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--long", type=float, help="hours of the recording")
    args = parser.parse_args()
    demo = read_sessions(ROOT / "demo/sessions", ROOT / "demo/truth")[TUNED_ON:]
    if args.long:
        print_long(args.long, demo)
        return
    print("| case | words kept | in a wrong segment | boundary error, median / 95th percentile "
          "| not matching |\n|---|---|---|---|---|")  # fmt: skip
    hypotheses = print_rows("demo", demo)
    others = [*demo[1:], demo[0]]
    print_row("demo, another session's", hypotheses, demo, [foreign(truth) for *_, truth in others])
    shared = Path(os.environ.get("ATTUNE_SHARED", ROOT.parent / "shared")).resolve() / "speech"
    if not shared.is_dir():
        print("no real speech at ATTUNE_SHARED: its rows are omitted", file=sys.stderr)
        return
    for name in ("reader_long", "book_long"):
        print_rows(name, read_sessions(shared / name, shared / name / "truth"))


if __name__ == "__main__":
    main()
