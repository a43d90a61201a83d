"""The runs that are measured: what two people did since the run before, and what the run cost.

Played on a sandbox of its own for each story, over HTTP. The requests are those that the services logged, not those that
this program says it sent.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from lpc_tui.model.items import Process, Side
from lpc_tui.sandbox.common import RequestLog
from lpc_tui.sandbox.faults.kinds import Latency
from tests.benchmarks.floors import Goal, changes, deletes, first, nothing
from tests.end_to_end.hands import EDITS, fields_for
from tests.end_to_end.pairs import ONE
from tests.end_to_end.rehearsal import NOW, Rehearsal, rehearsing

__all__ = ["CHANGED", "Measure", "first_syncs", "small_changes"]

CHANGED = 10
"""How many items are changed, or deleted, on each side."""

_ALL_BOXES_OFF = {"prevent": {"delete_from_salesforce": False}}
_NONE: Final[Mapping[Side, int]] = dict.fromkeys(Side, 0)
_DAYS = 300
"""Over how many of the days to come the items are spread."""
_APART = timedelta(seconds=20)
"""Between two items that people make: nobody writes a thousand in one second."""

_LATER = timedelta(hours=1)
"""Between a run and one that is not right after it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one service was asked."""

    requests: int
    """A batch counts once."""
    parts: int
    """How many requests travelled in batches."""

    @classmethod
    def of(cls, log: RequestLog) -> Cost:
        entries = log.entries
        return cls(len(entries), sum(entry.parts for entry in entries))


@dataclass(frozen=True, slots=True)
class Measure:
    """What a run cost."""

    process: Process
    job: str
    goal: Goal
    graph: Cost
    salesforce: Cost
    seconds: float
    """Of this computer, both services' work included: for orientation only."""

    @property
    def requests(self) -> int:
        return self.graph.requests + self.salesforce.requests

    @property
    def is_missed(self) -> bool:
        """Whether the goal is."""
        return self.requests > self.goal.most


class UnexpectedError(Exception):
    """A run did something else than what was to be measured: its figures mean nothing."""


async def first_syncs(process: Process, count: int, latency: float = 0) -> AsyncIterator[Measure]:
    """All items on one side, then on the other, then half on each: the first run, the one right after, and later ones.

    Each answer of a service takes `latency` seconds longer than its work.
    """
    stories = (
        ("Outlook to Salesforce", {Side.OUTLOOK: count, Side.SALESFORCE: 0}),
        ("Salesforce to Outlook", {Side.OUTLOOK: 0, Side.SALESFORCE: count}),
        ("both ways", {Side.OUTLOOK: count // 2, Side.SALESFORCE: count - count // 2}),
    )
    for direction, items in stories:
        with tempfile.TemporaryDirectory() as folder:
            async for measure in _first_sync(process, direction, items, Path(folder), latency):
                yield measure


async def _first_sync(
    process: Process, direction: str, items: Mapping[Side, int], folder: Path, latency: float
) -> AsyncIterator[Measure]:
    with _story(process, folder, latency) as story:
        story.make(items)
        goal = first(items[Side.OUTLOOK], items[Side.SALESFORCE])
        title = f"first sync of {sum(items.values()):,}, {direction}"
        yield await story.measured(title, goal, created={side.other: items[side] for side in Side})
        yield await story.measured("nothing changed, right after it", nothing())
        story.wait()
        yield await story.measured("nothing changed, an hour later", nothing())
        story.wait()
        yield await story.measured("nothing changed, two hours later", nothing())


async def small_changes(process: Process, count: int, latency: float = 0) -> AsyncIterator[Measure]:
    """Ten changes on each side among `count` linked items, then ten deletes on each; half of the items are from either."""
    items = {Side.OUTLOOK: count // 2, Side.SALESFORCE: count - count // 2}
    ten = dict.fromkeys(Side, CHANGED)
    with tempfile.TemporaryDirectory() as folder, _story(process, Path(folder), latency) as story:
        made = story.make(items)
        await story.run(created={side.other: items[side] for side in Side})
        for _ in range(2):
            story.wait()
            await story.run()
        value, _ = EDITS[process][ONE[process]]
        for side in Side:
            for item_id in made[side][:CHANGED]:
                story.rehearsal.hands(side).edit(item_id, **{ONE[process]: value})
        title = f"{CHANGED} changes on each side among {count:,}"
        yield await story.measured(title, changes(), updated=ten)
        yield await story.measured("nothing changed, right after it", nothing())
        story.wait()
        for side in Side:
            for item_id in made[side][-CHANGED:]:
                story.rehearsal.hands(side).delete(item_id)
        title = f"{CHANGED} deletes on each side among {count:,}"
        yield await story.measured(title, deletes(process), deleted=ten)
        yield await story.measured("nothing changed, right after it", nothing())


@dataclass(frozen=True)
class _Story:
    """Two services, a profile, and the runs between them."""

    rehearsal: Rehearsal

    def make(self, items: Mapping[Side, int]) -> dict[Side, list[str]]:
        """Two people make items that are nowhere alike; the ids on the side they were made on."""
        process, times = self.rehearsal.process, self.rehearsal.times
        made: dict[Side, list[str]] = {side: [] for side in Side}
        for side, count in items.items():
            hands = self.rehearsal.hands(side)
            for number in range(count):
                day = NOW.date() + timedelta(days=1 + number % _DAYS)
                made[side].append(hands.add(**fields_for(process, f"{side.label} {number}", day)))
                times.now += _APART
        self.wait()
        return made

    def wait(self) -> None:
        """Let time pass until the run is not right after the one before."""
        self.rehearsal.times.now += _LATER

    async def run(
        self,
        *,
        created: Mapping[Side, int] = _NONE,
        updated: Mapping[Side, int] = _NONE,
        deleted: Mapping[Side, int] = _NONE,
    ) -> None:
        """One run, and nothing else than this is written by it.

        Raises:
            UnexpectedError: it was.
        """
        result = await self.rehearsal.sync()
        counts = result.counts[self.rehearsal.process]
        done = (counts.created, counts.updated, counts.deleted)
        if result.exit_code or done != (created, updated, deleted):
            raise UnexpectedError(f"exit code {result.exit_code}, {result.error}; {counts}")

    async def measured(
        self,
        job: str,
        goal: Goal,
        *,
        created: Mapping[Side, int] = _NONE,
        updated: Mapping[Side, int] = _NONE,
        deleted: Mapping[Side, int] = _NONE,
    ) -> Measure:
        """What a run costs that writes just this; raises UnexpectedError as `run` does."""
        before = time.perf_counter()
        await self.run(created=created, updated=updated, deleted=deleted)
        return Measure(
            process=self.rehearsal.process,
            job=job,
            goal=goal,
            graph=Cost.of(self.rehearsal.sandbox.graph_log),
            salesforce=Cost.of(self.rehearsal.sandbox.salesforce_log),
            seconds=time.perf_counter() - before,
        )


@contextmanager
def _story(process: Process, folder: Path, latency: float) -> Iterator[_Story]:
    with rehearsing(folder, process=process) as rehearsal:
        rehearsal.options = _ALL_BOXES_OFF
        if latency:
            rehearsal.sandbox.faults.add(Latency(seconds=latency))
        yield _Story(rehearsal)
