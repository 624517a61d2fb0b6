"""`attune review` in a process of its own, and a client that makes the page's calls."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.support.service import free_port
from tests.support.trace import Trace, terminate, traced

_START_SECONDS = 120


@dataclass
class ReviewServer:
    """The server, and the calls of one page."""

    process: subprocess.Popen[bytes]
    address: str
    """As printed: with the secret."""
    page: str = field(default_factory=lambda: str(uuid.uuid4()))
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        return self.address.partition("/?")[0]

    def get(self, path: str) -> Any:
        return self._json(self.session.get(f"{self.url}/api/{path}"))

    def post(self, path: str, **message: Any) -> Any:
        body = {"page": self.page, **message}
        return self._json(self.session.post(f"{self.url}/api/{path}", json=body))

    def ids(self) -> dict[str, str]:
        """File name without suffix -> id of each recording."""
        return {row["name"]: row["id"] for row in self.get("recordings")["recordings"]}

    def edit(self, id_: str, base: int, kind: str, splices: list[dict[str, Any]]) -> Any:
        request = str(uuid.uuid4())
        return self.post(
            f"recordings/{id_}/edit", base=base, request=request, kind=kind, splices=splices
        )

    def _json(self, answer: requests.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def reviewing(
    folder: Path, env: Mapping[str, str], port: int | None = None, trace: Trace | None = None
) -> Iterator[ReviewServer]:
    """Serve the project in `folder`; env: of the process. The log is beside the folder."""
    log = folder.with_name(f"{folder.name}.review.log")
    command = [sys.executable, "-m", "attune", "review", "--port", str(port or free_port())]
    if trace:
        command = [*traced(trace, *command)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=dict(env), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        server = ReviewServer(process, _address(process, log))
        server.session.get(server.address).raise_for_status()
        yield server
    finally:
        terminate(process) if trace else process.terminate()
        process.wait(30)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        text = log.read_text(encoding="utf-8")
        assert process.poll() is None, text
        if "Open this address" in text:
            return text.split("review: ", 1)[1].split()[0]
        time.sleep(0.05)
    raise AssertionError("the server did not start")
