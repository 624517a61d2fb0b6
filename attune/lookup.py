"""`attune lookup`: the files for each id, recomputed from `data.key`; no mapping is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.ids import group_id, read_key, recording_id
from stages.common.core.params import load_params
from stages.common.dataset.out_of_domain import out_of_domain_files
from stages.segment.clients import read_clients
from stages.segment.session_files import find_files

Names = dict[str, list[str]]
"""Id of a recording or a client -> its files."""


def read_names() -> Names:
    """The files in `data.sessions`, with the rows of sessions.csv, and in `evaluate.guard`. A
    client's id has all its recordings.

    Raises: UserError if the key or the sessions folder is missing.
    """
    params = load_params()
    key = read_key(Path(params.data.key))
    folder, guard = Path(params.data.sessions), Path(params.evaluate.guard)
    if not folder.is_dir():
        raise UserError("data.sessions: no such folder")
    audio, transcripts, _ = find_files(folder)
    names: Names = defaultdict(list)
    for files in (audio, transcripts):
        for stem, paths in sorted(files.items()):
            names[recording_id(key, stem)] += [str(path.relative_to(folder)) for path in paths]
    clients = read_clients(folder, sorted(audio), key)
    for stem, client in sorted(clients.by_recording.items()):
        group = group_id(key, client, recording_id(key, stem))
        names[group] += [str(path.relative_to(folder)) for path in audio[stem]]
    for stem, reason in clients.notices:
        if reason == "unknown_recording":
            names[recording_id(key, stem)].append(f"a row of sessions.csv: {stem}")
    # The demo's folder does not exist before `dvc repro` creates it.
    for stem, pair in (out_of_domain_files(guard) if guard.is_dir() else {}).items():
        names[recording_id(key, stem)] += [str(path) for paths in pair for path in paths]
    return names


def lines(ids: Sequence[str], names: Mapping[str, Sequence[str]]) -> list[str]:
    """One line per file. Raises: UserError naming every id without a file."""
    unknown = [name for name in ids if _recording(name) not in names]
    if unknown:
        raise UserError(
            "\n".join(f"{name}: no file in data.sessions or evaluate.guard" for name in unknown)
        )
    # `repr`: a line feed or an escape sequence in a file name cannot act on the terminal.
    return [f"{name}: {file!r}" for name in ids for file in names[_recording(name)]]


def _recording(name: str) -> str:
    """The recording of a segment's id."""
    return name.partition("-")[0]
