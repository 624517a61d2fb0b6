"""Transcripts to correct, for recordings that have none: `python -m attune.draft.command`.

Hears the recordings of `data.sessions` without a transcript with the tuned model (`models/ct2`), or
the base where there is none, and writes to `data/drafts`, outside git:

- `<name>.srt`, to be corrected and then moved to `transcripts/` by a person; no stage reads drafts
- `<name>.words.csv`, the words it is least certain of
- `order.csv`, the recordings by certainty, the least certain first: there correcting pays most

A recording is heard again only if it, the model or the way of hearing changed; a draft that a
person has edited is never written over. Killed, it goes on at the minute where it was.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from tqdm import tqdm

from attune.draft.drafts import Draft, Store
from attune.draft.pieces import transcribe_pieces
from stages.common.asr.model import open_model
from stages.common.audio.decode import decode
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core import reasons
from stages.common.core.errors import UserError, run_stage
from stages.common.core.files import sha256, state_folder
from stages.common.core.fingerprint import digest_of
from stages.common.core.ids import read_key, recording_id
from stages.common.core.params import load_params
from stages.common.core.reasons import RecordingRejected
from stages.segment.sessions import find_files

OUT = Path("data/drafts")
_BAR = "{l_bar}{bar}| {n:.2f} of {total} recordings [{elapsed}<{remaining}]"
TUNED, BASE = Path("models/ct2"), Path("models/base-ct2")


def main() -> None:
    params = load_params()
    key = read_key(Path(params.data.key))
    folder = Path(params.data.sessions)
    if not (folder / "audio").is_dir() or not (folder / "transcripts").is_dir():
        raise UserError("data.sessions: name a folder with audio/ and transcripts/")
    audio, transcripts, _ = find_files(folder)
    missing = {stem: files for stem, files in audio.items() if stem not in transcripts}
    model = TUNED if TUNED.is_dir() else BASE
    if not model.is_dir():
        raise UserError(f"{BASE}: not there yet; run `dvc repro fetch_base`")
    print(f"{len(missing)} recording(s) without a transcript; heard with {model}")
    language, beam_size = params.build_dataset.language, params.evaluate.beam_size
    way = [digest_of([model]), language, beam_size]
    begun = state_folder("drafts")
    store, lines, made = Store(OUT), [], 0
    opened = open_model(model, params.evaluate.device) if missing else None
    with tqdm(total=len(missing), bar_format=_BAR, disable=None) as bar:
        for number, (stem, files) in enumerate(sorted(missing.items())):
            bar.update(number - bar.n)
            name = recording_id(key, stem)
            if len(files) > 1:
                lines.append(f"{name}: {reasons.RECORDING['same_stem']}")
                continue
            fingerprint = json.dumps([*way, sha256(files[0])])
            if store.is_made(stem, fingerprint):
                continue
            if store.is_edited(stem):
                lines.append(f"{name}: its draft has been edited since; left as it is")
                continue
            try:
                samples = decode(files[0]).samples
            except RecordingRejected as drop:
                lines.append(f"{name}: {reasons.RECORDING[drop.reason]}")
                continue
            assert opened is not None
            kept = begun / f"{name}-{hashlib.sha256(fingerprint.encode()).hexdigest()[:16]}.jsonl"
            cues = []
            for done, found in transcribe_pieces(opened, samples, language, beam_size, kept):
                cues += found
                bar.update(number + done - bar.n)
            if not cues:
                lines.append(f"{name}: no speech was heard; nothing to correct")
                continue
            store.write(stem, name, fingerprint, Draft(cues, len(samples) / SAMPLE_RATE))
            made += 1
    shutil.rmtree(begun, ignore_errors=True)
    store.write_order(set(missing))
    if lines:
        print(*sorted(lines), sep="\n")
    print(f"{made} draft(s) written to {OUT}; begin with the first of {OUT}/order.csv")


if __name__ == "__main__":
    run_stage("draft", main)
