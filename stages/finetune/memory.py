"""Memory that a step has freed stays with the process for the next one.

glibc gives large buffers back to the kernel as soon as they are freed, so each step of training
has them mapped and filled with zeros anew, page by page: a tenth of its time on a CPU.
"""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4
"""Of glibc's malloc.h: the free bytes at the heap's end from which it shrinks, and how many buffers
may lie outside the heap."""
_NEVER = -1


def keep_freed() -> bool:
    """From now on, for the whole process; False where the C library has no such setting."""
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # not glibc; TypeError: Windows
        return False
    return bool(set_option(_MMAP_MAX, 0) and set_option(_TRIM_THRESHOLD, _NEVER))
