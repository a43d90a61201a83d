"""Keeps Python's garbage collector from holding up the keys while a run goes on.

A full collection goes through every object there is, and while ten thousand items are read and written that takes up to half
a second, several times. `run_control` carries out each run in `calm`.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["calm"]

_NEVER = 1_000_000_000


@contextmanager
def calm() -> Iterator[None]:
    """No full collection until the end; what is young and in cycles is collected as ever, all else by its references."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(before[0], before[1], _NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
