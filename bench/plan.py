"""`make bench-plan`: time and memory of planning a dataset, without audio.

Manifests of recordings of about 50 minutes, whose texts are drawn from the sentences that the
demo's base learned, are planned as `build_dataset` does with the profile `small`, each in a process
of its own.
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
from demo.recipe.sentences import sentences
from stages.build_dataset.planning import plan, survey
from stages.build_dataset.splits import SPLITS, split_of
from stages.common.core.files import write_rows
from stages.common.core.ids import recording_id
from stages.common.core.manifest import Recording, Segment, read_recordings, read_segments
from stages.common.core.params import load_params
from stages.common.dataset.labels import load_labeller
from stages.common.evaluation.speed import peak_memory_mb

SIZES = 10_000, 100_000, 1_000_000
KEY = b"a benchmark's key"
SECONDS = 50 * 60
_WORDS_A_SECOND = 2.5
_PAD = 0.2


def recorded(count: int) -> Iterator[list[Segment]]:
    """Recordings of `count` segments in all, by id; the same on every call."""
    draw, lines = random.Random(1), sentences(20_000, 1)
    # More names than recordings.
    for name in sorted(recording_id(KEY, str(number)) for number in range(1 + count // 100)):
        segments: list[Segment] = []
        at = 0.0
        while at < SECONDS and len(segments) < count:
            text = " ".join(draw.choices(lines, k=draw.choice((1, 2, 2, 3, 4, 5))))
            end = at + 2 * _PAD + len(text.split()) / _WORDS_A_SECOND
            row = Segment(
                id=f"{name}-{len(segments):04d}",
                recording=name,
                start=round(at, 3),
                end=round(end, 3),
                speech_start=round(at + _PAD, 3),
                speech_end=round(end - _PAD, 3),
                text=text,
                speaker="",
            )
            segments.append(row)
            at = end + draw.choice((0.0, 0.1, 0.4, 2.0))
        if not segments:
            return
        count -= len(segments)
        yield segments


def write(folder: Path, count: int) -> None:
    """The manifest, without audio."""
    write_rows(folder / "segments.jsonl", (asdict(s) for those in recorded(count) for s in those))
    names = {segment.recording: segment.end for segment in read_segments(folder)}
    recordings = (Recording(name, name, end, [[0.0, end]], 0.1, 1.0) for name, end in names.items())
    write_rows(folder / "recordings.jsonl", map(asdict, recordings))


def planned(folder: Path) -> dict[str, float]:
    """Plan all sides; counts, seconds, and this process's peak memory in MB."""
    small = yaml.safe_load((PROFILES / "small.yaml").read_text(encoding="utf-8"))
    params = load_params().build_dataset.model_copy(update=small["build_dataset"])
    labeller = load_labeller(Path("demo/base"), "en")
    begin = time.perf_counter()
    groups = {recording.id: recording.group for recording in read_recordings(folder)}
    sides = {
        name: split_of(KEY, group, params.validation, params.test) for name, group in groups.items()
    }
    found = survey(read_segments(folder), sides, params, labeller)
    windows, filled = 0, 0.0
    for side in SPLITS:
        for window in plan(read_segments(folder), found, side, params, labeller, KEY):
            if side == "train":
                windows, filled = windows + 1, filled + window.seconds
    seconds = time.perf_counter() - begin
    return {
        "segments": len(found.splits),
        "recordings": len(groups),
        "kept": sum(kept.total() for kept in found.kept.values()),
        "windows": windows,
        "filled": filled / windows,
        "seconds": seconds,
        "peak": peak_memory_mb(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--plan", type=Path, help="plan the manifest in this folder, nothing else")
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    chosen = parser.parse_args()
    if chosen.plan:
        print(json.dumps(planned(chosen.plan)))
        return
    print(
        "| segments | recordings | kept | training windows, s each | seconds | us a segment "
        "| time, to the size before | peak memory, MB |\n" + "|---" * 8 + "|",
        flush=True,
    )
    before = 0.0
    for count in chosen.sizes:
        with tempfile.TemporaryDirectory() as place:
            write(Path(place), count)
            command = [sys.executable, "-m", "bench.plan", "--plan", place]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
        row = json.loads(done.stdout)
        ratio = f"{row['seconds'] / before:.1f}" if before else ""
        before = row["seconds"]
        print(
            f"| {row['segments']:,} | {row['recordings']:,} | {row['kept']:,} "
            f"| {row['windows']:,}, {row['filled']:.1f} | {before:.1f} "
            f"| {1e6 * before / row['segments']:.0f} | {ratio} | {row['peak']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
