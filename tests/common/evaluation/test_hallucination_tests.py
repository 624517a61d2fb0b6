"""Whisper tiny.en on an out-of-domain set and on non-speech."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from faster_whisper import WhisperModel

from attune.speak.espeak import SAMPLE_RATE, Voice, speak
from stages.common.asr.decoding import Decoding
from stages.common.asr.long_form import text_of, transcribe_long_form
from stages.common.asr.windowed import transcribe_audio
from stages.common.dataset.out_of_domain import HALVES, read_out_of_domain_set
from stages.common.evaluation.forgetting import score_out_of_domain, transcribe_out_of_domain
from stages.common.evaluation.hallucination_tests import (
    count_hallucinations,
    run_hallucination_tests,
)
from stages.common.evaluation.memorization import memorization_metrics, training_ngrams
from stages.common.text.wer import score

LINES = [
    "the farmer found the key yesterday", "my sister waited at the station",
    "we painted the old fence last week", "she never forgot the song",
    "he bought bread and cheese at the market", "they walked slowly across the street",
]  # fmt: skip
DECODING = Decoding("en", 1, 30.0, -22.0)


@pytest.fixture(scope="module")
def model(tiny_en: Path) -> WhisperModel:
    return WhisperModel(str(tiny_en), device="cpu", cpu_threads=1, num_workers=2)


@pytest.fixture(scope="module")
def spoken() -> list[np.ndarray]:
    rest = np.zeros(SAMPLE_RATE // 5, np.float32)
    return [np.concatenate([rest, 0.5 * speak(line, Voice("en-us+m1")), rest]) for line in LINES]


def test_short_files_are_decoded_as_clips_and_long_ones_as_recordings(
    model: WhisperModel, spoken: list[np.ndarray], tmp_path: Path
) -> None:
    for part in ("audio", "transcripts"):
        (tmp_path / part).mkdir()
    rest = np.zeros(3 * SAMPLE_RATE)
    long = np.concatenate([part for samples in [*spoken, *spoken] for part in (samples, rest)])
    for name, samples, lines in (
        ("a", spoken[0], LINES[:1]), ("b", long, 2 * LINES), ("c", spoken[1], LINES[1:2])
    ):  # fmt: skip
        soundfile.write(tmp_path / "audio" / f"{name}.wav", samples, SAMPLE_RATE)
        (tmp_path / "transcripts" / f"{name}.txt").write_text("\n".join(lines))
    key = b"a test's key, 16 bytes or more"
    halves = [read_out_of_domain_set(tmp_path, key, half, -22.0) for half in HALVES]
    guard = sorted((each for half in halves for each in half), key=lambda each: each.audio)
    assert guard[1].seconds > 30
    heard = transcribe_out_of_domain(model, guard, DECODING)
    for number in (0, 2):
        assert [heard[number]] == transcribe_audio(model, [guard[number].samples()], DECODING)
    assert heard[1] == text_of(transcribe_long_form(model, guard[1].samples(), DECODING))
    found = score_out_of_domain(model, guard, DECODING)
    result = score([one.text for one in guard], heard)
    assert found == {"guard_wer": result.wer, "guard_words": result.reference_words}
    said = " ".join([*LINES[:2], *LINES, *LINES])
    assert found["guard_words"] == len(said.split()) and found["guard_wer"] < 0.5


def test_each_probe_is_decoded_once(model: WhisperModel) -> None:
    rows, hallucinated = run_hallucination_tests(model, DECODING)
    assert [row["id"] for row in rows] == [f"probe-{number:02}" for number in range(30)]
    assert all(row["reference"] == "" for row in rows)
    # Tokens of punctuation alone, such as "...", are not words.
    written = [
        sum(any(map(str.isalnum, token)) for token in row["hypothesis"].split()) for row in rows
    ]
    assert any(written)
    assert hallucinated == {
        "probe_clips": 30,
        "probe_clips_with_words": sum(words > 0 for words in written),
        "hallucinated_words": sum(written),
    }


def test_every_word_on_non_speech_counts() -> None:
    assert count_hallucinations(["Thank you.", "...", "take 50 mg", "", "[music]"], "en") == {
        "probe_clips": 5,
        "probe_clips_with_words": 3,
        "hallucinated_words": 6,
    }


def test_memorization_of_both_models_uses_the_same_training_texts() -> None:
    trained = training_ngrams(["one two three four five six"], "en")
    tuned = [
        {"reference": "", "hypothesis": "one two three four five six"},
        {"reference": "one two three four five", "hypothesis": "one two three four five"},
    ]
    base = [{"reference": "", "hypothesis": "a b c d e f"}, {"reference": "", "hypothesis": ""}]
    assert memorization_metrics(trained, tuned, base, "en") == {
        "memorized": 2,
        "memorized_by_base": 0,
        "memorized_share": pytest.approx(2 / 3),
        "memorized_share_by_base": 0.0,
    }
    assert memorization_metrics(trained, [], [], "en")["memorized_share"] is None
