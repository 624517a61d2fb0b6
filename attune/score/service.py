"""Transcribe the test split's full recordings with an OpenAI-compatible service."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.util import Retry, parse_url

from attune.score.answers import read_body, seconds_to_wait, text_in, within
from attune.score.recordings import FOLDER, Hypothesis, check_counts, report, test_recordings
from service.loopback import is_loopback
from stages.common.core.errors import UserError
from stages.common.core.manifest import audio_path
from stages.common.core.params import load_params

_CONNECT_SECONDS = 10
_RETRIES = 5
_BUSY = (429, 500, 502, 503, 504)
"""Statuses after which the same request may succeed."""


@dataclass(frozen=True)
class Asked:
    """A request, apart from the recording."""

    url: str
    model: str
    key: str | None
    language: str
    timeout: float
    """Seconds to wait for one answer, until its last byte."""


@dataclass(frozen=True)
class Answer:
    status: int
    retry_after: str | None
    body: bytes
    """Empty unless the status is 200."""


class NotConnectedError(Exception):
    """Nothing was sent, so the same request may succeed later."""


def score_service(
    url: str, model: str, key: str | None, remote: bool, timeout: float, counts: Path | None
) -> None:
    """Raises: UserError for a service on another machine without `remote`, for a key or a file of
    counts that cannot be used, and one line for each recording that it did not transcribe."""
    if not timeout > 0:  # NaN, too
        raise UserError("--timeout must be a positive number of seconds")
    host = host_of(url)
    if key:
        check_key(key)
    check_counts(counts)
    if not (remote or is_loopback(host)):
        raise UserError(
            f"{host} is another machine, and the recordings of the test split would be sent to it; "
            "add --remote if that is what you want"
        )
    recordings = test_recordings()
    asked = Asked(url.rstrip("/"), model, key, load_params().build_dataset.language, timeout)
    hypotheses: dict[str, Hypothesis] = {}
    faults = []
    with session() as client:
        for recording in recordings:
            begin = time.monotonic()
            try:
                text = transcribe(client, asked, audio_path(FOLDER, recording))
            except UserError as error:
                faults.append(f"recording {recording}: {error}")
                continue
            hypotheses[recording] = Hypothesis(text, time.monotonic() - begin)
    if faults:
        raise UserError("\n".join(faults))
    report(url, hypotheses, counts)


def session() -> requests.Session:
    """Follows nothing and repeats nothing by itself: `transcribe` does, with limits."""
    client = requests.Session()
    # Neither a proxy nor credentials from the environment: audio goes to the URL alone.
    client.trust_env = False
    for scheme in ("http://", "https://"):
        client.mount(scheme, HTTPAdapter(max_retries=Retry(0, read=False)))
    return client


def transcribe(client: requests.Session, asked: Asked, path: Path) -> str:
    """The text of one recording. The file's name stays here.

    Retries while the service is busy or restarting, honours Retry-After up to a minute, and does
    not resend a recording after a timeout.

    Raises: UserError without anything of the answer, which may hold a transcript.
    """
    audio = path.read_bytes()
    for retry in range(_RETRIES + 1):
        wait = None
        try:
            answer = within(asked.timeout, lambda: post(client, asked, audio))
            if answer.status not in _BUSY or retry == _RETRIES:
                break
            wait = seconds_to_wait(answer.retry_after)
        except TimeoutError:
            raise UserError(f"no answer within {asked.timeout:g} s; see --timeout") from None
        except NotConnectedError as error:
            if retry == _RETRIES:
                raise UserError(f"the service cannot be reached ({error})") from None
        time.sleep(2.0**retry if wait is None else wait)
    if answer.status != 200:
        raise UserError(f"the service answers with status {answer.status}")
    return text_in(answer.body)


def post(client: requests.Session, asked: Asked, audio: bytes) -> Answer:
    """Send a recording once.

    Raises: UserError, NotConnectedError, and TimeoutError.
    """
    until = time.monotonic() + asked.timeout
    headers = {"Authorization": f"Bearer {asked.key}"} if asked.key else {}
    fields = {"model": asked.model, "language": asked.language, "response_format": "json"}
    try:
        with client.post(
            f"{asked.url}/v1/audio/transcriptions",
            headers=headers,
            data=fields,
            files={"file": ("recording.flac", audio, "audio/flac")},
            timeout=(_CONNECT_SECONDS, asked.timeout),
            allow_redirects=False,
            stream=True,
        ) as answer:
            status = answer.status_code
            body = read_body(answer, until) if status == 200 else b""
            return Answer(status, answer.headers.get("Retry-After"), body)
    except TimeoutError:
        raise
    except (OSError, HTTPError, ValueError) as error:  # those of requests are OSErrors
        cause = error.args[0] if error.args else None
        reason = getattr(cause, "reason", cause)
        if isinstance(reason, ReadTimeoutError):
            raise TimeoutError from None
        if isinstance(reason, NewConnectionError | ConnectTimeoutError):
            raise NotConnectedError(type(error).__name__) from None
        raise UserError(f"the service cannot be reached ({type(error).__name__})") from None


def check_key(key: str) -> None:
    """Raises: UserError without the key, if a header cannot hold it."""
    try:
        key.encode("latin-1")
        valid = key.isprintable()
    except UnicodeEncodeError:
        valid = False
    if not valid:
        raise UserError(
            "ATTUNE_API_KEY holds characters that HTTP cannot send; set it to the service's key"
        )


def host_of(url: str) -> str:
    """The host to which requests will connect, parsed as requests parses it.

    Raises: UserError if it is no URL of HTTP, or holds more than host and path.
    """
    try:
        parsed = parse_url(url)
    except LocationParseError:
        raise UserError("that is not a URL") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise UserError("start the URL with http:// or https://")
    if parsed.auth is not None:
        raise UserError(
            "the URL holds a user name; remove it, and set ATTUNE_API_KEY if a key is needed"
        )
    if parsed.query is not None or parsed.fragment is not None:
        raise UserError("the URL holds '?' or '#'; give it without what follows them")
    return parsed.host.strip("[]")
