"""Score one converted model on the test split: what `baseline` and `evaluate` share."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel
from tqdm import tqdm

from stages.common.asr.windowed import split_hypothesis, transcribe_windows
from stages.common.core.files import Row
from stages.common.core.params import Params
from stages.common.dataset.split import Clip, clips_of, load_split
from stages.common.evaluation.entity_metrics import entity_metrics
from stages.common.evaluation.significance.wer_interval import wer_interval
from stages.common.evaluation.speed import Stopwatch
from stages.common.text.error_counts import ClipErrors, count_errors
from stages.common.text.normalizer import VERSION
from stages.common.text.wer import score
from stages.common.text.whisper_wer import whisper_wer

TEST = Path("data/dataset/test")
TEST_SET = Path("data/dataset/test_set")


def score_model(
    model: WhisperModel, params: Params, hearing: Stopwatch
) -> tuple[dict[str, Any], list[Row], list[ClipErrors]]:
    """Transcribe the test split with `model`; `hearing` counts the seconds of that.

    Returns: the metrics; one row a clip, with its texts, which never enter git; and each
    clip's errors, which do.
    """
    language = params.build_dataset.language
    rows: list[Row] = []
    counted: list[ClipErrors] = []
    windows: list[tuple[str, str]] = []
    heard = hearing.over(transcribe_windows(model, clips_of(TEST), language, params.evaluate))
    shared = _shared_out(heard, windows)
    for clip, text in tqdm(
        shared, total=len(load_split(TEST)), unit="clip", disable=not os.isatty(2)
    ):
        errors = count_errors(clip.id, clip.recording, clip.text, text)
        counted.append(errors)
        rows.append(
            {
                "id": clip.id,
                "recording": clip.recording,
                "start": clip.start,
                "seconds": clip.seconds,
                "reference": clip.text,
                "hypothesis": text,
                "errors": errors.errors,
            }
        )
    result = score([row["reference"] for row in rows], [row["hypothesis"] for row in rows])
    interval = wer_interval(counted)
    metrics = {
        **asdict(result),
        **whisper_wer(windows, language),
        "wer_ci_low": interval.low if interval else None,
        "wer_ci_high": interval.high if interval else None,
        "seconds": sum(row["seconds"] for row in rows),
        "recordings": len({row["recording"] for row in rows}),
        "test_set": TEST_SET.read_text(encoding="utf-8"),
        "beam_size": params.evaluate.beam_size,
        "window_seconds": params.evaluate.window_seconds,
        **entity_metrics(rows),
        "normalizer_version": VERSION,
    }
    return metrics, rows, counted


def _shared_out(
    heard: Iterable[tuple[list[Clip], str]], windows: list[tuple[str, str]]
) -> Iterator[tuple[Clip, str]]:
    """Each clip with its words. What a window holds, and what the model wrote for it, is kept in
    `windows`: Whisper's normalizer wants that as it was."""
    for window, text in heard:
        references = [clip.text for clip in window]
        windows.append((" ".join(references), text))
        yield from zip(window, split_hypothesis(references, text), strict=True)
