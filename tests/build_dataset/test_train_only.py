"""Recordings for training only: absent from validation and test, and told in the metrics."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from stages.build_dataset import __main__ as build_dataset
from stages.build_dataset.split_assignment import SPLITS, Split, split_of
from stages.build_dataset.train_only import check_splits
from stages.common.audio.samples import to_pcm, write_flac
from stages.common.core.errors import UserError
from stages.common.core.manifest import (
    Recording,
    Segment,
    audio_path,
    read_recordings,
    write_manifest,
)
from stages.common.dataset.full_recordings import read_recordings as read_full
from stages.common.dataset.split_storage import clips_of
from tests.support.mini_project import KEY, PARAMS, MiniProject

SHARED = "the same four words"
"""A text that one recording of each use has."""
CLIENTS = [f"c{n:02d}" for n in range(24)]


def split(client: str) -> Split:
    return split_of(KEY, client, 0.3, 0.3)


@pytest.fixture
def project(mini: MiniProject, english: Path) -> MiniProject:
    """Each client has a recording; each second one also has one for training only, and so do six
    voices without other recordings. The first two of those repeat a text of the test split."""
    given = yaml.safe_load(PARAMS.read_text())["build_dataset"]
    given |= {"validation": 0.3, "test": 0.3, "empty_windows": 0.4, "shared_words": 4}
    mini.params(build_dataset=given)
    (mini.root / "models").mkdir()
    (mini.root / "models" / "base").symlink_to(english)
    tested = next(client for client in CLIENTS if split(client) == "test")
    rows = [(f"a{client}", client, "all", client == tested) for client in CLIENTS]
    rows += [(f"t{client}", client, "train", False) for client in CLIENTS[::2]]
    rows += [(f"voice{n}", f"voice{n}", "train", n < 2) for n in range(6)]
    recordings, segments = [], []
    sound = np.random.default_rng(1).normal(0, 0.05, 12 * 16_000).astype(np.float32)
    for name, group, use, shared in rows:
        times = [(0.0, 3.0), (3.2, 6.2)]
        recordings.append(Recording(name, group, 12.0, times, 0.05, 0.3, use=use))  # type: ignore[arg-type]
        texts = [SHARED if shared else f"{name} says first words", f"{name} says more words"]
        segments += [
            Segment(f"{name}-{n:04d}", name, *time, *time, text, "")
            for n, (time, text) in enumerate(zip(times, texts, strict=True))
        ]
        path = audio_path(mini.root / "data" / "segments", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_flac(path, to_pcm(sound))
    write_manifest(mini.root / "data" / "normalized", recordings, segments)
    return mini


def test_they_reach_training_alone(
    project: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    build_dataset.main()
    dataset = project.root / "data" / "dataset"
    metrics = json.loads((project.root / "metrics" / "dataset.json").read_text())
    both = CLIENTS[::2]
    left_out = [client for client in both if split(client) != "train"]
    assert 0 < len(left_out) < len(both)
    clips = {name: list(clips_of(dataset / name)) for name in SPLITS}
    for name in ("validation", "test"):
        own = {f"a{client}" for client in CLIENTS if split(client) == name}
        assert {clip.recording for clip in clips[name]} == own
        assert metrics[name]["recordings"] == metrics[name]["people_or_recordings"] == len(own)
    assert set(read_full(dataset / "test_recordings")) == {c.recording for c in clips["test"]}
    trained = {clip.recording for clip in clips["train"]}
    kept = {f"t{client}" for client in both if client not in left_out}
    kept |= {f"voice{n}" for n in range(6)}
    assert {name for name in trained if not name.startswith("a")} == kept
    assert all(SHARED not in clip.text for clip in clips["train"])
    counts = {f"client_also_in_{name}": 2 * sum(split(c) == name for c in left_out)
              for name in ("validation", "test")}  # fmt: skip
    assert metrics["dropped"] == counts | {"text_also_in_test": 2}

    seconds = sum(clip.seconds for clip in clips["train"])
    extra = sum(clip.seconds for clip in clips["train"] if clip.recording in kept)
    assert metrics["train_only_recordings"] == len(kept)
    assert metrics["train_only_left_out"] == len(left_out)
    assert metrics["train_only_hours"] == pytest.approx(extra / 3600, abs=1e-4)
    assert metrics["train_only_share"] == pytest.approx(extra / seconds, abs=1e-4)
    assert 0.3 < metrics["train_only_share"] < 0.9
    told = capsys.readouterr().out
    assert f"for training only: {len(kept)} recordings, {extra / seconds:.1%}" in told
    assert f"left out: {len(left_out)} recordings for training only" in told


def test_what_was_written_is_checked(project: MiniProject) -> None:
    """Against a manifest in which a recording of the split has another use, or another client."""
    build_dataset.main()
    dataset = project.root / "data" / "dataset"
    recordings = {r.id: r for r in read_recordings(project.root / "data" / "normalized")}
    check_splits(dataset, recordings)
    for name in ("validation", "test"):
        one = next(f"a{client}" for client in CLIENTS if split(client) == name)
        changed = recordings | {one: replace(recordings[one], use="train")}
        with pytest.raises(RuntimeError, match=f"{name} has 1 recording"):
            check_splits(dataset, changed)
        changed = recordings | {one: replace(recordings[one], group="voice3")}
        with pytest.raises(RuntimeError, match="a person is in more than one split"):
            check_splits(dataset, changed)


def test_all_for_training_only_is_one_fault(project: MiniProject) -> None:
    folder = project.root / "data" / "normalized"
    recordings = [replace(r, use="train") for r in read_recordings(folder)]
    segments = [Segment("a-0", "a", 0.0, 2.0, 0.0, 2.0, "some text of four", "")]
    write_manifest(folder, recordings, segments)
    with pytest.raises(UserError) as error:
        build_dataset.main()
    assert str(error.value).startswith("sessions.csv: every recording has the use train")
    assert "\n" not in str(error.value)


def test_clients_that_validation_cannot_have_are_not_counted(project: MiniProject) -> None:
    folder = project.root / "data" / "normalized"
    tested = next(client for client in CLIENTS if split(client) == "test")
    recordings = [
        r if r.id == f"a{tested}" else replace(r, use="train", group=f"{r.id} alone")
        for r in read_recordings(folder)
    ]
    rows = [Segment(f"{r.id}-0", r.id, 0.0, 3.0, 0.0, 3.0, f"{r.id} says four words", "")
            for r in recordings]  # fmt: skip
    write_manifest(folder, recordings, rows)
    with pytest.raises(UserError) as error:
        build_dataset.main()
    assert str(error.value).startswith("validation is empty (0 of 1 people or recordings")
