"""The routes of the review page: its files, recordings, edits and audio."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from attune.review.access import Access, protect
from attune.review.cues import InvalidEdit
from attune.review.document import Stale
from attune.review.listing import listing, to_open
from attune.review.messages import Edit, Find, Finish, Hold, Undo
from attune.review.reviews import Open, ReadOnly, Reviews
from attune.review.settings import Settings, read_settings, write_settings
from attune.review.sound import PEAKS_PER_SECOND, SoundError, Sounds
from attune.review.value import Value
from stages.common.core.errors import UserError

PAGE = Path(__file__).parent / "page"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_MAX_BODY = 20_000_000
_DECODED_AHEAD = 2
"""Number of recordings in the list that are decoded before they are opened."""

_Body = TypeVar("_Body", bound=BaseModel)


def make_app(reviews: Reviews, sounds: Sounds, access: Access, value: Value) -> Starlette:
    def recordings(request: Request) -> Response:
        found = listing(reviews)
        for id_ in to_open(found)[:_DECODED_AHEAD]:
            sounds.start(reviews.sources.by_id[id_].audio)
        return JSONResponse(found)

    def worth(request: Request) -> Response:
        return JSONResponse({"lines": value.lines()})

    def recording(request: Request) -> Response:
        review = reviews.open(request.path_params["id"])
        sounds.start(review.source.audio)
        return JSONResponse(
            {
                "id": review.source.id, "name": review.source.stem,
                **_state(review),
                "cues": reviews.payload(review, review.document.cues),
                "settings": read_settings(reviews.folder).model_dump(),
                "peaks_per_second": PEAKS_PER_SECOND,
            }
        )  # fmt: skip

    def hold(id_: str, body: Hold) -> Response:
        held = reviews.hold(id_, body.page, body.force, body.seconds)
        return JSONResponse({"held": held, **_state(reviews.open(id_))})

    def release(id_: str, body: Hold) -> Response:
        reviews.release(id_, body.page, body.seconds)
        return JSONResponse({})

    def edit(id_: str, body: Edit) -> Response:
        review = reviews.edit(
            id_, body.page, body.base, body.request, body.kind, body.group, body.splices,
            body.seconds,
        )  # fmt: skip
        inserted = [cue for splice in body.splices for cue in splice.insert]
        return JSONResponse({**_state(review), "cues": reviews.payload(review, inserted)})

    def undo(id_: str, body: Undo) -> Response:
        splices = reviews.undo(id_, body.page, body.base, body.request, body.seconds, body.redo)
        review = reviews.open(id_)
        inserted = [cue for splice in splices for cue in splice.insert]
        return JSONResponse(
            {
                **_state(review), "splices": [asdict(splice) for splice in splices],
                "cues": reviews.payload(review, inserted),
            }
        )  # fmt: skip

    def replace(id_: str, body: Find) -> Response:
        splices, places = reviews.replace(id_, body.find, body.replacement)
        return JSONResponse({"places": places, "splices": [asdict(splice) for splice in splices]})

    def replace_elsewhere(id_: str, body: Find) -> Response:
        places, found, held = reviews.replace_elsewhere(
            id_, body.page, body.find, body.replacement, body.dry
        )
        return JSONResponse({"places": places, "recordings": found, "held": held})

    def finish(id_: str, body: Finish) -> Response:
        reviews.finish(id_, body.page, body.seconds)
        value.expire()
        sounds.drop(reviews.sources.by_id[id_].audio)
        return JSONResponse(_state(reviews.open(id_)))

    def sound(request: Request) -> Response:
        ready = sounds.ready(reviews.sources.by_id[request.path_params["id"]].audio)
        if ready is None:
            return JSONResponse({"error": "decoding"}, 503)
        return FileResponse(ready.wav, media_type="audio/wav")

    def peaks(request: Request) -> Response:
        ready = sounds.ready(reviews.sources.by_id[request.path_params["id"]].audio)
        if ready is None:
            return Response(status_code=202)
        headers = {"X-Seconds": str(ready.seconds)}
        return FileResponse(ready.peaks, media_type="application/octet-stream", headers=headers)

    def store_settings(_: str, body: Settings) -> Response:
        write_settings(reviews.folder, body)
        return JSONResponse({})

    def page_file(request: Request) -> Response:
        path = PAGE / request.path_params.get("file", "")
        if path.suffix not in _TYPES or path not in PAGE.iterdir():
            return JSONResponse({"error": "no such file"}, 404)
        return FileResponse(path, media_type=_TYPES[path.suffix])

    async def list_page(request: Request) -> Response:
        return FileResponse(PAGE / "index.html", media_type="text/html")

    async def review_page(request: Request) -> Response:
        return FileResponse(PAGE / "review.html", media_type="text/html")

    at = "/api/recordings/{id}"
    app = Starlette(
        routes=[
            Route("/", list_page),
            Route("/review/{id}", review_page),
            Route("/page/{file}", page_file),
            Route("/api/recordings", recordings),
            Route("/api/worth", worth),
            Route("/api/settings", _reading(Settings, store_settings), methods=["POST"]),
            Route(at, recording),
            Route(f"{at}/sound.wav", sound),
            Route(f"{at}/peaks", peaks),
            Route(f"{at}/hold", _reading(Hold, hold), methods=["POST"]),
            Route(f"{at}/release", _reading(Hold, release), methods=["POST"]),
            Route(f"{at}/edit", _reading(Edit, edit), methods=["POST"]),
            Route(f"{at}/undo", _reading(Undo, undo), methods=["POST"]),
            Route(f"{at}/replace", _reading(Find, replace), methods=["POST"]),
            Route(f"{at}/replace-elsewhere", _reading(Find, replace_elsewhere), methods=["POST"]),
            Route(f"{at}/finish", _reading(Finish, finish), methods=["POST"]),
        ],
        exception_handlers={
            KeyError: _refuse(404, "unknown", "there is no such recording"),
            Stale: _refuse(409, "stale", "the file has changed since the page loaded it"),
            ReadOnly: _refuse(423, "held", "this recording is open in another page"),
            InvalidEdit: _refuse(422, "invalid", "the edit does not fit the segments"),
            ValidationError: _refuse(422, "invalid", "the request is not valid"),
            OSError: _refuse(507, "disk", "not saved: the disk is full or not writable"),
            UserError: _told(409, "user"),
            SoundError: _told(422, "sound"),
        },  # type: ignore[arg-type]
    )

    async def guard(
        request: Request, proceed: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        answer = access.refusal(request) or await proceed(request)
        protect(answer)
        return answer

    app.add_middleware(BaseHTTPMiddleware, dispatch=guard)
    return app


def _state(review: Open) -> dict[str, Any]:
    document = review.document
    return {
        "version": document.version,
        "work_seconds": round(document.log.seconds + review.seconds, 1),
        "can_undo": bool(document.log.undoable()),
        "done": document.log.is_done,
        "can_redo": bool(document.log.redoable()),
    }


def _reading(
    form: type[_Body], act: Callable[[str, _Body], Response]
) -> Callable[[Request], Awaitable[Response]]:
    """A route that checks its JSON body and acts in a thread."""

    async def route(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"error": "invalid"}, 415)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MAX_BODY:
                return JSONResponse({"error": "invalid"}, 413)
        message = form.model_validate_json(body)
        return await run_in_threadpool(act, request.path_params.get("id", ""), message)

    return route


def _refuse(status: int, error: str, message: str) -> Callable[[Request, Exception], Response]:
    return lambda request, _: JSONResponse({"error": error, "message": message}, status)


def _told(status: int, error: str) -> Callable[[Request, Exception], Response]:
    return lambda request, told: JSONResponse({"error": error, "message": str(told)}, status)
