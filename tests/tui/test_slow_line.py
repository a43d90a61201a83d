"""A terminal that does not keep up is noticed before Textual's queue is full."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.drivers.linux_driver import LinuxDriver

from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.slow_line import MOST_QUEUED, is_backed_up
from tests.tui.harness import make_app


def test_writes_that_wait_are_counted_in_textuals_own_queue() -> None:
    app = LpcApp(make_app().ports, poll_s=None)
    assert not is_backed_up(app)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        writer = WriterThread(nowhere)
    app._driver = SimpleNamespace(_writer_thread=writer)  # type: ignore[assignment]
    for _ in range(MOST_QUEUED):
        writer.write("frame")
    assert not is_backed_up(app)
    writer.write("frame")
    assert is_backed_up(app)
    assert MOST_QUEUED < MAX_QUEUED_WRITES


async def test_textuals_driver_has_such_a_thread() -> None:
    app = make_app()
    driver = LinuxDriver(app, size=(80, 24))
    assert driver._writer_thread is None
