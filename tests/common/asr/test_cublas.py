"""CTranslate2 finds its CUDA library loaded, on a machine with and without CUDA 12 itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from stages.common.asr import model
from stages.common.asr.cublas import LIBRARY

PROGRAM = f"""
import ctypes
from stages.common.asr.cublas import load_cublas
assert load_cublas()
ctypes.CDLL("{LIBRARY}")
(loaded,) = {{line.split()[-1] for line in open("/proc/self/maps") if "{LIBRARY}" in line}}
assert loaded.endswith("nvidia/cublas/lib/{LIBRARY}"), loaded
"""


def test_the_packages_library_is_found_by_its_name() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)


@pytest.mark.parametrize(
    ("device", "gpus", "loads"), [("auto", 1, 1), ("cuda", 1, 1), ("cpu", 1, 0), ("auto", 0, 0)]
)
def test_it_is_loaded_for_a_gpu_alone(
    monkeypatch: pytest.MonkeyPatch, device: str, gpus: int, loads: int
) -> None:
    calls: list[None] = []
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: gpus)
    monkeypatch.setattr(model, "load_cublas", lambda: calls.append(None))
    assert model.choose_device(device) == ("cuda" if loads else "cpu")
    assert len(calls) == loads
