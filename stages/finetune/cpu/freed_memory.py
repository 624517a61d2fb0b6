"""Memory freed by one step stays with the process for the next.

glibc returns large buffers to the kernel as soon as they are freed, so that each training step has
them mapped and zeroed again, page by page.
"""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4
"""Options of mallopt(3), from glibc's malloc.h: free bytes at the end of the heap from which it
shrinks, and the number of buffers that may lie outside the heap."""
_NEVER = -1


def keep_freed() -> bool:
    """Keep freed memory, for the whole process from now on. Returns False where the C library has
    no such option."""
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # not glibc; TypeError: Windows
        return False
    return bool(set_option(_MMAP_MAX, 0) and set_option(_TRIM_THRESHOLD, _NEVER))
