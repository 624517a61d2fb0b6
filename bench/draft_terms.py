"""`make bench-draft-terms`: drafts with and without the terms of data/terms.txt as hotwords.

After `make demo`, on its validation recordings (settings are never chosen on the test split), and
on the clips of `speech/crowd` at `$ATTUNE_SHARED` (default ../shared) joined to one recording.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
from faster_whisper import WhisperModel

from attune.draft.pieces import transcribe_pieces
from bench.decoding import VALIDATION, references_of
from bench.speakers_material import SHARED
from stages.common.asr.decoding import first_that_fit
from stages.common.asr.model import open_model
from stages.common.audio.level import levelled
from stages.common.audio.samples import SAMPLE_RATE, Samples, read_pcm, to_samples
from stages.common.core.manifest import audio_path
from stages.common.core.params import load_params
from stages.common.dataset.split_storage import clips_of
from stages.common.evaluation.entities.occurrences import Counts, match
from stages.common.evaluation.entities.vocabulary import Vocabulary, read_terms
from stages.common.text.term_list import TERMS, read_lines, variants_of
from stages.common.text.wer import count_errors
from stages.common.text.word_alignment import align

_PAUSE = np.zeros(SAMPLE_RATE, np.float32)
_FEW = 15

Recording = tuple[str, Samples, str]
"""(name, 16 kHz mono, reference)"""


def main() -> None:
    params = load_params()
    vocabulary = read_terms(TERMS, params.build_dataset.language)
    terms = [variants[0] for _, variants in variants_of(read_lines(TERMS))]
    material = {"validation": list(sessions()), "crowd": [crowd()]}
    print("| recordings | model | hotwords | WER | inserted words | terms found | invented |")
    print(7 * "|---" + "|")
    for kind, recordings in material.items():
        for name in ("base-ct2", "ct2"):
            model = open_model(Path("models") / name, "cpu")
            fit = first_that_fit(terms, model)
            for hotwords in ((), fit[:_FEW], fit):
                row = scored(model, recordings, hotwords, vocabulary)
                print(f"| {kind} | {name} | {len(hotwords)} | {row} |", flush=True)


def sessions() -> Iterator[Recording]:
    params = load_params()
    names = {clip.recording for clip in clips_of(VALIDATION)}
    for name, reference in references_of(names):
        samples = to_samples(read_pcm(audio_path(Path("data/segments"), name), 0.0))
        yield name, levelled(samples, params.normalize.level_dbfs), reference


def crowd() -> Recording:
    folder, parts, texts = SHARED / "speech/crowd", [_PAUSE], []
    for path in sorted((folder / "audio").glob("*.flac")):
        samples, _ = soundfile.read(path, dtype="float32")
        parts += [samples, _PAUSE]
        texts.append((folder / f"transcripts/{path.stem}.txt").read_text(encoding="utf-8"))
    samples = levelled(np.concatenate(parts), load_params().normalize.level_dbfs)
    return "crowd", samples, " ".join(texts)


def scored(
    model: WhisperModel,
    recordings: Sequence[Recording],
    hotwords: Sequence[str],
    vocabulary: Vocabulary,
) -> str:
    """A table's cells: WER, inserted words, terms found of those spoken, terms invented."""
    errors, inserted, total, counts = 0, 0, 0, Counts()
    for name, samples, reference in recordings:
        with TemporaryDirectory() as folder:
            kept = Path(folder) / "pieces.jsonl"
            pieces = transcribe_pieces(model, samples, "en", 5, hotwords, kept)
            words = [word.text for _, piece in pieces for segment in piece for word in segment]
        text = " ".join(words)
        clip = count_errors(name, "", reference, text)
        errors, inserted = errors + clip.errors, inserted + clip.insertions
        total += clip.reference_words
        aligned = align(reference, text)
        spoken, written = aligned.reference, aligned.hypothesis
        counts += match(aligned, vocabulary.find(spoken), vocabulary.find(written))
    found = f"{counts.matched} of {counts.reference}"
    return f"{errors / total:.1%} | {inserted} | {found} | {counts.invented}"


if __name__ == "__main__":
    main()
