"""Transcribe the test split's full recordings with any CTranslate2 Whisper."""

from __future__ import annotations

import time
from pathlib import Path

from attune.score.recordings import FOLDER, Hypothesis, check_counts, report, test_recordings
from stages.common.asr.decoding import decoding_of
from stages.common.asr.long_form import text_of, transcribe_long_form
from stages.common.asr.model import check_converted, choose_device, open_model
from stages.common.asr.trial import try_out
from stages.common.core.errors import UserError
from stages.common.core.params import load_params
from stages.common.dataset.full_recordings import samples_of


def score_folder(folder: Path, counts: Path | None) -> None:
    """Raises: UserError if the folder holds no CTranslate2 Whisper, or a damaged one, or if the
    counts cannot be written."""
    check_counts(counts)
    params = load_params()
    check_converted(folder)
    device = choose_device(params.evaluate.device)
    # In a separate process: a damaged model may crash it with a signal.
    try_out(folder, str(folder), device)
    try:
        model = open_model(folder, device)
    except (RuntimeError, ValueError) as error:  # such as out of memory
        raise UserError(f"{folder}: it cannot be opened ({type(error).__name__})") from None
    decoding, hypotheses = decoding_of(params, model), {}
    for recording in test_recordings():
        begin = time.monotonic()
        segments = transcribe_long_form(model, samples_of(FOLDER, recording), decoding)
        hypotheses[recording] = Hypothesis(text_of(segments), time.monotonic() - begin)
    report(folder.name, hypotheses, counts)
