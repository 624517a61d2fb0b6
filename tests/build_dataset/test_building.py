"""The full dataset: content of each split, and errors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stages.build_dataset.building import build
from stages.build_dataset.split_assignment import SPLITS, split_of
from stages.common.audio.samples import Pcm16, to_pcm
from stages.common.core.errors import UserError
from stages.common.core.files import read_rows
from stages.common.core.manifest import Recording, Segment, read_segments, write_manifest
from stages.common.core.manifest import read_recordings as read_manifest
from stages.common.core.params import load_params
from stages.common.dataset.full_recordings import read_recordings
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.split_storage import clips_of

KEY = b"a key for tests, which everybody may know"
RECORDINGS = tuple(f"r{number:02d}" for number in range(30))
SECONDS = 12
PARAMS = load_params().build_dataset.model_copy(
    update={"validation": 0.3, "test": 0.3, "window_seconds": 10.0, "short_windows": 0.0}
)
PARAMS = PARAMS.model_copy(update={"empty_windows": 0.0})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The manifest of recordings of four segments each, of which the last is too short."""
    folder = tmp_path / "normalized"
    recordings, segments = [], []
    for name in RECORDINGS:
        times = [(0.0, 2.0), (2.2, 4.2), (4.4, 6.4), (7.0, 7.1)]
        recordings.append(Recording(name, name, float(SECONDS), times, speech_rms=0.05, peak=0.3))
        segments += [
            Segment(
                f"{name}-{n:04d}", name, *time, *time, f"{name} has number {n}", "Client",
                written=f"{name.upper()} has number {n}.",
            )
            for n, time in enumerate(times)
        ]  # fmt: skip
    write_manifest(folder, recordings, segments)
    return folder


def read_audio(recording: str, gain_db: float) -> Pcm16:
    return to_pcm(np.random.default_rng(1).normal(0, 0.05, SECONDS * 16_000).astype(np.float32))


def test_a_dataset(source: Path, tmp_path: Path, english: Path) -> None:
    target = tmp_path / "dataset"
    recordings = {each.id: each for each in read_manifest(source)}
    labeller = load_labeller(english, "en")
    metrics = build(source, target, recordings, read_audio, KEY, PARAMS, labeller)
    assert metrics["empty_windows"] == {"pauses": 0, "synthetic": 0}
    assert metrics["segments_in"] == 4 * len(RECORDINGS)
    assert metrics["dropped"] == {"too_short": len(RECORDINGS)}
    for split in SPLITS:
        names = [n for n in RECORDINGS if split_of(KEY, n, PARAMS.validation, PARAMS.test) == split]
        clips = list(clips_of(target / split))
        counts = metrics[split]
        assert counts["recordings"] == counts["people_or_recordings"] == len(names)
        assert counts["segments"] == 3 * len(names) and counts["clips"] == len(clips)
        assert counts["seconds"] == pytest.approx(sum(clip.seconds for clip in clips))
        assert counts["words"] == sum(len(clip.text.split()) for clip in clips) == 12 * len(names)
        assert sorted({clip.recording for clip in clips}) == names
        # As typed, beside the label: a stop and a capital a segment.
        assert [clip.written.replace(".", "").lower() for clip in clips] == [c.text for c in clips]
        assert sum(clip.written.count(".") for clip in clips) == counts["segments"]
        assert (len(clips) < counts["segments"]) == (split == "train")
        assert {clip.client for clip in clips} == {recordings[name].group for name in names}
        assert (f"{split}_set" in metrics) == (split != "train")
    # Texts of fewer than six words are not drawn.
    assert metrics["membership_pairs"] == 0 == len(read_rows(target / "membership/pairs.jsonl"))
    test = [clip.id for clip in clips_of(target / "test")]
    assert [row["id"] for row in read_rows(target / "test_slices.jsonl")] == test
    full = read_recordings(target / "test_recordings")
    assert {name: len(rows) for name, rows in full.items()} == dict.fromkeys(names, 4)
    assert (target / "test_set").read_text() == metrics["test_set"]


def test_the_test_set_is_the_same_in_every_style(
    source: Path, tmp_path: Path, english: Path
) -> None:
    """Else a run with written labels could not be compared with one with spoken labels."""
    labeller = load_labeller(english, "en")
    recordings = list(read_manifest(source))
    segments = list(read_segments(source))
    test_sets = []
    for number, text in enumerate(["{}", "{}.", "{} now"]):
        folder = tmp_path / str(number)
        changed = [
            replace(s, text=text.format(s.text.upper() if number == 1 else s.text))
            for s in segments
        ]
        write_manifest(folder, recordings, changed)
        by_id = {each.id: each for each in recordings}
        out = tmp_path / f"out{number}"
        test_sets.append(build(folder, out, by_id, read_audio, KEY, PARAMS, labeller)["test_set"])
    spoken, written, other = test_sets
    assert spoken == written != other


def test_an_empty_split_is_an_error(source: Path, tmp_path: Path, english: Path) -> None:
    recordings = {each.id: replace(each, group="one person") for each in read_manifest(source)}
    labeller = load_labeller(english, "en")
    with pytest.raises(UserError) as error:
        build(source, tmp_path / "out", recordings, read_audio, KEY, PARAMS, labeller)
    lines = str(error.value).splitlines()
    assert len(lines) == 3 and lines[-1] == f"dropped: too_short {len(RECORDINGS)}"
    for line in lines[:2]:
        assert "is empty (0 of 1 people or recordings were assigned to it)" in line
    assert not (tmp_path / "out").exists()
