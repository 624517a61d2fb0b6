"""Telemetry, connections and modes of every process of the project."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stages.common.core.process import NO_TELEMETRY, OFFLINE
from tests.support.imports import ROOT

PROGRAM = """
import json, os, sys
import {package}
switches = {{name: os.environ.get(name) for name in {names}}}
loaded = sorted({{name.split(".")[0] for name in sys.modules}} - set(sys.stdlib_module_names))
print(json.dumps([oct(os.umask(0)), switches, loaded]))
"""


@pytest.mark.parametrize("package", ["stages", "attune", "service", "demo", "bench", "tests"])
def test_it_comes_before_every_library(package: str, tmp_path: Path) -> None:
    """Several read their switches when they are imported."""
    switches = NO_TELEMETRY | OFFLINE
    program = PROGRAM.format(package=package, names=sorted(switches))
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True, umask=0o022,
    )  # fmt: skip
    umask, found, loaded = json.loads(done.stdout)
    assert umask == "0o77" and found == switches
    assert set(loaded) <= {"__main__", "__mp_main__", "stages", package}


def test_dvc_itself_sends_nothing_in_a_clone() -> None:
    """A user calls it without our code."""
    lines = (ROOT / ".dvc" / "config").read_text().split("\n")
    assert {"    analytics = false", "    check_update = false"} <= set(lines)
