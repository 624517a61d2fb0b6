"""Estimates of each stage's time: rates measured by a few steps, times the amount of data."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from joblib import cpu_count

from attune.doctor.facts import Corpus
from stages.common.asr.decoding import decoding_of
from stages.common.asr.long_form import transcribe_long_form
from stages.common.asr.model import choose_device, open_model
from stages.common.audio.decode import decode
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.core.params import Params
from stages.common.core.rejections import RecordingRejected
from stages.common.dataset.features import load_extractor
from stages.finetune.batches import collate, make_item
from stages.finetune.cpu.processor import keep_freed
from stages.finetune.device import choose_machine
from stages.finetune.log_mels import LogMels
from stages.finetune.loss import token_loss
from stages.finetune.model import load_model
from stages.segment.alignment.speech_intervals import utterance_intervals
from stages.segment.alignment.transcribe import open_aligner, transcribe_intervals

BASE, CONVERTED = Path("models/base"), Path("models/base-ct2")
_SAMPLE_SECONDS = 120
_STEPS = 3
"""Timed training steps, after one to warm up."""
_TIMED_WINDOWS = 64
"""In a timed step; more take longer, not less each."""
_MOST = 1e9
"""Of epochs and windows; params.yaml may have any number."""
_WINDOW_SECONDS = 29.0
_LABELS = 90
"""Tokens in a window of typical speech."""
_RECORDING_SECONDS = 26.0
"""Seconds of recording per training window. Less than a full window, since some windows are short,
although pauses and dropped segments are left out."""
_MEMORIZATION_TESTS = 180
"""Windows of each scored model: clips without speech, cut ones, and ones whose loss is computed;
see hallucination_tests.py and training_audio.py."""
_FEW_WORDS = 0.5
"""Time of such a window, in units of one full of speech."""
_VALIDATION = 0.5
"""Time of a window in validation, in units of that in training."""


@dataclass(frozen=True)
class Rates:
    """Measured on this machine."""

    aligning: float
    """Seconds of one core per second of audio."""
    scoring: float
    """Seconds of one core, or of the GPU, per second of audio, with beam search."""
    training: float
    """Seconds per window, on all cores or the GPU."""


def first_minutes(recordings: Iterable[Path]) -> Samples:
    """The first two minutes of the recordings that can be decoded; fewer if there are no more."""
    parts: list[Samples] = [np.zeros(0, np.float32)]
    missing = _SAMPLE_SECONDS * SAMPLE_RATE
    for recording in recordings:
        if not missing:
            break
        try:
            parts.append(decode(recording).samples[:missing])
        except RecordingRejected:
            continue
        missing -= len(parts[-1])
    return np.concatenate(parts)


def measure(samples: Samples, params: Params) -> Rates:
    """Measure on audio of the corpus. Needs `fetch_base`.

    samples: 16 kHz, shape (samples,), not empty.
    """
    seconds = len(samples) / SAMPLE_RATE
    language = params.build_dataset.language
    aligner = open_aligner(Path(params.segment.aligner))

    def align() -> None:
        intervals = utterance_intervals(samples, params.segment.vad_threshold)
        window = params.segment.window_seconds
        transcribe_intervals(aligner, samples, intervals, language, window)

    model = open_model(CONVERTED, params.evaluate.device)

    decoding = decoding_of(params, model)

    def transcribe() -> None:
        transcribe_long_form(model, samples, decoding)

    return Rates(
        aligning=timed(align) / seconds,
        scoring=timed(transcribe) / seconds,
        training=training_seconds(samples, params),
    )


def training_seconds(samples: Samples, params: Params) -> float:
    """Seconds per window of a training step with the batch of params.yaml, up to a limit, or of one
    window where it is `auto`."""
    tuned = params.finetune
    machine = choose_machine(tuned.device, tuned.precision)
    if machine.device == "cpu":
        keep_freed()
    model = load_model(BASE, tuned, params.build_dataset.language, machine).to(machine.device)
    size = tuned.per_device_train_batch_size
    windows = 1 if size == "auto" else min(int(size), _TIMED_WINDOWS)
    window = np.resize(samples, round(_WINDOW_SECONDS * SAMPLE_RATE))
    labels = np.full(_LABELS, 400, np.int64)
    batch = {
        name: part.to(machine.device)
        for name, part in collate([make_item(window, labels)] * windows).items()
    }
    mels = LogMels(load_extractor(BASE))
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-9)

    def step() -> None:
        features = mels(batch["samples"], batch["frames"])
        with torch.autocast(machine.device, torch.bfloat16, machine.precision == "bfloat16"):
            outputs = model(
                input_features=features, decoder_input_ids=batch["decoder_input_ids"],
                use_cache=False,
            )  # fmt: skip
        token_loss(outputs, batch["labels"]).backward()
        optimizer.step()
        optimizer.zero_grad()
        if machine.device == "cuda":
            torch.cuda.synchronize()

    def steps() -> None:
        for _ in range(_STEPS):
            step()

    step()
    return timed(steps) / _STEPS / windows


def minutes_of(rates: Rates, corpus: Corpus, params: Params) -> dict[str, float]:
    """Stage -> minutes. Stages that take seconds are left out."""
    cores = 1 if choose_device(params.evaluate.device) == "cuda" else cpu_count()
    tuned = params.finetune
    windows = corpus.train_hours * 3600 / _RECORDING_SECONDS
    batch = tuned.per_device_train_batch_size
    per_step = tuned.gradient_accumulation_steps * (1 if batch == "auto" else int(batch))
    epochs = min(tuned.num_train_epochs, _MOST)
    steps = math.ceil(windows / min(per_step, _MOST)) * epochs
    validations = max(1, math.ceil(steps / min(tuned.eval_steps, _MOST)))
    if tuned.average_with_base != 1:
        validations += 1
    others = corpus.hours - corpus.train_hours - corpus.test_hours - corpus.left_out_hours
    validated = validations * others * 3600 / _RECORDING_SECONDS * _VALIDATION
    # A recording takes a window, however short it is.
    speech = max(corpus.test_hours * 3600, corpus.test_recordings * _RECORDING_SECONDS)
    clips = corpus.test_hours * 3600 * rates.scoring / cores
    full_recordings = speech * rates.scoring / cores
    tests = _MEMORIZATION_TESTS * _FEW_WORDS * _RECORDING_SECONDS * rates.scoring / cores
    seconds = {
        "segment": corpus.aligned_hours * 3600 * rates.aligning / cpu_count(),
        "finetune": (windows * epochs + validated) * rates.training,
        "baseline": clips + tests,
        "evaluate": clips + full_recordings + tests,
    }
    return {stage: round(value / 60, 2) for stage, value in seconds.items()}


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    begin = time.monotonic()
    work()
    return time.monotonic() - begin
