"""Connections that send nothing are closed, so that they do not use up the process's files."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS = 10
"""Until the first request's header is complete; uvicorn has no such limit."""
MAX_CONNECTIONS = 256
"""Open at once. A process may usually open 1024 files."""


class Connection(H11Protocol):
    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.abort()
            return
        self._header: asyncio.TimerHandle = self.loop.call_later(HEADER_SECONDS, self._close_idle)

    def _close_idle(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.abort()
