"""Server-sent events of a transcription, in the form of OpenAI's API."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

from faster_whisper.transcribe import Segment
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class EventStream(StreamingResponse):
    """`held` is released when the client has all events or is gone."""

    def __init__(self, events: AsyncIterator[str], held: ExitStack) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._held:
            await super().__call__(scope, receive, send)


async def events(segments: Iterator[Segment]) -> AsyncIterator[str]:
    """`transcript.text.delta` for each segment, then `transcript.text.done` with the whole text."""
    text = ""
    async for segment in iterate_in_threadpool(segments):
        delta = segment.text.strip()
        delta = f" {delta}" if text else delta
        text += delta
        yield _event({"type": "transcript.text.delta", "delta": delta})
    yield _event({"type": "transcript.text.done", "text": text})


def _event(body: dict[str, str]) -> str:
    return f"event: {body['type']}\ndata: {json.dumps(body)}\n\n"
