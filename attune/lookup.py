"""`attune lookup`: the files for each id, recomputed from `data.key`; no mapping is stored."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from stages.check_inputs.__main__ import id_of
from stages.check_inputs.entries import entries
from stages.common.core.errors import UserError
from stages.common.core.ids import group_id, read_key, recording_id
from stages.common.core.params import load_params
from stages.common.dataset.out_of_domain import out_of_domain_files
from stages.segment.clients import read_clients
from stages.segment.session_files import FilesByStem, check_folder, find_files

Names = dict[str, list[str]]
"""Id of a recording or a client -> its files."""


def lookup(ids: Sequence[str]) -> bool:
    """Print the files of each id, one a line. Returns: whether every id has one."""
    names = read_names()
    known = [name for name in ids if _recording(name) in names]
    # `repr`: a line feed or an escape sequence in a file name cannot act on the terminal.
    for name in known:
        for file in names[_recording(name)]:
            print(f"{name}: {file!r}")
    for name in ids:
        if name not in known:
            print(f"lookup: {name}: no file in data.sessions or evaluate.guard", file=sys.stderr)
    return len(known) == len(ids)


def read_names() -> Names:
    """The files in `data.sessions`, with the rows of sessions.csv, and in `evaluate.guard`. A
    client's id has all its recordings. Files that `check_inputs` reports are there, too.

    Raises: UserError if the key or the sessions folder is missing.
    """
    params = load_params()
    key = read_key(Path(params.data.key))
    folder, guard = Path(params.data.sessions), Path(params.evaluate.guard)
    check_folder(folder)
    names: Names = defaultdict(list)
    audio, transcripts, _ = find_files(folder)
    for files in (audio, transcripts):
        for stem, paths in sorted(files.items()):
            names[recording_id(key, stem)] += [str(path.relative_to(folder)) for path in paths]
    # Faults in sessions.csv or in the out-of-domain set must not hide other files.
    with suppress(UserError):
        _add_clients(names, folder, audio, key)
    with suppress(UserError):
        for stem, pair in out_of_domain_files(guard).items():
            names[recording_id(key, stem)] += [str(path) for paths in pair for path in paths]
    for root, shown in ((folder, folder), (guard, Path())):
        for entry in entries(root) if root.is_dir() else ():
            name, file = id_of(entry, key), str(entry.path.relative_to(shown))
            if entry.fault and file not in names[name]:
                names[name].append(file)
    return dict(names)


def _add_clients(names: Names, folder: Path, audio: FilesByStem, key: bytes) -> None:
    clients = read_clients(folder, sorted(audio), key)
    for stem, client in sorted(clients.by_recording.items()):
        group = group_id(key, client, recording_id(key, stem))
        names[group] += [str(path.relative_to(folder)) for path in audio[stem]]
    for stem, reason in clients.notices:
        if reason == "unknown_recording":
            names[recording_id(key, stem)].append(f"a row of sessions.csv: {stem}")


def _recording(name: str) -> str:
    """The recording of a segment's id."""
    return name.partition("-")[0]
