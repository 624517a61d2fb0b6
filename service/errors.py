"""Errors in the form of OpenAI's API, which its clients turn into exceptions of their own."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import traceback
from typing import Any

from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect, Request

_DRAIN_SECONDS = 30
FAILED = "the transcription failed"


class ApiError(Exception):
    """An error response. The message never contains transcript text."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        """status: HTTP's; param: the form field at fault; retry_after: seconds."""
        super().__init__(message)
        self.status, self.message, self.param, self.code = status, message, param, code
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        kind = {401: "authentication_error", 429: "rate_limit_error"}.get(self.status)
        if kind is None:
            kind = "invalid_request_error" if self.status < 500 else "server_error"
        fields = {"message": self.message, "type": kind, "param": self.param, "code": self.code}
        return {"error": fields}

    def response(self) -> JSONResponse:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(self.body(), self.status, headers)


def log_failure(error: Exception) -> ApiError:
    """Log an unexpected error by type and place, since its message may contain transcript text.

    Returns: what the client is told.
    """
    place = traceback.extract_tb(error.__traceback__)[-1]
    print(
        f"serve: {type(error).__name__} at {place.filename}:{place.lineno}",
        file=sys.stderr,
        flush=True,
    )
    # Frames hold audio and text, and form a cycle with the exception.
    traceback.clear_frames(error.__traceback__)
    return ApiError(500, FAILED)


async def drain(request: Request) -> None:
    """Read what the client still sends, and keep none of it: many clients read the answer only
    after they have sent the whole body, and never if the connection is closed before."""
    if request.headers.get("expect", "").lower() == "100-continue":
        return  # This one waits for the answer before it sends more.
    with contextlib.suppress(ClientDisconnect, RuntimeError, TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in request.stream():
                pass
