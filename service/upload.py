"""The form of a request, kept in memory: an upload never reaches the disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import PurePath
from time import monotonic
from typing import BinaryIO, get_args

from pydantic import BaseModel, ValidationError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from service.errors import ApiError
from service.formats import Format, Granularity

_FIELD_BYTES = 1 << 20
"""Largest size of a field other than the file."""
_MIN_BYTES_PER_SECOND, _SLOW_SECONDS = 10_000, 60
"""A body must arrive at this mean rate, after so many seconds: a few slow clients would hold all
places."""
_STALLED_SECONDS = 30
"""Without a byte of the body. A client that lost its network would hold a request for ever."""


class Form(BaseModel):
    """The fields of a transcription request; others are ignored."""

    model: str = ""
    language: str | None = None
    prompt: str | None = None
    response_format: Format = "json"
    timestamp_granularities: list[Granularity] = ["segment"]
    stream: bool = False


@dataclass
class Upload:
    file: BinaryIO
    """In memory; closed once it is decoded."""
    suffix: str
    """Of the file's name, with the dot."""
    form: Form


class _InMemory(MultiPartParser):
    spool_max_size = 1 << 62
    """Starlette writes parts above this size to a temporary file."""
    ended = False
    """The closing boundary was read; the parser accepts a body without it."""

    def on_end(self) -> None:
        self.ended = True


async def read_form(request: Request, max_bytes: int, received: Callable[[int], None]) -> Upload:
    """Read the whole body.

    max_bytes: of the body; received: called with the size of each chunk, may refuse the request.

    Raises: ApiError for a body that is too large, malformed or not a form, and for invalid
        fields.
    """
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > max_bytes:
        raise too_large(max_bytes)

    async def chunks() -> AsyncGenerator[bytes, None]:
        total, stream, begin = 0, request.stream(), monotonic()
        while True:
            try:
                async with asyncio.timeout(_STALLED_SECONDS):
                    chunk = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise ApiError(408, "the upload stalled") from None
            total += len(chunk)
            if monotonic() - begin > _SLOW_SECONDS + total / _MIN_BYTES_PER_SECOND:
                raise ApiError(408, "the upload is too slow")
            if total > max_bytes:
                raise too_large(max_bytes)
            received(len(chunk))
            yield chunk

    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        raise ApiError(400, "send a multipart/form-data body with the field 'file'")
    # Python's decoders for some charsets take minutes for a megabyte.
    if options.get(b"charset", b"utf-8").lower() not in (b"utf-8", b"utf8"):
        raise ApiError(400, "send the form's fields as UTF-8")
    parser = _InMemory(request.headers, chunks(), max_files=1, max_part_size=_FIELD_BYTES)
    try:
        fields = await parser.parse()
    except (MultiPartException, UnicodeError):
        fields = None
    if fields is None or not parser.ended:
        raise ApiError(
            400, "the multipart body is malformed or incomplete, has several files, or a field of "
            "over 1 MiB",
        )  # fmt: skip
    file = fields.get("file")
    if not isinstance(file, UploadFile):
        raise ApiError(400, "the field 'file' with the audio is missing", param="file")
    return Upload(file.file, PurePath(file.filename or "").suffix, _parse(fields))


def too_large(max_bytes: int) -> ApiError:
    return ApiError(
        413, f"the body is larger than {max_bytes / 1e6:.0f} MB", param="file", code="too_large"
    )


def _parse(fields: FormData) -> Form:
    values = {name: fields[name] for name in Form.model_fields if isinstance(fields.get(name), str)}
    listed = [*fields.getlist("timestamp_granularities[]")]
    if listed:
        values["timestamp_granularities"] = listed  # type: ignore[assignment]
    try:
        # A charset of the form may give characters that no encoding has.
        "".join([*map(str, values.values()), *map(str, listed)]).encode()
        form = Form.model_validate(values)
    except UnicodeEncodeError:
        raise ApiError(400, "a field is not valid text") from None
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        allowed = {
            "response_format": get_args(Format),
            "timestamp_granularities": get_args(Granularity),
        }
        hint = f"; allowed: {', '.join(allowed[name])}" if name in allowed else ""
        raise ApiError(400, f"the field '{name}' is invalid{hint}", param=name) from None
    if "word" in form.timestamp_granularities and form.response_format != "verbose_json":
        raise ApiError(
            400, "timestamp_granularities needs response_format=verbose_json",
            param="timestamp_granularities",
        )  # fmt: skip
    return form
