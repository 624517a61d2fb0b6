"""The routes: OpenAI's transcription API, health, metrics and reloading."""

from __future__ import annotations

import hmac
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import prometheus_client
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from faster_whisper.transcribe import Segment
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.types import Receive, Scope, Send

from service.engine import Engine
from service.errors import RequestRefused
from service.formats import as_srt, as_text, as_verbose, as_vtt
from service.settings import Settings
from service.upload import Form, read_form
from stages.common.audio.decode import decode_file
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.core.errors import UserError
from stages.common.core.rejections import RECORDING, RecordingRejected

_RETRY_SECONDS = 5


class Load:
    """Requests in progress, and the memory that they hold."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.requests, self._bytes = 0, 0

    @contextmanager
    def request(self) -> Iterator[Callable[[int], None]]:
        """Counts a request; the function counts bytes of its body.

        Raises: RequestRefused (429) if there are too many of either.
        """
        if self.requests >= self._settings.most_requests:
            raise RequestRefused(429, "too many requests; retry later", retry_after=_RETRY_SECONDS)
        held = 0

        def received(count: int) -> None:
            nonlocal held
            if self._bytes + count > 2 * self._settings.most_bytes:
                raise RequestRefused(
                    429, "too much audio at once; retry later", retry_after=_RETRY_SECONDS
                )
            held += count
            self._bytes += count

        self.requests += 1
        try:
            yield received
        finally:
            self.requests -= 1
            self._bytes -= held


def make_app(settings: Settings, engine: Engine) -> FastAPI:
    app = FastAPI(title="Attune", docs_url=None, redoc_url=None, openapi_url=None)
    load = Load(settings)
    name = settings.model.name

    @app.exception_handler(RequestRefused)
    async def refused(request: Request, error: RequestRefused) -> JSONResponse:
        return error.response()

    @app.middleware("http")
    async def check_key(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        wanted = settings.api_key
        if wanted and request.url.path != "/health" and not hmac.compare_digest(
            key.encode(), wanted.encode()
        ):
            return RequestRefused(401, "the API key is missing or wrong", code="invalid_api_key").response()
        return await call_next(request)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        entry = {"id": name, "object": "model", "created": 0, "owned_by": "attune"}
        return {"object": "list", "data": [entry]}

    @app.get("/metrics")
    async def metrics() -> Response:
        return PlainTextResponse(
            prometheus_client.generate_latest(), media_type=prometheus_client.CONTENT_TYPE_LATEST
        )

    @app.post("/admin/reload")
    async def reload() -> dict[str, str]:
        try:
            await run_in_threadpool(engine.reload)
        except UserError as error:
            raise RequestRefused(500, str(error)) from None
        return {"status": "reloaded"}

    @app.post("/v1/audio/transcriptions")
    async def transcribe(request: Request) -> Response:
        with ExitStack() as held:
            received = held.enter_context(load.request())
            content, suffix, form = await read_form(request, settings.most_bytes, received)
            samples = await run_in_threadpool(read_audio, content, suffix, settings.most_seconds)
            del content
            language = form.language or settings.language
            segments = held.enter_context(
                closing(engine.segments(samples, language, form.prompt, form.temperature))
            )
            if form.stream:
                return EventStream(events(segments), held.pop_all())
            done = []
            async for segment in iterate_in_threadpool(segments):
                done.append(segment)
                if await request.is_disconnected():
                    break
            return respond(done, form, len(samples) / SAMPLE_RATE, language)

    return app


class EventStream(StreamingResponse):
    """Server-sent events; `held` is released when the client has all of them or is gone."""

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


def read_audio(content: bytes, suffix: str, most_seconds: float) -> Samples:
    """16 kHz mono, shape (samples,). Raises: RequestRefused."""
    try:
        return decode_file(io.BytesIO(content), suffix, most_seconds).samples
    except RecordingRejected as error:
        status = 413 if error.reason == "audio_too_long" else 400
        message = RECORDING[error.reason]
        raise RequestRefused(status, message, param="file", code=error.reason) from None


def respond(segments: list[Segment], form: Form, seconds: float, language: str) -> Response:
    """The transcript in the format that was asked for."""
    match form.response_format:
        case "text":
            return PlainTextResponse(as_text(segments) + "\n")
        case "srt":
            return PlainTextResponse(as_srt(segments), media_type="application/x-subrip")
        case "vtt":
            return PlainTextResponse(as_vtt(segments), media_type="text/vtt")
        case "verbose_json":
            granularities = form.timestamp_granularities
            return JSONResponse(as_verbose(segments, language, seconds, granularities))
        case _:
            return JSONResponse({"text": as_text(segments)})
