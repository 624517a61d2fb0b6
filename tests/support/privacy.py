"""Does anything private stand where others may read it? Looked for word by word.

`python -m tests.support.privacy LOG` after `dvc repro 2>&1 | tee LOG`, from the root, searches
what git holds or would take, metrics, plots, TensorBoard's files, the report and the log for every
run of four words of every transcript and for the names of the recordings. It tells files and
counts, no words, and ends with 1 where it finds any.

That command is for the demo, whose sentences stand in git, in `demo/`, and are everyday ones: what
people wrote (`BY_HAND`) is left out, so that what the run wrote remains. tests/pipeline searches
all files, on sessions that nothing in git tells of.
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
from stages.common.text.normalizer import scoring_form
from stages.common.transcripts.read import read_transcripts
from stages.segment.session_files import find_files

RUN = 4
"""Words in a row. Three are everybody's, and five would miss short sentences."""
WRITTEN = ("metrics", "reports/report.html", ".state/tensorboard")
"""Files and folders that people pass on, whether git holds them or not."""
BY_HAND = ("bench", "data/terms.txt", "demo", "docs", "README.md", "stages", "tests")
"""Names of therapies, and runs such as "and a half hours", which tests and comments hold too."""


@dataclass(frozen=True)
class Private:
    runs: frozenset[str]
    """Each run of words in small letters, without punctuation, one space between."""
    names: frozenset[str]
    """Of recordings and transcripts, without suffix, as people chose them."""


@dataclass(frozen=True)
class Found:
    """Of one file: how many of the runs and of the names stand in it."""

    runs: int
    names: int


def private_of(sessions: Path) -> Private:
    """All that must not come out of the folder with `audio/` and `transcripts/`."""
    audio, transcripts, _ = find_files(sessions)
    runs: set[str] = set()
    for paths in transcripts.values():
        for path in paths:
            try:
                cues = [cue.text for cue in read_transcripts([(path, "")]).cues]
            except RecordingRejected:
                continue
            runs |= runs_of(" ".join(cues))
            runs |= runs_of(" ".join(scoring_form(text) for text in cues))
    return Private(frozenset(runs), frozenset(audio.keys() | transcripts.keys()))


def runs_of(text: str) -> set[str]:
    words = words_of(text)
    return {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def words_of(text: str) -> list[str]:
    """In small letters; whatever else stands between them, as in HTML, JSON and CSV, is left out.
    "I'm" is one word, with its apostrophe or without."""
    text = html.unescape(text)
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    text = re.sub(r"\\[nrt]", " ", text)
    return re.findall(r"[^\W_]+", re.sub("['\u2018\u2019]", "", text.lower()))


def search(private: Private, text: str) -> Found:
    """How much of it stands in `text`."""
    small, spaced = text.lower(), f" {' '.join(words_of(text))} "
    named = [
        name for name in private.names
        if name.lower() in small or f" {' '.join(words_of(name))} " in spaced
    ]  # fmt: skip
    # With what stands inside of tags, and with words that tags part.
    runs = runs_of(text) | runs_of(re.sub(r"<[^<>]*>", " ", text))
    return Found(len(runs & private.runs), len(named))


def leaks(private: Private, root: Path, paths: Iterable[Path]) -> dict[str, Found]:
    """The files that hold something, by their path in `root`, which is searched as well."""
    found = {}
    for path in sorted(set(paths)):
        name = path.relative_to(root).as_posix()
        content = path.read_bytes().decode("utf-8", errors="replace")
        held = search(private, f"{name}\n{content}")
        if held.runs or held.names:
            found[name] = held
    return found


def public_files(root: Path) -> Iterator[Path]:
    """What git holds or `git add -A` would add, and what people pass on besides."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    yield from (path for name in listed.split("\0") if (path := root / name).is_file())
    for name in WRITTEN:
        yield from files_in(root / name)


def files_in(path: Path) -> Iterator[Path]:
    """The file itself, or all that a folder holds; nothing where there is neither."""
    if path.is_file():
        yield path
    yield from (inner for inner in path.rglob("*") if inner.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description="Search for transcripts where they must not be.")
    parser.add_argument("log", type=Path, help="all that `dvc repro` printed")
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
        found = leaks(private, root, public) | leaks(private, plots, files_in(plots))
        searched = len(public) + len(list(files_in(plots)))
    print(f"{len(private.runs):,} runs of {RUN} words and {len(private.names)} names "
          f"looked for in {searched} files: found in {len(found)}")  # fmt: skip
    for file, held in found.items():
        print(f"{file}: {held.runs} runs, {held.names} names")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
