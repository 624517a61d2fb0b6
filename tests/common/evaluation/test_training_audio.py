"""What the measure sees of a small model that is made to memorize its training clips, and that the
loss is the training's own."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from faster_whisper import WhisperModel
from transformers import WhisperForConditionalGeneration

from attune.speak.espeak import Voice, speak
from stages.common.asr.convert import to_ctranslate2
from stages.common.asr.decoding import Decoding
from stages.common.core.files import Row, write_rows
from stages.common.dataset.features import decode_clip, load_extractor, log_mel
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.split_storage import Clip, clips_of, save_split
from stages.common.evaluation.comparison.gates import check_gates
from stages.common.evaluation.membership import base_membership_metrics, membership_metrics
from stages.common.evaluation.training_audio import (
    SIDES,
    align_clips,
    cut_rows,
    run_membership_tests,
)
from tests.support.overfitting import overfit
from tests.support.whisper_models import SENTENCES, tiny_english, tiny_multilingual

DECODING = Decoding("en", 2, 30.0, -22.0)
CLIPS = 6
"""In each split."""


def clip(name: str, recording: str, text: str, labels: list[int], voice: str) -> Clip:
    samples, flac = 0.5 * speak(text, Voice(voice)), io.BytesIO()
    soundfile.write(flac, samples, 16_000, format="FLAC", subtype="PCM_16")
    return Clip(name, recording, 0.0, len(samples) / 16_000, text, labels, 0, flac.getvalue())


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_english(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def pairs(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each clip in a recording of its own, so that it is a window, as in training; one voice."""
    folder, labeller = tmp_path_factory.mktemp("membership"), load_labeller(base, "en")
    for first, side in enumerate(SIDES):
        texts = SENTENCES[first::2][:CLIPS]
        clips = [
            clip(f"{side}{n}", f"{side}{n}", t, labeller([(0, 0, t)], False), "en-us+m3")
            for n, t in enumerate(texts)
        ]
        save_split(folder / side, clips)
    rows = ({side: f"{side}{n}" for side in SIDES} for n in range(CLIPS))
    write_rows(folder / "pairs.jsonl", rows)
    return folder


def opened(source: Path, folder: Path) -> WhisperModel:
    to_ctranslate2(source, folder, "float32")
    return WhisperModel(str(folder), device="cpu", cpu_threads=1, num_workers=2)


def test_a_model_made_to_memorize_is_found(base: Path, pairs: Path, tmp_path: Path) -> None:
    """It goes on where a training clip was cut, and its loss tells training from validation."""
    trained = overfit(base, tmp_path / "tuned", list(clips_of(pairs / "train")), steps=300)
    before, after = (
        run_membership_tests(opened(folder, tmp_path / f"{number}"), DECODING, pairs)
        for number, folder in enumerate((base, trained))
    )
    # A model with random attention finds no times.
    for row in before:
        words = f"{row['spoken']} {row['cut_away']}".split()
        row |= {"spoken": " ".join(words[:4]), "cut_away": " ".join(words[4:])}
    plain, found = base_membership_metrics(before, "en"), membership_metrics(after, before, "en")
    assert found["membership_auc"] == 1
    assert found["loss_train"] < 0.2 < 1 < found["loss_validation"]
    # It writes one of its sentences on any audio.
    assert (plain["continued_train"], plain["continued_validation"]) == (0, 0)
    assert (found["continued_train"], found["continued_validation"]) == (1, 0)
    gates = check_gates({"membership_auc": 0.2, "continued_excess": 0.05}, plain, found)
    assert all(gate.fails for gate in gates)
    assert 0.2 < plain["loss_auc"] < 0.8
    # Of the whole clip, so that n-grams after the cut are not another clip's.
    assert [row["reference"] for row in cut_rows(after)] == [
        c.text for side in SIDES for c in clips_of(pairs / side)
    ]


@pytest.mark.parametrize("kind", ["english", "multilingual"])
def test_the_loss_is_that_of_training(kind: str, pairs: Path, tmp_path: Path) -> None:
    """transformers' cross-entropy of the text's tokens, in the same windows, among tokens of text:
    as in openai-whisper, special ones are left out before the softmax."""
    make = tiny_english if kind == "english" else tiny_multilingual
    source = make(tmp_path / "source")
    clips = [replace(c, recording=f"{n // 3}") for n, c in enumerate(clips_of(pairs / "train"))]
    aligned = dict(
        (c.id, text)
        for c, text in align_clips(opened(source, tmp_path / "ct2"), iter(clips), DECODING)
    )
    model = WhisperForConditionalGeneration.from_pretrained(source).eval()
    labeller = load_labeller(source, "en")
    for window in (clips[:3], clips[3:]):
        samples = np.concatenate([decode_clip(c.audio) for c in window])
        mel = torch.from_numpy(log_mel(load_extractor(source), samples))[None]
        labels = labeller([(0.0, 0.0, c.text) for c in window], timed=False)
        tokens = torch.tensor([labels[:-1]])
        with torch.no_grad():
            logits = model(input_features=mel, decoder_input_ids=tokens).logits[0]
        start = len(labeller.prompt)
        losses = torch.nn.functional.cross_entropy(
            logits[start:-1, : labeller.end], torch.tensor(labels[start + 1 : -1]), reduction="none"
        )
        at = 0
        for c in window:
            count = labeller.count(c.text)
            expected = float(losses[at : at + count].mean())
            assert aligned[c.id].loss == pytest.approx(expected, abs=1e-3)
            assert len(aligned[c.id].starts) == len(c.text.split())
            at += count


def test_words_after_the_cut(tiny_en: Path, tmp_path: Path) -> None:
    """Whisper tiny.en finds the words' times: two sentences with a pause, the cut within it."""
    first, second = "the weather was cold", "we painted the fence"
    voice, pause = Voice("en-us+m3"), np.zeros(16_000, np.float32)
    parts = [speak(first, voice), pause, speak(second, voice)]
    samples = np.concatenate(parts)
    # The cut is in the middle of the clip.
    pad = len(parts[2]) - len(parts[0])
    samples = np.concatenate([np.zeros(max(0, pad)), samples, np.zeros(max(0, -pad))])
    flac = io.BytesIO()
    soundfile.write(flac, 0.5 * samples, 16_000, format="FLAC", subtype="PCM_16")
    text = f"{first} {second}"
    for side in SIDES:
        one = Clip(side, side, 0.0, len(samples) / 16_000, text, [1], 0, flac.getvalue())
        save_split(tmp_path / side, [one])
    write_rows(tmp_path / "pairs.jsonl", [{side: side for side in SIDES}])
    rows: list[Row] = run_membership_tests(
        WhisperModel(str(tiny_en), device="cpu", cpu_threads=1, num_workers=1), DECODING, tmp_path
    )
    for row in rows:
        assert (row["spoken"], row["cut_away"]) == (first, second)
        assert "fence" not in row["hypothesis"] and row["hypothesis"]
