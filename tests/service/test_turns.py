"""Turns go to waiting threads in the order of their arrival."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from service.turns import Turns

SECONDS = 10.0
"""At most, until a thread has its turn."""


def waiting(turns: Turns, name: str, order: list[str], go: Event) -> Thread:
    """A thread that waits for a turn, notes its name, and keeps its turn until `go`."""

    def work() -> None:
        with turns:
            order.append(name)
            assert go.wait(SECONDS)

    before = turns.waiting
    thread = Thread(target=work)
    thread.start()
    while turns.waiting == before and thread.is_alive() and name not in order:
        thread.join(0.001)
    return thread


def test_a_thread_with_many_steps_lets_those_pass_that_wait() -> None:
    order: list[str] = []
    turns, go = Turns(1), Event()
    turns.__enter__()
    threads = [waiting(turns, name, order, go) for name in "ab"]
    go.set()
    for _ in range(2):
        turns.__exit__(None, None, None)
        order.append("many steps")
        turns.__enter__()
    turns.__exit__(None, None, None)
    for thread in threads:
        thread.join(SECONDS)
    # Each step of the first waits for all that came before it.
    assert [name for name in order if name != "many steps"] == ["a", "b"]


def test_no_more_threads_than_slots() -> None:
    order: list[str] = []
    turns, go = Turns(2), Event()
    threads = [waiting(turns, name, order, go) for name in "abc"]
    assert order == ["a", "b"] and turns.waiting == 1
    go.set()
    for thread in threads:
        thread.join(SECONDS)
    assert order == ["a", "b", "c"] and turns.waiting == 0


def test_an_error_gives_the_turn_back() -> None:
    turns = Turns(1)
    with pytest.raises(ValueError, match="in a step"), turns:
        raise ValueError("in a step")
    with turns:
        assert turns.waiting == 0
