"""Judgements on records that `attune doctor --json` gathered on real machines and corpora."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from attune.doctor.facts import Facts, from_json
from attune.doctor.judge import judge

RECORDS = Path(__file__).parent / "records"
CLIPS = {
    "GPU": "ok", "memory": "ok", "disk": "ok", "encryption": "warning", "data": "warning",
    "clients": "warning", "test split": "ok", "profile": "ok", "time": "ok",
}  # fmt: skip
"""Half an hour at most, in clips of a sentence each; no client is named."""
FEW = {
    name: level for name, level in CLIPS.items() if name != "test split"
} | {"splits": "will fail", "time": "warning"}  # fmt: skip
"""So few recordings that a split has none."""
JUDGED = {
    # 24 synthesized sessions of 12 clients; 2 cores with bfloat16 instructions, a virtual disk.
    "demo": {
        "GPU": "ok", "memory": "ok", "disk": "ok", "data": "ok", "clients": "ok",
        "test split": "ok", "profile": "ok", "time": "ok",
    },
    "reader": CLIPS,  # 620 sentences of one person
    "crowd": CLIPS,  # 100 volunteers
    "reader_long": FEW,  # six readings
    "book_long": FEW,  # one
}  # fmt: skip


def read_record(name: str) -> Facts:
    return from_json(json.loads((RECORDS / f"{name}.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", JUDGED)
def test_a_record(name: str) -> None:
    assert {each.subject: each.level for each in judge(read_record(name))} == JUDGED[name]
