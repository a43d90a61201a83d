"""Runs the engine from the command line, and stops it when the person or the system asks.

The first Ctrl-C (or SIGTERM) lets the write under way finish and be recorded; the second ends the process at once, which
the next run repairs as it would after a power cut (DESIGN.md, law 9).
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeAlias

from lpc_tui.engine.events import Event
from lpc_tui.engine.interface import Cancel, Emit, Engine, Reviewer, RunResult
from lpc_tui.errors import CancelledByUser
from lpc_tui.model.items import Process

__all__ = ["OpenEngine", "exit_at_once", "on_stop_signals", "run_engine"]

OpenEngine: TypeAlias = Callable[[], AbstractAsyncContextManager[Engine]]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def run_engine(
    open_engine: OpenEngine,
    processes: Sequence[Process],
    *,
    review: Callable[[Cancel], Reviewer],
    listeners: Sequence[Emit],
    is_dry_run: bool,
    say: Callable[[str], None],
    quit_at_once: Callable[[], None],
) -> RunResult:
    """One run.

    Args:
        open_engine: gives the profile's engine.
        processes: what to sync.
        review: makes the reviewer, given what a requested stop is seen by.
        listeners: each gets every event, in order.
        is_dry_run: write nothing.
        say: shows a line to the person while the run goes on.
        quit_at_once: ends the process; called at the second request to stop.

    Raises:
        LpcError: the run could not begin: another one holds the profile, the state file or a setting is unusable.
    """
    cancel = Cancel()

    def emit(event: Event) -> None:
        for listener in listeners:
            listener(event)

    with _stopped_by_signals(cancel, say, quit_at_once):
        async with open_engine() as engine:
            return await engine.run(
                processes, review=review(cancel), emit=emit, cancel=cancel, is_dry_run=is_dry_run
            )


@contextmanager
def _stopped_by_signals(
    cancel: Cancel, say: Callable[[str], None], quit_at_once: Callable[[], None]
) -> Iterator[None]:
    def on_signal() -> None:
        if cancel.is_requested:
            quit_at_once()
            return
        cancel.request()
        say("Stopping: finishing the current write. Press Ctrl-C again to quit at once.")

    with on_stop_signals(on_signal):
        yield


@contextmanager
def on_stop_signals(handle: Callable[[], None]) -> Iterator[None]:
    """Call `handle` at each Ctrl-C and SIGTERM, instead of what they do otherwise; within a running loop."""
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, handle)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


def exit_at_once() -> None:
    """End this process without waiting for its threads: one of them may sit in a request for minutes."""
    os._exit(CancelledByUser.exit_code)
