"""Transcribe the test split's full recordings with any CTranslate2 Whisper."""

from __future__ import annotations

import time
from pathlib import Path

from attune.score.recordings import FOLDER, Hypothesis, report, test_recordings
from stages.common.asr.decoding import decoding_of
from stages.common.asr.long_form import text_of, transcribe_long_form
from stages.common.asr.model import open_model
from stages.common.core.params import load_params
from stages.common.dataset.full_recordings import samples_of


def score_folder(folder: Path, counts: Path | None) -> None:
    """Raises: UserError if the folder holds no CTranslate2 Whisper."""
    params = load_params()
    model = open_model(folder, params.evaluate.device)
    decoding, hypotheses = decoding_of(params, model), {}
    for recording in test_recordings():
        begin = time.monotonic()
        segments = transcribe_long_form(model, samples_of(FOLDER, recording), decoding)
        hypotheses[recording] = Hypothesis(text_of(segments), time.monotonic() - begin)
    report(folder.name, hypotheses, counts)
