"""A person at the page: Chromium, the server that can be killed, and the files on disk."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from attune.review.cues import ReviewCue, from_vtt
from stages.common.core.ids import recording_id
from tests.support.chromium import FLAGS, browser
from tests.support.processes import environment
from tests.support.review import KEY, ReviewProject
from tests.support.review_server import ReviewServer, reviewing
from tests.support.service import free_port

SECONDS = 30
"""Timeout for reaching a state."""
_AUTOPLAY = "--autoplay-policy=no-user-gesture-required"


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = [*FLAGS[1:], _AUTOPLAY]
        made = playwright.chromium.launch(executable_path=browser(), args=flags)
        yield made
        made.close()


@dataclass
class Desk:
    """The project under review, its server and a browser."""

    project: ReviewProject
    browser: Browser
    server: ReviewServer
    port: int
    stack: ExitStack
    requested: set[str] = field(default_factory=set)
    """Origins of all requests of all pages."""
    faults: list[str] = field(default_factory=list)
    """Exceptions of the pages' scripts."""

    def restart(self) -> None:
        self.server = self.stack.enter_context(served(self.project, self.port))

    def open(self, stem: str) -> Page:
        """A page that shows the recording and may be used."""
        page = self.page()
        page.goto(f"{self.server.url}/review/{recording_id(KEY, stem)}")
        page.locator("html[data-ready]").wait_for()
        return page

    def page(self) -> Page:
        """In a profile of its own, with the secret's cookie."""
        context = self.browser.new_context()
        context.on("request", lambda request: self.requested.add(origin_of(request.url)))
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(self.server.address)
        return page

    def clear(self) -> None:
        """Close all pages; their scripts must have had no fault."""
        self.limit(None)
        for context in self.browser.contexts:
            context.close()
        assert self.faults == []

    def limit(self, size: int | None) -> None:
        """Let the server write no file beyond `size` bytes: as on a full disk."""
        pid, hard = self.server.process.pid, resource.RLIM_INFINITY
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))

    def vtt(self, stem: str) -> Path:
        return self.project.folder / f"{stem}.vtt"

    def cues(self, stem: str) -> list[ReviewCue]:
        """What is on disk."""
        return from_vtt(self.vtt(stem).read_text(encoding="utf-8"))

    def texts(self, stem: str) -> list[str]:
        return [cue.text for cue in self.cues(stem)]


@contextmanager
def served(project: ReviewProject, port: int) -> Iterator[ReviewServer]:
    with reviewing(project.root, environment(project.root.with_name("home")), port) as server:
        yield server


@contextmanager
def desk_of(project: ReviewProject) -> Iterator[Desk]:
    port = free_port()
    with chromium() as window, ExitStack() as stack:
        server = stack.enter_context(served(project, port))
        yield Desk(project, window, server, port, stack)


def origin_of(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


def saved(page: Page) -> None:
    """Wait until all edits are on the server's disk."""
    expect(page.locator("#saved")).to_have_text("saved", timeout=SECONDS * 1000)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def shown(page: Page) -> list[str]:
    """The segments' texts on the page."""
    found: list[str] = page.locator(".cue .text").all_text_contents()
    return found


def drag(page: Page, side: str, pixels: float) -> None:
    """Move a border of the current segment with the mouse."""
    box = page.locator(f'.border[data-side="{side}"]').bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y, steps=3)
    page.mouse.move(x + pixels, y, steps=3)
    page.mouse.up()
