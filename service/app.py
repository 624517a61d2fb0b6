"""The routes: OpenAI's transcription API, health, metrics and reloading."""

from __future__ import annotations

import hmac
import io
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import prometheus_client
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from faster_whisper.transcribe import Segment
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

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
        with load.request() as received:
            file, form = await read_form(request, settings.most_bytes, received)
            content = await file.read()
            suffix = Path(file.filename or "").suffix
            await file.close()
            samples = await run_in_threadpool(read_audio, content, suffix, settings.most_seconds)
            del content
            segments = engine.segments(samples, form.language, form.prompt, form.temperature)
            # TODO: stream outside of the context
            done: list[Segment] = []
            try:
                async for segment in iterate_in_threadpool(segments):
                    done.append(segment)
                    if await request.is_disconnected():
                        return Response(status_code=499)
            finally:
                segments.close()  # type: ignore[attr-defined]
            return respond(done, form, len(samples) / SAMPLE_RATE, form.language or settings.language)

    return app
