"""The routes: OpenAI's transcription API, health, metrics and reloading."""

from __future__ import annotations

import hmac
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Annotated, Any

import prometheus_client
from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from service.audio import AudioReader
from service.engine import Engine
from service.errors import RequestRefused, drain
from service.formats import respond
from service.limits import Limits
from service.metrics import Metrics
from service.settings import Settings
from service.stream import EventStream, events
from service.upload import read_form
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.errors import UserError

_CLOSED = 499
"""nginx's status for a request whose client is gone; nobody receives it."""


def make_app(settings: Settings, engine: Engine) -> FastAPI:
    app = FastAPI(title="Attune", docs_url=None, redoc_url=None, openapi_url=None)
    limits, metrics, read_audio = Limits(settings), Metrics(), AudioReader(settings.max_seconds)

    async def check_key(authorization: Annotated[str, Header()] = "") -> None:
        key = authorization.removeprefix("Bearer ")
        if settings.api_key and not hmac.compare_digest(key.encode(), settings.api_key.encode()):
            raise RequestRefused(401, "the API key is missing or wrong", code="invalid_api_key")

    @app.exception_handler(RequestRefused)
    async def refused(request: Request, error: RequestRefused) -> JSONResponse:
        await drain(request)
        return error.response()

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        return RequestRefused(error.status_code, error.detail).response()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    keyed = [Depends(check_key)]

    @app.get("/v1/models", dependencies=keyed)
    async def models() -> dict[str, Any]:
        entry = {"id": settings.model.name, "object": "model", "created": 0, "owned_by": "attune"}
        return {"object": "list", "data": [entry]}

    @app.get("/metrics", dependencies=keyed)
    async def metrics_text() -> Response:
        return Response(metrics.text(), media_type=prometheus_client.CONTENT_TYPE_LATEST)

    @app.post("/admin/reload", dependencies=keyed)
    async def reload() -> dict[str, str]:
        try:
            await run_in_threadpool(engine.reload)
        except UserError as error:
            raise RequestRefused(500, f"the old model stays in use: {error}") from None
        return {"status": "reloaded"}

    @app.post("/v1/audio/transcriptions", dependencies=keyed)
    async def transcribe(request: Request) -> Response:
        with ExitStack() as stack:
            stack.enter_context(measure(metrics))
            held = stack.enter_context(limits.request())
            upload = await read_form(request, settings.max_bytes, held.add_bytes)
            form = upload.form
            language = engine.language(form.language)
            samples = await run_in_threadpool(read_audio, upload.file, upload.suffix)
            seconds = len(samples) / SAMPLE_RATE
            held.add_seconds(seconds)
            metrics.audio.inc(seconds)
            segments = stack.enter_context(
                closing(engine.segments(samples, language, form.prompt, form.temperature))
            )
            del samples
            if form.stream:
                return EventStream(events(segments), stack.pop_all())
            done = []
            async for segment in iterate_in_threadpool(segments):
                done.append(segment)
                if await request.is_disconnected():
                    raise ClientDisconnect
            asked = form.response_format, form.timestamp_granularities
            return respond(done, *asked, language, seconds)

    return app


@contextmanager
def measure(metrics: Metrics) -> Iterator[None]:
    """Count a request with its status and time.

    Raises: RequestRefused, with status 500 for any other error. Only that error's type and place
        are logged, since its message may contain transcript text.
    """
    begin, status = time.monotonic(), 200
    metrics.in_progress.inc()
    try:
        yield
    except RequestRefused as error:
        status = error.status
        raise
    except ClientDisconnect:
        status = _CLOSED
        raise RequestRefused(_CLOSED, "the client is gone") from None
    except Exception as error:
        status = 500
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
        print(f"serve: {type(error).__name__} at {where}", file=sys.stderr, flush=True)
        raise RequestRefused(500, "the transcription failed") from None
    finally:
        metrics.in_progress.dec()
        metrics.requests.labels(status).inc()
        metrics.seconds.observe(time.monotonic() - begin)
