"""Headless Chromium: opens a page and returns what became of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def browser() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def dom_of(page: Path, *flags: str) -> str:
    """The page's HTML after its script ran."""
    program = browser()
    if program is None:
        raise RuntimeError("Debian's package chromium is not installed")
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [program, *FLAGS, *flags, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()],
            capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
    return done.stdout


def drawn_after(page: Path) -> int:
    """Milliseconds from the start of the navigation to the end of the page's script."""
    milliseconds = re.search(r'data-drawn="(\d+)"', dom_of(page))
    if milliseconds is None:
        raise RuntimeError("the page's script did not run to its end")
    return int(milliseconds[1])
