"""The pilot of these tests waits until the app has nothing left to do, not until the computer looks idle.

Textual's own waits in steps of 20 ms until the process has used little time in one: that is most of what a test of keys
takes, and on a busy computer it may look too early. What threads bring is waited for too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from weakref import WeakSet

import pytest
import textual.app
import textual.pilot
from textual._wait import wait_for_idle
from textual.pilot import Pilot

_ROUNDS = 3
"""A layout may ask for another one: of what is in a list that has its size by now, of a text that takes more lines there."""
_A_MOMENT_S = 0.005
_PATIENCE_S = 20.0

_jobs: WeakSet[asyncio.Future[object]] = WeakSet()
"""What threads do for loops."""


async def _nothing_left(_min_sleep: float = 0, _max_sleep: float = 0) -> None:
    """Let the loop run until it could only wait, and not for a thread."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, asyncio.BaseEventLoop)
    while True:
        await asyncio.sleep(0)
        if loop._ready:  # type: ignore[attr-defined]  # asyncio has no public word for it
            continue
        under_way = [job for job in _jobs if not job.done() and job.get_loop() is loop]
        if not under_way:
            return
        done, _ = await asyncio.wait(under_way, timeout=_PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        assert done, "a thread does not come to its end"


async def _resized(pilot: Pilot[object]) -> None:
    """Wait for the screens, those behind a dialog too: Textual tells them of another size, and has them drawn, by timers."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _PATIENCE_S
    while pilot.app._resize_event is not None:
        assert pilot.app._exception is None, "the app has failed, and takes no more sizes"
        assert loop.time() < deadline, "the app does not take its size"
        await asyncio.sleep(_A_MOMENT_S)
    for _ in range(_ROUNDS):
        await wait_for_idle(0)


@pytest.fixture(autouse=True)
def known_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep `_jobs`: the loop does not tell which there are."""
    run = asyncio.BaseEventLoop.run_in_executor

    def known(
        loop: asyncio.BaseEventLoop, executor: Executor | None, work: Callable[..., object], *args: object
    ) -> asyncio.Future[object]:
        job = run(loop, executor, work, *args)
        _jobs.add(job)
        return job

    monkeypatch.setattr(asyncio.BaseEventLoop, "run_in_executor", known)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """See above."""
    wait = Pilot._wait_for_screen

    async def pause(pilot: Pilot[object], delay: float | None = None) -> None:
        await wait(pilot)
        if delay is not None:
            await asyncio.sleep(delay)
        if pilot.app._resize_event is not None:
            await _resized(pilot)
        for _ in range(_ROUNDS):
            pilot.app.screen._on_timer_update()
            await _nothing_left()

    monkeypatch.setattr(textual.app, "wait_for_idle", _nothing_left)
    monkeypatch.setattr(textual.pilot, "wait_for_idle", _nothing_left)
    monkeypatch.setattr(Pilot, "pause", pause)
