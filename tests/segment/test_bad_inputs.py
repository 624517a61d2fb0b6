"""Three hundred bad inputs beside three good ones: each is told by its id, and the rest is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stages.common.core.files import read_json, read_rows
from stages.common.core.ids import recording_id
from stages.common.transcripts import vtt
from stages.segment import tasks
from tests.support.bad_inputs import SENTENCE, write_all
from tests.support.mini_project import KEY, SEGMENT, MiniProject

REPOSITORY = Path(__file__).parents[2]
GOOD = ("good one", "good two", "good three")
MOST_KILOBYTES = 2_000_000
# In a small process of its own: a process has the peak of the one that it was forked from.
MEASURED = """
import resource, subprocess, sys
from pathlib import Path
code = subprocess.call(sys.argv[1:])
Path("peak").write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


def test_content_that_no_reader_expects_is_told_by_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        vtt.parse(5)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "segment_recording", fail)
    source: Any = SimpleNamespace(id="r1")
    row = tasks.segment_into(source, None, None, tmp_path)  # type: ignore[arg-type]
    assert row["rejections"] == ["not_processed"] and row["recording"] is None
    assert row["details"][0].startswith("TypeError at stages/common/transcripts/vtt.py:")


@dataclass
class Told:
    """One run of the stage on all of them."""

    stems: list[str]
    lines: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Printed, by the id with which they begin."""
    errors: str = ""
    texts: dict[str, list[str]] = field(default_factory=dict)
    """Kept, by recording."""
    dropped: dict[str, int] = field(default_factory=dict)
    peak_kilobytes: int = 0
    """Of the largest of its processes."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, aligner: Path) -> Told:
    mini = MiniProject(tmp_path_factory.mktemp("bad"))
    mini.prepare()
    mini.params(segment=SEGMENT | {"aligner": str(aligner)})
    told = Told(write_all(mini))
    for stem in GOOD:
        mini.valid(stem)
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    output, errors = mini.root / "output", mini.root / "errors"
    with output.open("w") as out, errors.open("w") as err:
        run = subprocess.run(
            [sys.executable, "-c", MEASURED, sys.executable, "-m", "stages.segment"],
            cwd=mini.root, env=environment, stdout=out, stderr=err,
        )  # fmt: skip
    told.errors = errors.read_text()
    told.peak_kilobytes = int((mini.root / "peak").read_text())
    for line in output.read_text().splitlines():
        told.lines[line.partition(":")[0]].append(line)
    assert run.returncode == 0, told.errors
    told.dropped = read_json(mini.root / "metrics" / "segment.json")["dropped_recordings"]
    for row in read_rows(mini.root / "data" / "segments" / "segments.jsonl"):
        told.texts.setdefault(row["recording"], []).append(row["text"])
    return told


def test_there_are_three_hundred(told: Told) -> None:
    assert len(set(told.stems)) >= 300


def test_each_is_told_by_its_id_or_kept(told: Told) -> None:
    ids = {recording_id(KEY, stem): stem for stem in told.stems}
    assert [stem for name, stem in ids.items() if name not in {*told.lines, *told.texts}] == []


def test_the_rest_is_kept(told: Told) -> None:
    for stem in GOOD:
        assert told.texts[recording_id(KEY, stem)] == ["a recording without fault"]


def test_nothing_was_ended_from_outside(told: Told) -> None:
    """Each takes less than stages/segment/limits.py allows it, and has its own reason."""
    ended = {"took_too_long", "took_too_much_memory", "work_crashed", "not_processed"}
    assert not ended & told.dropped.keys()


def test_the_memory_stays_small(told: Told) -> None:
    assert told.peak_kilobytes < MOST_KILOBYTES


def test_no_word_and_no_traceback_is_shown(told: Told) -> None:
    shown = told.errors + "\n".join(line for lines in told.lines.values() for line in lines)
    assert "Traceback" not in shown
    assert not any(words in shown for words in (SENTENCE, "garden", "bad_inputs", ".wav"))
