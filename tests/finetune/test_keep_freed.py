"""Memory that a step has freed stays with the process."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

FREED = """
import sys
from pathlib import Path
import numpy as np
from stages.finetune.memory import keep_freed
def held():
    (line,) = (x for x in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in x)
    return int(line.split()[1]) // 1024
if sys.argv[1] == "kept":
    assert keep_freed()
before = held()
some = [np.ones(size, np.uint8) for size in range(20 * 2**20, 40 * 2**20, 5 * 2**20)]
del some
print(held() - before)
"""


def held_after(how: str) -> int:
    """MB that a process still holds of 110 that it has freed."""
    command = [sys.executable, "-c", FREED, how]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc's")
def test_freed_memory_is_kept() -> None:
    assert held_after("given back") < 20 < 100 < held_after("kept")
