"""`attune score-service` against a stub that answers late, wrongly and with errors."""

from __future__ import annotations

import errno
import json
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from attune.cli import app
from attune.compare import compare_counts
from attune.score import service
from attune.score.folder import score_folder
from attune.score.recordings import FOLDER
from attune.score.service import host_of, score_service
from service.loopback import is_loopback
from stages.common.audio.samples import to_pcm
from stages.common.core.errors import UserError
from stages.common.core.manifest import Segment
from stages.common.core.metrics import write_metrics
from stages.common.dataset.full_recordings import save_recordings
from stages.common.text.error_counts import from_csv
from tests.support.mini_project import MiniProject

TEXTS = {
    "a": "my sister came on saturday and we walked along the river",
    "b": "that sounds like a heavy week",
    "c": "mostly the money",
}
Answer = tuple[int, str]


class Stub(ThreadingHTTPServer):
    """Answers each request with the next of `answers`; the last one is repeated."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Answer] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.late = 0.0
        self.retry_after = "1"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.bodies.append(body)
        self.server.headers.append(dict(self.headers))
        answers = self.server.answers
        status, text = answers.pop(0) if len(answers) > 1 else answers[0]
        time.sleep(self.server.late)
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", self.server.retry_after)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def stub(mini: MiniProject) -> Iterator[Stub]:
    """Three recordings in the working directory, and a service."""
    segments = [
        Segment(f"{name}-0", name, 0.0, 1.0, 0.0, 1.0, text, "Client")
        for name, text in TEXTS.items()
    ]
    save_recordings(FOLDER, segments, lambda name: to_pcm(np.zeros(16_000, np.float32)))
    metrics = {
        "wer_long_form": 0.05, "test_set": "a", "normalizer_version": 1, "beam_size": 5,
        "window_seconds": 30.0, "seconds": 3.0, "recordings": 3,
    }  # fmt: skip
    write_metrics("evaluate", metrics)
    server = Stub()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()


def said(text: str) -> Answer:
    return 200, json.dumps({"text": text})


def run(stub: Stub, counts: Path | None = None, timeout: float = 20.0) -> None:
    score_service(stub.url, "whisper-1", "a key", False, timeout, counts)


def test_wer_counts_and_difference(
    stub: Stub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b, _ = TEXTS.values()
    stub.answers = [said(a.replace("river", "liver")), said(f"{b} indeed"), said("the money")]
    run(stub, tmp_path / "counts.csv")
    shown = capsys.readouterr().out
    # Three errors in 20 words.
    assert "WER         15.00%" in shown and "difference +10.00 points" in shown
    rows = from_csv((tmp_path / "counts.csv").read_text(), "counts")
    assert [(row.substitutions, row.deletions, row.insertions) for row in rows] == [
        (1, 0, 0), (0, 0, 1), (0, 1, 0),
    ]  # fmt: skip
    assert not [word for word in ["sister", "heavy", "money", "liver", "indeed"] if word in shown]


def test_the_request_names_no_recording(stub: Stub) -> None:
    stub.answers = [said(text) for text in TEXTS.values()]
    run(stub)
    assert len(stub.bodies) == 3
    for name, body, headers in zip(TEXTS, stub.bodies, stub.headers, strict=True):
        assert b'filename="recording.flac"' in body and f"{name}.flac".encode() not in body
        assert b'name="language"\r\n\r\nen\r\n' in body
        assert headers["Authorization"] == "Bearer a key"


def test_a_busy_service_is_asked_again(stub: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    a, b, c = map(said, TEXTS.values())
    stub.answers = [(429, "busy"), a, (503, "starting"), b, c]
    run(stub)
    assert "WER         0.00%" in capsys.readouterr().out and len(stub.bodies) == 5


def test_faults_of_all_recordings_in_one_message(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_RETRIES", 0)
    private = "my sister came"
    stub.answers = [(401, private), (200, private), (200, json.dumps([private]))]
    with pytest.raises(UserError) as error:
        run(stub)
    lines = str(error.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [f"recording {name}" for name in TEXTS]
    assert "status 401" in lines[0] and "not JSON" in lines[1] and "not JSON" in lines[2]
    assert private not in str(error.value)


def test_a_late_service(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_RETRIES", 0)
    stub.answers, stub.late = [said("")], 0.5
    with pytest.raises(UserError, match=r"recording a: no answer within 0\.1 s"):
        run(stub, timeout=0.1)


def test_no_service(mini: MiniProject, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_RETRIES", 0)
    with pytest.raises(UserError, match="recording a: the service cannot be reached"):
        score_service("http://127.0.0.1:9", "w", None, False, 5.0, None)


def test_another_machine_needs_consent(stub: Stub) -> None:
    with pytest.raises(UserError, match=r"whisper\.example is another machine"):
        score_service("https://whisper.example/v1", "w", None, False, 5.0, None)
    local = ("http://localhost:8000", "http://[::1]:8000", "https://127.0.0.2")
    other = ("http://10.0.0.1", "http://whatever", r"http://whisper.example\@127.0.0.1:8000")
    assert [is_loopback(host_of(url)) for url in local + other] == [True] * 3 + [False] * 3


@pytest.mark.parametrize(
    "what", ["http://me:secret@{}", "http://me@{}", "http://{}/?key=secret", "http://{}/#secret"]
)
def test_a_url_with_secrets_is_refused(stub: Stub, what: str) -> None:
    url = what.format(stub.url.removeprefix("http://"))
    with pytest.raises(UserError, match="the URL holds") as error:
        score_service(url, "w", None, False, 5.0, None)
    assert "secret" not in str(error.value) and stub.bodies == []


@pytest.mark.parametrize("key", ["s\u20accret", "s\ncret", "s\udcffcret"])
def test_a_key_that_no_header_can_hold(stub: Stub, key: str) -> None:
    with pytest.raises(UserError, match="ATTUNE_API_KEY") as error:
        score_service(stub.url, "w", key, False, 5.0, None)
    assert "cret" not in str(error.value) and stub.bodies == []


@pytest.mark.parametrize("timeout", [0.0, -1.0, float("nan")])
def test_a_timeout_that_is_none(stub: Stub, timeout: float) -> None:
    with pytest.raises(UserError, match="--timeout must be a positive number"):
        run(stub, timeout=timeout)


@pytest.mark.parametrize("seconds", ["0", "-1", "inf", "nan"])
def test_the_command_line_refuses_such_a_timeout(stub: Stub, seconds: str) -> None:
    done = CliRunner().invoke(app, ["score-service", stub.url, "--timeout", seconds])
    assert done.exit_code == 2 and "--timeout" in done.output and stub.bodies == []


def test_a_retry_waits_at_most_a_minute(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=waits.append)
    monkeypatch.setattr(service, "time", clock)
    stub.retry_after, stub.answers = "31536000", [(429, "busy")]
    with pytest.raises(UserError, match="recording a: the service answers with status 429"):
        run(stub)
    assert waits == [60.0] * 15 and len(stub.bodies) == 18


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none/counts.csv", "there is no folder"),
        (".", "it is a folder"),
        ("/dev/null", "not a regular file"),
        ("key/counts.csv", "there is no folder"),
        ("a" * 300, "cannot be written"),
    ],
)
def test_counts_that_cannot_be_written(stub: Stub, name: str, message: str) -> None:
    """Found before the first recording, by both commands."""
    before = sorted(Path.cwd().iterdir())
    for score in (partial(run, stub), partial(score_folder, Path("models/none"))):
        with pytest.raises(UserError, match=message) as error:
            score(counts=Path(name))
        assert str(error.value).startswith("--counts") and "\n" not in str(error.value)
    assert stub.bodies == [] and sorted(Path.cwd().iterdir()) == before


def test_a_disk_that_fills_while_scoring(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    stub.answers = [said("")]

    def fail(*paths: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(UserError, match=r"counts\.csv: it cannot be written \(No space left"):
        run(stub, Path("counts.csv"))
    assert not [path for path in Path.cwd().iterdir() if "counts.csv" in path.name]


@pytest.mark.parametrize("url", ["localhost:8000", "http://[::1", "", "ftp://localhost"])
def test_no_url(stub: Stub, url: str) -> None:
    with pytest.raises(UserError, match="URL"):
        score_service(url, "w", None, False, 5.0, None)


def test_it_stops_before_the_first_recording_without_metrics(stub: Stub) -> None:
    Path("metrics/evaluate.json").unlink()
    with pytest.raises(UserError, match="run `dvc repro`"):
        run(stub)
    assert stub.bodies == []


def test_two_services_compared(
    stub: Stub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stub.answers = [said("")]
    run(stub, tmp_path / "production.csv")
    stub.answers = [said(text) for text in TEXTS.values()]
    run(stub, tmp_path / "tuned.csv")
    paths = tmp_path / "production.csv", tmp_path / "tuned.csv"
    assert compare_counts(*paths, as_json=False)
    shown = capsys.readouterr().out
    assert "| production | 100.0%" in shown and "| tuned" in shown
    assert not compare_counts(*paths[::-1], as_json=False)
    with pytest.raises(UserError, match="it cannot be read"):
        compare_counts(tmp_path / "none.csv", paths[1], as_json=False)
