"""Server-sent events of a transcription, in the form of OpenAI's API."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any

from faster_whisper.transcribe import Segment
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from service.errors import log_failure
from service.metrics import CLOSED, Outcome


class EventStream(StreamingResponse):
    """`held` is released when the client has all events or is gone."""

    def __init__(self, events: AsyncIterator[str], held: ExitStack) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The response has begun, and a client that left gets no other.
        with self._held, contextlib.suppress(ClientDisconnect):
            await super().__call__(scope, receive, send)


async def events(segments: Iterator[Segment], outcome: Outcome) -> AsyncIterator[str]:
    """`transcript.text.delta` for each segment, then `transcript.text.done` with the whole text; an
    error, if it fails in between."""
    text = ""
    # What it stays if the client leaves, which may end this generator at any event.
    outcome.status = CLOSED
    try:
        async for segment in iterate_in_threadpool(segments):
            delta = segment.text.strip()
            delta = f" {delta}" if text else delta
            text += delta
            yield _event({"type": "transcript.text.delta", "delta": delta})
    except ClientDisconnect:
        raise
    except Exception as error:
        outcome.status = 500
        yield f"data: {json.dumps(log_failure(error).body())}\n\n"
        return
    outcome.status = 200
    yield _event({"type": "transcript.text.done", "text": text})


def _event(body: dict[str, Any]) -> str:
    return f"event: {body['type']}\ndata: {json.dumps(body)}\n\n"
