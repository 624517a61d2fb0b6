"""`make bench-align`: how well whole recordings are aligned with whole plain transcripts.

Prints the table of docs/results.md. The truth files serve for measuring alone. With real speech at
`$ATTUNE_SHARED` (default ../shared) it first tunes a model on `speech/reader`, once, into
`.state/bench/reader-ct2`. `--long` measures one and three hours instead: time, and peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml

from bench.align_score import Script, Sentence, Tally, clean, damaged, foreign, shifted, tally
from stages.common.audio.decode import decode
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.core.params import load_params
from stages.common.core.reasons import RecordingRejected
from stages.segment.alignment.align import align
from stages.segment.alignment.cue_building import Utterance
from stages.segment.alignment.transcribe import hear, open_aligner

ROOT = Path(__file__).parents[1]
BASE = ROOT / "models/base-ct2"
READER = ROOT / ".state/bench/reader-ct2"
Session = tuple[str, Samples, list[Sentence]]
SETTINGS = load_params(ROOT / "params.yaml").segment
WAY = ("en", SETTINGS.window_seconds, SETTINGS.vad_threshold)
TUNED_ON = 6
"""The costs of the search were chosen on this many of the demo's sessions."""


def sessions(folder: Path, truth: Path) -> list[Session]:
    found = []
    for path in sorted(truth.glob("*.json")):
        rows = json.loads(path.read_text(encoding="utf-8"))
        sentences = [
            Sentence(row["start"], row["end"], row["text"], row.get("speaker", "")) for row in rows
        ]
        (audio,) = folder.glob(f"audio/{path.stem}.*")
        found.append((path.stem, decode(audio).samples, sentences))
    return found


def listen(model: Path, data: Sequence[Session]) -> list[list[Utterance]]:
    """What the model hears in each recording; prints how many times faster than real time."""
    opened, heard, rates = open_aligner(model), [], []
    for _, samples, _ in data:
        begin = time.perf_counter()
        heard.append(hear(opened, samples, *WAY))
        rates.append(len(samples) / SAMPLE_RATE / (time.perf_counter() - begin))
    low, middle, high = np.percentile(rates, [0, 50, 100])
    print(
        f"heard on one core {low:.0f} / {middle:.0f} / {high:.0f} times faster than real time "
        f"(minimum / median / maximum of {len(data)} recordings)",
        file=sys.stderr,
    )
    return heard


def row(
    name: str, heard: Sequence[list[Utterance]], data: Sequence[Session], scripts: list[Script]
) -> None:
    """One row of the table."""
    total = Tally()
    for found, (_, samples, truth), script in zip(heard, data, scripts, strict=True):
        total.recordings += 1
        try:
            placed = align(found, script.turns, SETTINGS)
        except RecordingRejected:
            total.mismatches += 1
            continue
        tally(total, script, placed, truth, SETTINGS, len(samples) / SAMPLE_RATE)
    print(f"| {name} | {total.row()} |", flush=True)


def tuned_reader(shared: Path) -> None:
    """Tune the demo's base on the reader's clips, in a clone, with the pipeline itself."""
    if READER.is_dir():
        return
    with tempfile.TemporaryDirectory() as place:
        clone = Path(place) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        params = yaml.safe_load((clone / "params.yaml").read_text(encoding="utf-8"))
        params["data"]["sessions"] = str(shared / "speech/reader")
        # Half an hour makes few windows; short ones, learned more often, are more steps.
        params["build_dataset"]["window_seconds"] = 10.0
        params["finetune"]["num_train_epochs"] = 6
        (clone / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
        subprocess.run(
            ["dvc", "repro", "ct2_convert"], cwd=clone, check=True, stdout=subprocess.DEVNULL
        )
        READER.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(clone / "models/ct2", READER)


def join_clips(data: Sequence[Session], hours: float) -> Session:
    """Sessions one after the other, over and over, until they last `hours`."""
    samples, truth, at, number = [], [], 0.0, 0
    while at < hours * 3600:
        _, piece, sentences = data[number % len(data)]
        samples.append(piece)
        truth += shifted(sentences, at)
        at += len(piece) / SAMPLE_RATE
        number += 1
    return "joined", np.concatenate(samples)[: round(hours * 3600 * SAMPLE_RATE)], [
        s for s in truth if s.end < hours * 3600
    ]  # fmt: skip


def long(hours: float, data: Sequence[Session]) -> None:
    """In a process of its own: its peak memory is the run's."""
    _, samples, truth = join_clips(data, hours)
    opened = open_aligner(BASE)
    hear(opened, samples[: 60 * SAMPLE_RATE], *WAY)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    align(hear(opened, samples, *WAY), clean(truth).turns, SETTINGS)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"| {hours:.0f} h | {seconds:.1f} s | {hours * 3600 / seconds:.0f} | "
          f"{(peak - before) / 1024:.0f} MB |", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--long", type=float, help="hours of one recording")
    chosen = parser.parse_args()
    demo = sessions(ROOT / "demo/sessions", ROOT / "demo/truth")[TUNED_ON:]
    if chosen.long:
        long(chosen.long, demo)
        return
    print("| case | words kept | in a wrong segment | boundary error, median / 95th percentile "
          "| not matching |\n|---|---|---|---|---|")  # fmt: skip
    heard = listen(BASE, demo)
    texts = [s.text for _, _, sentences in demo for s in sentences]
    row("clean", heard, demo, [clean(truth) for _, _, truth in demo])
    row("damaged", heard, demo, [damaged(truth, texts, name) for name, _, truth in demo])
    others = [*demo[1:], demo[0]]
    row("another session's", heard, demo, [foreign(truth) for _, _, truth in others])
    shared = Path(os.environ.get("ATTUNE_SHARED", ROOT.parent / "shared")).resolve()
    if not (shared / "speech/reader").is_dir():
        print("no real speech at ATTUNE_SHARED: its two lines are left out", file=sys.stderr)
        return
    tuned_reader(shared)
    for name in ("reader_long", "book_long"):
        real = sessions(shared / "speech" / name, shared / "speech" / name / "truth")
        row(name, listen(READER, real), real, [clean(truth) for _, _, truth in real])


if __name__ == "__main__":
    main()
