"""The whole command on the long recording, with Whisper tiny.en as base."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile
import yaml

from attune.doctor.command import count_weights, doctor
from attune.doctor.facts import from_json
from demo.speech import SAMPLE_RATE
from tests.support.long_recording import LINES, LongRecording
from tests.support.mini_project import MiniProject


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
    assert count_weights(Path("models/base/model.safetensors")) == 37_760_256
