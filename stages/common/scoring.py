"""Score one converted model on the test split: what `baseline` and `evaluate` share."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from stages.common.dataset import clips_of, load_side
from stages.common.files import Row
from stages.common.listen import hear, open_model
from stages.common.params import Params
from stages.common.score import score, word_errors
from stages.common.text.normalizer import VERSION

TEST = Path("data/dataset/test")
TEST_SET = Path("data/dataset/test_set")


def score_model(folder: Path, params: Params) -> tuple[dict[str, Any], list[Row]]:
    """Transcribe the test split with the model in `folder`.

    Returns: the metrics, and one row a clip (with its texts: these never enter git).
    """
    model = open_model(folder, params.evaluate.device)
    language = params.build_dataset.language
    rows: list[Row] = []
    heard = hear(model, clips_of(TEST), language, params.evaluate.beam_size)
    for clip, text in tqdm(
        heard, total=len(load_side(TEST)), unit="clip", disable=not os.isatty(2)
    ):
        rows.append(
            {
                "id": clip.id,
                "recording": clip.recording,
                "start": clip.start,
                "seconds": clip.seconds,
                "reference": clip.text,
                "hypothesis": text,
                "errors": word_errors(clip.text, text),
            }
        )
    result = score([row["reference"] for row in rows], [row["hypothesis"] for row in rows])
    metrics = {
        **asdict(result),
        "seconds": sum(row["seconds"] for row in rows),
        "recordings": len({row["recording"] for row in rows}),
        "test_set": TEST_SET.read_text(encoding="utf-8"),
        "beam_size": params.evaluate.beam_size,
        "normalizer_version": VERSION,
    }
    return metrics, rows
