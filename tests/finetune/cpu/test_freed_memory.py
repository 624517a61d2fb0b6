"""Memory freed by one step is used by the next without page faults."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

STEPS = """
import resource, sys
import numpy as np
from stages.finetune.cpu.freed_memory import keep_freed
if sys.argv[1] == "kept":
    assert keep_freed()
def step():
    # Several buffers at once, all freed at the end.
    [np.ones(size, np.uint8) for size in range(20 * 2**20, 40 * 2**20, 5 * 2**20)]
step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(how: str) -> int:
    """Page faults of ten steps after the first, each with 110 MB."""
    command = [sys.executable, "-c", STEPS, how]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="an option of glibc")
def test_freed_memory_is_reused() -> None:
    # Without it, a step has 55 page faults with huge pages and 28,000 with small ones.
    assert 10 * page_faults("kept") < page_faults("returned")
