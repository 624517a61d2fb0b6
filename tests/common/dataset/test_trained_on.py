"""`trained_on.txt`: which recordings a model learned from."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.dataset.split_storage import Clip, save_split
from stages.common.dataset.trained_on import (
    TRAINED_ON,
    copy_trained_on,
    learned_from,
    read_trained_on,
    write_trained_on,
)

IDS = [f"r{number:010x}" for number in range(5)]


def clip(recording: str) -> Clip:
    return Clip(f"{recording}-0000", recording, 0.0, 1.0, "text", [1, 2], 0, b"fLaC")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "dataset"
    for split, recording in zip(("train", "validation", "test"), IDS, strict=False):
        save_split(folder / split, [clip(recording), clip(recording)])
    return folder


def test_training_validation_and_the_base_count(dataset: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    assert learned_from(dataset, base) == IDS[:2]
    write_trained_on(base, [IDS[4], IDS[0]])
    assert learned_from(dataset, base) == [IDS[0], IDS[1], IDS[4]]
    assert (base / TRAINED_ON).read_text() == f"{IDS[0]}\n{IDS[4]}\n"


def test_a_copy_is_made_only_of_what_is_known(tmp_path: Path) -> None:
    for name in ("unknown", "nobody", "target"):
        (tmp_path / name).mkdir()
    write_trained_on(tmp_path / "nobody", [])
    copy_trained_on(tmp_path / "unknown", tmp_path / "target")
    assert read_trained_on(tmp_path / "target") is None
    copy_trained_on(tmp_path / "nobody", tmp_path / "target")
    assert read_trained_on(tmp_path / "target") == frozenset()


def test_another_file_of_this_name_is_no_list(tmp_path: Path) -> None:
    (tmp_path / TRAINED_ON).write_text("the demo, twice\n")
    assert read_trained_on(tmp_path) is None
