"""Drafts for the recordings of `data.sessions` without a transcript, written to `data/drafts`."""

from __future__ import annotations

import hashlib
import json
import shutil
from functools import cache
from pathlib import Path

from tqdm import tqdm

from attune.draft.drafts import Store
from attune.draft.pieces import transcribe_pieces
from stages.common.asr.model import open_model
from stages.common.audio.decode import decode
from stages.common.audio.level import levelled
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core import rejections
from stages.common.core.cache import digest_of
from stages.common.core.errors import UserError
from stages.common.core.files import sha256, state_folder
from stages.common.core.ids import read_key, recording_id
from stages.common.core.params import load_params
from stages.common.core.rejections import RecordingRejected
from stages.segment.session_files import find_files

OUT = Path("data/drafts")
TUNED, BASE = Path("models/ct2"), Path("models/base-ct2")
_BAR = "{l_bar}{bar}| {n:.2f} of {total} recordings [{elapsed}<{remaining}]"


def write_drafts() -> None:
    """Write the drafts and print the recordings without one, by id, with the reason.

    Raises: UserError if the sessions folder, the key or a converted model is missing.
    """
    params = load_params()
    key = read_key(Path(params.data.key))
    missing = _without_transcript(Path(params.data.sessions))
    model = TUNED if TUNED.is_dir() else BASE
    if not model.is_dir():
        raise UserError(f"{BASE} does not exist yet; run `dvc repro fetch_base`")
    print(f"{len(missing)} recording(s) without a transcript; transcribing with {model}")
    language, beam_size = params.build_dataset.language, params.evaluate.beam_size
    level = params.normalize.level_dbfs
    decoding = [digest_of([model]), language, beam_size, level]
    load = cache(lambda: open_model(model, params.evaluate.device))
    unfinished = state_folder("drafts")
    store, notes, written = Store(OUT), [], 0
    with tqdm(total=len(missing), bar_format=_BAR, disable=None) as bar:
        for number, (stem, files) in enumerate(sorted(missing.items())):
            bar.update(number - bar.n)
            name = recording_id(key, stem)
            if len(files) > 1:
                notes.append(f"{name}: {rejections.RECORDING['same_stem']}")
                continue
            fingerprint = json.dumps([*decoding, sha256(files[0])])
            if store.is_current(stem, fingerprint):
                continue
            if store.is_edited(stem):
                notes.append(f"{name}: its draft was edited and is left unchanged")
                continue
            try:
                samples = levelled(decode(files[0]).samples, level)
            except RecordingRejected as rejected:
                notes.append(f"{name}: {rejections.RECORDING[rejected.reason]}")
                continue
            digest = hashlib.sha256(fingerprint.encode()).hexdigest()
            kept = unfinished / f"{name}-{digest[:16]}.jsonl"
            cues = []
            for share, piece in transcribe_pieces(load(), samples, language, beam_size, kept):
                cues += piece
                bar.update(number + share - bar.n)
            if not cues:
                notes.append(f"{name}: no speech was recognized; there is nothing to correct")
                continue
            store.write(stem, name, fingerprint, cues, len(samples) / SAMPLE_RATE)
            written += 1
    shutil.rmtree(unfinished, ignore_errors=True)
    store.write_order(set(missing))
    if notes:
        print(*sorted(notes), sep="\n")
    print(f"{written} draft(s) written to {OUT}; start with the first in {OUT}/order.csv")


def _without_transcript(sessions: Path) -> dict[str, list[Path]]:
    """File name without suffix -> audio files. Raises: UserError if a folder is missing."""
    if not (sessions / "audio").is_dir() or not (sessions / "transcripts").is_dir():
        raise UserError("data.sessions: needs a folder with audio/ and transcripts/")
    audio, transcripts, _ = find_files(sessions)
    return {stem: files for stem, files in audio.items() if stem not in transcripts}
