"""Waiting for a person at a browser elsewhere: asks the sign-in service now and then, until it says yes or no.

Both device flows wait so. It can be called off between two questions, never between a question and what its answer means:
a sign-in that was granted is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from lpc_tui.accounts.interface import Stop
from lpc_tui.errors import CancelledByUser, SignInError, ThrottledError, UnreachableError

__all__ = ["Clock", "Pending", "Sleep", "called_off", "expired", "poll"]

T = TypeVar("T")
Clock: TypeAlias = Callable[[], datetime]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]

SLOWER_S: Final = 5.0
"""What is added to the interval when the service says `slow_down` (RFC 8628, section 3.5)."""

_LOST_IN_A_ROW = 3
"""So many questions without an answer are a service that is down, not a connection that hiccups."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The person is not done yet."""

    is_too_fast: bool = False
    """The service wants to be asked less often."""


async def poll(
    ask: Callable[[], T | Pending],
    *,
    interval_s: float,
    until: datetime,
    clock: Clock,
    sleep: Sleep,
    cancel: Stop,
) -> T:
    """What `ask` returns once it is not pending any more; it is called in a thread, each time after a pause.

    Raises:
        CancelledByUser, SignInError: it was called off, or the time is up.
        LpcError: what `ask` raises; it takes more than one lost answer in a row.
    """
    lost = 0
    while True:
        await _pause(interval_s, sleep, cancel)
        if clock() >= until:
            raise expired()
        try:
            answer = await asyncio.to_thread(ask)
        except ThrottledError:
            interval_s += SLOWER_S
            continue
        except UnreachableError:
            lost += 1
            if lost == _LOST_IN_A_ROW:
                raise
            continue
        lost = 0
        if not isinstance(answer, Pending):
            return answer
        if answer.is_too_fast:
            interval_s += SLOWER_S


def expired() -> SignInError:
    """Nobody signed in in time."""
    return SignInError("Nobody signed in before the code expired.", "Try again, and sign in sooner.")


def called_off() -> CancelledByUser:
    """The person gave up."""
    return CancelledByUser("The sign-in was called off; nothing has changed.")


async def _pause(seconds: float, sleep: Sleep, cancel: Stop) -> None:
    waits = [asyncio.ensure_future(sleep(seconds)), asyncio.ensure_future(cancel.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
    if cancel.is_requested:
        raise called_off()
