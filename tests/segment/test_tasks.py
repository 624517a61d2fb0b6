"""What is kept of a recording's work for the next run, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stages.common.core.watchdog import WorkEnded, run_watched
from stages.segment import tasks


def test_a_lack_of_memory_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run may have more: `run_cached_tasks` keeps a result, but no `WorkEnded`."""

    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(tasks, "segment_recording", full)
    source: Any = object()
    with pytest.raises(WorkEnded) as raised:
        tasks.segment_into(source, source, source, tmp_path)
    assert raised.value.reason == "took_too_much_memory"


def test_the_work_itself_may_end() -> None:
    with pytest.raises(WorkEnded) as raised:
        run_watched(end)
    assert raised.value.reason == "took_too_much_memory"


def end() -> None:
    raise WorkEnded("took_too_much_memory")
