"""A hundred items of a process at work, between two services that can be brought back to how they were.

Forty of them are linked already; since then two people made sixty more, thirty each, and edited and deleted what there
was. What must come of it is put down here, field by field; the engine has no say in it.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from starlette.types import ASGIApp, Receive, Scope, Send

from lpc_tui.model.items import Process, Side, Value
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.hosting import Listener
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.sample import Worlds, empty_worlds
from lpc_tui.sandbox.server import Sandbox
from tests.end_to_end.hands import EDITS, fields_for
from tests.end_to_end.pairs import ONE, OTHER
from tests.end_to_end.rehearsal import NOW, Rehearsal, Times

__all__ = ["Hundred", "SharedTimes", "hundred"]

_MOMENT_S = 0.01
"""Real time in which whoever is not waiting has done something."""
_UNSAID: Mapping[Process, Mapping[str, Value]] = MappingProxyType(
    {
        Process.CALENDAR: {"location": "", "show_as": "busy"},
        Process.CONTACT: {"job_title": "", "business_city": ""},
        Process.TASK: {"priority": "normal", "body": ""},
    }
)
"""What an item shows where nobody said anything."""


class SharedTimes(Times):
    """A clock for several who wait at once: it moves to when the first of them wants to go on, once all the others wait."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: Callable[[], int] = lambda: 0
        """How many there were so far: while this moves, somebody is still at work."""
        self._wakes: list[datetime] = []

    async def sleep(self, seconds: float) -> None:
        wake = self.now + timedelta(seconds=seconds)
        self._wakes.append(wake)
        try:
            while True:
                before = self.requests(), len(self._wakes)
                await asyncio.sleep(_MOMENT_S)
                if before == (self.requests(), len(self._wakes)) and wake == min(self._wakes):
                    break
        finally:
            self._wakes.remove(wake)
        self.now = max(self.now, wake)


class _Replaceable(Sandbox):
    """A sandbox whose worlds can be exchanged: a profile's watermarks hold the servers' addresses."""

    def __init__(self, worlds: Worlds, times: Times) -> None:
        async def let_pass(seconds: float) -> None:
            times.advance(seconds=seconds)

        super().__init__(worlds.mailbox, worlds.org, sleep=let_pass)
        self._apps: list[ASGIApp] = []

    def exchange(self, worlds: Worlds) -> None:
        """Serve these from now on, at the same addresses."""
        self.mailbox, self.org = worlds.mailbox, worlds.org
        self._apps = [each.app for each in super()._listeners()]

    def _listeners(self) -> tuple[Listener, Listener]:
        graph, salesforce = super()._listeners()
        self._apps = [graph.app, salesforce.app]
        return replace(graph, app=self._present(0)), replace(salesforce, app=self._present(1))

    def _present(self, number: int) -> ASGIApp:
        async def present(scope: Scope, receive: Receive, send: Send) -> None:
            await self._apps[number](scope, receive, send)

        return present


@dataclass
class Hundred:
    """The items, the two people, and the stage they play on."""

    rehearsal: Rehearsal
    sandbox: _Replaceable
    times: SharedTimes
    kept: Path
    """Where the profile is kept."""
    promises: dict[str, dict[str, Value]] = field(default_factory=dict)
    """What both sides must show in the end, by the name at first."""
    _dumps: tuple[str, str] = ("", "")
    _begun: datetime = NOW
    _made: int = 0

    async def prepare(self) -> None:
        """Bring everything to where the run begins, and remember it."""
        for number in range(40):
            self._make(Side.OUTLOOK, f"Linked {number}")
        assert (await self.rehearsal.sync()).exit_code == 0
        self.times.advance(minutes=10)
        for number in range(8):
            self._edit(Side.OUTLOOK, number, ONE)
            self._edit(Side.SALESFORCE, number + 8, OTHER)
        for number in range(16, 20):
            self._edit(Side.OUTLOOK, number, ONE)
            self._edit(Side.SALESFORCE, number, OTHER)
        for number, side in enumerate([*Side] * 5, 20):
            hands = self.rehearsal.hands(side)
            hands.delete(hands.named(f"Linked {number}")[0])
            del self.promises[f"Linked {number}"]
        for side in Side:
            for number in range(30):
                self._make(side, f"New in {side.label} {number}")
        assert self._made == 100
        worlds = self.rehearsal.worlds
        self._dumps = json.dumps(worlds.mailbox.dump()), json.dumps(worlds.org.dump())
        self._begun = self.times.now
        shutil.copytree(self.rehearsal.folder, self.kept)

    def reset(self) -> None:
        """Bring the services, the profile and the clock back to where the run begins; nothing goes wrong from now on."""
        mailbox, org = map(json.loads, self._dumps)
        self.times.now = self._begun
        self.rehearsal.worlds = Worlds(
            Mailbox.restore(mailbox, clock=self.times), Org.restore(org, clock=self.times)
        )
        self.sandbox.exchange(self.rehearsal.worlds)
        self.sandbox.faults.clear()
        shutil.rmtree(self.rehearsal.folder)
        shutil.copytree(self.kept, self.rehearsal.folder)

    def wrong(self) -> list[str]:
        """What the services show and should not, and what they lack."""
        found = []
        for side in Side:
            shown = Counter(map(self._told, self.rehearsal.hands(side).shows().values()))
            promised = Counter(map(self._told, self.promises.values()))
            found += [f"{side.label} has too many: {each}" for each in (shown - promised).elements()]
            found += [f"{side.label} lacks: {each}" for each in (promised - shown).elements()]
        return found

    def lack(self, side: Side, name: str) -> str:
        """How `wrong` tells that a side lacks an item."""
        return f"{side.label} lacks: {self._told(self.promises[name])}"

    def rename(self, side: Side, name: str, new: str) -> None:
        """Somebody gives an item another name."""
        hands = self.rehearsal.hands(side)
        field = "last_name" if self.rehearsal.process is Process.CONTACT else "subject"
        hands.edit(hands.named(name)[0], **{field: new})

    @property
    def revisions(self) -> tuple[int, int]:
        """Rises with every change in either service."""
        return self.rehearsal.worlds.mailbox.revision, self.rehearsal.worlds.org.revision

    async def problems_of_next_runs(self) -> list[str]:
        """What is wrong once nothing goes wrong any more: the next run finishes the job, the one after it finds none."""
        self.sandbox.faults.clear()
        again = await self.rehearsal.sync()
        found = self.wrong()
        if again.exit_code != 0 or found:
            return [f"the next run ended with {again.exit_code}, {again.error}", *found]
        before = self.revisions
        last = await self.rehearsal.sync()
        if last.exit_code != 0 or self.revisions != before:
            return [f"the last run ended with {last.exit_code}, {last.counts}", *self.rehearsal.sent()]
        return self.wrong()

    def _make(self, side: Side, name: str) -> None:
        self._made += 1
        process = self.rehearsal.process
        fields = fields_for(process, name, NOW.date() + timedelta(days=self._made))
        self.rehearsal.hands(side).add(**fields)
        self.promises[name] = {**_UNSAID[process], **fields}

    def _edit(self, side: Side, number: int, which: Mapping[Process, str]) -> None:
        process, hands = self.rehearsal.process, self.rehearsal.hands(side)
        changed = {which[process]: EDITS[process][which[process]][0]}
        hands.edit(hands.named(f"Linked {number}")[0], **changed)
        self.promises[f"Linked {number}"].update(changed)

    def _told(self, fields: Mapping[str, Value]) -> str:
        """An item in the fields that are compared."""
        process = self.rehearsal.process
        compared = {*_UNSAID[process], *fields_for(process, "", NOW.date())}
        return ", ".join(f"{name}: {fields[name]!s}" for name in sorted(compared))


@contextmanager
def hundred(folder: Path, process: Process) -> Iterator[Hundred]:
    """A stage in `folder`, yet to be prepared; deletions in Salesforce are allowed there."""
    times = SharedTimes()
    worlds = empty_worlds(clock=times, seed=1)
    with _Replaceable(worlds, times) as sandbox:
        times.requests = lambda: sum(sandbox.faults.seen.values())
        home = folder / "home"
        home.mkdir()
        options = {"prevent": {"delete_from_salesforce": False}}
        rehearsal = Rehearsal(sandbox, worlds, home, times, options=options, process=process)
        yield Hundred(rehearsal, sandbox, times, folder / "kept")
