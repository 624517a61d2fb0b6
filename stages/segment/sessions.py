"""The input folder: which recording goes with which transcript, and whose it is.

<data.sessions>/audio/<name>.<any audio suffix>
<data.sessions>/transcripts/<name>.<txt, srt, vtt, TextGrid, json, csv or tsv>, or a TextGrid a
                              speaker: <name>_<role>.TextGrid
<data.sessions>/sessions.csv                  optional: recording,client
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from stages.common.audio.decode import FORMATS
from stages.common.core.errors import UserError
from stages.common.core.ids import group_id, recording_id
from stages.common.core.reasons import RecordingRejected
from stages.common.transcripts.read import SUFFIXES
from stages.segment.clients import FILE as CLIENTS
from stages.segment.clients import read_clients

Finding = tuple[str, str]
"""(id, reason)"""


@dataclass(frozen=True)
class Source:
    """A recording with its transcript: all that is needed to work on it by itself."""

    id: str
    group: str
    audio: Path
    transcripts: tuple[tuple[Path, str], ...]
    """The transcript's file with "", or a TextGrid a speaker with the role each name tells."""


@dataclass(frozen=True)
class Sessions:
    sources: list[Source]
    """By id."""
    recordings: int
    """Audio files found, the dropped ones too."""
    transcripts: int
    dropped: list[Finding]
    """One for each recording that cannot be worked on."""
    unused: list[Finding]
    """Transcripts without a recording."""
    notices: list[Finding]
    ignored_files: int
    """Files and folders that are neither audio nor transcript; hidden ones are not counted."""
    has_clients: bool


def read_sessions(folder: Path, key: bytes) -> Sessions:
    """Look at names and links only; no audio or transcript is opened.

    Raises: UserError if the folder is not as described above, or sessions.csv contradicts itself.
    """
    _check(folder)
    audio, transcripts, ignored = find_files(folder)
    if not audio:
        raise UserError("data.sessions: no audio file in audio/; put the recordings there")
    clients = read_clients(folder, sorted(audio), key)
    sources: list[Source] = []
    dropped: list[Finding] = []
    notices: list[Finding] = [(recording_id(key, stem), why) for stem, why in clients.notices]
    for stem, files in sorted(audio.items()):
        name = recording_id(key, stem)
        texts = transcripts.get(stem, [])
        reason = _pairing_fault(files, texts, stem, folder)
        if reason:
            dropped += [(name, reason)] * len(files)
            continue
        group = group_id(key, clients.by_recording.get(stem), name)
        roles = [role_of(stem_of(path), stem) for path in texts]
        sources.append(Source(name, group, files[0], tuple(zip(texts, roles, strict=True))))
    unused = [
        (recording_id(key, stem), "no_recording")
        for stem, texts in sorted(transcripts.items())
        if stem not in audio
        for _ in texts
    ]
    return Sessions(
        sources=sorted(sources, key=lambda source: source.id),
        recordings=sum(map(len, audio.values())),
        transcripts=sum(map(len, transcripts.values())),
        dropped=dropped,
        unused=unused,
        notices=notices,
        ignored_files=ignored,
        has_clients=clients.given,
    )


Files = dict[str, list[Path]]


def find_files(folder: Path) -> tuple[Files, Files, int]:
    """Audio and transcripts by name without suffix, and the number of things ignored.

    A file in audio/ whose suffix is not a known one counts if a transcript has its name and no
    other audio has. Names are compared in Unicode's composed form: macOS writes them decomposed.
    """
    heard, written = _visible(folder / "audio"), _visible(folder / "transcripts")
    transcripts = _by_stem([path for path in written if path.suffix.lower() in SUFFIXES])
    audio = _by_stem([path for path in heard if path.suffix[1:].lower() in FORMATS])
    for path in heard:
        stem = stem_of(path)
        if path.suffix[1:].lower() not in FORMATS and stem in transcripts:
            audio.setdefault(stem, [path])
    _join_speakers(audio, transcripts)
    entries = sum(_count_visible(folder / part) for part in ("audio", "transcripts"))
    beside = sum(
        path.suffix.lower() in SUFFIXES or path.suffix[1:].lower() in FORMATS
        for path in _visible(folder)
        if path.name != CLIENTS
    )
    used = sum(len(paths) for files in (audio, transcripts) for paths in files.values())
    return audio, transcripts, entries - used + beside


def _join_speakers(audio: Files, transcripts: Files) -> None:
    """Give `<recording>_<role>.TextGrid` to its recording, where that has no other transcript."""
    free = [stem for stem in transcripts if stem not in audio]
    exact = set(transcripts)
    for stem in sorted(free):
        if any(path.suffix.lower() != ".textgrid" for path in transcripts[stem]):
            continue
        whose = [name for name in audio if name not in exact and role_of(stem, name)]
        if whose:
            transcripts.setdefault(max(whose, key=len), []).extend(transcripts.pop(stem))


def role_of(transcript: str, recording: str) -> str:
    """The role in `<recording>_<role>`, or "" if that is not what the transcript is called."""
    rest = transcript.removeprefix(recording)
    found = re.fullmatch(r"[ ._-]+([^\W\d_][^\W_]*)", rest) if rest != transcript else None
    return found[1] if found else ""


def stem_of(path: Path) -> str:
    """What a recording is called: its file's name without the suffix."""
    return unicodedata.normalize("NFC", path.stem)


def _by_stem(paths: list[Path]) -> Files:
    files: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        files[stem_of(path)].append(path)
    return dict(files)


def _visible(folder: Path) -> list[Path]:
    """Files and links that are no folders, by name. A pipe or device would block: left out."""
    return sorted(
        path
        for path in folder.iterdir()
        if not path.name.startswith(".") and _is_file_or_link(path)
    )


def _is_file_or_link(path: Path) -> bool:
    try:
        return path.is_file() or (path.is_symlink() and not path.exists())
    except OSError:  # a link to where one may not look; told as leading outside
        return True


def _count_visible(folder: Path) -> int:
    return sum(not path.name.startswith(".") for path in folder.iterdir())


def _pairing_fault(files: list[Path], texts: list[Path], stem: str, folder: Path) -> str:
    """Why a recording cannot be worked on, or ""."""
    if len(files) > 1:
        return "same_stem"
    if not texts:
        return "no_transcript"
    if len(texts) > 1 and not all(role_of(stem_of(path), stem) for path in texts):
        return "several_transcripts"
    try:
        for path in (*files, *texts):
            _check_link(path, folder)
    except RecordingRejected as drop:
        return drop.reason
    return ""


def _check_link(path: Path, folder: Path) -> None:
    """Raises: RecordingRejected(symlink_broken, symlink_outside)."""
    if not path.is_symlink():
        return
    # realpath, as Path.resolve raises on a link that leads to itself.
    target = Path(os.path.realpath(path))
    if not target.is_relative_to(os.path.realpath(folder)):
        raise RecordingRejected("symlink_outside")
    if not target.is_file():
        raise RecordingRejected("symlink_broken")


def _check(folder: Path) -> None:
    """Raises: UserError naming all that is wrong with the folder."""
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "there is no such folder"
        raise UserError(f"data.sessions: {what}; name a folder with audio/ and transcripts/")
    faults = []
    for part in ("audio", "transcripts"):
        inner = folder / part
        if not inner.is_dir():
            faults.append(f"data.sessions: it has no folder {part}/; make it")
        elif not Path(os.path.realpath(inner)).is_relative_to(os.path.realpath(folder)):
            faults.append(
                f"data.sessions: {part}/ is a link that leads out; link the whole folder instead"
            )
        elif not os.access(inner, os.R_OK | os.X_OK):
            faults.append(f"data.sessions: {part}/ may not be read; check its permissions")
    if faults:
        raise UserError("\n".join(faults))


def count(findings: list[Finding]) -> Counter[str]:
    """How often each reason stands in `findings`."""
    return Counter(reason for _, reason in findings)
