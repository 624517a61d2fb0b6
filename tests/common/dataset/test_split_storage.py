"""Clips joined into windows."""

from __future__ import annotations

from dataclasses import replace

from stages.common.dataset.split_storage import Clip, join_clips


def clip(name: str, seconds: float, recording: str = "r") -> Clip:
    return Clip(name, recording, 0.0, seconds, "", [], 0, b"")


def test_windows_have_neighbours_of_one_recording() -> None:
    clips = [clip("a", 12.0), clip("b", 18.0), clip("c", 1.0), clip("d", 30.5), clip("e", 2.0)]
    clips += [replace(clip("f", 2.0), recording="s")]
    assert [[c.id for c in window] for window in join_clips(clips, 30.0)] == [
        ["a", "b"], ["c"], ["d"], ["e"], ["f"],
    ]  # fmt: skip
    assert list(join_clips([], 30.0)) == []


def test_windows_have_a_limit_of_labels() -> None:
    clips = [replace(clip(str(n), 1.0), labels=[0] * n) for n in (3, 4, 5, 9, 1)]
    sizes = [[len(c.labels) for c in window] for window in join_clips(clips, 30.0, labels=7)]
    assert sizes == [[3, 4], [5], [9], [1]]
