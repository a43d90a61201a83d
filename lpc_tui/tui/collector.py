"""Keeps Python's garbage collector from holding up the keys.

A full collection goes through every object there is: up to half a second while ten thousand items are read and written.
While the UI starts, nearly all that is made stays, so that even the small collections, two hundred of them, are a tenth of
the time to the first frame for nothing. `cli.ui` runs the UI in `calm`; `app` calls `settle` once its first frame is drawn,
and `tidy` once a run is over and its plans are let go.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["calm", "settle", "tidy"]

_NEVER = 1_000_000_000


@contextmanager
def calm() -> Iterator[None]:
    """No collection until `settle`, and no full one until the end: then all else is freed by its references, and what is
    young and in cycles is collected as ever."""
    before = gc.get_threshold()
    gc.set_threshold(before[0], before[1], _NEVER)
    gc.disable()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.enable()
        gc.unfreeze()


def settle() -> None:
    """The start is over, if it is calm: what is there now stays (modules, classes, the first screen), and no collection
    looks at it again before `calm` ends."""
    if _is_calm() and not gc.isenabled():
        gc.freeze()
        gc.enable()


def tidy() -> None:
    """Collect all garbage, if it is calm: nobody else does."""
    if _is_calm():
        gc.collect()


def _is_calm() -> bool:
    return gc.get_threshold()[2] == _NEVER
