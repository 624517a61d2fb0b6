"""The files of the sessions folder, by name.

<data.sessions>/audio/<name>.<any audio suffix>
<data.sessions>/transcripts/<name>.<any transcript suffix>, or one TextGrid per speaker:
                              <name>_<role>.TextGrid
<data.sessions>/sessions.csv                  optional: recording,client[,use]
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from stages.common.audio.formats import FORMATS
from stages.common.core.errors import UserError
from stages.common.transcripts.read import SUFFIXES
from stages.segment.sessions_table import FILE as CLIENTS

FilesByStem = dict[str, list[Path]]


def check_folder(folder: Path) -> None:
    """Raises: UserError naming every fault of the folder."""
    if not folder.is_dir():
        fault = "is a file" if folder.exists() else "there is no such folder"
        raise UserError(f"data.sessions: {fault}; name a folder with audio/ and transcripts/")
    faults = []
    for part in ("audio", "transcripts"):
        inner = folder / part
        if not inner.is_dir():
            faults.append(f"it has no folder {part}/; make it")
        elif not Path(os.path.realpath(inner)).is_relative_to(os.path.realpath(folder)):
            faults.append(f"{part}/ is a link that leads out; link the whole folder instead")
        elif not os.access(inner, os.R_OK | os.X_OK):
            faults.append(f"{part}/ may not be read; check its permissions")
    if faults:
        raise UserError("\n".join(f"data.sessions: {fault}" for fault in faults))


def find_files(folder: Path) -> tuple[FilesByStem, FilesByStem, int]:
    """List audio and transcripts by stem, and count the files and folders that are ignored.

    What has an audio suffix counts, be it a folder or a pipe: see `check_file`. A file in audio/
    with an unknown suffix counts if a transcript has its name and no other audio file does; the
    same holds for transcripts/. Names are compared in Unicode's composed form, since macOS
    decomposes them.

    Returns: (audio, transcripts, number of ignored entries).
    """
    in_audio, in_transcripts = _visible(folder / "audio"), _visible(folder / "transcripts")
    transcripts = _by_stem(path for path in in_transcripts if _is_transcript(path))
    audio = _by_stem(path for path in in_audio if _is_audio(path))
    for path in _files(in_audio):
        if not _is_audio(path) and stem_of(path) in transcripts:
            audio.setdefault(stem_of(path), [path])
    _assign_speakers(audio, transcripts)
    for path in _files(in_transcripts):
        if not _is_transcript(path) and stem_of(path) in audio:
            transcripts.setdefault(stem_of(path), [path])
    entries = len(in_audio) + len(in_transcripts)
    inputs = (path for path in _files(_visible(folder)) if path.name != CLIENTS)
    misplaced = sum(_is_transcript(path) or _is_audio(path) for path in inputs)
    used = sum(len(paths) for files in (audio, transcripts) for paths in files.values())
    return audio, transcripts, entries - used + misplaced


def role_of(transcript: str, recording: str) -> str:
    """The role in a transcript's stem `<recording>_<role>`, or "" if it has another form."""
    rest = transcript.removeprefix(recording)
    match = re.fullmatch(r"[ ._-]+([^\W\d_][^\W_]*)", rest) if rest != transcript else None
    return match[1] if match else ""


def stem_of(path: Path) -> str:
    """The file's name without suffix, composed: the name of its recording."""
    return unicodedata.normalize("NFC", path.stem)


def _is_audio(path: Path) -> bool:
    return path.suffix[1:].lower() in FORMATS


def _is_transcript(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES


def _assign_speakers(audio: FilesByStem, transcripts: FilesByStem) -> None:
    """Give `<recording>_<role>.TextGrid` to its recording, where that has no other transcript."""
    exact = set(transcripts)
    for stem in sorted(exact - set(audio)):
        if any(path.suffix.lower() != ".textgrid" for path in transcripts[stem]):
            continue
        recordings = [name for name in audio if name not in exact and role_of(stem, name)]
        if recordings:
            transcripts.setdefault(max(recordings, key=len), []).extend(transcripts.pop(stem))


def _by_stem(paths: Iterable[Path]) -> FilesByStem:
    files: FilesByStem = {}
    for path in paths:
        files.setdefault(stem_of(path), []).append(path)
    return files


def _visible(folder: Path) -> list[Path]:
    """By name."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _files(entries: Iterable[Path]) -> list[Path]:
    """Files and links to files; no pipe or device, which would block a reader."""
    files = []
    for path in entries:
        try:
            if path.is_file() or (path.is_symlink() and not path.exists()):
                files.append(path)
        except OSError:  # a link into a folder without permission, reported as leading outside
            files.append(path)
    return files
