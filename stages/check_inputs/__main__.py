"""Check the user's files before DVC hashes them, and write their digests. Run by every `dvc repro`.

    python -m stages.check_inputs

Checks params.yaml, `data.key`, `data.sessions`, `evaluate.guard` and data/terms.txt. DVC itself
would print a file's name, or hang at a pipe. Writes `data/inputs`: for each input, a file with a
digest of its content. Stages depend on the digest as well as on the input: DVC hashes an input only
when the stage has ended, so a change during the run would count as used; the digest then differs at
the next `dvc repro`.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from stages.check_inputs.digests import Digests
from stages.check_inputs.entries import FAULTS, Entry, entries, entry_of
from stages.common.core.errors import UserError
from stages.common.core.files import new_folder, write_text
from stages.common.core.ids import check_key_is_secret, read_key, recording_id
from stages.common.core.params import Params, load_params
from stages.common.core.pipeline import made_by
from stages.common.core.run_stage import run_stage

OUT = Path("data/inputs")
TERMS = Path("data/terms.txt")


@dataclass
class Input:
    """A file or folder of the user's, with the files in it."""

    name: str
    """The file in `OUT`."""
    label: str
    """In messages: the parameter that names it, or its fixed path."""
    path: Path
    is_folder: bool
    missing: str
    """What to do if there is none."""
    files: list[Entry] = field(default_factory=list)


def main() -> None:
    params = load_params()
    faults = [*_locale_fault(), *_aligner_fault(params)]
    key = None
    try:
        key = read_key(Path(params.data.key))
        check_key_is_secret(key, Path(params.data.sessions))
    except UserError as error:
        faults.append(str(error))
    inputs = user_inputs(params)
    for each in inputs:
        faults += find_files(each)
    if key:
        digests = Digests(key)
        for each in inputs:
            each.files = [_added(digests, entry) for entry in each.files]
        digests.keep()
    listed = [line for each in inputs for line in fault_lines(each, key)]
    if listed and key:
        listed.append("the file behind an id: attune lookup <id>")
    if faults or listed or not key:
        raise UserError("\n".join(faults + listed))
    with new_folder(OUT) as folder:
        for each in inputs:
            write_text(folder / each.name, f"{_digest(digests, each)}\n")


def user_inputs(params: Params) -> list[Input]:
    """All but the key's, which `read_key` reports."""
    pulled = "or fetch your team's with `dvc pull`"
    return [
        Input(
            "sessions", "data.sessions", Path(params.data.sessions), True,
            f"make one with `attune init`, {pulled}",
        ),
        Input("key", "data.key", Path(params.data.key), False, ""),
        Input(
            "guard", "evaluate.guard", Path(params.evaluate.guard), True,
            f"put audio/ and transcripts/*.txt there, {pulled}",
        ),
        Input("terms", str(TERMS), TERMS, False, "create it (an empty file is allowed)"),
    ]  # fmt: skip


def find_files(each: Input) -> Iterator[str]:
    """Find the files of an input. Returns: why there are none, if so."""
    path, label = each.path, each.label
    if each.is_folder and path.is_dir():
        if Path.cwd().is_relative_to(os.path.realpath(path)):
            yield f"{label}: the folder holds this repository; name another one"
            return
        each.files = list(entries(path))
    elif each.is_folder and path.exists():
        yield f"{label}: it is a file; name a folder with audio/ and transcripts/"
    elif each.missing and not path.exists() and not made_by(path):
        kind = "folder" if each.is_folder else "file"
        broken = "the link leads to nothing" if path.is_symlink() else f"there is no such {kind}"
        yield f"{label}: {broken}; {each.missing}"
    elif path.is_dir():
        yield f"{label}: it is a folder; name a file"
    elif path.exists():
        each.files = [entry_of(path)]


def fault_lines(each: Input, key: bytes | None) -> list[str]:
    """A line for each file at fault, by id; without a key, or for a fixed path, without one."""
    faulty = [entry for entry in each.files if entry.fault]
    if not each.is_folder:
        return [f"{each.label}: {FAULTS[entry.fault]}" for entry in faulty]
    if key is None:
        counts = Counter(entry.fault for entry in faulty)
        return [
            f"{each.label}: {n} file(s): {FAULTS[fault]}" for fault, n in sorted(counts.items())
        ]
    return sorted({f"{each.label}: {id_of(entry, key)}: {FAULTS[entry.fault]}" for entry in faulty})


def id_of(entry: Entry, key: bytes) -> str:
    """As the id of a recording with this file's name."""
    return recording_id(key, unicodedata.normalize("NFC", entry.path.stem))


def _added(digests: Digests, entry: Entry) -> Entry:
    # No stage reads hidden files: those of a file browser must not rerun one.
    if entry.fault or entry.path.name.startswith("."):
        return entry
    try:
        digests.add(entry)
    except OSError:
        return replace(entry, fault="unreadable")
    return entry


def _digest(digests: Digests, each: Input) -> str:
    # The demo's folders: their stage may still have to run, and DVC tracks its outputs.
    maker = made_by(each.path)
    return f"made by the stage {maker}" if maker else digests.of(each.path)


def _locale_fault() -> list[str]:
    encoding = sys.getfilesystemencoding().lower()
    if encoding.replace("-", "") == "utf8":
        return []
    return [
        f"this terminal's locale reads file names as {encoding}, so that a recording would have "
        "another id: set LC_ALL=C.UTF-8 and unset PYTHONUTF8"
    ]


def _aligner_fault(params: Params) -> list[str]:
    path = Path(params.segment.aligner)
    if path.exists() or made_by(path):
        return []
    return ["segment.aligner: there is no such folder; models/base-ct2 is made by fetch_base"]


if __name__ == "__main__":
    run_stage("check_inputs", main)
