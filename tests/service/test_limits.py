"""Limits, clients that leave, and a new model, on a service with room for two requests."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openai
import pytest
import requests
import soundfile
from starlette.requests import Request

from attune.speak.espeak import SAMPLE_RATE
from service.connections import HEADER_SECONDS
from service.errors import ApiError
from service.upload import read_form
from tests.support.long_recording import LongRecording
from tests.support.service import SECONDS, Service, in_progress, served, wait_for

PATH = "v1/audio/transcriptions"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, tiny_en: Path) -> Path:
    """A model that tests may damage."""
    return Path(shutil.copytree(tiny_en, tmp_path_factory.mktemp("models") / "ct2"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    with served(folder / "run", model, ATTUNE_MAX_REQUESTS="2") as service:
        yield service


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory, long_recording: LongRecording) -> Path:
    """Ten minutes, of which a request takes some time."""
    path = tmp_path_factory.mktemp("long") / "b.flac"
    samples = np.resize(long_recording.samples, 600 * SAMPLE_RATE)
    soundfile.write(path, samples, SAMPLE_RATE, subtype="PCM_16")
    return path


def post(service: Service, path: Path, timeout: float = SECONDS) -> requests.Response:
    with path.open("rb") as file:
        return requests.post(f"{service.url}/{PATH}", files={"file": file}, timeout=timeout)


def leave(service: Service, path: Path) -> None:
    """Send a request and close the connection before its answer."""
    with pytest.raises(requests.Timeout):
        post(service, path, timeout=1.0)


def test_a_client_that_leaves_stops_the_work(service: Service, long: Path, short: Path) -> None:
    leave(service, long)
    # The whole of it takes several times as long.
    assert wait_for(lambda: in_progress(service) == 0) < 25
    assert post(service, short).status_code == 200


def test_one_request_too_many(service: Service, long: Path, short: Path) -> None:
    threads = [threading.Thread(target=leave, args=(service, long)) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_for(lambda: in_progress(service) == 2)
    client = openai.OpenAI(api_key="any", base_url=f"{service.url}/v1", max_retries=0)
    with pytest.raises(openai.RateLimitError) as error, short.open("rb") as file:
        client.audio.transcriptions.create(model="w", file=file)
    assert int(error.value.response.headers["retry-after"]) > 0
    for thread in threads:
        thread.join()
    # OpenAI's client waits and tries again by itself.
    patient = client.with_options(max_retries=10)
    with short.open("rb") as file:
        assert patient.audio.transcriptions.create(model="w", file=file).text
    wait_for(lambda: in_progress(service) == 0)


def test_a_truncated_body(service: Service, short: Path) -> None:
    host, port = service.url.removeprefix("http://").split(":")
    content = short.read_bytes()
    head = (
        f"POST /{PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(content) + 999}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.flac"\r\n\r\n'
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + content)
        wait_for(lambda: in_progress(service) == 1)
    wait_for(lambda: in_progress(service) == 0)
    assert post(service, short).status_code == 200


def test_a_slow_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte at a time keeps a request from stalling, but not its place."""
    clock = iter(range(0, 10_000, 20))
    monkeypatch.setattr("service.upload.monotonic", lambda: float(next(clock)))
    head = b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n'
    sent = 0

    async def receive() -> dict[str, object]:
        nonlocal sent
        sent += 1
        return {
            "type": "http.request",
            "body": head if sent == 1 else b"a" * 1_000,
            "more_body": True,
        }

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    with pytest.raises(ApiError) as error:
        asyncio.run(read_form(request, 10**9, lambda size: None))
    assert error.value.status == 408 and 2 <= sent <= 5


def test_connections_that_send_nothing(tmp_path: Path, tiny_en: Path, short: Path) -> None:
    with served(tmp_path / "run", tiny_en) as service:
        host, port = service.url.removeprefix("http://").split(":")
        idle = [socket.create_connection((host, int(port))) for _ in range(300)]
        for each in idle[::2]:
            each.sendall(b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost:")
        begin = time.monotonic()
        closed = [each for each in idle if is_closed(each, HEADER_SECONDS + 10)]
        assert len(closed) == len(idle) and time.monotonic() - begin < HEADER_SECONDS + 10
        assert post(service, short).status_code == 200
        assert service.log.count("\n") < 5


def is_closed(connection: socket.socket, seconds: float) -> bool:
    """Whether the other side closes the connection within `seconds`."""
    connection.settimeout(seconds)
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def test_silence_has_no_words(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "silence.flac"
    soundfile.write(path, np.zeros(600 * SAMPLE_RATE, np.int16), SAMPLE_RATE)
    answer = post(service, path)
    assert answer.status_code == 200 and answer.json() == {"text": ""}


def test_a_day_of_silence(service: Service, tmp_path: Path, short: Path) -> None:
    """Longer than ATTUNE_MAX_SECONDS, in a file that is small."""
    path = tmp_path / "day.flac"
    hour = np.zeros(3600 * 8_000, np.int16)
    with soundfile.SoundFile(path, "w", 8_000, 1, "PCM_16") as file:
        for _ in range(24):
            file.write(hour)
    assert path.stat().st_size < 20e6
    answer = post(service, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "audio_too_long")
    assert post(service, short).status_code == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_more_than_a_gigabyte(service: Service, tmp_path: Path, short: Path, chunked: bool) -> None:
    """ATTUNE_MAX_MB is 1,000; in chunks the length is not known before."""
    path = tmp_path / "body"
    path.write_bytes(
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
    )
    os.truncate(path, 1_050_000_000)
    with path.open("rb") as file:
        answer = requests.post(
            f"{service.url}/{PATH}",
            data=iter(lambda: file.read(2**20), b"") if chunked else file,
            headers={"Content-Type": "multipart/form-data; boundary=x"},
            timeout=SECONDS,
        )
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert post(service, short).status_code == 200


def test_a_model_is_swapped_while_requests_run(
    service: Service, model: Path, long: Path, short: Path, tiny_en: Path
) -> None:
    expected = post(service, short).json()
    answers: list[requests.Response] = []
    running = threading.Thread(target=lambda: answers.append(post(service, long, timeout=300)))
    running.start()
    wait_for(lambda: in_progress(service) == 1)
    reloaded = requests.post(f"{service.url}/admin/reload", timeout=SECONDS)
    assert reloaded.status_code == 200
    assert post(service, short).json() == expected
    running.join()
    assert answers[0].status_code == 200

    (model / "model.bin").unlink()
    refused = requests.post(f"{service.url}/admin/reload", timeout=SECONDS)
    assert refused.status_code == 500
    assert "the old model stays" in refused.json()["error"]["message"]
    os.kill(service.process.pid, signal.SIGHUP)
    wait_for(lambda: "serve: the old model stays" in service.log)
    assert post(service, short).json() == expected
    shutil.copy(tiny_en / "model.bin", model)


def test_nothing_is_written(service: Service) -> None:
    assert service.written() == []
    assert "Traceback" not in service.log
