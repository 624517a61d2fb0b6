"""Collects what to look for from everything that exists of a person, before it is removed.

Words and audio count as theirs only if no other recording has them. Excluded are words in others'
transcripts and hypotheses, those in DVC's stores and of `evaluate.guard` included, and in Attune's
own files, such as the demo's sentences; blocks of audio that another recording shares, such as
those of a synthetic voice or a jingle; and digests of a file that two recordings have.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from attune.forget.blocks import Blocks, blocks_of
from attune.forget.containers import pcm_of
from attune.forget.held_objects import is_others_source
from attune.forget.known import DRAFTS
from attune.forget.needles import Needles
from attune.forget.own_files import own_words
from attune.forget.person import Person
from attune.forget.stores import Objects
from attune.forget.words import Phrases, readings, runs_of, texts_in, words_of
from attune.review.lock import REVIEWS
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
_OUTPUTS = ("data/dataset", "data/hypotheses", "data/normalized", "data/segments")
_TEXTS = ("text", "written", "reference", "hypothesis")
_AUDIO = ("data/segments/audio", "data/dataset/test_recordings/audio")
_SPLITS = ("train", "validation", "test")
_SHORTEST_NAME = 5
"""Characters: a shorter one occurs everywhere."""


def gather(
    person: Person,
    sessions: Path,
    guard: Path,
    objects: Objects,
    language: str,
    progress: Callable[[], object],
) -> Needles:
    """What to look for, from the folder, drafts, reviews, outputs and DVC's stores.

    guard: the out-of-domain set, which is nobody's in `sessions`.
    """
    found = _Found(person, language)
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
        if _recording_of(row) in person.ids:
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
            runs=Phrases(found.runs - common.runs - _runs_in_stores(found.runs, person, objects)),
            blocks=Blocks(found.blocks),
            hidden_names=sum(phrase not in searched for phrase in names.values()),
        ),
        person,
        sessions,
        guard,
        language,
    )
    shared: set[bytes] = set()
    digests = set(needles.digests)
    for folder in (sessions, guard):
        for path in _files(folder / "audio") + _files(folder / "transcripts"):
            if folder == guard or person.is_others(path.name):
                progress()
                content = path.read_bytes()
                digests -= _digests(content)
                if _is_audio(path.name):
                    shared |= needles.blocks_in(content)
    for oid, paths in objects.paths_of().items():
        if any(is_others_source(person, path) for path in paths):
            digests.discard(oid)
    return replace(needles, digests=frozenset(digests), blocks=Blocks(set(needles.blocks) - shared))


def without_others(
    needles: Needles, person: Person, sessions: Path, guard: Path, language: str
) -> Needles:
    """`needles` without the words in others' transcripts and hypotheses."""
    runs = set(needles.runs)
    for text in _texts_of_others(person, sessions, guard, language):
        if not runs:
            break
        for words in readings(text):
            runs -= runs & runs_of(words)
    return replace(needles, runs=Phrases(runs))


def without_outputs(needles: Needles, person: Person) -> Needles:
    """`needles` without the words in outputs of a run without the person.

    A hypothesis for another's clip may contain words that only the person said, and in a dataset's
    file the texts of clips follow each other without a border. Files that contain one of the
    person's ids do not count.
    """
    runs = set(needles.runs)
    for path in (path for name in _OUTPUTS for path in _files(Path(name))):
        content = b"" if _is_audio(path.name) else path.read_bytes()
        if not any(id_.encode() in content for id_ in person.ids):
            for text in texts_in(content):
                for words in readings(text):
                    runs -= runs & runs_of(words)
    return replace(needles, runs=Phrases(runs))


class _Found:
    def __init__(self, person: Person, language: str) -> None:
        self.person = person
        self.language = language
        self.runs: set[str] = set()
        self.blocks: set[bytes] = set()
        self.digests: set[str] = set()

    def file(self, path: Path) -> None:
        """A file of the person's by its name."""
        content = path.read_bytes()
        if self._is_new(content):
            if _is_audio(path.name):
                self._audio(content, path)
            else:
                # The raw text has times between the words of two cues.
                texts = [text.encode() for text in _transcript(path, self.language)]
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
        digests = _digests(content)
        if digests <= self.digests or not content:
            return False
        self.digests |= digests
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


def _digests(content: bytes) -> set[str]:
    md5 = hashlib.md5(content, usedforsecurity=False)
    return {hashlib.sha256(content).hexdigest(), md5.hexdigest()}


def _runs_in_stores(runs: set[str], person: Person, objects: Objects) -> set[str]:
    """Those of `runs` that others say in transcripts of any revision."""
    said: set[str] = set()
    for oid, paths in sorted(objects.paths_of().items()):
        is_text = any(is_others_source(person, path) and not _is_audio(path) for path in paths)
        if is_text and oid in objects:
            for text in texts_in(objects.read(oid)):
                for words in readings(text):
                    said |= runs & runs_of(words)
    return said


def _texts_of_others(person: Person, sessions: Path, guard: Path, language: str) -> Iterator[str]:
    for path in _files(guard / "transcripts"):
        yield from _transcript(path, language)
    for folder in (sessions / "transcripts", DRAFTS, REVIEWS, state_folder("aligner")):
        for path in _files(folder):
            # A file that is no known recording's, such as an editor's copy, may hold their words.
            if person.is_others(path.name):
                yield from _transcript(path, language)
                yield from texts_in(path.read_bytes())
    for row in _rows():
        if _recording_of(row) not in person.ids:
            yield from (str(row[name]) for name in _TEXTS if row.get(name))


def _rows() -> Iterator[dict[str, Any]]:
    for path in map(Path, _TABLES):
        if path.is_file():
            try:
                yield from (row for row in stream_rows(path) if "recording" in row or "id" in row)
            except ValueError:
                continue  # damaged: the next run writes it anew


def _recording_of(row: dict[str, Any]) -> str:
    """Rows of clips without speech have their id alone, rows of lost text only the recording."""
    return str(row["recording"] if "recording" in row else row["id"])[:11]


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


def _transcript(path: Path, language: str) -> Iterator[str]:
    """A transcript as written, as spoken and in scoring form; nothing if it cannot be read."""
    try:
        cues = [cue.text for cue in read_transcripts([(path, "")]).cues]
    except (RecordingRejected, OSError):
        return
    yield " ".join(cues)
    yield " ".join(normalize(text, "spoken", language) for text in cues)
    yield " ".join(scoring_form(text, language) for text in cues)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _is_audio(name: str) -> bool:
    return name.rpartition(".")[2].lower() in FORMATS
