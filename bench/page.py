"""`make bench-page`: time in which headless Chromium draws the page of a 50-minute session."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from attune.quality.pages import render_recording
from attune.quality.recording_view import RecordingView, TranscriptPart
from attune.quality.timeline import peaks
from bench.minmax import min_median_max
from stages.common.audio.samples import SAMPLE_RATE
from tests.support.chromium import drawn_after

MINUTES, SEGMENTS, ROUNDS = 50, 900, 5


def session() -> RecordingView:
    random = np.random.default_rng(1)
    seconds = MINUTES * 60.0
    samples = random.standard_normal(round(seconds * SAMPLE_RATE), np.float32)
    length, text = seconds / SEGMENTS, "nine words of one segment, and one more "
    parts = [
        TranscriptPart(n * length, (n + 0.8) * length, text, "Client", random.uniform(), None, "")
        for n in range(SEGMENTS)
    ]
    return RecordingView("r0", seconds, peaks(samples), [(0.0, seconds)], parts, "r0.flac")


def main() -> None:
    view = session()
    begin = time.perf_counter()
    html = render_recording(view)
    rendered = time.perf_counter() - begin
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(html, encoding="utf-8")
        times = [drawn_after(path) for _ in range(ROUNDS)]
    print(f"{len(html.encode()) / 1e6:.2f} MB, rendered in {rendered:.2f} s")
    print(f"drawn in {min_median_max(times, 'g')} ms (minimum / median / maximum of {ROUNDS})")


if __name__ == "__main__":
    main()
