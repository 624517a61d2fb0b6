"""Judgements on records that `attune doctor --json` gathered on real machines and corpora."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from attune.doctor.facts import Facts, from_json
from attune.doctor.judge import judge

RECORDS = Path(__file__).parent / "records"
JUDGED = {
    # 24 synthesized sessions of 12 clients; 2 cores with bfloat16 instructions, a virtual disk.
    "demo": {
        "GPU": "ok", "memory": "ok", "disk": "ok", "data": "ok", "clients": "ok",
        "test split": "ok", "profile": "ok", "time": "ok",
    },
    # 620 sentences of one reader, in a file each: no one is named, and all are one person.
    "reader": {
        "GPU": "ok", "memory": "ok", "disk": "ok", "encryption": "warning", "data": "warning",
        "clients": "warning", "test split": "ok", "profile": "ok", "time": "ok",
    },
    # 100 volunteers with a sentence each.
    "crowd": {
        "GPU": "ok", "memory": "ok", "disk": "ok", "encryption": "warning", "data": "warning",
        "clients": "warning", "test split": "ok", "profile": "ok", "time": "ok",
    },
    # Six readings of several minutes: none falls into validation.
    "reader_long": {
        "GPU": "ok", "memory": "ok", "disk": "ok", "encryption": "warning", "data": "warning",
        "clients": "warning", "splits": "will fail", "profile": "ok", "time": "warning",
    },
    # One reading of several minutes.
    "book_long": {
        "GPU": "ok", "memory": "ok", "disk": "ok", "encryption": "warning", "data": "warning",
        "clients": "warning", "splits": "will fail", "profile": "ok", "time": "warning",
    },
}  # fmt: skip


def read_record(name: str) -> Facts:
    return from_json(json.loads((RECORDS / f"{name}.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", JUDGED)
def test_a_record(name: str) -> None:
    assert {each.subject: each.level for each in judge(read_record(name))} == JUDGED[name]
