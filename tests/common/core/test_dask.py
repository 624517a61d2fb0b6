"""Recordings on a Dask cluster: a real scheduler and two workers on the loopback address."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.common.core.test_cached_tasks import bytes_of, fill, from_scratch, run
from tests.support.mini_project import SEGMENT, MiniProject

REPOSITORY = Path(__file__).parents[3]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address, once two workers have joined."""
    from distributed import Client

    folder = tmp_path_factory.mktemp("dask")
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    quiet = {"cwd": REPOSITORY, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1",
               "--port", port, "--no-dashboard"]  # fmt: skip
    started = [subprocess.Popen(command, **quiet)]  # type: ignore[call-overload]
    try:
        for _ in range(2):
            command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--host",
                       "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--no-nanny",
                       "--local-directory", str(folder)]  # fmt: skip
            started.append(subprocess.Popen(command, **quiet))  # type: ignore[call-overload]
        time.sleep(1)
        with Client(address, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        yield address
    finally:
        # The workers first: one that loses its scheduler while it closes may wait for ever.
        for process in reversed(started):
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def test_a_cluster_gives_the_same_bytes(mini: MiniProject, scheduler: str) -> None:
    for stem in "abc":
        fill(mini, stem)
    here = run(mini)
    shutil.rmtree(mini.root / ".state")
    mini.params(segment=SEGMENT | {"backend": "dask", "scheduler": scheduler})
    assert run(mini) == here
    assert len(list((mini.root / ".state/finished/segment").glob("*/record.json"))) == 3


def test_the_backend_is_no_reason_to_work_again(mini: MiniProject, scheduler: str) -> None:
    fill(mini, "a")
    run(mini)
    (record,) = (mini.root / ".state/finished/segment").glob("*/record.json")
    made = record.stat().st_mtime_ns
    mini.params(segment=SEGMENT | {"backend": "dask", "scheduler": scheduler})
    run(mini)
    assert record.stat().st_mtime_ns == made
    mini.params()
    assert bytes_of(mini) == from_scratch(mini)


def test_a_scheduler_that_does_not_answer_is_one_line(mini: MiniProject) -> None:
    mini.valid()
    address = f"tcp://127.0.0.1:{free_port()}"
    mini.params(segment=SEGMENT | {"backend": "dask", "scheduler": address})
    fault = mini.segment().fault
    assert fault.startswith("segment.scheduler: no answer") and len(fault.splitlines()) == 1
