"""A new, changed or removed recording costs its own work; a kill loses one at most."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from stages.common.core.ids import recording_id
from tests.support.workplace import KEY, SEGMENT, Workplace, spoken, srt

REPOSITORY = Path(__file__).parents[3]


def fill(place: Workplace, stem: str, seconds: int = 1) -> None:
    place.audio(f"{stem}.wav", np.tile(spoken(), seconds))
    place.words(f"{stem}.srt", srt((0.1, 2.9, f"Words of {stem}.")))


def entries(place: Workplace) -> set[str]:
    folder = place.root / ".state" / "finished" / "segment"
    return {path.name for path in folder.iterdir() if path.is_dir()}


def bytes_of(place: Workplace) -> dict[str, bytes]:
    return {
        path.relative_to(place.root).as_posix(): path.read_bytes()
        for part in ("data", "metrics")
        for path in sorted((place.root / part).rglob("*"))
        if path.is_file()
    }


def run(place: Workplace) -> dict[str, bytes]:
    """As DVC runs the stages: their outputs are gone before."""
    shutil.rmtree(place.root / "data", ignore_errors=True)
    assert not place.segment().fault
    place.normalize()
    return bytes_of(place)


def from_scratch(place: Workplace) -> dict[str, bytes]:
    shutil.rmtree(place.root / ".state")
    return run(place)


def test_a_new_a_changed_and_a_removed_recording_cost_their_own_work(place: Workplace) -> None:
    for stem in "abc":
        fill(place, stem)
    run(place)
    before = entries(place)
    fill(place, "d")
    place.words("b.srt", srt((0.1, 2.5, "Other words.")))
    (place.sessions / "audio" / "c.wav").unlink()
    (place.sessions / "transcripts" / "c.srt").unlink()
    after = run(place)
    assert len(entries(place) - before) == 2
    assert after == from_scratch(place)


def test_what_two_runs_did_not_use_is_deleted(place: Workplace) -> None:
    for stem in "ab":
        fill(place, stem)
    run(place)
    (place.sessions / "audio" / "b.wav").unlink()
    (place.sessions / "transcripts" / "b.srt").unlink()
    run(place)
    assert len(entries(place)) == 2  # a run of before may come back
    run(place)
    assert len(entries(place)) == 1


def test_a_damaged_entry_is_made_again(place: Workplace) -> None:
    fill(place, "a")
    whole = run(place)
    (entry,) = entries(place)
    (audio,) = (place.root / ".state/finished/segment" / entry / "audio").iterdir()
    audio.unlink()
    audio.write_bytes(b"fLaC and no more")
    assert run(place) == whole


def test_other_parameters_do_all_work_anew(place: Workplace) -> None:
    fill(place, "a")
    run(place)
    before = entries(place)
    place.params(segment=SEGMENT | {"pad_seconds": 0.1})
    after = run(place)
    assert len(entries(place) - before) == 1
    assert after == from_scratch(place)


def test_a_recording_under_another_name_gets_its_new_id(place: Workplace) -> None:
    fill(place, "a")
    run(place)
    for folder, suffix in (("audio", "wav"), ("transcripts", "srt")):
        path = place.sessions / folder / f"a.{suffix}"
        path.rename(path.with_stem("z"))
    assert place.segment().recordings[0]["id"] == recording_id(KEY, "z")


def test_a_killed_run_goes_on_where_it_was(place: Workplace) -> None:
    for number in range(12):
        fill(place, f"s{number}", seconds=30)
    command = [sys.executable, "-m", "stages.segment"]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    started = subprocess.Popen(
        command, cwd=place.root, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    store = place.root / ".state/finished/segment"
    try:
        for _ in range(1200):
            if store.is_dir() and len(list(store.glob("*/record.json"))) >= 2:
                break
            time.sleep(0.05)
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    done = {path.parent.name: path.stat().st_mtime_ns for path in store.glob("*/record.json")}
    whole = {name for name in done if not name.endswith(".new")}
    assert 2 <= len(whole) < 12
    assert not (place.root / "data" / "segments").exists()
    after = run(place)
    again = {name: (store / name / "record.json").stat().st_mtime_ns for name in whole}
    assert again == {name: done[name] for name in whole}
    assert after == from_scratch(place)


def test_the_output_is_no_second_copy(place: Workplace) -> None:
    fill(place, "a")
    run(place)
    (audio,) = (place.root / "data/segments/audio").iterdir()
    assert audio.stat().st_nlink == 2


@pytest.mark.parametrize(
    ("backend", "scheduler"), [("dask", ""), ("loky", "tcp://127.0.0.1:8786"), ("spark", "")]
)
def test_a_backend_and_a_scheduler_that_do_not_fit(
    place: Workplace, backend: str, scheduler: str
) -> None:
    place.good()
    place.params(segment=SEGMENT | {"backend": backend, "scheduler": scheduler})
    assert "segment" in place.segment().fault
