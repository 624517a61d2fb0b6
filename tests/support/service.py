"""`attune serve` in a process of its own, as a user starts it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import requests

from tests.support.processes import ROOT, environment
from tests.support.trace import Trace, terminate, traced

START_SECONDS = 120
SECONDS = 120.0
"""At most, until a state is reached."""


@dataclass(frozen=True)
class Service:
    url: str
    process: subprocess.Popen[bytes]
    folder: Path
    """Its working directory, with params.yaml; `tmp` is where it could write temporary files."""

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def written(self) -> list[str]:
        """Files in its folders that it did not find there."""
        known = {"params.yaml", "log"}
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return sorted(str(p.relative_to(self.folder)) for p in found if p.name not in known)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(
    folder: Path,
    model: Path,
    port: int | None = None,
    params: Path = ROOT / "params.yaml",
    trace: Trace | None = None,
    **variables: str,
) -> Iterator[Service]:
    """The service of a converted model, in the new folder `folder`; port: None for a free one."""
    (folder / "tmp").mkdir(parents=True)
    shutil.copy(params, folder)
    port = port or free_port()
    settings = environment(
        folder / "home", TMPDIR=str(folder / "tmp"), WHISPER_MODEL=str(model), **variables
    )
    command = [sys.executable, "-m", "attune", "serve", "--port", str(port)]
    if trace:
        command = [*traced(trace, *command)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=settings, stdout=log, stderr=log)
    service = Service(f"http://127.0.0.1:{port}", process, folder)
    try:
        wait_until_healthy(service)
        yield service
    finally:
        terminate(process) if trace else process.terminate()
        process.wait(30)


def wait_until_healthy(service: Service) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert service.process.poll() is None, service.log
        try:
            with urlopen(f"{service.url}/health") as answer:
                assert answer.status == 200
                return
        except URLError:
            time.sleep(0.1)
    raise AssertionError(f"the service did not start:\n{service.log}")


def measured(service: Service, name: str) -> float:
    """A value of /metrics."""
    lines = requests.get(f"{service.url}/metrics", timeout=10).text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


def in_progress(service: Service) -> float:
    return measured(service, "attune_requests_in_progress")


def wait_for(condition: Callable[[], bool]) -> float:
    """Returns: the seconds until the condition holds."""
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() < begin + SECONDS
        time.sleep(0.05)
    return time.monotonic() - begin
