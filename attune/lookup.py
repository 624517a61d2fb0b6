"""Which file does an id in a message stand for? For one's own screen: its answer holds names.

    python -m attune.lookup r0123456789 c0123456789

The names are found by making the id of every file in `data.sessions` and `evaluate.guard` with
`data.key`; nothing is stored. A segment's id (`r0123456789-0004`) finds its recording, a group's
(`c...`) its client's.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from stages.common.core.errors import UserError, run_stage
from stages.common.core.ids import group_id, read_key, recording_id
from stages.common.core.params import load_params
from stages.common.evaluation.out_of_domain import out_of_domain_files
from stages.segment.clients import read_clients
from stages.segment.sessions import find_files


def names_by_id(folder: Path, key: bytes) -> dict[str, list[str]]:
    """Every id of the folder's recordings, transcripts and clients, with its files."""
    if not folder.is_dir():
        raise UserError("data.sessions: there is no such folder")
    audio, transcripts, _ = find_files(folder)
    names: dict[str, list[str]] = defaultdict(list)
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
    return dict(names)


def guard_names(folder: Path, key: bytes) -> dict[str, list[str]]:
    """The same of the guard, if it is there: the demo's is made by `dvc repro`."""
    files = out_of_domain_files(folder) if folder.is_dir() else {}
    return {
        recording_id(key, stem): [str(path) for path in (*audio, *texts)]
        for stem, (audio, texts) in files.items()
    }


def answers(asked: Sequence[str], names: Mapping[str, Sequence[str]]) -> list[str]:
    """One line a file. Raises: UserError naming every id that nothing in the folder has."""
    unknown = [name for name in asked if name.partition("-")[0] not in names]
    if unknown:
        raise UserError(
            "\n".join(
                f"{name}: nothing in data.sessions or evaluate.guard has it" for name in unknown
            )
        )
    # As Python writes strings: a line feed or an escape in a name does nothing to the screen.
    return [f"{name}: {found!r}" for name in asked for found in names[name.partition("-")[0]]]


def main() -> None:
    asked = sys.argv[1:]
    if not asked or asked[0] in ("-h", "--help"):
        raise UserError("which ids? python -m attune.lookup <id> ...")
    params = load_params()
    key = read_key(Path(params.data.key))
    names = names_by_id(Path(params.data.sessions), key)
    for name, files in guard_names(Path(params.evaluate.guard), key).items():
        names[name] = names.get(name, []) + files
    print(*answers(asked, names), sep="\n")


if __name__ == "__main__":
    run_stage("whois", main)
