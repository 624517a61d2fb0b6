"""`bench.time_to_wer_validation` on a random model: transformers' hypotheses, and the clock."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import torch
from transformers import TrainerControl, WhisperForConditionalGeneration

from bench.time_to_wer_validation import Clock, Validation
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.dataset.split_storage import Clip, save_split
from stages.common.text.wer import score
from tests.support.whisper_models import tiny_multilingual

TEXTS = ["i slept badly", "we talked about the week and the medication"]
TOKENS = 6


def make_clip(text: str, seed: int) -> Clip:
    flac = io.BytesIO()
    samples = np.random.default_rng(seed).normal(0, 0.1, 2 * SAMPLE_RATE)
    soundfile.write(flac, samples, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    return Clip(f"r-{seed}", "r", 0.0, 2.0, text, [1], 0, flac.getvalue())


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tiny_multilingual(tmp_path / "base")


@pytest.fixture
def validation(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Validation:
    # A random model does not end its hypotheses.
    monkeypatch.setattr("bench.time_to_wer_validation.MAX_TOKENS", TOKENS)
    save_split(tmp_path / "split", (make_clip(text, n) for n, text in enumerate(TEXTS)))
    return Validation(base, tmp_path / "split", "en", "cpu")


def test_the_wer_is_that_of_transformers_greedy_hypotheses(
    base: Path, validation: Validation
) -> None:
    model = WhisperForConditionalGeneration.from_pretrained(base)
    with torch.no_grad():
        for weights in model.parameters():
            weights *= 8  # the hypotheses then depend on the audio
    config = model.generation_config
    times = range(config.no_timestamps_token_id + 1, model.config.vocab_size)
    config.suppress_tokens = [*config.suppress_tokens, *times]
    (features,) = validation._features
    ids = model.generate(
        features, language="en", task="transcribe", num_beams=1, max_new_tokens=TOKENS
    )
    labeller = validation._labeller
    texts = [
        labeller.tokenizer.decode([t for t in row if t < labeller.end]) for row in ids.tolist()
    ]
    assert all(texts) and texts[0] != texts[1]
    assert validation._transcribe(model, features) == [text.strip() for text in texts]
    # The longest first.
    assert validation.wer(model) == score(TEXTS[::-1], texts).wer
    assert model.training


def test_a_hypothesis_ends_at_its_end_token(
    base: Path, validation: Validation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end token is made the most probable; the base suppresses it as the first token."""
    model = WhisperForConditionalGeneration.from_pretrained(base)
    with torch.no_grad():
        model.model.decoder.layer_norm.bias.fill_(1.0)
        model.proj_out.weight[validation._labeller.end] = 100.0
    (features,) = validation._features
    texts = validation._transcribe(model, features)
    monkeypatch.setattr("bench.time_to_wer_validation.MAX_TOKENS", 1)
    assert all(texts) and texts == validation._transcribe(model, features)


def test_the_clock_excludes_validation_and_the_trainers_own(
    base: Path, validation: Validation, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 100.0
    monkeypatch.setattr("bench.time_to_wer_validation._now", lambda: seconds)

    def slow_wer(_: object) -> float:
        nonlocal seconds
        seconds += 1_000.0
        return 0.5

    monkeypatch.setattr(validation, "wer", slow_wer)
    clock, state = Clock("a", validation, 2), SimpleNamespace(max_steps=4, global_step=0)
    clock.on_train_begin(None, state, TrainerControl(), None)
    for step in range(1, 5):
        seconds += 3.0
        state.global_step = step
        control = TrainerControl(should_evaluate=True, should_save=True)
        clock.on_step_end(None, state, control, None)
        assert not control.should_evaluate and not control.should_save
    assert [(p.seconds, p.step) for p in clock.curve] == [(0.0, 0), (6.0, 2), (12.0, 4)]
