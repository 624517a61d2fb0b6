"""`make bench-plan`: time and memory of planning a dataset from its manifest, without audio.

Each manifest has recordings of about 50 minutes with lines of the demo's sessions. It is planned in
a separate process, as in `build_dataset` with the profile `small`.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import yaml

from attune.profile import PROFILES
from bench.sentences import sentences
from stages.build_dataset.planning import plan, survey
from stages.build_dataset.split_assignment import SPLITS, assign
from stages.common.core.files import write_rows
from stages.common.core.ids import recording_id
from stages.common.core.manifest import Recording, Segment, read_recordings, read_segments
from stages.common.core.params import load_params
from stages.common.dataset.labels import load_labeller
from stages.common.evaluation.speed import peak_memory_mb

SIZES = 10_000, 100_000, 1_000_000
KEY = b"a benchmark's key"
SECONDS = 50 * 60
_WORDS_PER_SECOND = 2.5
_PAD = 0.2


def simulated_recordings(count: int) -> Iterator[list[Segment]]:
    """Segments of each recording, by id, `count` segments in total; deterministic."""
    draw, lines = random.Random(1), sentences(20_000, 1)
    # At least as many ids as recordings.
    for name in sorted(recording_id(KEY, str(number)) for number in range(1 + count // 100)):
        segments: list[Segment] = []
        start = 0.0
        while start < SECONDS and len(segments) < count:
            text = " ".join(draw.choices(lines, k=draw.choice((1, 1, 2, 2, 3))))
            end = start + 2 * _PAD + len(text.split()) / _WORDS_PER_SECOND
            segment = Segment(
                id=f"{name}-{len(segments):04d}",
                recording=name,
                start=round(start, 3),
                end=round(end, 3),
                speech_start=round(start + _PAD, 3),
                speech_end=round(end - _PAD, 3),
                text=text,
                speaker="",
            )
            segments.append(segment)
            start = end + draw.choice((0.0, 0.1, 0.4, 2.0))
        if not segments:
            return
        count -= len(segments)
        yield segments


def write(folder: Path, count: int) -> None:
    """Write the manifest of `count` segments, without audio."""
    rows = (asdict(s) for segments in simulated_recordings(count) for s in segments)
    write_rows(folder / "segments.jsonl", rows)
    seconds = {segment.recording: segment.end for segment in read_segments(folder)}
    recordings = (
        Recording(name, name, end, [(0.0, end)], 0.1, 1.0) for name, end in seconds.items()
    )
    write_rows(folder / "recordings.jsonl", map(asdict, recordings))


def measure(folder: Path) -> dict[str, float]:
    """Plan all splits: counts, seconds, and the peak memory of this process in MB."""
    small = yaml.safe_load((PROFILES / "small.yaml").read_text(encoding="utf-8"))
    params = load_params().build_dataset.model_copy(update=small["build_dataset"])
    labeller = load_labeller(Path("models/base"), "en")
    begin = time.perf_counter()
    splits = assign(read_recordings(folder), KEY, params.validation, params.test).splits
    surveyed = survey(read_segments(folder), splits, params, labeller)
    windows, filled = 0, 0.0
    for split in SPLITS:
        for window in plan(read_segments(folder), surveyed, split, params, labeller, KEY):
            if split == "train":
                windows, filled = windows + 1, filled + window.seconds
    seconds = time.perf_counter() - begin
    return {
        "segments": len(surveyed.splits),
        "recordings": len(splits),
        "kept": sum(kept.total() for kept in surveyed.kept.values()),
        "windows": windows,
        "filled": filled / windows,
        "seconds": seconds,
        "peak": peak_memory_mb(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--plan", type=Path, help="only plan the manifest in this folder")
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    args = parser.parse_args()
    if args.plan:
        print(json.dumps(measure(args.plan)))
        return
    print(
        "| segments | recordings | kept | training windows, s each | seconds | us per segment "
        "| time relative to the row above | peak memory, MB |\n" + "|---" * 8 + "|",
        flush=True,
    )
    previous = 0.0
    for count in args.sizes:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), count)
            command = [sys.executable, "-m", "bench.plan", "--plan", folder]
            run = subprocess.run(command, check=True, capture_output=True, text=True)
        row = json.loads(run.stdout)
        ratio = f"{row['seconds'] / previous:.1f}" if previous else ""
        previous = row["seconds"]
        print(
            f"| {row['segments']:,} | {row['recordings']:,} | {row['kept']:,} "
            f"| {row['windows']:,}, {row['filled']:.1f} | {previous:.1f} "
            f"| {1e6 * previous / row['segments']:.0f} | {ratio} | {row['peak']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
