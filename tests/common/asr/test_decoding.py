"""Hotwords from the list of terms, and the level at which a model hears a recording."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import BatchedInferencePipeline, WhisperModel

from attune.speak.espeak import Voice, speak
from stages.common.asr.decoding import Decoding, decoding_of
from stages.common.asr.long_form import long_form_segments, text_of, transcribe_long_form
from stages.common.asr.windowed import transcribe_audio
from stages.common.core.errors import UserError
from stages.common.core.params import Params, load_params
from tests.support.imports import ROOT

PLAIN = Decoding("en", 1, 30.0, -22.0)


@pytest.fixture(scope="module")
def model(tiny_en: Path) -> WhisperModel:
    return WhisperModel(str(tiny_en), device="cpu", cpu_threads=1)


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    return 0.3 * speak("Since the move I sleep badly, and I worry about work.", Voice("en-us"))


@pytest.fixture
def prompts(model: WhisperModel, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The text before each batch of windows, as the model gets it."""
    seen: list[str] = []
    get_prompt = model.get_prompt

    def watched(tokenizer: object, *args: object, **options: object) -> list[int]:
        tokens: list[int] = get_prompt(tokenizer, *args, **options)
        assert len(tokens) <= model.max_length // 2 + 5, "it leaves room for the words"
        seen.append(model.hf_tokenizer.decode(tokens, skip_special_tokens=True).strip())
        return tokens

    monkeypatch.setattr(model, "get_prompt", watched)
    return seen


def params(hotwords: bool) -> Params:
    found = load_params(ROOT / "params.yaml")
    return found.model_copy(
        update={"evaluate": found.evaluate.model_copy(update={"hotwords": hotwords})}
    )


def terms(*lines: str) -> None:
    Path("data").mkdir()
    Path("data/terms.txt").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_hotwords_no_list_is_read(model: WhisperModel) -> None:
    found = params(False)
    assert decoding_of(found, model) == Decoding(
        "en", found.evaluate.beam_size, found.evaluate.window_seconds, found.normalize.level_dbfs
    )


def test_a_missing_list_is_reported(model: WhisperModel) -> None:
    with pytest.raises(UserError, match=r"data/terms\.txt: no such file"):
        decoding_of(params(True), model)


def test_the_first_variant_of_each_term(model: WhisperModel) -> None:
    terms("# Terms", "sertraline", "", "PHQ-9 | patient health questionnaire # a form")
    assert decoding_of(params(True), model).hotwords == ("sertraline", "PHQ-9")


def test_a_list_without_terms_is_no_hotword(model: WhisperModel) -> None:
    terms("# none yet")
    decoding = decoding_of(params(True), model)
    assert decoding.hotwords == () and decoding.hotwords_text is None


def test_terms_that_do_not_fit_are_counted(
    model: WhisperModel, prompts: list[str], samples: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    terms(*(f"clomipramine {number}" for number in range(100)))
    decoding = decoding_of(params(True), model)
    assert 20 < len(decoding.hotwords) < 100
    assert f"takes the first {len(decoding.hotwords)} of 100 terms" in capsys.readouterr().out
    transcribe_audio(model, [samples], decoding)
    assert prompts == [decoding.hotwords_text], "faster-whisper cut nothing off"


def test_every_way_of_decoding_gets_them(
    model: WhisperModel, prompts: list[str], samples: np.ndarray
) -> None:
    decoding = replace(PLAIN, hotwords=("sertraline", "Zoloft"))
    transcribe_audio(model, [samples], decoding)
    transcribe_long_form(model, samples, decoding)
    list(long_form_segments(model, samples, decoding, prompt="Dr. Adams speaks."))
    list(long_form_segments(model, samples, PLAIN, prompt="Dr. Adams speaks."))
    list(long_form_segments(model, samples, decoding, prompt="Dr. Adams speaks. " * 100))
    assert prompts[:2] == 2 * ["sertraline, Zoloft"]
    assert prompts[2:4] == ["sertraline, Zoloft Dr. Adams speaks.", "Dr. Adams speaks."]
    assert prompts[4].endswith("Dr. Adams speaks.") and "Zoloft" not in prompts[4]


@pytest.mark.parametrize("gain", [1.0, 0.03])
def test_recordings_of_any_level_sound_alike(
    model: WhisperModel, samples: np.ndarray, monkeypatch: pytest.MonkeyPatch, gain: float
) -> None:
    heard = []
    transcribe = BatchedInferencePipeline.transcribe

    def watched(pipeline: object, given: np.ndarray, **options: object) -> object:
        heard.append(given)
        return transcribe(pipeline, given, **options)

    monkeypatch.setattr(BatchedInferencePipeline, "transcribe", watched)
    quiet = np.float32(gain) * samples
    assert text_of(transcribe_long_form(model, quiet, PLAIN))
    transcribe_long_form(model, samples, PLAIN)
    assert np.allclose(heard[0], heard[1], atol=1e-4)
    assert 0.05 < np.abs(heard[0]).max() <= 0.98
