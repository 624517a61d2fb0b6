"""`make bench-review`: the review page of an hour with 900 segments, in headless Chromium.

Prints the time until the page can be used and until its waveform is there, the latency of each key
(from the key to the end of the frame that shows its effect), and how far from a segment's
start playback begins: the first 0.1 s played is located in the recording. The server is
`attune review`, with nothing decoded before the first opening.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Page
from scipy.signal import correlate
from tabulate import tabulate

from bench.minmax import min_median_max
from stages.common.audio.samples import SAMPLE_RATE
from tests.support.processes import environment
from tests.support.review import ReviewProject
from tests.support.review_desk import chromium
from tests.support.review_server import ReviewServer, reviewing
from tests.support.review_session import add_session, noise

MINUTES, SEGMENTS = 60, 900
OPENINGS, REPETITIONS, SEEKS = 5, 30, 100
PROBE = Path(__file__).with_name("review_probe.js")
SECONDS = 60.0
NOISE_SECONDS = len(noise()) / SAMPLE_RATE


def main() -> None:
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        project = ReviewProject(Path(name) / "project")
        project.prepare()
        id_ = add_session(project, "hour", MINUTES, SEGMENTS)
        first, again = [], []
        for _ in range(OPENINGS):
            with served(project) as server:
                first.append(opening(browser.new_page(), server, id_))
        with served(project) as server:
            page = browser.new_page()
            page.add_init_script(path=PROBE)
            opening(page, server, id_)
            again = [opening(page, server, id_) for _ in range(OPENINGS)]
            rows = [*openings("first opening", first), *openings("opened again", again)]
            rows += keys(page)
            rows.append(seeks(page))
    headers = ["", "minimum / median / maximum", "goal"]
    print(f"{MINUTES} minutes, {SEGMENTS} segments")
    print(tabulate(rows, headers, tablefmt="github"))


@contextmanager
def served(project: ReviewProject) -> Iterator[ReviewServer]:
    with reviewing(project.root, environment(project.root.with_name("home"))) as server:
        yield server


def opening(page: Page, server: ReviewServer, id_: str) -> tuple[float, float]:
    """Milliseconds until the page can be used and until its waveform is there."""
    secret = server.address.partition("?")[2]
    page.goto(f"{server.url}/review/{id_}?{secret}")
    page.locator("html[data-sound]").wait_for(timeout=SECONDS * 1000)
    ready, sound = page.evaluate(
        "[document.documentElement.dataset.ready, document.documentElement.dataset.sound]"
    )
    return float(ready), float(sound)


def openings(name: str, times: Sequence[tuple[float, float]]) -> list[list[str]]:
    ready, sound = zip(*times, strict=True)
    return [
        [f"{name}, usable (ms)", min_median_max(ready, ".0f"), "under 2000"],
        [f"{name}, waveform (ms)", min_median_max(sound, ".0f"), ""],
    ]


def keys(page: Page) -> list[list[str]]:
    page.locator(".cue .text").nth(SEGMENTS // 2).click()
    page.keyboard.press("End")
    rows, saves = [], []
    for name, key, back in (
        ("type a character", "x", None), ("next segment", "Control+ArrowDown", None),
        ("previous segment", "Control+ArrowUp", None), ("split", "Alt+s", "Alt+m"),
        ("merge", "Alt+m", None), ("end of the segment", "Alt+Shift+ArrowRight", None),
        ("speaker", "Alt+2", "Alt+1"), ("[inaudible]", "Alt+i", None),
        ("checked, next and play", "Control+Enter", None), ("play or stop", "Escape", None),
        ("next doubtful word", "Alt+d", None),
    ):  # fmt: skip
        times = []
        for _ in range(REPETITIONS):
            page.keyboard.press(key)
            times.append(value(page, "latency"))
            if name in ("type a character", "split", "checked, next and play"):
                saves.append(value(page, "saved"))
            if back:
                page.keyboard.press(back)
                settle(page)
        settle(page)
        if key == "Control+Enter":
            page.keyboard.press("Escape")
        rows.append([f"{name} (ms)", min_median_max(times), "under 50"])
    for name, key in (("undo", "Control+z"), ("redo", "Control+Shift+Z")):
        times = []
        for _ in range(REPETITIONS):
            page.keyboard.press(key)
            times.append(value(page, "shown"))
            settle(page)
        rows.append([f"{name}, shown (ms)", min_median_max(times), "under 50"])
    rows.append(["from the key to the server's disk (ms)", min_median_max(saves), ""])
    return rows


def value(page: Page, name: str) -> float:
    """A time that the probe measures for the last key, as soon as it is there."""
    return until(lambda: page.evaluate(f"window.probe.{name}"))


def settle(page: Page) -> None:
    """Wait until all is saved and two frames are drawn."""
    until(lambda: page.evaluate("document.getElementById('saved').textContent === 'saved'") or None)
    frame = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(frame)


def until(ask: Callable[[], float | None]) -> float:
    end = time.monotonic() + SECONDS
    while (found := ask()) is None:
        if time.monotonic() > end:
            raise RuntimeError("the page does not answer")
        time.sleep(0.005)
    return found


def seeks(page: Page) -> list[str]:
    """Milliseconds between the start of a segment and the first sound that is heard."""
    page.reload()
    page.locator("html[data-sound]").wait_for(timeout=SECONDS * 1000)
    ask = "fetch(location.pathname.replace('/review/', '/api/recordings/'))"
    starts = [cue["start"] for cue in page.evaluate(f"{ask}.then((found) => found.json())")["cues"]]
    offsets = []
    for row in random.Random(1).sample(range(len(starts)), SEEKS):
        heard = page.evaluate("(row) => window.probe.hear(row)", row)
        late = (place(heard) - starts[row] + NOISE_SECONDS / 2) % NOISE_SECONDS - NOISE_SECONDS / 2
        offsets.append(1000 * abs(late))
    return [
        f"{SEEKS} seeks, distance from the segment's start (ms)",
        min_median_max(offsets),
        "under 50",
    ]


def place(heard: Sequence[float]) -> float:
    """Where in the noise, in seconds, this was."""
    around = np.concatenate([noise(), noise()[: len(heard)]]).astype(np.float64)
    match = correlate(around, np.array(heard), "valid", "fft")
    return float(np.argmax(np.abs(match))) / SAMPLE_RATE


if __name__ == "__main__":
    main()
