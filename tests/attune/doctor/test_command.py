"""The whole command on the long recording, with Whisper tiny.en as base."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile
import yaml

from attune.doctor.command import doctor, gather
from attune.doctor.facts import from_json
from attune.speak.espeak import SAMPLE_RATE
from stages.common.core.params import load_params
from tests.support.long_recording import LINES, LongRecording
from tests.support.mini_project import MiniProject

Change = Callable[[Path], object]


@pytest.fixture
def sessions(mini: MiniProject, long_recording: LongRecording) -> MiniProject:
    """Twelve recordings, some in each split."""
    for part in ("audio", "transcripts"):
        (mini.sessions / part).mkdir(parents=True, exist_ok=True)
    text = "".join(f"{role}: {line}\n" for role, line in LINES)
    for number in range(12):
        path = mini.sessions / f"audio/s{number}.flac"
        soundfile.write(path, long_recording.samples, SAMPLE_RATE)
        (mini.sessions / f"transcripts/s{number}.txt").write_text(text, encoding="utf-8")
    return mini


def test_before_the_base_is_fetched(
    sessions: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor(as_json=False)
    shown = capsys.readouterr().out
    assert "not measured: run `dvc repro fetch_base` first" in shown
    assert not [line for _, line in LINES if line in shown]


def lock_base(**changes: str) -> None:
    """Write dvc.lock as after `dvc repro fetch_base`; changes: to the base in params.yaml."""
    base = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))["base"] | changes
    lock = {"stages": {"fetch_base": {"params": {"params.yaml": {"base": base}}}}}
    Path("dvc.lock").write_text(yaml.safe_dump(lock), encoding="utf-8")


def test_another_base_was_fetched(
    sessions: MiniProject, tiny_en: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after the demo, with another profile: its base is not measured for it."""
    Path("models").symlink_to(tiny_en.parent)
    lock_base(revision="0" * 40)
    doctor(as_json=False)
    assert "not measured: run `dvc repro fetch_base` first" in capsys.readouterr().out


def test_facts_and_times(
    sessions: MiniProject, tiny_en: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("models").symlink_to(tiny_en.parent)
    lock_base()
    assert doctor(as_json=True)
    facts = from_json(json.loads(capsys.readouterr().out))
    assert facts.corpus.recordings == 12 and facts.corpus.aligned_hours > 0
    assert facts.setup.weights == 37_760_256
    assert set(facts.minutes) == {"segment", "finetune", "baseline", "evaluate"}
    assert all(minutes > 0 for minutes in facts.minutes.values())


@pytest.fixture
def fetched(mini: MiniProject, tiny_en: Path) -> Path:
    """`models` as after `dvc repro fetch_base`; no recording that can be measured."""
    mini.raw("a.wav", b"no audio")
    mini.transcript("a.txt")
    shutil.copytree(tiny_en.parent, "models")
    lock_base()
    return Path("models")


def shown_by_doctor(capsys: pytest.CaptureFixture[str]) -> str:
    doctor(as_json=False)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err and captured.err.count("\n") <= 1
    return " ".join(captured.out.split())


def cut(file: str) -> Change:
    return lambda models: os.truncate(models / file, 1_000_000)


def missing(file: str) -> Change:
    return lambda models: (models / file).unlink()


def written(file: str, content: bytes) -> Change:
    return lambda models: (models / file).write_bytes(content)


def dangling(file: str) -> Change:
    def change(models: Path) -> None:
        (models / file).unlink()
        (models / file).symlink_to("nowhere")

    return change


def another_shape(models: Path) -> None:
    config = json.loads((models / "base/config.json").read_text(encoding="utf-8"))
    text = json.dumps(config | {"num_mel_bins": 128})
    (models / "base/config.json").write_text(text, encoding="utf-8")


WEIGHTS = "base/model.safetensors"


@pytest.mark.parametrize(
    "damage",
    [
        cut(WEIGHTS), missing(WEIGHTS), dangling(WEIGHTS), written(WEIGHTS, b""),
        # A whole file, without weights.
        written(WEIGHTS, (2).to_bytes(8, "little") + b"{}"),
        missing("base/config.json"), dangling("base/config.json"),
        written("base/config.json", b"{}"), written("base/config.json", b"\xff"),
        written("base/config.json", b"[" * 100_000), another_shape,
        written("base/preprocessor_config.json", b"{}"), written("base/tokenizer.json", b"{}"),
        cut("base-ct2/model.bin"), missing("base-ct2/tokenizer.json"),
        written("base-ct2/config.json", b"{"),
    ],
)  # fmt: skip
def test_a_damaged_base(fetched: Path, damage: Change, capsys: pytest.CaptureFixture[str]) -> None:
    damage(fetched)
    shown = shown_by_doctor(capsys)
    assert "will fail base model the base model in models/base is damaged: run `dvc" in shown
    assert "run `dvc repro --force fetch_base`" in shown and "fetch_base` first" not in shown
    assert not doctor(as_json=True)
    setup = json.loads(capsys.readouterr().out)["setup"]
    assert setup["base_damaged"] and setup["weights"] is None


def test_a_whole_base(fetched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "base model" not in shown_by_doctor(capsys)
    assert gather(load_params()).setup.weights == 37_760_256


@pytest.mark.parametrize(
    "lock",
    [
        b"\xff\xfe", b"stages: [", b"a: 2026-99-99", b"a: 0001-01-01 00:00:00 +23:59",
        b"[" * 10_000, b"a: !!float ''", b"a: !!int ''", b"a: !!bool what", b"a: !!timestamp x",
        b"- a", b"", b"1", b"stages: {fetch_base: [1]}",
    ],
)  # fmt: skip
def test_a_corrupt_lock_is_that_of_no_base(
    fetched: Path, lock: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("dvc.lock").write_bytes(lock)
    shown = shown_by_doctor(capsys)
    assert "run `dvc repro fetch_base` first" in shown and "is damaged" not in shown
