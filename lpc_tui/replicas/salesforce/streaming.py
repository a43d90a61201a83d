"""Several writing requests under way at once, and their outcomes in order. Knows neither records nor the service."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from lpc_tui.errors import LpcError
from lpc_tui.replicas.base import Outcome

__all__ = ["Settled", "streamed"]


@dataclass(slots=True)
class Settled:
    """What became of one chunk of writes, and why nothing more can be sent, if so."""

    outcomes: list[Outcome] = field(default_factory=list)
    failure: LpcError | None = None
    is_lost: bool = False
    """Whether all that failed is that an answer got lost: more may still be sent."""


async def streamed(
    jobs: Sequence[Callable[[], Coroutine[Any, Any, Settled]]], in_flight: int
) -> AsyncGenerator[Settled, None]:
    """The jobs' results in their order, some of them under way at once; what runs when it is closed is waited for.

    Raises what the first job raised or ended the writing with, once the results of all that were under way are told.
    """
    waiting = deque(jobs)
    running: deque[asyncio.Task[Settled]] = deque()
    failure: Exception | None = None
    lost = 0
    try:
        while running or (waiting and failure is None):
            while waiting and failure is None and len(running) < in_flight:
                running.append(asyncio.create_task(waiting.popleft()()))
            task = running.popleft()
            try:
                settled = await task
            except Exception as error:
                failure = failure or error
                continue
            yield settled
            lost = lost + 1 if settled.is_lost else 0
            # One lost answer is one lost answer; two in a row, or a reason that holds for all, end the run.
            if settled.failure is not None and lost != 1:
                failure = failure or settled.failure
    finally:
        if running:
            await asyncio.wait(running)
    if failure is not None:
        raise failure
