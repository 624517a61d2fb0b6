"""A change reruns the stages that depend on it, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from stages.build_dataset.split_assignment import split_of
from stages.common.core.ids import recording_id
from stages.common.core.manifest import read_recordings
from stages.common.dataset.features import decode_clip
from stages.common.dataset.out_of_domain import names_of
from stages.common.dataset.split_storage import clips_of
from tests.support.dvc_project import (
    CLIENTS,
    KEY,
    TIMED,
    git,
    hashes,
    metrics,
    repro,
    run,
    set_params,
)

pytestmark = pytest.mark.pipeline


def changed(project: Path) -> list[str]:
    """Stages that a dependency has changed for, sorted; none runs."""
    return sorted(repro(project, "--dry"))


def test_nothing_changed(project: Path) -> None:
    assert repro(project) == []


def test_quantization(project: Path) -> None:
    set_params(project, {"convert": {"quantization": "float32"}})
    assert repro(project, "ct2_convert") == ["ct2_convert"]
    assert changed(project) == ["evaluate", "report"]


def test_style(project: Path) -> None:
    set_params(project, {"normalize": {"style": "verbatim"}})
    ran = repro(project, "ct2_convert")
    assert ran == ["normalize", "build_dataset", "finetune", "ct2_convert"]
    assert changed(project) == ["baseline", "evaluate", "report"]


def test_level(project: Path) -> None:
    """`normalize` sets gains and writes no audio; `build_dataset` applies them."""

    def levels_and_gains() -> dict[str, tuple[float, float]]:
        gains = {r.id: r.gain_db for r in read_recordings(project / "data" / "normalized")}
        return {
            clip.id: (20 * np.log10(np.std(decode_clip(clip.audio))), gains[clip.recording])
            for clip in clips_of(project / "data" / "dataset" / "test")
        }

    before = levels_and_gains()
    set_params(project, {"normalize": {"level_dbfs": -30.0}})
    assert repro(project, "build_dataset") == ["normalize", "build_dataset"]
    written = sorted(path.name for path in (project / "data" / "normalized").iterdir())
    assert written == ["recordings.jsonl", "segments.jsonl"]
    after = levels_and_gains()
    assert after.keys() == before.keys()
    for name, (level, gain) in before.items():
        assert after[name][1] < gain
        assert after[name][0] - level == pytest.approx(after[name][1] - gain, abs=0.01)


def change_transcript(project: Path, split: str) -> None:
    """Change one word in the transcript of one client of `split`."""
    for client in CLIENTS:
        recording = recording_id(KEY.encode(), client)
        if split_of(KEY.encode(), recording, 0.25, 0.25) == split:
            path = project / "data" / "sessions" / "transcripts" / f"{client}.srt"
            path.write_text(path.read_text().replace("new plan", "old plan"))
            return


def test_one_transcript_of_training(project: Path) -> None:
    change_transcript(project, "train")
    ran = repro(project, "ct2_convert")
    assert ran == ["segment", "normalize", "build_dataset", "finetune", "ct2_convert"]
    # The test split is the same, so `baseline` does not run.
    assert changed(project) == ["evaluate", "report"]


def test_one_transcript_of_the_test_split(project: Path) -> None:
    change_transcript(project, "test")
    assert repro(project, "build_dataset") == ["segment", "normalize", "build_dataset"]
    # The training split is the same, so `finetune` does not run.
    assert changed(project) == ["baseline", "evaluate", "report"]


def test_a_recording_becomes_for_training_only(project: Path) -> None:
    """It is not segmented again; in training it replaces no other one."""
    ids = {client: recording_id(KEY.encode(), client) for client in CLIENTS}
    splits = {c: split_of(KEY.encode(), name, 0.25, 0.25) for c, name in ids.items()}
    moved = next(client for client in CLIENTS if splits[client] == "test")
    folder = project / "data" / "sessions"
    path = folder / "transcripts" / f"{moved}.srt"
    path.write_text(re.sub(r"(?m)^([A-Z].*)$", r"Only here: \1", path.read_text()))
    repro(project, "build_dataset")
    finished = project / ".state" / "finished" / "segment"
    before, entries = metrics(project, "dataset"), set(finished.iterdir())
    assert before["train_only_share"] == 0
    (folder / "sessions.csv").write_text(f"recording,client,use\n{moved},,train\n")
    assert repro(project, "build_dataset") == ["segment", "normalize", "build_dataset"]
    # Nothing new: those of the transcript before its change are gone.
    assert len(entries) > len(CLIENTS) and set(finished.iterdir()) <= entries
    after = metrics(project, "dataset")
    assert after["train_only_recordings"] == 1 and 0 < after["train_only_share"] < 0.5
    for split, change in (("train", 1), ("validation", 0), ("test", -1)):
        assert after[split]["recordings"] == before[split]["recordings"] + change
        clips = clips_of(project / "data" / "dataset" / split)
        assert (ids[moved] in {clip.recording for clip in clips}) == (split == "train")


def test_a_text_of_the_out_of_domain_set(project: Path) -> None:
    (name,) = names_of("test", ["guard_0", "guard_1"])
    path = project / "data" / "guard" / "transcripts" / f"{name}.txt"
    path.write_text(f"{path.read_text()} today", encoding="utf-8")
    words = metrics(project, "evaluate")["guard_words"]
    # `finetune` depends on the whole folder, and ends with the same model.
    assert set(repro(project)) == {"baseline", "finetune", "evaluate", "report"}
    assert metrics(project, "evaluate")["guard_words"] == words + 1
    base = metrics(project, "baseline")
    change = metrics(project, "evaluate")["guard_wer"] / base["guard_wer"] - 1
    assert metrics(project, "evaluate")["guard_change"] == pytest.approx(change, abs=1e-3)


def test_a_clean_clone_gives_the_same_outputs(finished: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    git(tmp_path, "clone", "-q", str(finished), str(other))
    for name in ("sessions", "key", "guard"):
        run(other, "cp", "-r", str(finished / "data" / name), "data")
    assert len(repro(other)) == 9, "a clone has no outputs, so all stages run"
    assert hashes(other) == hashes(finished)
    for path in (finished / "metrics").iterdir():
        if path.relative_to(finished).as_posix().startswith(TIMED):
            continue
        assert (other / "metrics" / path.name).read_bytes() == path.read_bytes(), path.name
