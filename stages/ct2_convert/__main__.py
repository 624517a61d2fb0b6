"""Stage `ct2_convert`: the tuned model in CTranslate2's format, compared with the original.

Reads `models/finetuned` and the validation split. Writes `models/ct2` (with tokenizer, preprocessor
and card), `metrics/convert.json` (how much the converted model's hypotheses for validation clips
differ from the original's) and `metrics/errors_validation.csv` (errors of each validation
recording, whose clips are transcribed like the test split's; experiments are ranked by them).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from faster_whisper import WhisperModel
from transformers import WhisperForConditionalGeneration

from stages.common.asr.convert import to_ctranslate2
from stages.common.asr.decoding import Decoding, decoding_of
from stages.common.asr.model import open_model
from stages.common.asr.windowed import (
    samples_of,
    transcribe_clips,
    transcribe_windows,
)
from stages.common.core.files import new_folder, write_text
from stages.common.core.metrics import write_metrics
from stages.common.core.params import load_params
from stages.common.core.run_stage import run_stage
from stages.common.dataset.features import load_extractor, log_mel
from stages.common.dataset.labels import is_multilingual, load_labeller
from stages.common.dataset.model_card import CARD, for_library
from stages.common.dataset.split_storage import Clip, clips_of
from stages.common.dataset.trained_on import copy_trained_on
from stages.common.text.error_counts import to_csv
from stages.common.text.split_hypothesis import split_hypothesis
from stages.common.text.wer import count_errors, score

SOURCE = Path("models/finetuned")
TARGET = Path("models/ct2")
VALIDATION = Path("data/dataset/validation")
BATCH = 8
"""Windows that transformers decodes at once."""


def transcribe_unconverted(windows: Sequence[Sequence[Clip]], language: str) -> list[str]:
    """Greedy transcripts by transformers, from the same features that faster-whisper computes."""
    model = WhisperForConditionalGeneration.from_pretrained(SOURCE, dtype=torch.float32).eval()
    labeller, extractor = load_labeller(SOURCE, language), load_extractor(SOURCE)
    options = {"language": language, "task": "transcribe"} if is_multilingual(SOURCE) else {}
    texts = []
    for at in range(0, len(windows), BATCH):
        mels = [
            torch.from_numpy(log_mel(extractor, samples_of(window)))
            for window in windows[at : at + BATCH]
        ]
        with torch.no_grad():
            out = model.generate(torch.stack(mels), return_timestamps=False, **options)
        for row in out.tolist():
            tokens = [token for token in row if token < labeller.end]
            texts.append(str(labeller.tokenizer.decode(tokens)).strip())
    return texts


def compare(model: WhisperModel, clips: list[Clip], decoding: Decoding) -> dict[str, Any]:
    """Metrics of the converted `model` and the original on `clips`, both decoded greedily in the
    same windows, without hotwords."""
    greedy = replace(decoding, beam_size=1, hotwords=())
    windows, texts = zip(*transcribe_windows(model, clips, greedy), strict=True)
    converted = by_clip(windows, texts, decoding.language)
    originals = transcribe_unconverted(windows, decoding.language)
    unconverted = by_clip(windows, originals, decoding.language)
    references = [clip.text for clip in clips]
    same = sum(a == b for a, b in zip(converted, unconverted, strict=True))
    before, after = (
        score(references, hypotheses, decoding.language).wer
        for hypotheses in (unconverted, converted)
    )
    print(
        f"ct2_convert: {same} of {len(clips)} transcripts the same; validation WER "
        f"{before:.4f} before, {after:.4f} after"
    )
    return {
        "compared_clips": len(clips),
        "same_transcripts": same,
        "validation_wer_unconverted": before,
        "validation_wer_converted": after,
    }


def by_clip(windows: Sequence[Sequence[Clip]], texts: Sequence[str], language: str) -> list[str]:
    """The part of each clip in the hypotheses of its window, in scoring form."""
    return [
        part
        for window, text in zip(windows, texts, strict=True)
        for part in split_hypothesis([clip.text for clip in window], text, language)
    ]


def main() -> None:
    params = load_params()
    with new_folder(TARGET) as fresh:
        to_ctranslate2(SOURCE, fresh, params.convert.quantization)
        size = sum(path.stat().st_size for path in fresh.rglob("*") if path.is_file())
        card = (SOURCE / CARD).read_text(encoding="utf-8")
        write_text(fresh / CARD, for_library(card, "ctranslate2"))
        copy_trained_on(SOURCE, fresh)
    metrics: dict[str, Any] = {
        "quantization": params.convert.quantization,
        "bytes": size,
    }
    model = open_model(TARGET, params.evaluate.device)
    decoding = decoding_of(params, model)
    clips = list(itertools.islice(clips_of(VALIDATION), params.convert.compared_clips))
    if clips:
        metrics |= compare(model, clips, decoding)
    results = transcribe_clips(model, clips_of(VALIDATION), decoding)
    errors = [
        count_errors(clip.recording, clip.client, clip.text, text, decoding.language)
        for clip, text in results
    ]
    write_text(Path("metrics/errors_validation.csv"), to_csv(errors))
    words = sum(one.reference_words for one in errors)
    metrics["validation_wer_shipped"] = sum(one.errors for one in errors) / words
    write_metrics("convert", metrics)


if __name__ == "__main__":
    run_stage("ct2_convert", main)
