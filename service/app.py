"""The routes: OpenAI's transcription API, health, metrics and reloading."""

from __future__ import annotations

import hmac
import os
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
from service.client import watched
from service.engine import Engine
from service.errors import ApiError, drain, log_failure
from service.formats import respond
from service.limits import Limits
from service.metrics import CLOSED, Metrics, Outcome
from service.settings import Settings
from service.stream import EventStream, events
from service.upload import read_form
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.errors import UserError


def make_app(settings: Settings, engine: Engine) -> FastAPI:
    app = FastAPI(title="Attune", docs_url=None, redoc_url=None, openapi_url=None)
    limits, metrics, read_audio = Limits(settings), Metrics(), AudioReader()

    async def check_key(
        authorization: Annotated[str, Header()] = "", origin: Annotated[str, Header()] = ""
    ) -> None:
        if settings.api_key is None:
            if origin:  # Without a key any page in a browser could send requests here.
                raise ApiError(403, "web pages need a key; set ATTUNE_API_KEY")
            return
        scheme, _, key = authorization.partition(" ")
        # Starlette decodes headers as Latin-1.
        given = key.strip(" \t").encode("latin-1")
        same = hmac.compare_digest(given, os.fsencode(settings.api_key))
        if scheme.lower() != "bearer" or not same:
            raise ApiError(401, "the API key is missing or wrong", code="invalid_api_key")

    @app.exception_handler(ApiError)
    async def refused(request: Request, error: ApiError) -> JSONResponse:
        await drain(request)
        return error.response()

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        return ApiError(error.status_code, error.detail).response()

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
            raise ApiError(500, f"the old model stays in use: {error}") from None
        except ApiError:
            raise
        except Exception as error:
            raise log_failure(error) from None
        return {"status": "reloaded"}

    @app.post("/v1/audio/transcriptions", dependencies=keyed)
    async def transcribe(request: Request) -> Response:
        with ExitStack() as stack:
            outcome = stack.enter_context(metrics.request())
            stack.enter_context(noting_status(outcome))
            held = stack.enter_context(limits.request())
            upload = await read_form(request, settings.max_bytes, held.add_bytes)
            check_client = stack.enter_context(watched(request))
            form = upload.form
            decoder = engine.decoder(form.language)

            def check(seconds: float) -> None:
                check_client()
                held.reach_seconds(seconds)

            samples = await run_in_threadpool(read_audio, upload.file, upload.suffix, check)
            held.release_bytes()
            seconds = len(samples) / SAMPLE_RATE
            metrics.audio.inc(seconds)
            segments = stack.enter_context(
                closing(decoder.segments(samples, form.prompt, check_client))
            )
            del samples
            if form.stream:
                return EventStream(events(segments, outcome), stack.pop_all())
            done = [segment async for segment in iterate_in_threadpool(segments)]
            asked = form.response_format, form.timestamp_granularities
            return respond(done, *asked, decoder.decoding.language, seconds)

    return app


@contextmanager
def noting_status(outcome: Outcome) -> Iterator[None]:
    """Note how a request ends. Raises: ApiError, with status 500 for any other error."""
    try:
        yield
    except ApiError as error:
        outcome.status = error.status
        raise
    except ClientDisconnect:
        outcome.status = CLOSED
        raise ApiError(CLOSED, "the client is gone") from None
    except Exception as error:
        outcome.status = 500
        raise log_failure(error) from None
