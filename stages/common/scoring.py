"""Score one converted model on the test split: what `baseline` and `evaluate` share."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel
from tqdm import tqdm

from stages.common.dataset import clips_of, load_side
from stages.common.files import Row
from stages.common.joined import count_errors, hear_joined
from stages.common.matters import hallucinations, what_matters
from stages.common.params import Params
from stages.common.score import score
from stages.common.text.normalizer import VERSION
from stages.common.verdict.counts import ClipErrors
from stages.common.verdict.interval import wer_interval

TEST = Path("data/dataset/test")
TEST_SET = Path("data/dataset/test_set")


def score_model(
    model: WhisperModel, params: Params
) -> tuple[dict[str, Any], list[Row], list[ClipErrors]]:
    """Transcribe the test split with `model`.

    Returns: the metrics; one row a clip, with its texts, which never enter git; and each
    clip's errors, which do.
    """
    language = params.build_dataset.language
    rows: list[Row] = []
    counted: list[ClipErrors] = []
    heard = hear_joined(model, clips_of(TEST), language, params.evaluate)
    for clip, text in tqdm(
        heard, total=len(load_side(TEST)), unit="clip", disable=not os.isatty(2)
    ):
        errors = count_errors(clip, text)
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
        "wer_ci_low": interval.low if interval else None,
        "wer_ci_high": interval.high if interval else None,
        "seconds": sum(row["seconds"] for row in rows),
        "recordings": len({row["recording"] for row in rows}),
        "test_set": TEST_SET.read_text(encoding="utf-8"),
        "beam_size": params.evaluate.beam_size,
        "window_seconds": params.evaluate.window_seconds,
        **what_matters(rows),
        **hallucinations(model, language, params.evaluate),
        "normalizer_version": VERSION,
    }
    return metrics, rows, counted
