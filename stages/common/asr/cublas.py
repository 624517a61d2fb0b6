"""The CUDA library that CTranslate2 needs on a GPU."""

from __future__ import annotations

import ctypes
import importlib.util
from functools import cache
from pathlib import Path

LIBRARY = "libcublas.so.12"


@cache
def load_cublas() -> bool:
    """Load cuBLAS of CUDA 12, from the package nvidia-cublas-cu12 or else from the system.

    CTranslate2 opens it by its name at the first encoding, and finds one that is loaded already.
    PyTorch brings CUDA 13.

    Returns: whether it is loaded.
    """
    spec = importlib.util.find_spec("nvidia")
    folders = spec.submodule_search_locations if spec else None
    packaged = [Path(folder) / "cublas/lib" / LIBRARY for folder in folders or ()]
    for library in [*map(str, packaged), LIBRARY]:
        try:
            ctypes.CDLL(library)
        except OSError:
            continue
        return True
    return False
