"""Keeps the C library from setting memory aside for each thread of the UI.

glibc gives every thread that allocates a heap of its own, and each keeps what its thread once needed: 13 MB more after a
sync of ten thousand items. Python's threads take turns anyway, so one heap serves them all. `cli.ui` asks for it before
there is a second thread; where the C library is another one, nothing happens.
"""

from __future__ import annotations

from typing import Final

__all__ = ["share_heap"]

_M_ARENA_MAX: Final = -8
"""From glibc's malloc.h: how many heaps there may be."""


def share_heap() -> bool:
    """Have all threads that begin from now on allocate from the heap of the first one; returns whether that can be done."""
    try:
        import ctypes
    except ImportError:  # a Python that was built without libffi
        return False
    library = ctypes.CDLL(None)
    if not (hasattr(library, "gnu_get_libc_version") and hasattr(library, "mallopt")):
        return False
    return bool(library.mallopt(_M_ARENA_MAX, 1))
