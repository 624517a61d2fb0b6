"""The precision follows the processor, also an imitated one; freed memory is used again."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

CHOICE = """
import json
from stages.finetune.cpu.processor import has_bfloat16
from stages.finetune.device import choose_machine
print(json.dumps([has_bfloat16(), choose_machine("cpu", "auto").precision]))
"""
STEPS = """
import resource, sys
import numpy as np
from stages.finetune.cpu.processor import keep_freed
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


def choice(**environment: str) -> list[object]:
    limits = ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA")
    kept = {name: value for name, value in os.environ.items() if name not in limits}
    done = subprocess.run(
        [sys.executable, "-c", CHOICE],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    chosen: list[object] = json.loads(done.stdout)
    return chosen


@pytest.mark.parametrize(
    "environment", [{"ATEN_CPU_CAPABILITY": "avx2"}, {"ONEDNN_MAX_CPU_ISA": "AVX2"}], ids=str
)
def test_with_avx2_alone_it_is_float32(environment: dict[str, str]) -> None:
    assert choice(**environment) == [False, "float32"]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="reads x86 flags from /proc/cpuinfo")
def test_otherwise_it_follows_the_processors_flags() -> None:
    flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    expected = bool({"avx512_bf16", "amx_bf16"} & set(flags))
    assert choice() == [expected, "bfloat16" if expected else "float32"]


def page_faults(how: str) -> int:
    """Page faults of ten steps after the first, each with 110 MB."""
    command = [sys.executable, "-c", STEPS, how]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="an option of glibc")
def test_freed_memory_is_reused() -> None:
    # With huge pages a step without it has 55, otherwise 28,000.
    assert 10 * page_faults("kept") < page_faults("returned")
