"""Search for private text and file names where others can read them.

Usage, from the repository's root: `dvc repro 2>&1 | tee LOG`, then
`python -m tests.support.privacy LOG`. It searches the files that git holds or would add, metrics,
plots, TensorBoard's files, the report and the log for four consecutive words of any transcript and
for the names of recordings. It prints files and counts, no words; exit code 1 if it finds any.

The command is for the demo. Its sentences are common ones and in git, in `demo/`: files that people
wrote (`BY_HAND`) are left out. tests/pipeline searches all files, for text that git does not
contain.
"""

from __future__ import annotations

import argparse
import html
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stages.common.core.params import load_params
from stages.common.core.rejections import RecordingRejected
from stages.common.text.normalizer import normalize, scoring_form
from stages.common.transcripts.read import read_transcripts
from stages.segment.session_files import find_files

RUN = 4
"""Consecutive words. Runs of three are too common, and five would miss short sentences."""
WRITTEN = ("metrics", "reports/report.html", ".state/tensorboard")
"""Files and folders that people share, whether git holds them or not."""
BY_HAND = (
    "attune/speak",
    "bench",
    "data/terms.txt",
    "demo",
    "docs",
    "README.md",
    "stages",
    "tests",
)
"""Written by people; they contain names of therapies, and phrases such as "and a half hours"."""


@dataclass(frozen=True)
class Private:
    runs: frozenset[str]
    """Runs of `RUN` words, lower case, without punctuation, separated by one space."""
    names: frozenset[str]
    """Of recordings and transcripts, without suffix."""


@dataclass(frozen=True)
class Leak:
    """Numbers of private runs and names in one file."""

    runs: int
    names: int


def private_of(sessions: Path) -> Private:
    """Runs and names of a folder with `audio/` and `transcripts/`."""
    audio, transcripts, _ = find_files(sessions)
    runs: set[str] = set()
    for paths in transcripts.values():
        for path in paths:
            try:
                cues = [cue.text for cue in read_transcripts([(path, "")]).cues]
            except RecordingRejected:
                continue
            runs |= runs_of(" ".join(cues))
            runs |= runs_of(" ".join(normalize(text, "spoken") for text in cues))
            runs |= runs_of(" ".join(scoring_form(text) for text in cues))
    return Private(frozenset(runs), frozenset(audio.keys() | transcripts.keys()))


def runs_of(text: str) -> set[str]:
    words = words_of(text)
    return {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def words_of(text: str) -> list[str]:
    """Words in lower case, without punctuation and the syntax of HTML, JSON and CSV. "I'm" is one
    word, with or without its apostrophe."""
    text = html.unescape(text)
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    text = re.sub(r"\\[nrt]", " ", text)
    return re.findall(r"[^\W_]+", re.sub("['\u2018\u2019]", "", text.lower()))


def search(private: Private, text: str) -> Leak:
    """Count the private runs and names in `text`."""
    small, spaced = text.lower(), f" {' '.join(words_of(text))} "
    named = [
        name for name in private.names
        if name.lower() in small or f" {' '.join(words_of(name))} " in spaced
    ]  # fmt: skip
    # The text within tags, and the text without them: tags can separate words.
    runs = runs_of(text) | runs_of(re.sub(r"<[^<>]*>", " ", text))
    return Leak(len(runs & private.runs), len(named))


def leaks(private: Private, root: Path, paths: Iterable[Path]) -> dict[str, Leak]:
    """Files with private text or names, by their path in `root`, which is searched as well."""
    leaking = {}
    for path in sorted(set(paths)):
        name = path.relative_to(root).as_posix()
        content = path.read_bytes().decode("utf-8", errors="replace")
        held = search(private, f"{name}\n{content}")
        if held.runs or held.names:
            leaking[name] = held
    return leaking


def public_files(root: Path) -> Iterator[Path]:
    """Files that git holds or `git add -A` would add, and those in `WRITTEN`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    yield from (path for name in listed.split("\0") if (path := root / name).is_file())
    for name in WRITTEN:
        yield from files_in(root / name)


def files_in(path: Path) -> Iterator[Path]:
    """The file itself, or all files of a folder; nothing if it does not exist."""
    if path.is_file():
        yield path
    yield from (inner for inner in path.rglob("*") if inner.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description="Search for transcripts where they must not be.")
    parser.add_argument("log", type=Path, help="the output of `dvc repro`")
    log: Path = parser.parse_args().log
    root = Path.cwd()
    private = private_of(root / load_params().data.sessions)
    public = [
        path for path in public_files(root)
        if not any(path.is_relative_to(root / left) for left in BY_HAND)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        plots = Path(name)
        subprocess.run(["dvc", "plots", "show", "-q", "-o", name], check=True, capture_output=True)
        (plots / "log").write_bytes(log.read_bytes())
        leaking = leaks(private, root, public) | leaks(private, plots, files_in(plots))
        searched = len(public) + len(list(files_in(plots)))
    print(f"{len(private.runs):,} runs of {RUN} words and {len(private.names)} names "
          f"searched in {searched} files: {len(leaking)} contain some")  # fmt: skip
    for file, held in leaking.items():
        print(f"{file}: {held.runs} runs, {held.names} names")
    sys.exit(bool(leaking))


if __name__ == "__main__":
    main()
