"""`make bench-increment`: time of `segment` for one more recording, and for 100 from scratch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
import yaml

from attune.speak.espeak import SAMPLE_RATE, Voice, speak
from bench.minmax import min_median_max

ROOT = Path(__file__).parents[1]
RECORDINGS, SECONDS, ROUNDS = 100, 300, 3
LINE = "We walked along the river and talked about the week that lies before us."


def write_recording(folder: Path, number: int, line: np.ndarray) -> None:
    """Write five minutes of speech, at a level that differs by recording, and a timed transcript.

    line: 16 kHz mono, shape (samples,).
    """
    samples = np.zeros(SECONDS * SAMPLE_RATE, np.float32)
    for start in range(0, len(samples) - len(line), 6 * SAMPLE_RATE):
        samples[start : start + len(line)] = line * (0.5 + number / 400)
    soundfile.write(folder / "audio" / f"{number:03d}.wav", samples, SAMPLE_RATE)
    rows = [{"start": at, "end": at + 5.5, "text": LINE} for at in range(0, SECONDS - 6, 6)]
    text = json.dumps(rows)
    (folder / "transcripts" / f"{number:03d}.json").write_text(text, encoding="utf-8")


def run_stage(project: Path) -> float:
    """Run the stage in a new process, after deleting its output as DVC does. Returns: seconds."""
    shutil.rmtree(project / "data", ignore_errors=True)
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "stages.segment"], cwd=project, check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - begin


def contents(project: Path) -> dict[str, bytes]:
    """The stage's output, by path."""
    files = sorted(path for path in (project / "data").rglob("*") if path.is_file())
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in files}


def main() -> None:
    line = speak(LINE, Voice("en"))
    full, none, more, shares = [], [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            project = Path(name)
            for part in ("audio", "transcripts"):
                (project / "sessions" / part).mkdir(parents=True)
            (project / "key").write_bytes(b"a benchmark's key")
            params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
            params["data"] = {"sessions": str(project / "sessions"), "key": str(project / "key")}
            (project / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
            for number in range(RECORDINGS):
                write_recording(project / "sessions", number, line)
            full.append(run_stage(project))
            none.append(run_stage(project))
            write_recording(project / "sessions", RECORDINGS, line)
            more.append(run_stage(project))
            with_one = contents(project)
            shutil.rmtree(project / ".state")
            run_stage(project)
            if contents(project) != with_one:
                raise SystemExit("an incremental run and a run from scratch give different bytes")
            shares.append((more[-1] - none[-1]) / (full[-1] - none[-1]))
    print(f"{RECORDINGS} recordings of {SECONDS / 60:.0f} minutes, {ROUNDS} rounds: "
          "minimum / median / maximum")  # fmt: skip
    for what, times in (("from scratch", full), ("unchanged", none), ("one more", more)):
        print(f"{what}: {min_median_max(times)} s")
    shown = min_median_max(shares, ".1%")
    print(f"one more, without the fixed start-up time: {shown} of the full run")
    print("output: identical to a run from scratch")


if __name__ == "__main__":
    main()
