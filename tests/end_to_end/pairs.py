"""One item on both sides, linked by a sync, and the two people who work on it: what the tests of the laws are told with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType

from lpc_tui.engine.interface import RunResult
from lpc_tui.model.items import Process, Side, Timed, Value
from tests.end_to_end.hands import EDITS, fields_for
from tests.end_to_end.rehearsal import NOW, Rehearsal

__all__ = [
    "ASKING",
    "LOOKING",
    "ONE",
    "OTHER",
    "QUIET",
    "TODAY",
    "Pair",
    "on_day",
    "paired",
    "run",
    "stays_quiet",
]

TODAY = NOW.date()

QUIET = 2
"""Requests that a run of one process without anything to do may cost."""

ASKING = QUIET + 1
"""Those of one after a contact was written in Outlook, by us or by somebody: its private mark is asked for, which the delta
does not tell."""

LOOKING = 8
"""Those of a run that finds nothing to do, but has to read all, or to ask for what it does not see any more."""

ONE: Mapping[Process, str] = {
    Process.CALENDAR: "location",
    Process.CONTACT: "job_title",
    Process.TASK: "priority",
}
OTHER: Mapping[Process, str] = {
    Process.CALENDAR: "show_as",
    Process.CONTACT: "business_city",
    Process.TASK: "body",
}
"""Two fields of each process that change independently of each other, with values in `EDITS`."""


def on_day(process: Process, days: int) -> dict[str, Value]:
    """The field that puts an item on the `days`-th day from today."""
    day = TODAY + timedelta(days=days)
    if process is Process.TASK:
        return {"due": day}
    start = datetime.combine(day, time(10), UTC)
    return {"when": Timed(start, start + timedelta(hours=1))}


async def run(rehearsal: Rehearsal, exit_code: int = 0) -> RunResult:
    """A run that ends with this exit code, and not because something broke."""
    result = await rehearsal.sync()
    assert result.error is None, result.error
    assert result.exit_code == exit_code, rehearsal.events
    return result


async def stays_quiet(rehearsal: Rehearsal, exit_code: int = 0, *, requests: int | None = None) -> None:
    """The next run writes nothing, at next to no cost."""
    if requests is None:
        requests = ASKING if rehearsal.process is Process.CONTACT else QUIET
    worlds = rehearsal.worlds
    worlds.org.tend()
    before = worlds.mailbox.revision, worlds.org.revision
    await run(rehearsal, exit_code)
    assert (worlds.mailbox.revision, worlds.org.revision) == before, rehearsal.sent()
    assert rehearsal.requests() <= requests, rehearsal.sent()


@dataclass
class Pair:
    """One linked item."""

    rehearsal: Rehearsal
    ids: dict[Side, str]

    def edit(self, side: Side, **fields: Value) -> None:
        """Somebody changes it on one side, a minute later than anything before."""
        self.rehearsal.times.advance(minutes=1)
        self.rehearsal.hands(side).edit(self.ids[side], **fields)

    def rewrite(self, side: Side, field: str, choice: int = 0) -> Value:
        """Somebody changes one of the `EDITS` fields; returns its new value."""
        value = EDITS[self.rehearsal.process][field][choice]
        self.edit(side, **{field: value})
        return value

    def delete(self, side: Side) -> None:
        self.rehearsal.times.advance(minutes=1)
        self.rehearsal.hands(side).delete(self.ids[side])

    def is_there(self, side: Side) -> bool:
        return self.rehearsal.hands(side).is_there(self.ids[side])

    def shows(self, side: Side, field: str) -> Value:
        """What one side shows in a field."""
        return self.rehearsal.hands(side).show(self.ids[side])[field]


async def paired(
    rehearsal: Rehearsal,
    name: str = "Kickoff",
    *,
    origin: Side = Side.OUTLOOK,
    days: int = 1,
    fields: Mapping[str, Value] = MappingProxyType({}),
) -> Pair:
    """A new item on one side, taken across by a run."""
    due = TODAY + timedelta(days=days)
    made = rehearsal.hands(origin).add(**fields_for(rehearsal.process, name, due, **fields))
    await run(rehearsal)
    (copy,) = rehearsal.hands(origin.other).named(name)
    return Pair(rehearsal, {origin: made, origin.other: copy})
