"""`make bench-decoding`: the long-form WER with and without levelling, and with hotwords.

After `make demo`, on its validation recordings. Recordings are also attenuated, to measure
the WER without levelling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

from faster_whisper import BatchedInferencePipeline, WhisperModel
from joblib import cpu_count

from stages.common.asr.decoding import Decoding, decoding_of
from stages.common.asr.long_form import text_of, transcribe_long_form
from stages.common.asr.model import open_model
from stages.common.asr.spans import DECODING, with_speech
from stages.common.audio.samples import Samples, read_pcm, to_samples
from stages.common.core.manifest import audio_path, read_segments
from stages.common.core.params import load_params
from stages.common.dataset.split_storage import clips_of
from stages.common.text.wer import score

VALIDATION = Path("data/dataset/validation")
QUIETER = (0.0, -12.0, -24.0)
"""dB."""
Transcribe = Callable[[WhisperModel, Samples, Decoding], str]


def main() -> None:
    params = load_params()
    recordings = {clip.recording for clip in clips_of(VALIDATION)}
    references = dict(references_of(recordings))
    hotwords = params.evaluate.model_copy(update={"hotwords": True})
    print("| model | decoding | gain (dB) | WER |\n|---|---|---|---|")
    for name in ("base-ct2", "ct2"):
        model = open_model(Path("models") / name, "cpu")
        plain = decoding_of(params, model)
        with_terms = decoding_of(params.model_copy(update={"evaluate": hotwords}), model)
        variants: list[tuple[str, Transcribe, Decoding, tuple[float, ...]]] = [
            ("levelled", levelled, plain, QUIETER),
            ("not levelled", unlevelled, plain, QUIETER),
            ("levelled, hotwords", levelled, with_terms, (0.0,)),
        ]
        for label, transcribe, decoding, gains in variants:
            for gain in gains:
                wer = wer_of(model, references, transcribe, decoding, gain)
                print(f"| {name} | {label} | {gain:g} | {wer:.1%} |", flush=True)


def references_of(recordings: set[str]) -> Iterator[tuple[str, str]]:
    """Recording -> its full reference, including segments that are in no clip."""
    for name, segments in groupby(read_segments(Path("data/normalized")), lambda s: s.recording):
        if name in recordings:
            ordered = sorted(segments, key=lambda s: (s.speech_end, s.speech_start))
            yield name, " ".join(segment.text for segment in ordered)


def wer_of(
    model: WhisperModel,
    references: dict[str, str],
    transcribe: Transcribe,
    decoding: Decoding,
    gain_db: float,
) -> float:
    def one(name: str) -> str:
        pcm = read_pcm(audio_path(Path("data/segments"), name), gain_db)
        return transcribe(model, to_samples(pcm), decoding)

    with ThreadPoolExecutor(cpu_count()) as pool:
        return score(list(references.values()), list(pool.map(one, references))).wer


def levelled(model: WhisperModel, samples: Samples, decoding: Decoding) -> str:
    return text_of(transcribe_long_form(model, samples, decoding))


def unlevelled(model: WhisperModel, samples: Samples, decoding: Decoding) -> str:
    segments, _ = BatchedInferencePipeline(model).transcribe(
        samples,
        language=decoding.language,
        beam_size=decoding.beam_size,
        chunk_length=decoding.window_seconds,
        **DECODING,
        hotwords=decoding.hotwords_text,
        word_timestamps=True,
    )
    return text_of(with_speech(segments))


if __name__ == "__main__":
    main()
