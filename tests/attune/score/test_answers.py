"""Answers that are endless, slow, compressed or nested without limit: one line each."""

from __future__ import annotations

import gzip
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path
from typing import BinaryIO

import pytest

from attune.score import answers, service
from attune.score.answers import seconds_to_wait, text_in, within
from attune.score.service import Asked, session, transcribe
from stages.common.core.errors import UserError

Answer = Callable[[BinaryIO], None]
OK = b"HTTP/1.1 200 OK\r\n"


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    answer: Answer


class Handler(socketserver.StreamRequestHandler):
    """Reads a request, and answers with raw bytes until the client closes the connection."""

    server: Server

    def handle(self) -> None:
        lines = iter(self.rfile.readline, b"\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in list(lines)[1:])
        self.rfile.read(int(fields[b"content-length"]))
        with suppress(ConnectionError):
            self.server.answer(self.wfile)  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fault(server: Server, answer: Answer, tmp_path: Path, timeout: float = 30.0) -> str:
    """The message, of one line, well before a test would hang."""
    server.answer = answer
    (tmp_path / "a.flac").write_bytes(b"audio")
    url = f"http://127.0.0.1:{server.server_address[1]}"
    begin = time.monotonic()
    with session() as client, pytest.raises(UserError) as error:
        transcribe(client, Asked(url, "w", None, "en", timeout), tmp_path / "a.flac")
    assert "\n" not in str(error.value) and time.monotonic() - begin < 20
    return str(error.value)


def endless(out: BinaryIO) -> None:
    out.write(OK + b"\r\n")
    while True:
        out.write(b" " * 65_536)


def bomb(out: BinaryIO) -> None:
    body = gzip.compress(bytes(20_000_000))
    out.write(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


@pytest.mark.parametrize("answer", [endless, bomb])
def test_too_long(
    server: Server, answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_BYTES", 2_000_000)
    assert "longer than 2 MB" in fault(server, answer, tmp_path)


def slow_body(out: BinaryIO) -> None:
    out.write(OK + b"\r\n")
    while True:
        out.write(b" ")
        time.sleep(0.05)


def slow_chunks(out: BinaryIO) -> None:
    out.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        out.write(b"1\r\n \r\n")
        time.sleep(0.05)


def slow_head(out: BinaryIO) -> None:
    out.write(OK + b"X: ")
    while True:
        out.write(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [slow_body, slow_chunks, slow_head])
def test_too_slow(server: Server, answer: Answer, tmp_path: Path) -> None:
    assert "no answer within 0.5 s" in fault(server, answer, tmp_path, timeout=0.5)


def test_an_endless_refusal(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its body is not read."""
    monkeypatch.setattr(service, "_RETRIES", 1)

    def busy(out: BinaryIO) -> None:
        out.write(b"HTTP/1.1 503 Busy\r\n\r\n")
        while True:
            out.write(b" " * 65_536)

    assert "status 503" in fault(server, busy, tmp_path)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Content-Length: 100\r\n\r\n{",
        b"X: y\r\n" * 200 + b"\r\n",
        b"Content-Length: 5\r\n\r\n[NaN]",
    ],
)
def test_no_http(server: Server, head: bytes, tmp_path: Path) -> None:
    def broken(out: BinaryIO) -> None:
        out.write(OK + head)

    message = fault(server, broken, tmp_path)
    assert "cannot be reached" in message or "not JSON" in message


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"text": 1%s}' % (b"0" * 9_000), b"\xff"])
def test_no_json(body: bytes) -> None:
    with pytest.raises(UserError, match="not JSON with a text"):
        text_in(body)


def test_half_a_surrogate_pair() -> None:
    assert text_in(b'{"text": "a \\ud800 b"}') == "a ? b"


def test_retry_after() -> None:
    assert [seconds_to_wait(value) for value in ("0", "7", " 8 ", "31536000")] == [0, 7, 8, 60]
    assert seconds_to_wait(formatdate(time.time() + 10, usegmt=True)) == pytest.approx(10, abs=2)
    assert seconds_to_wait("Fri, 31 Dec 9999 23:59:59 GMT") == 60
    assert seconds_to_wait("Wed, 21 Oct 2015 07:28:00 GMT") == 0


@pytest.mark.parametrize(
    "value",
    [None, "", "soon", "-1", "1.5", "Fri, 99 Dec 2099 23:59:59 GMT", "Fri, 31 Dec 99999 0:0:0 GMT",
     "Mon, 01 Jan 0001 00:00:00 +2359", "Thu, 01 Jan 1970 00:00:00 +9999999999", "\xb2"],
)  # fmt: skip
def test_an_invalid_retry_after(value: str | None) -> None:
    assert seconds_to_wait(value) in (None, 0.0)


@pytest.mark.parametrize("digits", [400, 9_000])
def test_a_retry_after_of_many_digits(digits: int) -> None:
    assert seconds_to_wait("9" * digits) == 60


def test_an_error_within_the_time() -> None:
    with pytest.raises(ZeroDivisionError):
        within(5.0, lambda: 1 // 0)
