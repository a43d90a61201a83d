"""A sandbox with a profile beside it: what the end-to-end tests are played in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lpc_tui.engine.events import Event, OperationEvent, Status
from lpc_tui.engine.interface import Reviewer, RunResult, approve_all
from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.items import Item, Process, Side
from lpc_tui.model.scope import is_covered
from lpc_tui.paths import Paths, paths_of
from lpc_tui.replicas.base import Scope
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.sample import Worlds, build_sample, empty_worlds
from lpc_tui.sandbox.server import Sandbox
from lpc_tui.settings import Settings
from lpc_tui.settings_check import check
from lpc_tui.wiring import SettingsProfile, open_engine
from tests.end_to_end.hands import Hands

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


class Times:
    """A clock that moves when it is told to; both services and the engine go by it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    async def sleep(self, seconds: float) -> None:
        """Waiting takes no time but the clock's own."""
        self.advance(seconds=seconds)


@dataclass
class Rehearsal:
    """Two services on loopback and one profile."""

    sandbox: Sandbox
    worlds: Worlds
    folder: Path
    times: Times
    options: dict[str, Any] = field(default_factory=dict)
    """The keys of the process's table in [sync] that differ from their defaults."""
    process: Process = Process.CALENDAR
    """What is synced."""
    salesforce: dict[str, Any] = field(default_factory=dict)
    """The keys of [salesforce] that differ from their defaults."""
    safety: dict[str, Any] = field(default_factory=dict)
    """Those of [safety]."""
    events: list[Event] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "LPC_TUI_HOME": str(self.folder),
            "LPC_TUI_OUTLOOK_TOKEN": self.sandbox.outlook_token,
            "LPC_TUI_SALESFORCE_TOKEN": self.sandbox.salesforce_token,
        }

    @property
    def paths(self) -> Paths:
        return paths_of(environ=self.environ)

    @property
    def settings(self) -> Settings:
        return check(
            {
                "outlook": {"graph_url": self.sandbox.graph_url},
                "salesforce": {"instance_url": self.sandbox.salesforce_url, **self.salesforce},
                "sync": {self.process.value: self.options},
                "safety": self.safety,
            }
        )

    async def sync(self, review: Reviewer = approve_all, *, is_dry_run: bool = False) -> RunResult:
        """One run over the process; the request logs start anew."""
        self.times.advance(minutes=2)
        self.sandbox.graph_log.clear()
        self.sandbox.salesforce_log.clear()
        self.events = []
        async with open_engine(
            self.settings, self.paths, environ=self.environ, clock=self.times, sleep=self.times.sleep
        ) as engine:
            return await engine.run(
                [self.process], review=review, emit=self.events.append, is_dry_run=is_dry_run
            )

    def requests(self) -> int:
        """How many requests the last run sent, to both services."""
        return self.sandbox.graph_log.count() + self.sandbox.salesforce_log.count()

    def sent(self) -> list[str]:
        """The requests of the last run, in a form to be read when there are too many."""
        logs = (self.sandbox.graph_log, self.sandbox.salesforce_log)
        return [f"{entry.method} {entry.path[:200]} {entry.status}" for log in logs for entry in log.entries]

    def told(self, status: Status) -> list[OperationEvent]:
        """The operation events of the last run with this status."""
        return [each for each in self.events if isinstance(each, OperationEvent) and each.status is status]

    async def items(self, side: Side) -> list[Item]:
        """What a side shows in scope now, read afresh."""
        profile = SettingsProfile(self.settings, self.paths, self.environ, self.times)
        rules = profile.rules(self.process, self.times())
        replica = profile.open_replica(self.process, side, None, lambda _notice: None)
        try:
            pages = replica.read(Scope(rules.window, include_private=True), None)
            items = [item async for page in pages for item in page.items]
        finally:
            await replica.close()
        return [item for item in items if is_covered(self.process, item.fields, rules.window)]

    def hands(self, side: Side) -> Hands:
        """The person at work in one of the services."""
        return Hands(self.worlds, side, self.process)

    async def differences(self) -> list[str]:
        """What one side shows and the other does not, in the fields that both can tell, private items left out; empty:
        both sides agree."""
        items = {side: [item for item in await self.items(side) if not item.is_private] for side in Side}
        told = {side: {name for item in items[side] for name in item.fields} for side in Side}
        both = told[Side.OUTLOOK] & told[Side.SALESFORCE] - {"reminder", "company"}
        counts = {side: Counter(self._shown(item, both) for item in items[side]) for side in Side}
        here, there = counts[Side.OUTLOOK], counts[Side.SALESFORCE]
        return [f"only in Outlook: {each}" for each in (here - there).elements()] + [
            f"only in Salesforce: {each}" for each in (there - here).elements()
        ]

    def _shown(self, item: Item, names: Collection[str]) -> str:
        """The item in a form in which both sides' can be compared: as Salesforce could hold it, white space folded."""
        held = (
            (spec.name, spec.compared(spec.held_by(Side.SALESFORCE, item.fields[spec.name])))
            for spec in shared_fields(self.process)
            if spec.name in item.fields and spec.name in names
        )
        return " ".join(repr(sorted((name, " ".join(str(value).split())) for name, value in held)).split())


@contextmanager
def rehearsing(
    folder: Path,
    *,
    process: Process = Process.CALENDAR,
    sample_seed: int | None = None,
    now: datetime = NOW,
    org: OrgOptions | None = None,
) -> Iterator[Rehearsal]:
    """A running sandbox, empty or with sample data, and an empty profile in `folder`; all their clocks say `now`.

    Args: org: how the administrator set the org up.
    """
    times = Times(now)
    worlds = empty_worlds(clock=times, seed=sample_seed or 1)
    if org is not None:
        worlds = Worlds(worlds.mailbox, Org(clock=times, seed=sample_seed or 1, options=org))
    if sample_seed is not None:
        build_sample(worlds.mailbox, worlds.org, seed=sample_seed, today=times().date())
    with Sandbox(worlds.mailbox, worlds.org) as sandbox:
        yield Rehearsal(sandbox, worlds, folder, times, process=process)
