"""Keeps Python's garbage collector from holding up the keys.

A full collection goes through every object there is: a tenth of a second while the UI starts, up to half a second while ten
thousand items are read and written. `cli.ui` runs the UI in `calm`, where none happens by itself; `app` calls `tidy` once a
run is over and its plans are let go.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["calm", "settle", "tidy"]

_NEVER = 1_000_000_000


@contextmanager
def calm() -> Iterator[None]:
    """No full collection until the end; what is young and in cycles is collected as ever, all else by its references."""
    before = gc.get_threshold()
    gc.set_threshold(before[0], before[1], _NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def settle() -> None:
    """What is there now stays: modules, classes. No collection looks at it again before `calm` ends."""
    gc.freeze()


def tidy() -> None:
    """Collect all garbage, if it is calm: nobody else does."""
    if gc.get_threshold()[2] == _NEVER:
        gc.collect()
