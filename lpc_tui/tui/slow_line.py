"""Whether the terminal keeps up with what is written to it: over a slow line it may not.

Textual writes frames in a thread of its own, from a queue that holds up the whole app once it is full. `run_control` asks
here before it lets more be drawn.
"""

from __future__ import annotations

from typing import Any

from textual.app import App

__all__ = ["MOST_QUEUED", "is_backed_up"]

MOST_QUEUED = 3
"""Writes that may wait: those of one frame. Textual blocks at 30."""


def is_backed_up(app: App[Any]) -> bool:
    """Whether frames wait to be written. Always False where there is no terminal (tests, a browser)."""
    # Textual has no public word for this; `test_slow_line` fails should it be renamed.
    writer = getattr(app._driver, "_writer_thread", None)
    return writer is not None and writer._queue.qsize() > MOST_QUEUED
