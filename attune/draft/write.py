"""Drafts for the recordings of `data.sessions` without a transcript, written to `data/drafts`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from itertools import chain
from pathlib import Path

from faster_whisper import WhisperModel
from tqdm import tqdm

from attune.draft.cues import cues_of
from attune.draft.drafts import FOLDER, Store, Word
from attune.draft.pieces import transcribe_pieces
from attune.draft.speakers import speakers_of
from attune.draft.voices import weights
from attune.draft.worth import lines, worth, write_order
from attune.draft.writer import choose_model, trained_on, writer_of
from stages.common.asr.decoding import first_that_fit
from stages.common.asr.model import open_model
from stages.common.audio.decode import decode
from stages.common.audio.level import levelled
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core import rejections
from stages.common.core.cache import key_of
from stages.common.core.errors import UserError
from stages.common.core.files import sha256, state_folder
from stages.common.core.forgotten import read_forgotten
from stages.common.core.ids import read_key, recording_id
from stages.common.core.input_files import check_file
from stages.common.core.params import Params, load_params
from stages.common.core.rejections import RecordingRejected
from stages.common.text.term_list import TERMS, read_lines, variants_of
from stages.segment.clients import is_forgotten, read_clients
from stages.segment.session_files import find_files

REVIEW = Path("data/review")
"""Transcripts whose review has begun; see attune/review."""
_FORM = "speakers"
"""Part of each draft's fingerprint: drafts of versions without speakers are rewritten."""
_BAR = "{l_bar}{bar}| {n:.2f} of {total} recordings [{elapsed}<{remaining}]"


def write_drafts() -> None:
    """Write the drafts, and print the id of each recording that gets none, with the reason.

    Raises: UserError if the sessions folder, the key or a converted model is missing.
    """
    params = load_params()
    key = read_key(Path(params.data.key))
    sessions = Path(params.data.sessions)
    missing = _without_transcript(sessions)
    clients = read_clients(sessions, sorted(missing), key).by_recording
    forgotten = read_forgotten(key)
    drafting = _Drafting(params, Store(FOLDER))
    print(f"{len(missing)} recording(s) without a transcript; transcribing with {drafting.model}")
    notes, written = [], 0
    with tqdm(total=len(missing), bar_format=_BAR, disable=None) as bar:
        for number, (stem, files) in enumerate(sorted(missing.items())):
            bar.update(number - bar.n)
            name = recording_id(key, stem)
            if is_forgotten(forgotten, stem, clients.get(stem)):
                notes.append(f"{name}: {rejections.RECORDING['forgotten']}")
                continue

            def show(share: float, number: int = number) -> None:
                bar.update(number + share - bar.n)

            try:
                written += drafting.draft(stem, name, files, show)
            except _NoDraft as reason:
                notes.append(f"{name}: {reason}")
    shutil.rmtree(state_folder("drafts"), ignore_errors=True)
    if notes:
        print(*sorted(notes), sep="\n")
    print(f"{written} draft(s) written to {FOLDER}; start with the first in {FOLDER}/order.csv")
    value = worth(params)
    write_order(value)
    print(*lines(value), sep="\n")


class _NoDraft(Exception):
    """The reason continues a line that begins with the recording's id."""


class _Drafting:
    """Model and options of one run."""

    def __init__(self, params: Params, store: Store) -> None:
        self.model = choose_model()
        weights()  # raises now, not after hours
        self._params, self._store = params, store
        self._writer, self._trained_on = writer_of(self.model), trained_on(self.model)
        # The base hallucinates hotwords: see `make bench-draft-terms`.
        self._terms = _terms() if self._writer.model == "tuned" else []
        self._load: Callable[[], tuple[WhisperModel, list[str]]] = cache(self._load_once)

    def _load_once(self) -> tuple[WhisperModel, list[str]]:
        """The model, and the terms that fit into its prompt."""
        model = open_model(self.model, self._params.evaluate.device)
        return model, first_that_fit(self._terms, model)

    def draft(self, stem: str, name: str, files: list[Path], show: Callable[[float], None]) -> bool:
        """Write a recording's draft unless it is up to date.

        Args:
            name: the recording's id.
            show: called with the share of the recording that is done.

        Raises: _NoDraft.
        """
        try:
            for path in files:
                check_file(path, Path(self._params.data.sessions))
        except RecordingRejected as rejected:
            raise _NoDraft(rejections.RECORDING[rejected.reason]) from None
        if len(files) > 1:
            raise _NoDraft(rejections.RECORDING["same_stem"])
        params = self._params
        language, beam_size = params.build_dataset.language, params.evaluate.beam_size
        level = params.normalize.level_dbfs
        options = [self._writer.model_digest, language, beam_size, level, self._terms, _FORM]
        try:
            fingerprint = key_of([*options, sha256(files[0])])
        except OSError:
            raise _NoDraft(rejections.RECORDING["audio_unreadable"]) from None
        if self._store.is_current(stem, fingerprint):
            return False
        if self._store.is_edited(stem):
            raise _NoDraft("its draft was edited and is left unchanged")
        if (REVIEW / f"{stem}.vtt").exists():
            raise _NoDraft("its review has begun; the draft is left unchanged")
        try:
            decoded = decode(files[0])
        except RecordingRejected as rejected:
            raise _NoDraft(rejections.RECORDING[rejected.reason]) from None
        samples = levelled(decoded.samples, level)
        kept = state_folder("drafts") / f"{name}-{fingerprint[:16]}.jsonl"
        model, terms = self._load()
        segments: list[list[Word]] = []
        for share, piece in transcribe_pieces(model, samples, language, beam_size, terms, kept):
            segments += piece
            show(share)
        words = list(chain.from_iterable(segments))
        if not words:
            raise _NoDraft("no speech was recognized; there is nothing to correct")
        cues = cues_of(segments, speakers_of(words, decoded.turns, samples))
        facts = asdict(self._writer) | {
            "id": name,
            "fingerprint": fingerprint,
            "seconds": round(len(samples) / SAMPLE_RATE, 3),
            "trained_on": name in self._trained_on,
        }
        self._store.write(stem, words, cues, facts)
        return True


def _terms() -> list[str]:
    """The first variant of each term in `data/terms.txt`; none without the file."""
    lines = read_lines(TERMS) if TERMS.exists() else []
    return [variants[0] for _, variants in variants_of(lines)]


def _without_transcript(sessions: Path) -> dict[str, list[Path]]:
    """File name without suffix -> audio files. Raises: UserError if a folder is missing."""
    if not (sessions / "audio").is_dir() or not (sessions / "transcripts").is_dir():
        raise UserError("data.sessions: needs a folder with audio/ and transcripts/")
    audio, transcripts, _ = find_files(sessions)
    return {stem: files for stem, files in audio.items() if stem not in transcripts}
