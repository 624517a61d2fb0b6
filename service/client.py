"""Whether the client of a request still waits for its answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.requests import ClientDisconnect, Request


@contextmanager
def watched(request: Request) -> Iterator[Callable[[], None]]:
    """Watch the connection within the `with` block. The whole body was read before.

    Yields: a function for any thread, which raises ClientDisconnect once the client has left.
    """
    gone = threading.Event()

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        gone.set()

    def check() -> None:
        if gone.is_set():
            raise ClientDisconnect

    task = asyncio.create_task(watch())
    try:
        yield check
    finally:
        task.cancel()
