"""What the corrections were worth, while recordings are finished."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

from attune.draft.worth import Worth
from attune.review.value import Value
from stages.common.core.params import load_params
from tests.support.review import ReviewProject


def test_done_does_not_wait_for_it_and_counts_the_next_time(
    project: ReviewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = Value(load_params(), project.sources())
    computed = []

    def slow(*args: Any) -> Worth:
        computed.append(args)
        if len(computed) == 1:
            done = Thread(target=value.expire, daemon=True)
            done.start()
            done.join(10)
            assert not done.is_alive()
        return Worth([], 1.0, [])

    monkeypatch.setattr("attune.review.value.worth", slow)
    for calls in (1, 2, 2):
        assert value.lines() == []
        assert len(computed) == calls


def test_a_fault_is_told_until_it_is_mended(project: ReviewProject) -> None:
    value = Value(load_params(), project.sources())
    (project.sessions / "sessions.csv").write_text("recording\n")
    assert value.lines() == ["sessions.csv: its first line lacks client; it is recording,client"]
    (project.sessions / "sessions.csv").unlink()
    assert value.lines() == []
