"""Transcribe the test split's full recordings with an OpenAI-compatible service."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import LocationParseError, ReadTimeoutError
from urllib3.util import Retry, parse_url

from attune.score.recordings import FOLDER, Hypothesis, report, test_recordings
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
    """Seconds to wait for one answer."""


def score_service(
    url: str, model: str, key: str | None, remote: bool, timeout: float, counts: Path | None
) -> None:
    """Raises: UserError for a service on another machine without `remote`, and one line for each
    recording that it did not transcribe."""
    host = host_of(url)
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
    """Retries while the service is busy or restarting, honours Retry-After, and does not resend a
    recording after a timeout."""
    retry = Retry(
        total=_RETRIES, read=False, backoff_factor=1, status_forcelist=_BUSY, allowed_methods=None,
        raise_on_status=False, redirect=0,
    )  # fmt: skip
    client = requests.Session()
    # Neither a proxy nor credentials from the environment: audio goes to the URL alone.
    client.trust_env = False
    for scheme in ("http://", "https://"):
        client.mount(scheme, HTTPAdapter(max_retries=retry))
    return client


def transcribe(client: requests.Session, asked: Asked, path: Path) -> str:
    """The text of one recording. The file's name stays here.

    Raises: UserError without anything of the answer, which may hold a transcript.
    """
    headers = {"Authorization": f"Bearer {asked.key}"} if asked.key else {}
    fields = {"model": asked.model, "language": asked.language, "response_format": "json"}
    try:
        answer = client.post(
            f"{asked.url}/v1/audio/transcriptions",
            headers=headers,
            data=fields,
            files={"file": ("recording.flac", path.read_bytes(), "audio/flac")},
            timeout=(_CONNECT_SECONDS, asked.timeout),
            allow_redirects=False,
        )
    except requests.RequestException as error:
        cause = error.args[0] if error.args else None
        if isinstance(getattr(cause, "reason", cause), ReadTimeoutError):
            raise UserError(f"no answer within {asked.timeout:g} s; see --timeout") from None
        raise UserError(f"the service cannot be reached ({type(error).__name__})") from None
    if answer.status_code != 200:
        raise UserError(f"the service answers with status {answer.status_code}")
    try:
        body = answer.json()
    except ValueError:
        body = None
    text = body.get("text") if isinstance(body, dict) else None
    if not isinstance(text, str):
        raise UserError("the answer is not JSON with a text; is this an OpenAI-compatible service?")
    return text


def host_of(url: str) -> str:
    """The host to which requests will connect, parsed as requests parses it.

    Raises: UserError if it is no URL of HTTP.
    """
    try:
        parsed = parse_url(url)
    except LocationParseError:
        raise UserError("that is not a URL") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise UserError("start the URL with http:// or https://")
    return parsed.host.strip("[]")
