"""What the terminal UI and the command line know of the engine: how to start a run, answer its review and stop it.

They import this module and `events`, never the run itself; `wiring.open_engine` gives them an `Engine`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, TypeAlias

from lpc_tui.engine.events import Counts, Event, Outcome
from lpc_tui.errors import LpcError
from lpc_tui.model.items import Process

if TYPE_CHECKING:
    from lpc_tui.model.plan import Answers, Plan

__all__ = ["Cancel", "Emit", "Engine", "Proposal", "Review", "Reviewer", "RunResult", "approve_all"]

Emit: TypeAlias = Callable[[Event], None]
"""Receives each event on the engine's own loop, in order; must return at once."""


class Cancel:
    """A request to stop. It is looked at between requests, never between a request and the record of its outcome."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def request(self) -> None:
        """Ask the run to stop; safe to call twice. Call it on the run's loop."""
        self._event.set()

    @property
    def is_requested(self) -> bool:
        return self._event.is_set()

    async def wait(self) -> None:
        """Return once a stop is requested."""
        await self._event.wait()


class Proposal(Protocol):
    """The plans of a run, before anything is written."""

    @property
    def plans(self) -> Mapping[Process, Plan]: ...

    def answered(self, process: Process, answers: Answers) -> Plan:
        """The plan as it becomes with these answers. Pure and quick: call it at every keystroke."""


@dataclass(frozen=True, slots=True)
class Review:
    """What the person decided: go on or not, and the answers given on the way."""

    is_approved: bool
    answers: Mapping[Process, Answers] = field(default_factory=lambda: MappingProxyType({}))


Reviewer: TypeAlias = Callable[[Proposal], Awaitable[Review]]
"""Asked once a run, after planning and before the first write; not asked in a dry run, or if nothing would be written
and nothing waits for an answer."""


async def approve_all(_proposal: Proposal) -> Review:
    """The reviewer behind `--yes`: accepts the plan, answers nothing that waits under a law."""
    return Review(is_approved=True)


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended."""

    run: str
    outcome: Outcome
    exit_code: int
    counts: Mapping[Process, Counts]
    plans: Mapping[Process, Plan]
    """As they were carried out (or, of a dry run, would be)."""
    error: LpcError | None = None
    """What ended the run early; its message and hint are fit to be shown. Already announced as an event."""

    @property
    def has_failed(self) -> bool:
        """Whether the run as a whole did not come to its end: that is told in any case."""
        return self.error is not None or self.outcome is Outcome.ABORTED


class Engine(Protocol):
    """Runs the sync of one profile."""

    async def run(
        self,
        processes: Sequence[Process],
        *,
        review: Reviewer,
        emit: Emit,
        cancel: Cancel | None = None,
        is_dry_run: bool = False,
    ) -> RunResult:
        """One run over `processes`: read, match, plan, review, apply.

        Never raises for what a service or an item does: the result and the events tell. Once `RunStarted` was announced,
        `RunFinished` is the last event, whatever happens; a bug of ours is raised after it. Cancelling the task asks the
        run to stop, too: the write under way is finished and recorded, then `CancelledError` is raised.

        Raises:
            LockedError, StateError: before anything is announced.
        """

    async def close(self) -> None:
        """End connections and threads."""
