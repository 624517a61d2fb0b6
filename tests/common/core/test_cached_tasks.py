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

from stages.common.core.cached_tasks import CachedTask, run_cached_tasks
from stages.common.core.ids import recording_id
from stages.common.core.work_limits import allow
from tests.support.mini_project import KEY, SEGMENT, MiniProject, srt, voice
from tests.support.processes import processes_in, wait_until

REPOSITORY = Path(__file__).parents[3]


def fill(mini: MiniProject, stem: str, seconds: int = 1) -> None:
    mini.audio(f"{stem}.wav", np.tile(voice(), seconds))
    mini.transcript(f"{stem}.srt", srt((0.1, 2.9, f"Words of {stem}.")))


def entries(mini: MiniProject) -> set[str]:
    folder = mini.root / ".state" / "finished" / "segment"
    return {path.name for path in folder.iterdir() if path.is_dir()}


def bytes_of(mini: MiniProject) -> dict[str, bytes]:
    return {
        path.relative_to(mini.root).as_posix(): path.read_bytes()
        for part in ("data", "metrics")
        for path in sorted((mini.root / part).rglob("*"))
        if path.is_file()
    }


def run(mini: MiniProject) -> dict[str, bytes]:
    """As DVC runs the stages: their outputs are gone before."""
    shutil.rmtree(mini.root / "data", ignore_errors=True)
    assert not mini.segment().fault
    mini.normalize()
    return bytes_of(mini)


def from_scratch(mini: MiniProject) -> dict[str, bytes]:
    shutil.rmtree(mini.root / ".state")
    return run(mini)


def test_a_new_a_changed_and_a_removed_recording_cost_their_own_work(mini: MiniProject) -> None:
    for stem in "abc":
        fill(mini, stem)
    run(mini)
    before = entries(mini)
    fill(mini, "d")
    mini.transcript("b.srt", srt((0.1, 2.5, "Other words.")))
    (mini.sessions / "audio" / "c.wav").unlink()
    (mini.sessions / "transcripts" / "c.srt").unlink()
    after = run(mini)
    assert len(entries(mini) - before) == 2
    assert after == from_scratch(mini)


def test_results_that_two_runs_did_not_use_are_deleted(mini: MiniProject) -> None:
    for stem in "ab":
        fill(mini, stem)
    run(mini)
    (mini.sessions / "audio" / "b.wav").unlink()
    (mini.sessions / "transcripts" / "b.srt").unlink()
    run(mini)
    assert len(entries(mini)) == 2  # a run of before may come back
    run(mini)
    assert len(entries(mini)) == 1


def test_a_damaged_entry_is_made_again(mini: MiniProject) -> None:
    fill(mini, "a")
    whole = run(mini)
    (entry,) = entries(mini)
    (audio,) = (mini.root / ".state/finished/segment" / entry / "audio").iterdir()
    audio.unlink()
    audio.write_bytes(b"fLaC and no more")
    assert run(mini) == whole


def test_other_parameters_do_all_work_anew(mini: MiniProject) -> None:
    fill(mini, "a")
    run(mini)
    before = entries(mini)
    mini.params(segment=SEGMENT | {"pad_seconds": 0.1})
    after = run(mini)
    assert len(entries(mini) - before) == 1
    assert after == from_scratch(mini)


def test_a_recording_under_another_name_gets_its_new_id(mini: MiniProject) -> None:
    fill(mini, "a")
    run(mini)
    for folder, suffix in (("audio", "wav"), ("transcripts", "srt")):
        path = mini.sessions / folder / f"a.{suffix}"
        path.rename(path.with_stem("z"))
    assert mini.segment().recordings[0]["id"] == recording_id(KEY, "z")


def test_a_killed_run_goes_on_where_it_was(mini: MiniProject) -> None:
    for number in range(12):
        fill(mini, f"s{number}", seconds=30)
    command = [sys.executable, "-m", "stages.segment"]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    started = subprocess.Popen(
        command, cwd=mini.root, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    store = mini.root / ".state/finished/segment"
    try:
        for _ in range(1200):
            if store.is_dir() and len(list(store.glob("*[!w]/record.json"))) >= 2:  # no *.new
                break
            time.sleep(0.05)
    finally:
        # Its workers end with it.
        os.kill(started.pid, signal.SIGKILL)
        started.wait()
        wait_until(lambda: not processes_in(mini.root))
    done = {path.parent.name: path.stat().st_mtime_ns for path in store.glob("*/record.json")}
    whole = {name for name in done if not name.endswith(".new")}
    assert 2 <= len(whole) < 12
    assert not (mini.root / "data" / "segments").exists()
    after = run(mini)
    again = {name: (store / name / "record.json").stat().st_mtime_ns for name in whole}
    assert again == {name: done[name] for name in whole}
    assert after == from_scratch(mini)


def _write(folder: Path) -> dict[str, str]:
    (folder / "made").write_text("x")
    return {"reason": ""}


def _crash(folder: Path) -> dict[str, str]:
    (folder / "half").write_text("x")
    os.abort()


def _hang(folder: Path) -> dict[str, str]:
    allow(0.2)
    while True:
        pass


def _ended(reason: str) -> dict[str, str]:
    return {"reason": reason}


def test_work_that_crashes_or_hangs_costs_its_own_recording(mini: MiniProject) -> None:
    out = mini.root / "out"
    works = {"r1": _crash, "r2": _write, "r3": _hang, "r4": _write}
    tasks = [CachedTask(name, [], (), work, _ended) for name, work in works.items()]
    for _ in range(2):  # the second time two come from the cache
        out.mkdir()
        rows = run_cached_tasks("segment", tasks, out, "loky", "")
        assert [row["reason"] for row in rows] == ["work_crashed", "", "took_too_long", ""]
        assert [path.name for path in out.iterdir()] == ["made"]
        assert len(entries(mini)) == 2
        shutil.rmtree(out)


def test_the_output_is_no_second_copy(mini: MiniProject) -> None:
    fill(mini, "a")
    run(mini)
    (audio,) = (mini.root / "data/segments/audio").iterdir()
    assert audio.stat().st_nlink == 2


@pytest.mark.parametrize(
    ("backend", "scheduler"), [("dask", ""), ("loky", "tcp://127.0.0.1:8786"), ("spark", "")]
)
def test_a_backend_and_a_scheduler_that_do_not_fit(
    mini: MiniProject, backend: str, scheduler: str
) -> None:
    mini.valid()
    mini.params(segment=SEGMENT | {"backend": backend, "scheduler": scheduler})
    assert "segment" in mini.segment().fault
