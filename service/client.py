"""Whether the client of a request still waits for its answer."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType

from starlette.requests import ClientDisconnect, Request


class Client:
    """Watches the connection within the `with` block. The whole body was read before."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._gone = threading.Event()

    def __enter__(self) -> Client:
        self._task = asyncio.create_task(self._watch())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._task.cancel()

    def check(self) -> None:
        """In any thread. Raises: ClientDisconnect if the client has left."""
        if self._gone.is_set():
            raise ClientDisconnect

    async def _watch(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self._gone.set()
