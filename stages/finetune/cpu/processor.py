"""What the processor and the C library can do."""

from __future__ import annotations

import ctypes
from functools import cache

import torch

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4
"""Options of mallopt(3), from glibc's malloc.h: free bytes at the end of the heap from which it
shrinks (-1: never), and the number of buffers that may lie outside the heap."""


@cache
def has_bfloat16() -> bool:
    """Whether the processor multiplies matrices of bfloat16 by instructions of its own: AVX512_BF16
    or AMX_BF16.

    Without them PyTorch converts element by element, and a product is up to 100 times slower than
    in float32. ATEN_CPU_CAPABILITY=avx2 and ONEDNN_MAX_CPU_ISA=AVX2, which imitate a smaller
    processor, count. ARM processors count as without: nothing was measured on one.
    """
    flags = torch.cpu.get_capabilities()
    if not (flags.get("avx512_bf16") or flags.get("amx_bf16")):
        return False
    # The flags are the processor's; the two below are what ATen and oneDNN make use of.
    return torch.backends.cpu.get_cpu_capability().startswith("AVX512") and bool(
        torch.ops.mkldnn._is_mkldnn_bf16_supported()
    )


def keep_freed() -> bool:
    """Keep freed memory, for the whole process from now on. Returns False where the C library has
    no such option.

    glibc returns large buffers to the kernel as soon as they are freed, so each training step maps
    and zeroes them again, page by page.
    """
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # not glibc; TypeError: Windows
        return False
    return bool(set_option(_MMAP_MAX, 0) and set_option(_TRIM_THRESHOLD, -1))
