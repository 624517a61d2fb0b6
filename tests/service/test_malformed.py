"""Bodies and headers that no client should send."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import soundfile

from attune.speak.espeak import SAMPLE_RATE
from tests.support.long_recording import LongRecording
from tests.support.service import Service, served

KEY = "schlüssel"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, tiny_en: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    with served(folder / "run", tiny_en, ATTUNE_API_KEY=KEY) as service:
        yield service


@pytest.fixture(scope="module")
def audio(tmp_path_factory: pytest.TempPathFactory, long_recording: LongRecording) -> bytes:
    path = tmp_path_factory.mktemp("audio") / "a.flac"
    soundfile.write(path, long_recording.samples[: 4 * SAMPLE_RATE], SAMPLE_RATE)
    return path.read_bytes()


def part(name: str, content: bytes, file: bool = False) -> bytes:
    named = '; filename="a.flac"' if file else ""
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def post(service: Service, body: bytes, **headers: str) -> requests.Response:
    kept = {"content-type": "multipart/form-data; boundary=x", "authorization": f"Bearer {KEY}"}
    sent = {name: value.encode() for name, value in (kept | headers).items() if value}
    return requests.post(
        f"{service.url}/v1/audio/transcriptions", data=body, headers=sent, timeout=60
    )


def error(answer: requests.Response, status: int) -> str:
    assert answer.status_code == status
    message: str = answer.json()["error"]["message"]
    return message


def test_a_whole_body(service: Service, audio: bytes) -> None:
    answer = post(service, part("file", audio, file=True) + b"--x--\r\n")
    assert answer.status_code == 200 and answer.json()["text"]


def test_a_body_without_its_end(service: Service, audio: bytes) -> None:
    """The last field may be missing, and with it the language."""
    assert "incomplete" in error(post(service, part("file", audio, file=True)), 400)


def test_two_files(service: Service, audio: bytes) -> None:
    body = 2 * part("file", audio, file=True) + b"--x--\r\n"
    assert "several files" in error(post(service, body), 400)


def test_a_field_of_two_megabytes(service: Service, audio: bytes) -> None:
    body = part("prompt", bytes(2_000_000)) + part("file", audio, file=True) + b"--x--\r\n"
    assert "1 MiB" in error(post(service, body), 400)


@pytest.mark.parametrize("charset", ["punycode", "undefined", "unicode_escape", "none", "latin-1"])
def test_other_charsets(service: Service, audio: bytes, charset: str) -> None:
    """Some decoders of Python take minutes for a megabyte, in which nobody would be answered."""
    body = part("prompt", b"b" * 300_000) + part("file", audio, file=True) + b"--x--\r\n"
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    assert "UTF-8" in error(post(service, body, **{"content-type": kind}), 400)


def test_utf8_may_be_stated(service: Service, audio: bytes) -> None:
    body = part("prompt", "schlüssel".encode()) + part("file", audio, file=True) + b"--x--\r\n"
    kind = "multipart/form-data; boundary=x; charset=UTF-8"
    assert post(service, body, **{"content-type": kind}).status_code == 200


@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/form-data", "multipart/form-data; boundary=y"]
)
def test_other_bodies(service: Service, audio: bytes, kind: str) -> None:
    body = part("file", audio, file=True) + b"--x--\r\n"
    error(post(service, body, **{"content-type": kind}), 400)


@pytest.mark.parametrize("key", ["", KEY, "Bearer", f"Basic {KEY}", f"Bearer {KEY}s", "Bearer ü"])
def test_wrong_keys(service: Service, audio: bytes, key: str) -> None:
    body = part("file", audio, file=True) + b"--x--\r\n"
    error(post(service, body, authorization=key), 401)


@pytest.mark.parametrize("key", [f"Bearer {KEY}", f"bearer  {KEY}"])
def test_right_keys(service: Service, key: str) -> None:
    error(post(service, b"--x--\r\n", authorization=key), 400)


def test_a_header_that_states_two_gigahertz(service: Service) -> None:
    rate, samples = (2**31 - 1).to_bytes(4, "little"), bytes(1_000_000)
    head = b"WAVEfmt \x10\0\0\0\1\0\1\0" + rate + rate + b"\1\0\x08\0data"
    wav = b"RIFF" + (len(samples) + 36).to_bytes(4, "little") + head
    wav += len(samples).to_bytes(4, "little") + samples
    answer = post(service, part("file", wav, file=True) + b"--x--\r\n")
    assert answer.json()["error"]["code"] == "audio_undecodable"


def test_pages_of_a_browser_need_a_key(tmp_path: Path, tiny_en: Path, audio: bytes) -> None:
    with served(tmp_path / "run", tiny_en, ATTUNE_API_KEY="") as service:
        body = part("file", audio, file=True) + b"--x--\r\n"
        assert "ATTUNE_API_KEY" in error(post(service, body, origin="https://example.org"), 403)
        assert post(service, body).status_code == 200


def test_nothing_is_logged(service: Service) -> None:
    assert len(service.log.splitlines()) == 1 and service.log.startswith("serve: ")
    assert service.written() == []
