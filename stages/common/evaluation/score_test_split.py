"""Transcribe the test split with one model and score it: what `baseline` and `evaluate` share."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from faster_whisper import WhisperModel
from tqdm import tqdm

from stages.common.asr.decoding import Decoding
from stages.common.asr.windowed import transcribe_windows
from stages.common.core.files import stream_rows, write_text
from stages.common.core.metrics import three_digits, write_table
from stages.common.dataset.split_storage import Clip, clips_of, load_split
from stages.common.evaluation import entity_metrics, slices
from stages.common.evaluation.clip_scores import ClipScore, error_rates, score_clip
from stages.common.evaluation.entities.vocabulary import read_terms
from stages.common.evaluation.significance.wer_interval import wer_interval
from stages.common.evaluation.speed import Stopwatch
from stages.common.text.error_counts import to_csv
from stages.common.text.normalizer import VERSION
from stages.common.text.split_hypothesis import split_hypothesis
from stages.common.text.term_list import TERMS
from stages.common.text.whisper_wer import whisper_wer
from stages.common.text.written_form import written_metrics

TEST = Path("data/dataset/test")
TEST_SET = Path("data/dataset/test_set")
TEST_SLICES = Path("data/dataset/test_slices.jsonl")


class WindowTexts(NamedTuple):
    reference: str
    """In the style of the labels."""
    written: str
    """The transcript as typed; "" if it has no case and punctuation."""
    hypothesis: str
    """As decoded."""


def score_test_split(
    model: WhisperModel, decoding: Decoding, stopwatch: Stopwatch
) -> tuple[dict[str, Any], list[ClipScore]]:
    """Transcribe the clips in windows and score each once; `stopwatch` times the transcription.

    Returns: the metrics, and one score for each clip, which holds its texts and never enters git.
    """
    terms = read_terms(TERMS, decoding.language)
    labels = {row.pop("id"): row for row in stream_rows(TEST_SLICES)}
    windows: list[WindowTexts] = []
    transcribed = stopwatch.over(transcribe_windows(model, clips_of(TEST), decoding))
    clips = tqdm(
        _by_clip(transcribed, windows, decoding.language), total=len(load_split(TEST)), unit="clip",
        disable=not os.isatty(2),
    )  # fmt: skip
    scores = [
        score_clip(clip, text, labels[clip.id], terms, decoding.language) for clip, text in clips
    ]
    interval = wer_interval([score.counts for score in scores])
    metrics = {
        **error_rates(scores),
        **whisper_wer([(w.reference, w.hypothesis) for w in windows], decoding.language),
        **written_metrics([(w.written, w.hypothesis) for w in windows]),
        "wer_ci_low": interval.low if interval else None,
        "wer_ci_high": interval.high if interval else None,
        "seconds": three_digits(sum(score.seconds for score in scores)),
        "recordings": len({score.recording for score in scores}),
        "test_set": TEST_SET.read_text(encoding="utf-8"),
        "beam_size": decoding.beam_size,
        "window_seconds": decoding.window_seconds,
        "hotwords": len(decoding.hotwords),
        **entity_metrics.entity_metrics(scores),
        "normalizer_version": VERSION,
    }
    return metrics, scores


def write_score_tables(scores: Sequence[ClipScore], suffix: str) -> None:
    """`metrics/errors*.csv`, `matters*.csv` and `slices*.csv`; suffix: "_base" or ""."""
    write_text(Path(f"metrics/errors{suffix}.csv"), to_csv(score.counts for score in scores))
    write_table(f"matters{suffix}", entity_metrics.COLUMNS, entity_metrics.entity_rows(scores))
    write_table(f"slices{suffix}", slices.COLUMNS, slices.slice_rows(scores))


def _by_clip(
    transcribed: Iterable[tuple[list[Clip], str]], windows: list[WindowTexts], language: str
) -> Iterator[tuple[Clip, str]]:
    """Each clip with its words of the window's hypothesis. The window's texts are appended to
    `windows` unchanged: Whisper's normalizer, case and punctuation need the model's raw text."""
    for window, text in transcribed:
        references = [clip.text for clip in window]
        written = " ".join(filter(None, (clip.written for clip in window)))
        windows.append(WindowTexts(" ".join(references), written, text))
        yield from zip(window, split_hypothesis(references, text, language), strict=True)
