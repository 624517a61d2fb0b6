"""Collects what to look for from everything that exists of a person, before it is removed.

Words and audio count as theirs only if no other recording has them. Excluded are words in others'
transcripts and hypotheses and in Attune's own files, such as the demo's sentences, and blocks of
audio that another recording shares, such as those of a synthetic voice or a jingle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from attune.forget.blocks import Blocks, blocks_of
from attune.forget.containers import pcm_of
from attune.forget.known import DRAFTS, REVIEWS
from attune.forget.needles import Needles
from attune.forget.own_files import own_words
from attune.forget.person import Person
from attune.forget.stores import Objects
from attune.forget.words import Phrases, readings, runs_of, texts_in, words_of
from stages.common.audio.decode import decode
from stages.common.audio.formats import FORMATS
from stages.common.audio.samples import to_pcm
from stages.common.core.files import state_folder, stream_rows
from stages.common.core.rejections import RecordingRejected
from stages.common.text.normalizer import normalize, scoring_form
from stages.common.transcripts.read import read_transcripts

_TABLES = (
    "data/segments/segments.jsonl",
    "data/segments/lost.jsonl",
    "data/normalized/segments.jsonl",
    "data/hypotheses/baseline.jsonl",
    "data/hypotheses/evaluate.jsonl",
)
_TEXTS = ("text", "written", "reference", "hypothesis")
_AUDIO = ("data/segments/audio", "data/dataset/test_recordings/audio")
_SPLITS = ("train", "validation", "test")
_SHORTEST_NAME = 5
"""Characters: a shorter one occurs everywhere."""


def gather(
    person: Person, sessions: Path, objects: Objects, progress: Callable[[], object]
) -> Needles:
    """What to look for, from the folder, drafts, reviews, outputs and DVC's stores."""
    found = _Found(person)
    for folder in (sessions / "audio", sessions / "transcripts", DRAFTS, REVIEWS):
        for path in _files(folder):
            if person.owns(path.name):
                found.file(path)
    for oid, paths in sorted(objects.paths_of().items()):
        if oid in objects and any(map(person.owns, paths)):
            found.object(oid, objects.read(oid), paths)
    for folder in map(Path, _AUDIO):
        for path in _files(folder):
            if person.owns(path.name):
                found.file(path)
    for path in _files(state_folder("aligner")):
        if person.owns(path.name):
            found.texts(path.read_bytes())
    for row in _rows():
        if row.get("recording", row["id"][:11]) in person.ids:
            found.row(row)
    _clips(person, found)
    common = own_words()
    names = {name: " ".join(words_of(name)) for name in person.recordings | person.clients}
    searched = {
        phrase
        for name, phrase in names.items()
        if len(name) >= _SHORTEST_NAME and f" {phrase} " not in common.text
    }
    needles = without_others(
        Needles(
            ids=tuple(sorted(id_.encode() for id_ in person.ids)),
            names=Phrases(searched),
            digests=frozenset(found.digests),
            runs=Phrases(found.runs - common.runs),
            blocks=Blocks(found.blocks),
            hidden_names=sum(phrase not in searched for phrase in names.values()),
        ),
        person,
        sessions,
    )
    shared: set[bytes] = set()
    for path in _files(sessions / "audio"):
        if not person.owns(path.name):
            progress()
            shared |= needles.blocks_in(path.read_bytes())
    return replace(needles, blocks=Blocks(set(needles.blocks) - shared))


def without_others(needles: Needles, person: Person, sessions: Path) -> Needles:
    """`needles` without the words in others' transcripts and hypotheses."""
    runs = set(needles.runs)
    for text in _texts_of_others(person, sessions):
        if not runs:
            break
        for words in readings(text):
            runs -= runs & runs_of(words)
    return replace(needles, runs=Phrases(runs))


class _Found:
    def __init__(self, person: Person) -> None:
        self.person = person
        self.runs: set[str] = set()
        self.blocks: set[bytes] = set()
        self.digests: set[str] = set()
        self._seen: set[str] = set()

    def file(self, path: Path) -> None:
        """A file of the person's by its name."""
        content = path.read_bytes()
        if self._is_new(content):
            if _is_audio(path.name):
                self._audio(content, path)
            else:
                # The raw text has times between the words of two cues.
                texts = [text.encode() for text in _transcript(path)]
                for text in texts or [content]:
                    self.texts(text)

    def object(self, oid: str, content: bytes, paths: Iterable[str]) -> None:
        """A file of the person's in a store, under these names."""
        if self._is_new(content):
            if any(map(_is_audio, paths)):
                self._audio(content, content)
            else:
                self.texts(content)

    def row(self, row: dict[str, Any]) -> None:
        for name in _TEXTS:
            if row.get(name):
                self.texts(str(row[name]).encode())

    def texts(self, content: bytes) -> None:
        for text in texts_in(content):
            for words in readings(text):
                self.runs |= runs_of(words)

    def clip(self, flac: bytes) -> None:
        self.blocks.update(blocks_of(flac))
        self._pcm(flac)

    def _is_new(self, content: bytes) -> bool:
        digest = hashlib.sha256(content).hexdigest()
        if digest in self._seen or not content:
            return False
        self._seen.add(digest)
        self.digests |= {digest, hashlib.md5(content, usedforsecurity=False).hexdigest()}
        return True

    def _audio(self, content: bytes, source: bytes | Path) -> None:
        self.blocks.update(blocks_of(content))
        self._pcm(source)
        if isinstance(source, Path):
            try:
                self.blocks.update(blocks_of(to_pcm(decode(source).samples).tobytes()))
            except RecordingRejected:
                return

    def _pcm(self, source: bytes | Path) -> None:
        for part in pcm_of(source):
            self.blocks.update(blocks_of(part))


def _texts_of_others(person: Person, sessions: Path) -> Iterator[str]:
    for folder in (sessions / "transcripts", DRAFTS, REVIEWS, state_folder("aligner")):
        for path in _files(folder):
            if not person.owns(path.name):
                yield from _transcript(path)
                yield from texts_in(path.read_bytes())
    for row in _rows():
        if row.get("recording", row["id"][:11]) not in person.ids:
            yield from (str(row[name]) for name in _TEXTS if row.get(name))


def _rows() -> Iterator[dict[str, Any]]:
    for path in map(Path, _TABLES):
        if path.is_file():
            try:
                yield from (row for row in stream_rows(path) if "recording" in row or "id" in row)
            except ValueError:
                continue  # damaged: the next run writes it anew


def _clips(person: Person, found: _Found) -> None:
    """Their clips in the dataset: audio at another level than the recording's, and text."""
    from stages.common.dataset.split_storage import load_split

    for split in _SPLITS:
        folder = Path("data/dataset") / split
        if not folder.is_dir():
            continue
        rows = load_split(folder)
        for at, name in enumerate(rows["recording"]):
            if name in person.ids:
                row = rows[at]
                found.clip(row["audio"])
                found.row(row)


def _transcript(path: Path) -> Iterator[str]:
    """A transcript as written, as spoken and in scoring form; nothing if it cannot be read."""
    try:
        cues = [cue.text for cue in read_transcripts([(path, "")]).cues]
    except (RecordingRejected, OSError):
        return
    yield " ".join(cues)
    yield " ".join(normalize(text, "spoken") for text in cues)
    yield " ".join(scoring_form(text) for text in cues)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _is_audio(name: str) -> bool:
    return name.rpartition(".")[2].lower() in FORMATS
