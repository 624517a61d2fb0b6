"""Judgements on records of machines and corpora: each level of each subject at least once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from attune.doctor.facts import Corpus, Facts, Gpu, Machine, Setup, from_json
from attune.doctor.judge import advised_profile, judge, needed_gb, span

LAPTOP = Machine(8, 16.0, False, [], 0, False, 200.0, True)
SERVER = Machine(16, 137.0, True, [Gpu("NVIDIA H200", 150.0)], 1, True, 900.0, None)
CLINIC = Corpus(
    recordings=60, hours=48.0, unusable={}, aligned_hours=48.0, clients=21, train_hours=38.0,
    validation_recordings=6, test_recordings=8, test_hours=6.2, demo=False,
)  # fmt: skip
TINY = Setup(37_760_256, "full", False, "auto")
SMALL = Setup(241_734_912, "full", False, "auto")
LARGE = Setup(1_543_490_560, "full", False, "auto")
GOOD = Facts(SERVER, CLINIC, SMALL, {"segment": 30.0, "finetune": 55.0, "evaluate": 12.0})


def judged(record: Facts, subject: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = [
        (each.level, each.text) for each in judge(record) if each.subject == subject
    ]
    assert found, f"nothing on {subject}"
    return found


def level(record: Facts, subject: str) -> str:
    (only,) = judged(record, subject)
    return only[0]


def test_a_good_record_has_one_warning_that_nobody_can_answer() -> None:
    assert [each.subject for each in judge(GOOD) if each.level != "ok"] == ["encryption"]
    assert {each.subject for each in judge(GOOD)} == {
        "GPU", "CTranslate2", "GPU memory", "disk", "encryption", "data", "clients", "test split",
        "profile", "time",
    }  # fmt: skip


def test_a_record_survives_json() -> None:
    assert from_json(GOOD.to_json()) == GOOD


class TestMachine:
    def test_a_small_base_trains_on_a_cpu(self) -> None:
        record = replace(GOOD, machine=LAPTOP, setup=TINY)
        assert level(record, "GPU") == "ok" and level(record, "memory") == "ok"
        assert "float32" in judged(record, "processor")[0][1]

    def test_a_large_base_on_a_cpu(self) -> None:
        record = replace(GOOD, machine=LAPTOP, setup=LARGE)
        assert level(record, "GPU") == "warning"
        assert level(record, "memory") == "will fail"

    def test_lora_and_a_frozen_encoder_take_less_memory(self) -> None:
        full, frozen, lora = (
            needed_gb(replace(LARGE, **changes))
            for changes in ({}, {"freeze_encoder": True}, {"method": "lora"})
        )
        assert full > frozen > lora > 1.5 * 4
        record = replace(GOOD, machine=LAPTOP, setup=replace(LARGE, method="lora"))
        assert level(record, "memory") == "ok"

    def test_a_gpu_that_does_not_score(self) -> None:
        machine = replace(SERVER, ctranslate2_gpus=0, cublas12=False)
        forced = replace(GOOD, machine=machine, setup=replace(SMALL, scoring_device="cuda"))
        assert level(forced, "CTranslate2") == "will fail"
        spared = replace(GOOD, machine=machine, setup=replace(SMALL, scoring_device="cpu"))
        assert "CTranslate2" not in {each.subject for each in judge(spared)}

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "ok"),
            ({"cublas12": False}, "will fail"),
            ({"ctranslate2_gpus": 0}, "warning"),
        ],
    )
    def test_ctranslate2_needs_its_own_cuda(self, changes: dict[str, int], expected: str) -> None:
        record = replace(GOOD, machine=replace(SERVER, **changes))  # type: ignore[arg-type]
        assert level(record, "CTranslate2") == expected

    def test_the_smallest_gpu_decides(self) -> None:
        gpus = [Gpu("A", 80.0), Gpu("B", 4.0)]
        record = replace(GOOD, machine=replace(SERVER, gpus=gpus))
        assert level(record, "GPU memory") == "will fail"

    def test_a_full_disk(self) -> None:
        record = replace(GOOD, machine=replace(SERVER, free_gb=20.0))
        assert level(record, "disk") == "will fail"

    @pytest.mark.parametrize(
        ("encrypted", "expected"), [(True, "ok"), (False, "warning"), (None, "warning")]
    )
    def test_encryption(self, encrypted: bool | None, expected: str) -> None:
        record = replace(GOOD, machine=replace(SERVER, encrypted=encrypted))
        assert level(record, "encryption") == expected

    def test_the_demo_needs_no_encryption(self) -> None:
        record = replace(GOOD, corpus=replace(CLINIC, demo=True))
        assert "encryption" not in {each.subject for each in judge(record)}


class TestCorpus:
    def with_corpus(self, **changes: object) -> Facts:
        return replace(GOOD, corpus=replace(CLINIC, **changes))  # type: ignore[arg-type]

    def test_nothing_there(self) -> None:
        assert level(self.with_corpus(recordings=0, hours=0.0), "data") == "will fail"

    def test_half_an_hour(self) -> None:
        assert level(self.with_corpus(hours=0.5), "data") == "warning"

    def test_each_reason_with_its_ids(self) -> None:
        record = self.with_corpus(unusable={"audio_empty": ["r1", "r2"], "no_recording": ["r3"]})
        texts = [text for grade, text in judged(record, "data") if grade == "warning"]
        assert len(texts) == 2 and texts[0].startswith("2 not usable (r1, r2; `attune lookup ID`")
        assert "): the recording contains no audio" in texts[0]
        assert "(r3;" in texts[1] and "no recording has the name" in texts[1]

    def test_no_clients_named(self) -> None:
        assert level(self.with_corpus(clients=None), "clients") == "warning"

    def test_a_list_of_clients_with_gaps(self) -> None:
        assert level(self.with_corpus(unlisted=2), "clients") == "warning"
        assert level(GOOD, "clients") == "ok"

    @pytest.mark.parametrize(
        ("changes", "remedies"),
        [
            ({"train_hours": 0.0}, ["lower build_dataset.validation and build_dataset.test"]),
            (
                {"validation_recordings": 0, "test_recordings": 0},
                ["raise build_dataset.validation", "raise build_dataset.test"],
            ),
        ],
    )
    def test_an_empty_split(self, changes: dict[str, object], remedies: list[str]) -> None:
        found = judged(self.with_corpus(**changes), "splits")
        assert [grade for grade, _ in found] == ["will fail"] * len(remedies)
        assert [text.rpartition(", or ")[2] for _, text in found] == remedies

    def test_fewer_people_than_splits(self) -> None:
        ((grade, text),) = judged(self.with_corpus(clients=2, train_hours=0.0), "splits")
        assert grade == "will fail" and text.startswith("2 clients cannot fill three splits")
        alone = self.with_corpus(clients=None, recordings=2)
        ((grade, text),) = judged(alone, "splits")
        assert grade == "will fail" and text.startswith("2 recordings cannot")

    def test_recordings_for_training_only(self) -> None:
        extra = {"train_only_recordings": 30, "train_only_hours": 20.0, "train_only_clients": 19}
        two = self.with_corpus(**extra)
        assert level(two, "clients") == "ok"
        assert judged(two, "data") == [
            ("ok", "48.0 h in 60 recordings with a transcript, 20.0 h in 30 recordings of them for "
             "training only")
        ]  # fmt: skip
        ((grade, text),) = judged(self.with_corpus(**extra | {"train_only_clients": 20}), "splits")
        assert grade == "will fail"
        assert text.startswith("1 clients cannot fill validation and test")
        ((grade, text),) = judged(self.with_corpus(**extra | {"train_only_clients": 21}), "splits")
        assert grade == "will fail" and text.startswith("every recording has the use train")
        few = self.with_corpus(**extra | {"train_only_hours": 47.5})
        ((grade, text),) = judged(few, "data")
        assert grade == "warning" and "under an hour usable in all splits" in text

    def test_recordings_for_training_only_of_a_tested_client(self) -> None:
        record = self.with_corpus(left_out_recordings=2, left_out_hours=1.75)
        assert judged(record, "clients") == [
            ("ok", "21, each in one split"),
            ("warning", "1.8 h in 2 recordings with the use train are left out: other recordings "
             "of their clients are in validation or test"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("recordings", "expected"), [(1, "warning"), (5, "warning"), (6, "ok")]
    )
    def test_how_sure_the_wer_will_be(self, recordings: int, expected: str) -> None:
        assert level(self.with_corpus(test_recordings=recordings), "test split") == expected


@pytest.mark.parametrize(
    ("machine", "hours", "profile"),
    [
        (LAPTOP, 5.0, "tiny"), (LAPTOP, 20.0, "base"), (SERVER, 1.5, "few_shot"),
        (SERVER, 10.0, "small"), (SERVER, 50.0, "distil"),
        (replace(SERVER, gpus=[Gpu("RTX", 12.0)]), 50.0, "small"),
    ],
)  # fmt: skip
def test_profile_by_hours_and_hardware(machine: Machine, hours: float, profile: str) -> None:
    record = replace(GOOD, machine=machine, corpus=replace(CLINIC, hours=hours))
    assert advised_profile(record) == profile


def test_time() -> None:
    assert level(replace(GOOD, minutes={}), "time") == "warning"
    assert level(replace(GOOD, minutes={"finetune": 2000.0}), "time") == "warning"
    ((_, text),) = judged(GOOD, "time")
    assert text == "about 1.6 h: segment 30 min, finetune 55 min, evaluate 12 min"
    assert span(0.2) == "1 min"
