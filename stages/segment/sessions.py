"""Recordings paired with their transcripts and clients."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.forgotten import read_forgotten
from stages.common.core.ids import group_id, recording_id
from stages.common.core.input_files import check_file
from stages.common.core.manifest import Use
from stages.common.core.rejections import RecordingRejected
from stages.segment.clients import is_forgotten, read_clients
from stages.segment.session_files import check_folder, find_files, role_of, stem_of

IdReason = tuple[str, str]
"""Id of a recording or transcript, and a key of the tables in stages/common/core/rejections.py."""


@dataclass(frozen=True)
class Source:
    """A recording with its transcript: the whole input of its task."""

    id: str
    group: str
    """Unit of the split: the client's id, or the recording's own."""
    audio: Path
    transcripts: tuple[tuple[Path, str], ...]
    """The transcript's file with "", or one TextGrid per speaker with the role in its name."""
    use: Use = "all"
    corpus: str = ""


@dataclass(frozen=True)
class Sessions:
    sources: list[Source]
    """By id."""
    recordings: int
    """Number of audio files, rejected ones included."""
    transcripts: int
    """Number of transcript files."""
    rejected: list[IdReason]
    """One for each recording that cannot be paired."""
    unused: list[IdReason]
    """Transcripts without a recording."""
    notices: list[IdReason]
    ignored_files: int
    """Files and folders that are neither audio nor transcript, hidden ones excluded."""
    has_clients: bool
    """There is a sessions.csv."""


def read_sessions(folder: Path, key: bytes) -> Sessions:
    """Pair files by name and links alone; no audio or transcript is opened.

    Args:
        folder: see session_files.py.
        key: the project's key, for ids.

    Raises: UserError if the folder has another form, or sessions.csv contradicts itself.
    """
    check_folder(folder)
    audio, transcripts, ignored = find_files(folder)
    if not audio:
        raise UserError("data.sessions: no audio file in audio/; put the recordings there")
    clients = read_clients(folder, sorted(audio), key)
    forgotten = read_forgotten(key)
    sources: list[Source] = []
    rejected: list[IdReason] = []
    for stem, files in sorted(audio.items()):
        name = recording_id(key, stem)
        texts = transcripts.get(stem, [])
        client = clients.by_recording.get(stem)
        reason = _pairing_fault(files, texts, stem, folder)
        if is_forgotten(forgotten, stem, client):
            reason = "forgotten"
        if reason:
            rejected += [(name, reason)] * len(files)
            continue
        group = group_id(key, client, name)
        roles = [role_of(stem_of(path), stem) for path in texts]
        use: Use = "train" if stem in clients.train_only else "all"
        paired = tuple(zip(texts, roles, strict=True))
        corpus = clients.corpora.get(stem, "")
        sources.append(Source(name, group, files[0], paired, use, corpus))
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
        rejected=rejected,
        unused=unused,
        notices=[(recording_id(key, stem), reason) for stem, reason in clients.notices],
        ignored_files=ignored,
        has_clients=clients.given,
    )


def _pairing_fault(files: list[Path], texts: list[Path], stem: str, folder: Path) -> str:
    """Reason to reject a recording with these audio and transcript files, or ""."""
    try:
        for path in (*files, *texts):
            check_file(path, folder)
    except RecordingRejected as rejection:
        return rejection.reason
    if len(files) > 1:
        return "same_stem"
    if not texts:
        return "no_transcript"
    if len(texts) > 1 and not all(role_of(stem_of(path), stem) for path in texts):
        return "several_transcripts"
    return ""
