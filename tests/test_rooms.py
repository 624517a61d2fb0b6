"""Rooms import downwards only, so that a reader can learn one without those above it."""

from __future__ import annotations

import pytest

from tests.support.rooms import WHOLE, arrows, modules, room_of

COMMON = "stages.common"
LAYERS = (
    ("core",), ("text", "audio"), ("transcripts", "dataset"), ("asr",), ("evaluation",),
)  # fmt: skip
"""From the lowest up: a room may import from layers below its own."""
GRAPH = arrows()


def level(room: str) -> int:
    """Layers first, then the stages, then the service, then the commands."""
    if room in WHOLE:
        return len(LAYERS) + 1 + WHOLE.index(room)
    name = room.removeprefix(f"{COMMON}.")
    return next((n for n, layer in enumerate(LAYERS) if name in layer), len(LAYERS))


def test_the_rooms_are_these_seven() -> None:
    rooms = {room_of(module) for module in modules("stages/common")} - {COMMON}
    assert rooms == {f"{COMMON}.{name}" for layer in LAYERS for name in layer}
    assert len(rooms) == 7


@pytest.mark.parametrize("room", sorted(GRAPH))
def test_arrows_point_down(room: str) -> None:
    """Strictly: so there is no cycle, and no stage imports another one."""
    upward = {target for target in GRAPH[room] if level(target) >= level(room)}
    assert not upward


def test_the_graph_holds_arrows_that_are_known() -> None:
    assert f"{COMMON}.text" in GRAPH[f"{COMMON}.evaluation"]
    assert "stages.segment" in GRAPH["attune"]
    assert GRAPH[f"{COMMON}.core"] == set()
