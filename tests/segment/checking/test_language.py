"""Recordings in another language than the transcripts, with a multilingual Whisper."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from attune.speak.espeak import Voice, speak
from stages.common.audio.samples import Samples
from stages.common.core.cache import digest_of
from stages.common.core.rejections import RecordingRejected
from stages.segment.alignment.cached_aligner import CachedAligner
from stages.segment.checking.language import check_language
from tests.support.real_whisper import real_whisper

SPEECH = {
    "en": "I have been sleeping badly since the move, and work is hard.",
    "de": "Guten Morgen. Ich habe diese Woche sehr schlecht geschlafen.",
    "es": "Buenos d\u00edas. Esta semana he dormido muy mal y no he podido trabajar.",
}


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory, tiny_en: Path) -> Path:
    folder = tmp_path_factory.mktemp("base") / "base"
    shutil.copytree(real_whisper("base"), folder)
    # The same for all sizes with 80 mels.
    shutil.copy(tiny_en / "preprocessor_config.json", folder)
    return folder


def aligner(model: Path, language: str, cache: Path) -> CachedAligner:
    return CachedAligner(model, digest_of([model]), language, 28.0, 0.5, cache)


def sound(language: str) -> Samples:
    return speak(SPEECH[language], Voice(language)).astype(np.float32)


@pytest.mark.parametrize("spoken", ["en", "de", "es"])
@pytest.mark.parametrize("expected", ["en", "de"])
def test_another_language(multilingual: Path, tmp_path: Path, spoken: str, expected: str) -> None:
    listener = aligner(multilingual, expected, tmp_path)
    if spoken == expected:
        check_language("r1", sound(spoken), listener)
        return
    for _ in range(2):  # the second time from the cache
        with pytest.raises(RecordingRejected) as raised:
            check_language("r1", sound(spoken), listener)
        assert raised.value.reason == "language_other"
        assert raised.value.detail.startswith(f"{spoken}, probability ")


def test_an_english_only_model_knows_no_other(tiny_en: Path, tmp_path: Path) -> None:
    check_language("r1", sound("de"), aligner(tiny_en, "en", tmp_path))
    assert aligner(tiny_en, "en", tmp_path).language_probabilities("r1", sound("de")) == {}
    check_language("r2", np.zeros(16_000, np.float32), aligner(tiny_en, "en", tmp_path))


@dataclass(frozen=True)
class Listener:
    """What the check takes of an aligner."""

    language: str
    shares: dict[str, float]

    def language_probabilities(self, _recording: str, _samples: Samples) -> dict[str, float]:
        return self.shares


@pytest.mark.parametrize(
    ("expected", "shares"),
    [
        ("sr", {"hr": 0.55, "bs": 0.35, "sr": 0.05}),
        ("ur", {"hi": 0.8, "ur": 0.07}),
        ("no", {"nn": 0.9, "no": 0.05}),
        ("en", {"de": 0.6, "en": 0.2}),
        ("en", {}),
    ],
)
def test_languages_that_are_mistaken_for_each_other(
    expected: str, shares: dict[str, float]
) -> None:
    check_language("r1", sound("en"), Listener(expected, shares))  # type: ignore[arg-type]


def test_less_than_a_few_seconds_of_speech_say_nothing(multilingual: Path, tmp_path: Path) -> None:
    short = sound("de")[: 2 * 16_000]
    assert aligner(multilingual, "en", tmp_path).language_probabilities("r1", short) == {}
