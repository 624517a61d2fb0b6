"""Facts gathered from folders and files that the tests write."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from attune.doctor.corpus import gather_corpus, header_duration
from attune.doctor.estimates import Rates, first_minutes, minutes_of
from attune.doctor.facts import Corpus, Facts
from attune.doctor.judge import judge
from attune.doctor.machine import gather_machine, is_encrypted
from stages.build_dataset.split_assignment import split_of
from stages.common.core.ids import group_id, read_key, recording_id
from stages.common.core.params import load_params
from stages.common.core.rejections import RecordingRejected
from stages.segment.sessions import read_sessions
from tests.attune.doctor.test_judge import CLINIC, SERVER, SMALL
from tests.support.imports import ROOT
from tests.support.mini_project import SEGMENT, MiniProject, tone

RATE = 8_000


def write_session(mini: MiniProject, name: str, seconds: float, text: str | None) -> None:
    sessions = mini.sessions
    for part in ("audio", "transcripts"):
        (sessions / part).mkdir(parents=True, exist_ok=True)
    samples = np.zeros(round(seconds * RATE), np.float32)
    soundfile.write(sessions / f"audio/{name}.wav", samples, RATE)
    if text is not None:
        (sessions / f"transcripts/{name}.txt").write_text(text, encoding="utf-8")


def gathered() -> Corpus:
    params = load_params()
    key = read_key(Path(params.data.key))
    return gather_corpus(params, key, read_sessions(Path(params.data.sessions), key))


class TestCorpus:
    @pytest.mark.parametrize(
        ("check", "seconds"), [("none", 36), ("sample", 36 + 29 + 180), ("all", 36 + 29 + 400)]
    )
    def test_hours_that_the_aligner_transcribes(
        self, mini: MiniProject, check: str, seconds: int
    ) -> None:
        mini.params(segment=SEGMENT | {"check": check})
        write_session(mini, "long", 36.0, "T: Good morning.\nC: Good morning.\n")
        write_session(mini, "short", 29.0, "T: Good morning.\n")
        write_session(mini, "timed", 400.0, None)
        cue = "1\n00:00:01,000 --> 00:00:03,000\nGood morning.\n"
        (mini.sessions / "transcripts/timed.srt").write_text(cue, encoding="utf-8")
        corpus = gathered()
        assert corpus.recordings == 3 and corpus.aligned_hours == round(seconds / 3600, 3)

    def test_hours_splits_and_reasons(self, mini: MiniProject) -> None:
        for number in range(20):
            write_session(mini, f"s{number}", 36.0, "T: Good morning.\nC: Good morning.\n")
        write_session(mini, "without", 36.0, None)
        write_session(mini, "empty", 36.0, " \n")
        corpus = gathered()
        assert corpus.recordings == 20
        assert corpus.hours == corpus.aligned_hours == pytest.approx(0.2, abs=0.001)
        key = read_key(Path(load_params().data.key))
        without, empty = (recording_id(key, name) for name in ("without", "empty"))
        assert corpus.unusable == {"no_transcript": [without], "transcript_empty": [empty]}
        assert corpus.clients is None and not corpus.demo
        # A tenth of an hour is ten recordings.
        unseen = corpus.validation_recordings + corpus.test_recordings
        assert 0 < unseen < 20
        assert corpus.train_hours == pytest.approx((20 - unseen) / 100, abs=0.001)

    def test_clients(self, mini: MiniProject) -> None:
        for name in "abc":
            write_session(mini, name, 36.0, "T: Good morning.\n")
        table = mini.sessions / "sessions.csv"
        table.write_text("recording,client\na,one\nb,one\nc,two\n", encoding="utf-8")
        assert (gathered().clients, gathered().unlisted) == (2, 0)
        # b is misspelled, and so counts as a client of its own.
        table.write_text("recording,client\na,one\nbb,one\nc,two\n", encoding="utf-8")
        assert (gathered().clients, gathered().unlisted) == (3, 2)

    def test_recordings_for_training_only(self, mini: MiniProject) -> None:
        key = read_key(Path(load_params().data.key))
        shares = load_params().build_dataset.validation, load_params().build_dataset.test
        clients = [f"c{number}" for number in range(20)]
        splits = {c: split_of(key, group_id(key, c, ""), *shares) for c in clients}
        tested = next(client for client in clients if splits[client] == "test")
        rows = ["recording,client,use"]
        for client in clients:
            write_session(mini, client, 36.0, "T: Good morning.\n")
            rows.append(f"{client},{client},")
        table = mini.sessions / "sessions.csv"
        table.write_text("\n".join(rows), encoding="utf-8")
        before = gathered()
        for number in range(10):  # the first of a client in test, the others of nobody's
            write_session(mini, f"more{number}", 72.0, "T: Good morning.\n")
            rows.append(f"more{number},{'' if number else tested},train")
        table.write_text("\n".join(rows), encoding="utf-8")
        after = gathered()
        assert after == replace(
            before, recordings=30, hours=0.4, aligned_hours=0.4, clients=29,
            train_hours=round(before.train_hours + 0.18, 3),
            train_only_recordings=9, train_only_hours=0.18, train_only_clients=9,
            left_out_recordings=1, left_out_hours=0.02,
        )  # fmt: skip
        params, rates = load_params(), Rates(aligning=0.06, scoring=0.08, training=1.2)
        assert (
            0
            < after.validation_recordings
            == 20 - after.test_recordings - sum(split == "train" for split in splits.values())
        )
        minutes = [minutes_of(rates, corpus, params) for corpus in (before, after)]
        for stage in ("baseline", "evaluate"):
            assert minutes[0][stage] == minutes[1][stage]

    def test_no_audio(self, tmp_path: Path) -> None:
        path = tmp_path / "a.wav"
        path.write_bytes(b"Dear diary")
        with pytest.raises(RecordingRejected, match="audio_undecodable"):
            header_duration(path)


class TestEncryption:
    """A disk in the form of sysfs: a device, and those below it."""

    @pytest.fixture
    def device(self, tmp_path: Path) -> Path:
        number = tmp_path.stat().st_dev
        device = tmp_path / "sys/dev/block" / f"{os.major(number)}:{os.minor(number)}"
        device.mkdir(parents=True)
        return device

    def test_luks_below_a_volume(self, device: Path, tmp_path: Path) -> None:
        below = device / "slaves/dm-0"
        (below / "dm").mkdir(parents=True)
        (below / "dm/uuid").write_text("CRYPT-LUKS2-0123-root\n")
        assert is_encrypted(tmp_path, tmp_path / "sys") is True

    def test_a_plain_disk(self, device: Path, tmp_path: Path) -> None:
        (device / "slaves/sda").mkdir(parents=True)
        assert is_encrypted(tmp_path, tmp_path / "sys") is False

    def test_a_virtual_disk(self, device: Path, tmp_path: Path) -> None:
        (device / "slaves/vda").mkdir(parents=True)
        assert is_encrypted(tmp_path, tmp_path / "sys") is None

    def test_no_such_device(self, tmp_path: Path) -> None:
        assert is_encrypted(tmp_path, tmp_path / "sys") is None


def test_this_machine() -> None:
    machine = gather_machine()
    assert machine.cores >= 1 and machine.memory_gb > 1 and machine.free_gb > 0


def test_the_first_two_minutes(tmp_path: Path) -> None:
    """Of as many recordings as it takes, without those that cannot be decoded."""
    paths = [tmp_path / f"{number}.wav" for number in range(8)]
    for number, path in enumerate(paths):
        soundfile.write(path, number / 2 * tone(30, RATE), RATE)  # 0.2 at its peak
    paths[1].write_bytes(b"RIFF")
    samples = first_minutes(paths)
    assert len(samples) == 120 * 16_000
    found = samples.reshape(4, -1).max(axis=1)
    assert found == pytest.approx([0.0, 0.2, 0.3, 0.4], abs=0.01)
    assert len(first_minutes(paths[:1])) == 30 * 16_000
    assert len(first_minutes(paths[1:2])) == 0


def test_minutes_grow_with_the_data() -> None:
    params = load_params(ROOT / "params.yaml")
    # One validation; in more hours there are more of them, each longer.
    tuned = params.finetune.model_copy(update={"eval_steps": 1_000_000})
    params = params.model_copy(update={"finetune": tuned})
    rates = Rates(aligning=0.06, scoring=0.08, training=1.2)
    once = minutes_of(rates, CLINIC, params)
    assert set(once) == {"segment", "finetune", "baseline", "evaluate"}
    twice = replace(CLINIC, hours=96.0, aligned_hours=96.0, train_hours=76.0, test_hours=12.4)
    for stage, minutes in minutes_of(rates, twice, params).items():
        # The hallucination tests do not grow.
        assert minutes == pytest.approx(2 * once[stage], rel=0.05), stage
    brief = replace(CLINIC, test_hours=0.1, test_recordings=600)
    shown = minutes_of(rates, brief, params)
    assert shown["evaluate"] > 5 * shown["baseline"], "a window for each full recording"
    timed = replace(CLINIC, aligned_hours=0.0)
    assert minutes_of(rates, timed, params)["segment"] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"num_train_epochs": float("inf")},
        {"num_train_epochs": 1e308, "eval_steps": 1},
        {"eval_steps": 10**400},
        {"gradient_accumulation_steps": 10**400},
        {"per_device_train_batch_size": 10**400},
    ],
)
def test_parameters_of_any_size(changes: dict[str, float]) -> None:
    params = load_params(ROOT / "params.yaml")
    params = params.model_copy(update={"finetune": params.finetune.model_copy(update=changes)})
    minutes = minutes_of(Rates(aligning=0.06, scoring=0.08, training=1.2), CLINIC, params)
    assert all(map(math.isfinite, minutes.values()))
    assert judge(Facts(SERVER, CLINIC, SMALL, minutes))
