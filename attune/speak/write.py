"""Spoken sessions in the sessions folder: audio, transcript and a row of sessions.csv each.

A session and its client are named `speak-` and 16 hexadecimal digits of the script's SHA-256: equal
scripts are one session, and the name reveals nothing. Before anything is written, sessions.csv is
searched for other recordings with such a client code, so that no real client has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from joblib import cpu_count

from attune.sessions_csv import SessionRow, add_rows, check_own
from attune.speak.names import is_spoken, name_of
from attune.speak.scripts import Script
from attune.speak.synthesize import Spoken, synthesize
from attune.webvtt import write_vtt
from stages.common.core.errors import UserError
from stages.common.core.files import write_text
from stages.common.core.forgotten import tombstones
from stages.segment.session_files import check_folder
from stages.segment.sessions_table import FILE, read_table


def check_sessions(folder: Path) -> None:
    """Raises: UserError naming every fault of the sessions folder or its table."""
    check_own(folder)
    check_folder(folder)
    table = read_table(folder)
    if table is None:
        return
    at_recording, at_client = table.index("recording"), table.index("client")
    faults = [
        f"{FILE}: line {line} gives a recording the client code of a spoken session; use another"
        for line, row in table.rows
        if len(row) > max(at_recording, at_client)
        and is_spoken(row[at_client])
        and Path(row[at_recording]).stem != row[at_client]
    ]
    if faults:
        raise UserError("\n".join(faults))


def check_not_forgotten(scripts: Sequence[Script], key: Path) -> None:
    """Raises: UserError naming every script whose session was forgotten. key: the file."""
    forgotten = tombstones(key)
    gone = [n for n, script in enumerate(scripts, 1) if forgotten.covers(name_of(script.digest))]
    if gone:
        raise UserError(
            "\n".join(f"script {n}: its session was forgotten by `attune forget`" for n in gone)
        )


def write_sessions(folder: Path, scripts: Sequence[Script], language: str) -> float:
    """Speak `scripts` and write them to the sessions folder; earlier output is overwritten.

    Returns: seconds of audio.
    Raises: UserError if eSpeak NG produces no audio for a line, or a file cannot be written; the
        scripts before it are written.
    """
    seconds = 0.0
    for number, (script, spoken) in enumerate(
        zip(scripts, _spoken(scripts, language), strict=True), 1
    ):
        if spoken.silent:
            raise UserError(
                f"script {number}: eSpeak NG produces no audio for {spoken.silent} of its "
                f"sentences; is the script in build_dataset.language {language}?"
            )
        try:
            _write(folder, name_of(script.digest), spoken)
        except OSError as error:
            raise UserError(
                f"data.sessions: a spoken session cannot be written ({error.strerror}); correct "
                "that and repeat the command"
            ) from None
        seconds += spoken.seconds
    return seconds


def _write(folder: Path, name: str, spoken: Spoken) -> None:
    # The row first: without it, an interruption would leave a recording that any split may get.
    # The audio last: without a transcript, `attune draft` would transcribe it.
    add_rows(folder, [SessionRow(name, name, "train")])
    write_text(folder / "transcripts" / f"{name}.vtt", write_vtt(spoken.cues, reviewed=True))
    _write_bytes(folder / "audio" / f"{name}.flac", spoken.flac)


def _spoken(scripts: Sequence[Script], language: str) -> Iterator[Spoken]:
    """Each script, spoken in a process of its own."""
    workers = min(cpu_count(), len(scripts))
    with ProcessPoolExecutor(workers, get_context("spawn"), max_tasks_per_child=1) as pool:
        yield from pool.map(partial(synthesize, language=language), scripts)


def _write_bytes(path: Path, content: bytes) -> None:
    """Write beside the place and rename, as `write_text` does."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
