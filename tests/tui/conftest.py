"""The pilot of these tests waits until the app has nothing left to do, not until the computer looks idle.

Textual's own waits in steps of 20 ms until the process has used little time in one: that is most of what a test of keys
takes, and on a busy computer it may look too early. What a thread brings is waited for by `harness.until`.
"""

from __future__ import annotations

import asyncio

import pytest
import textual.app
import textual.pilot
from textual._wait import wait_for_idle
from textual.pilot import Pilot

_ROUNDS = 3
"""A layout may ask for another one: of what is in a list that has its size by now, of a text that takes more lines there."""
_A_MOMENT_S = 0.005
_PATIENCE_S = 20.0


async def _nothing_left(_min_sleep: float = 0, _max_sleep: float = 0) -> None:
    """Let the loop run until it could only wait."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, asyncio.BaseEventLoop)
    while True:
        await asyncio.sleep(0)
        if not loop._ready:  # type: ignore[attr-defined]  # asyncio has no public word for it
            return


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
