"""`attune audit`: canaries, their insertion, their exposure, and what the command leaves behind."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from attune.audit import canaries as canaries_module
from attune.audit import command
from attune.audit.canaries import CANARIES, SECRETS, TIMES, make_canaries, sentence
from attune.audit.command import audit, table
from attune.audit.exposure import BY_CHANCE, exposures, secret_losses
from attune.audit.insertion import insert_canaries
from stages.common.core.errors import UserError
from stages.common.core.params import load_params
from stages.common.dataset.features import decode_clip
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.split_storage import clips_of
from tests.support.overfitting import overfit
from tests.support.tuning import make_tuning, set_finetune

FEW = 1
"""Canaries for each number of times, in place of `CANARIES`."""


@pytest.fixture(scope="module")
def tuning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_tuning(tmp_path_factory.mktemp("audit"), train=2, validation=1)
    set_finetune(
        folder, {"data": {"key": "key"}}, num_train_epochs=0.5, per_device_train_batch_size=2
    )
    (folder / "metrics").mkdir()
    (folder / "metrics" / "normalize.json").write_text('{"style": "spoken"}')
    return folder


def test_canaries_are_random_and_each_opening_is_one_canary_s() -> None:
    canaries = make_canaries(-22.0)
    assert canaries == make_canaries(-22.0) != make_canaries(-22.0, seed=1)
    assert Counter(canary.times for canary in canaries) == dict.fromkeys(TIMES, CANARIES)
    assert len({canary.opening for canary in canaries}) == len(canaries)
    assert len({canary.secret for canary in canaries}) > len(canaries) // 2
    # The voices take turns, so that none says the controls alone.
    for times in TIMES:
        assert len({c.voice for c in canaries if c.times == times}) == 4
    assert len(set(SECRETS)) == 100 and set(c.secret for c in canaries) <= set(SECRETS)
    assert sentence("On Monday it was", "amber lantern", written=True).endswith("lantern.")
    assert sentence("On Monday it was", "amber lantern", written=False) == (
        "on monday it was amber lantern"
    )


def test_masked_audio_holds_nothing_of_the_secret() -> None:
    canary = make_canaries(-22.0)[0]
    whole, masked = canary.audio, canary.masked
    assert len(whole) == len(masked)
    at = np.flatnonzero(whole != masked)[0]
    assert len(whole) // 2 < at < len(whole) - 8000
    assert np.sqrt(np.mean(masked[at:] ** 2)) < 0.01 * np.sqrt(np.mean(whole[at:] ** 2))


def test_each_canary_is_in_training_as_often_as_it_says(
    tuning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canaries_module, "CANARIES", 2)
    canaries = make_canaries(-22.0)
    labeller = load_labeller(tuning / "models" / "base", "en")
    source, target = tuning / "data" / "dataset" / "train", tmp_path / "train"
    # The small tokenizer needs many labels for words that it has not seen.
    params = load_params().build_dataset.model_copy(update={"window_seconds": 10.0})
    added = insert_canaries(source, target, canaries, params, labeller, written=False)
    clips = list(clips_of(target))
    assert clips[: len(clips) - added] == list(clips_of(source)) and added > 0
    texts = " ".join(clip.text for clip in clips[-added:])
    for canary in canaries:
        assert texts.count(sentence(canary.opening, canary.secret, False)) == canary.times
    for clip in clips[-added:]:
        assert clip.seconds <= 10.001 and decode_clip(clip.audio).std() > 0.01


def test_exposure_by_hand() -> None:
    canary = replace(make_canaries(-22.0)[0], secret=SECRETS[3])
    losses = np.arange(len(SECRETS), dtype=float)
    found = [losses, -losses, np.zeros(len(SECRETS)), np.where(losses == 3, -1, losses)]
    # Ranks 4, 97, 50.5 (a tie of all) and 1.
    expected = np.log2(100) - np.log2([4, 97, 50.5, 1])
    assert exposures(np.array(found), [canary] * 4) == pytest.approx(expected)
    assert (
        expected[3] == pytest.approx(6.64, abs=0.01) and pytest.approx(1.39, abs=0.01) == BY_CHANCE
    )


def test_a_model_made_to_memorize_is_found(tuning: Path, tmp_path: Path) -> None:
    """Two canaries that it was trained on rank first, two controls do not."""
    base = tuning / "models" / "base"
    labeller = load_labeller(base, "en")
    known, controls = make_canaries(-22.0)[-2:], make_canaries(-22.0)[:2]
    chosen = [*known, *controls]
    texts = [sentence(c.opening, c.secret, False) for c in known]
    (silent, *_) = clips_of(tuning / "data" / "dataset" / "train")
    clips = [replace(silent, text=t, labels=labeller([(0, 0, t)], False)) for t in texts]
    tuned = overfit(base, tmp_path / "tuned", clips, steps=120)
    losses = [secret_losses(folder, chosen, "en", written=False) for folder in (tuned, base)]
    after, before = (exposures(each, chosen) for each in losses)
    assert (after[:2] == np.log2(100)).all() and after[2:].mean() < 4
    assert before.mean() < 4
    rows = table(chosen, *losses).splitlines()[2:]
    assert len(rows) == 2 and "6.6" in rows[-1] and "(controls)" in rows[0]


def test_a_signal_leaves_nothing(tuning: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tuning)
    made = tuning / ".state" / "audit" / "models"

    def prepare(*_: object) -> int:
        made.mkdir(parents=True)
        return 1

    monkeypatch.setattr(command, "_prepare", prepare)
    monkeypatch.setattr(command, "_train", lambda _: os.kill(os.getpid(), signal.SIGTERM))
    monkeypatch.setattr(os, "_exit", sys.exit)  # the process of the tests goes on
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.SIG_DFL) for number in numbers]
    try:
        with pytest.raises(SystemExit, match="143"):
            audit()
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
    assert not made.parent.exists()


def test_the_command_touches_nothing_and_leaves_nothing(
    tuning: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The real Trainer in a process of its own, on four canaries."""
    monkeypatch.chdir(tuning)
    monkeypatch.setattr(canaries_module, "CANARIES", FEW)
    before = contents(tuning)
    audit()
    assert contents(tuning) == before
    out = capfd.readouterr().out
    assert "| 0 (controls)" in out and "6.6 bits" in out
    assert not any(secret in out for secret in SECRETS)
    set_finetune(tuning, {"build_dataset": {"language": "de"}})
    with pytest.raises(UserError, match="English only"):
        audit()
    shutil.rmtree(tuning / "models" / "base")
    set_finetune(tuning)
    with pytest.raises(UserError, match="models/base does not exist yet; run `dvc repro`"):
        audit()


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "locks" not in path.parts
    }
