"""`make bench-page`: how long headless Chromium takes to draw the page of a 50-minute session."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from attune.quality.page import page
from attune.quality.view import Passage, View, peaks
from stages.common.audio.samples import SAMPLE_RATE
from tests.support.chromium import drawn_after

MINUTES, SEGMENTS, ROUNDS = 50, 900, 5


def session() -> View:
    draw = np.random.default_rng(1)
    seconds = MINUTES * 60.0
    samples = draw.standard_normal(round(seconds * SAMPLE_RATE), np.float32)
    length = seconds / SEGMENTS
    passages = [
        Passage(
            n * length, (n + 0.8) * length, "what was said " * 3, "Client", draw.uniform(), None, ""
        )
        for n in range(SEGMENTS)
    ]
    return View("r0", seconds, peaks(samples), [(0.0, seconds)], passages, "r0.flac")


def main() -> None:
    view = session()
    begin = time.perf_counter()
    html = page(view)
    made = time.perf_counter() - begin
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(html, encoding="utf-8")
        times = [drawn_after(path) for _ in range(ROUNDS)]
    low, middle, high = min(times), statistics.median(times), max(times)
    print(f"{len(html.encode()) / 1e6:.2f} MB, made in {made:.2f} s")
    print(f"drawn in {low} / {middle} / {high} ms (minimum / median / maximum of {ROUNDS})")


if __name__ == "__main__":
    main()
