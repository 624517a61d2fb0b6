"""`make bench-scoring`: seconds of audio transcribed per second, against clip-by-clip decoding.

Ours is windowed decoding as in `baseline` and `evaluate` (`transcribe_clips`): neighbouring clips
joined into windows of up to 30 s, in batches, one worker per core. The baselines are plain
`WhisperModel.transcribe` on one clip at a time (`transcribe_single_clips`) with all cores in one
worker, the usual way to score, and our batches with one clip per window. The clips are those of the
test split's first recording. The model has the shape and vocabulary of Whisper tiny and random
weights, quantized to int8 as in every profile.

A model with random weights does not emit its end token at a sensible position. Each call decodes as
many tokens as Whisper's tokenizer needs for the reference, plus the end token, so that the beam
search does its full work with the same total number of tokens in all methods. A batch runs until
its longest window ends, whereas with real weights CTranslate2 removes finished windows from the
batch: the benchmark disadvantages batches. Repetition loops of real weights are not simulated.

Then the WER of the demo's models on all clips, decoded in windows and clip by clip, with the demo's
window length. Needs the outputs of `make demo`.
"""

from __future__ import annotations

import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import torch
from faster_whisper import WhisperModel
from joblib import cpu_count
from transformers import WhisperForConditionalGeneration, WhisperTokenizerFast

from bench.minmax import min_median_max
from stages.common.asr.convert import to_ctranslate2
from stages.common.asr.decoding import Decoding, decoding_of
from stages.common.asr.model import open_model
from stages.common.asr.spans import DECODING
from stages.common.asr.windowed import transcribe_clips
from stages.common.core.params import Params, load_params
from stages.common.dataset.features import decode_clip
from stages.common.dataset.split_storage import Clip, clips_of, join_clips
from stages.common.text.wer import score
from tests.support.whisper_models import END, tiny_multilingual

TEST = Path("data/dataset/test")
SHAPE = {
    "d_model": 384, "encoder_layers": 4, "decoder_layers": 4,
    "encoder_attention_heads": 6, "decoder_attention_heads": 6,
    "encoder_ffn_dim": 1536, "decoder_ffn_dim": 1536,
}  # fmt: skip
ROUNDS = 5
QUANTIZATION = "int8"
TARGET = 5
"""Ratio to clip-by-clip decoding that the design aims at."""
_WINDOW, _SINGLE = 30.0, 0.01
"""Seconds per window; with the second, each clip is a window of its own."""
Hypotheses = Iterable[tuple[Clip, str]]


class FixedLength:
    """Proxy between faster-whisper and CTranslate2: decodes a set number of tokens per window.

    faster-whisper computes the features of a batch in order and in the same thread before it
    decodes the batch, so the audio seen there identifies the windows of the next call.

    tokens: number of tokens by the CRC-32 of a window's audio.
    """

    def __init__(self, model: WhisperModel, tokens: Mapping[int, int]) -> None:
        self._inner, self._extractor, self._tokens = model.model, model.feature_extractor, tokens
        self._thread = threading.local()
        model.model, model.feature_extractor = self, _Extractor(self._extractor, self._record)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _record(self, samples: np.ndarray) -> None:
        if not hasattr(self._thread, "tokens"):
            self._thread.tokens = []
        self._thread.tokens.append(self._tokens[zlib.crc32(samples.tobytes())])

    def generate(self, features: Any, prompts: list[list[int]], **options: Any) -> Any:
        rows = len(prompts)
        longest = max(self._thread.tokens[:rows])
        del self._thread.tokens[:rows]
        # CTranslate2 stops at half of this, or at this less the prompt without its last token.
        options["max_length"] = max(2 * longest, longest + len(prompts[0]) - 1)
        results = self._inner.generate(features, prompts, **options)
        if any(len(result.sequences_ids[0]) != longest for result in results):
            raise RuntimeError("a hypothesis does not have the set number of tokens")
        return results


class _Extractor:
    def __init__(self, inner: Any, record: Callable[[np.ndarray], None]) -> None:
        self._inner, self._record = inner, record

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __call__(self, samples: np.ndarray, **options: Any) -> Any:
        self._record(samples)
        return self._inner(samples, **options)


def make_model(folder: Path) -> Path:
    """Whisper tiny with random weights, converted.

    Special tokens get zero weights: they would end a hypothesis, or seek to a time token.
    """
    source, target = tiny_multilingual(folder / "source", shape=SHAPE), folder / "model"
    model = WhisperForConditionalGeneration.from_pretrained(source)
    end = WhisperTokenizerFast.from_pretrained(source).convert_tokens_to_ids(END)
    with torch.no_grad():
        model.model.decoder.embed_tokens.weight[end:] = 0
    model.save_pretrained(source)
    to_ctranslate2(source, target, QUANTIZATION)
    return target


def reference_tokens(tokenizer: Any, clips: list[Clip]) -> dict[int, int]:
    """Number of tokens of each clip and each window, by the CRC-32 of its audio."""
    tokens = {}
    for seconds in (_SINGLE, _WINDOW):
        for window in join_clips(clips, seconds):
            texts = [tokenizer.encode(f" {c.text}", add_special_tokens=False) for c in window]
            samples = np.concatenate([decode_clip(clip.audio) for clip in window])
            tokens[zlib.crc32(samples.tobytes())] = sum(map(len, texts)) + 1
    return tokens


def print_speeds(folder: Path, params: Params) -> None:
    _, first = next(groupby(clips_of(TEST), key=lambda clip: clip.recording))
    clips, converted = list(first), make_model(folder)
    tokens = reference_tokens(WhisperTokenizerFast.from_pretrained(folder / "source"), clips)
    one = WhisperModel(str(converted), device="cpu", cpu_threads=cpu_count(), local_files_only=True)
    many = open_model(converted, "cpu")
    for model in (one, many):
        FixedLength(model, tokens)
    decoding = decoding_of(params, many)
    windows = {s: replace(decoding, window_seconds=s) for s in (_SINGLE, _WINDOW)}
    methods: dict[str, Callable[[], Hypotheses]] = {
        "ours": lambda: transcribe_clips(many, clips, windows[_WINDOW]),
        "clip by clip": lambda: transcribe_single_clips(one, clips, decoding),
        "batches of single clips": lambda: transcribe_clips(many, clips, windows[_SINGLE]),
    }
    audio = sum(clip.seconds for clip in clips)
    print(f"{len(clips)} clips, {audio:.0f} s in {len(list(join_clips(clips, _WINDOW)))} windows; "
          f"tiny in {QUANTIZATION}, beam {decoding.beam_size}, {cpu_count()} cores; minimum / "
          f"median / maximum of {ROUNDS} interleaved rounds, seconds of audio per second\n\n"
          "| baseline | ours | baseline's | ratio | target |\n|---|---|---|---|---|",
          flush=True)  # fmt: skip
    rates: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(ROUNDS):
        for name, decode in methods.items():
            begin = time.perf_counter()
            decoded = len(list(decode()))
            rates[name].append(audio / (time.perf_counter() - begin))
            if decoded != len(clips):
                raise RuntimeError(f"{decoded} of {len(clips)} clips have a hypothesis")
    ours = rates.pop("ours")
    for name, other in rates.items():
        ratio = np.array(ours) / np.array(other)
        cells = " | ".join(min_median_max(values, ".3g") for values in (ours, other, ratio))
        target = f"{TARGET}" if name == "clip by clip" else ""
        print(f"| {name} | {cells} | {target} |", flush=True)


def transcribe_single_clips(
    model: WhisperModel, clips: Iterable[Clip], decoding: Decoding
) -> list[tuple[Clip, str]]:
    """Each clip with its hypothesis by `WhisperModel.transcribe`, a window of its own."""

    def text_of(clip: Clip) -> str:
        segments, _ = model.transcribe(
            decode_clip(clip.audio),
            language=decoding.language,
            task="transcribe",
            beam_size=decoding.beam_size,
            condition_on_previous_text=False,
            **DECODING,
            vad_filter=False,
        )
        return " ".join(segment.text.strip() for segment in segments).strip()

    clips = list(clips)
    with ThreadPoolExecutor(model.model.num_workers) as pool:
        return list(zip(clips, pool.map(text_of, clips), strict=True))


def wer(hypotheses: Iterable[tuple[Clip, str]]) -> float:
    pairs = [(clip.text, text) for clip, text in hypotheses]
    return score([text for text, _ in pairs], [text for _, text in pairs]).wer


def print_wers(params: Params) -> None:
    seconds = params.evaluate.window_seconds
    print(f"\nWER of the demo's models on all clips, windows of {seconds:g} s\n\n"
          "| model | windows | clip by clip |\n|---|---|---|", flush=True)  # fmt: skip
    for name, folder in (("base", "models/base-ct2"), ("fine-tuned", "models/ct2")):
        model = open_model(Path(folder), "cpu")
        decoding = decoding_of(params, model)
        both = (
            wer(transcribe_clips(model, clips_of(TEST), decoding)),
            wer(transcribe_single_clips(model, clips_of(TEST), decoding)),
        )
        print(f"| {name} | " + " | ".join(f"{value:.1%}" for value in both) + " |", flush=True)


def main() -> None:
    params = load_params()
    with tempfile.TemporaryDirectory() as folder:
        print_speeds(Path(folder), params)
    print_wers(params)


if __name__ == "__main__":
    main()
