"""An answer of a service that may be slow, endless or no answer at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from email.utils import parsedate_to_datetime
from typing import TypeVar

import requests

from stages.common.core.errors import UserError

MOST_BYTES = 50_000_000
"""Of an answer, after decompression; an hour of speech has about 60,000."""
_PART = 65_536
_LONGEST_WAIT = 60.0

Result = TypeVar("Result")


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """The result of `work`.

    Raises: TimeoutError if it takes longer; it goes on in a thread that ends with the process. A
        time limit of a socket begins anew with each byte, so it alone would not do.
    """
    outcome: Future[Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(seconds)


def read_body(answer: requests.Response, until: float) -> bytes:
    """The body, decompressed.

    Args:
        until: time.monotonic() at which to stop.

    Raises: UserError if it is longer than `MOST_BYTES`, and TimeoutError.
    """
    parts, size = [], 0
    for part in answer.iter_content(_PART):
        size += len(part)
        if size > MOST_BYTES:
            raise UserError(
                f"the answer is longer than {MOST_BYTES // 1_000_000} MB; is this an "
                "OpenAI-compatible service?"
            )
        if time.monotonic() > until:
            raise TimeoutError
        parts.append(part)
    return b"".join(parts)


def text_in(body: bytes) -> str:
    """Raises: UserError without anything of the answer, which may hold a transcript."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise UserError("the answer is not JSON with a text; is this an OpenAI-compatible service?")
    # Half of a surrogate pair, which JSON can hold, is no text.
    return text.encode("utf-8", "replace").decode("utf-8")


def seconds_to_wait(retry_after: str | None) -> float | None:
    """What the header Retry-After asks for, up to a minute; None if it is missing or invalid."""
    if retry_after is None:
        return None
    try:
        if retry_after.strip().isdecimal():
            seconds = float(retry_after)
        else:
            seconds = parsedate_to_datetime(retry_after).timestamp() - time.time()
    except (ValueError, TypeError, ArithmeticError, OSError, LookupError):
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT)
