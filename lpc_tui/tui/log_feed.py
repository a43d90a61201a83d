"""The log pane's lines of a run's events: `app` passes every batch through here.

What is planned is reviewed row by row, and the log file names each of it; here it is one line a process, so that what is
done is not lost among what was to be done. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from lpc_tui.engine.events import Event, OperationEvent, Progress, RunFinished, RunStarted, Status
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action
from lpc_tui.tui.log_book import LogLine
from lpc_tui.wording import Level, action_words, describe, level_of

__all__ = ["LogFeed"]


class LogFeed:
    """Turns events into lines; remembers what is planned until all operations of a plan are told."""

    def __init__(self) -> None:
        self._planned: dict[Process, Counter[tuple[Action, Side]]] = {}

    def lines(self, events: Iterable[Event], now: str) -> list[LogLine]:
        """The lines of a batch, stamped `now`; progress has none, the state line shows it."""
        return list(self._lines(events, now))

    def _lines(self, events: Iterable[Event], now: str) -> Iterator[LogLine]:
        for event in events:
            if isinstance(event, Progress):
                continue
            if isinstance(event, OperationEvent):
                if event.status is Status.PLANNED:
                    tally = self._planned.setdefault(event.process, Counter())
                    tally[event.action, event.side] += 1
                else:
                    yield LogLine(
                        now,
                        level_of(event),
                        describe(event),
                        event.process,
                        event.outlook_id,
                        event.salesforce_id,
                    )
                continue
            yield from self._summary(now)
            process = None if isinstance(event, RunStarted | RunFinished) else event.process
            yield LogLine(now, level_of(event), describe(event), process)

    def _summary(self, now: str) -> Iterator[LogLine]:
        for process, tally in self._planned.items():
            parts = ", ".join(f"{number:,} x {action_words(*what)}" for what, number in tally.items())
            yield LogLine(now, Level.INFO, f"{process.label}: to do: {parts}", process)
        self._planned.clear()
