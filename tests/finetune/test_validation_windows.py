"""Validation on windows: their audio, labels and limits, and the same errors as clip by clip."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from stages.common.dataset.labels import Labeller, load_labeller
from stages.common.dataset.split_storage import Clip, load_split, save_split
from stages.finetune.batches import FILLER, collate, make_item
from stages.finetune.validation import compute_metrics
from stages.finetune.validation_windows import (
    UnlabelledWindows,
    ValidationWindows,
    cut_at_pauses,
)
from tests.support.tuning import curve, make_tuning, run_finetune, set_finetune
from tests.support.whisper_models import SENTENCES, tiny_english, tiny_multilingual

RATE = 16_000


def flac(samples: np.ndarray) -> bytes:
    audio = io.BytesIO()
    soundfile.write(audio, samples, RATE, format="FLAC", subtype="PCM_16")
    return audio.getvalue()


def make_split(folder: Path, labeller: Labeller) -> list[Clip]:
    """Twelve clips of 4 s in three recordings; each clip has a level of its own."""
    clips = []
    for number, text in enumerate(SENTENCES):
        labels = labeller([(0.0, 4.0, text)], timed=False)
        audio = flac(np.full(4 * RATE, (number + 1) / 50))
        clips.append(Clip(f"{number}", f"r{number // 5}", 0.0, 4.0, text, labels, 0, audio))
    save_split(folder, clips)
    return clips


@pytest.mark.parametrize("make", [tiny_english, tiny_multilingual])
def test_a_window_is_its_clips_one_after_the_other(make: Any, tmp_path: Path) -> None:
    labeller = load_labeller(make(tmp_path / "base"), "en")
    clips = make_split(tmp_path / "split", labeller)
    windows = ValidationWindows(load_split(tmp_path / "split"), labeller, 12.0, 1000)
    assert windows.sizes == [3, 2, 3, 2, 2]
    plain = ValidationWindows(load_split(tmp_path / "split"), labeller, 0.0, 1000)
    assert plain.sizes == [1] * 12
    first = 0
    for index, size in enumerate(windows.sizes):
        those = clips[first : first + size]
        text = " ".join(clip.text for clip in those)
        item = windows[index]
        assert item["labels"].tolist() == labeller([(0.0, 1.0, text)], timed=False)
        levels = np.repeat([(first + n + 1) / 50 for n in range(size)], 4 * RATE)
        expected = make_item(levels.astype(np.float32), item["labels"])
        assert np.allclose(item["samples"], expected["samples"], atol=1e-4)
        first += size
    assert windows[len(windows)] is FILLER


def test_no_window_has_more_labels_than_are_generated(tmp_path: Path) -> None:
    labeller = load_labeller(tiny_english(tmp_path / "base"), "en")
    clips = make_split(tmp_path / "split", labeller)
    longest = 2 * max(len(clip.labels) for clip in clips)
    windows = ValidationWindows(load_split(tmp_path / "split"), labeller, 30.0, longest)
    lengths = [len(windows[index]["labels"]) for index in range(len(windows))]
    assert sum(windows.sizes) == 12 and max(windows.sizes) > 1
    assert longest / 2 < max(lengths) <= longest


def test_windows_have_the_errors_of_their_clips(tmp_path: Path) -> None:
    """A perfect model has a WER of 0; for another, windows and clips give the same WER."""
    labeller = load_labeller(tiny_english(tmp_path / "base"), "en")
    make_split(tmp_path / "split", labeller)
    split = load_split(tmp_path / "split")

    def wer(seconds: float, change: Any) -> float:
        windows = ValidationWindows(split, labeller, seconds, 1000)
        batch = collate([windows[index] for index in range(len(windows))])
        labels = batch["labels"].numpy()
        prediction: Any = SimpleNamespace(predictions=change(labels), label_ids=labels)
        return compute_metrics(prediction, labeller, len(windows), longest=1000)["wer"]

    def without_you(labels: np.ndarray) -> np.ndarray:
        (you,) = labeller.tokenizer.encode(" you", add_special_tokens=False).ids
        return np.where(labels == you, -100, labels)

    assert wer(0.0, np.copy) == wer(29.0, np.copy) == 0
    assert wer(0.0, without_you) == wer(29.0, without_you) > 0


def test_a_run_joins_clips_and_counts_what_it_cuts(tmp_path: Path) -> None:
    folder = make_tuning(tmp_path, train=8, validation=4)
    # An untrained model never ends a hypothesis by itself.
    set_finetune(folder, generation_max_length=40, learning_rate=1e-9)
    printed = run_finetune(folder).stdout
    metrics = json.loads((folder / "metrics" / "finetune.json").read_text())
    assert metrics["validation_cut_hypotheses"] == 1, "the 4 clips are one window"
    assert [row["validation_cut_hypotheses"] for row in validated(folder)] == [1.0, 1.0]
    assert "finetune: 1 of 1 hypotheses were cut off: raise" in printed


def validated(folder: Path) -> list[dict[str, float]]:
    return [row for row in curve(folder) if "validation_wer" in row]


def test_long_recordings_are_cut_where_they_are_quiet() -> None:
    generator = np.random.default_rng(0)
    samples = generator.normal(0, 0.1, 70 * RATE).astype(np.float32)
    for at in (25.0, 47.5):
        samples[round((at - 0.15) * RATE) : round((at + 0.15) * RATE)] = 0
    pieces = cut_at_pauses(samples)
    assert np.array_equal(np.concatenate(pieces), samples)
    assert np.cumsum([len(piece) / RATE for piece in pieces]) == pytest.approx(
        [25.0, 47.5, 70.0], abs=0.06
    )
    (short,) = cut_at_pauses(samples[: 29 * RATE])
    assert len(short) == 29 * RATE
    assert max(len(piece) for piece in cut_at_pauses(np.zeros(200 * RATE, np.float32))) <= 30 * RATE


def test_recordings_without_labels(tmp_path: Path) -> None:
    labeller = load_labeller(tiny_english(tmp_path / "base"), "en")
    long, short = np.zeros(40 * RATE, np.float32), np.full(RATE, 0.5, np.float32)
    windows = UnlabelledWindows([long, short], labeller)
    assert windows.sizes == [2, 1] and len(windows) == 3
    assert windows[2]["labels"].tolist() == [*labeller.prompt, labeller.no_timestamps, labeller.end]
    assert windows[2]["samples"][RATE // 2] == 0.5 and windows[3] is FILLER
