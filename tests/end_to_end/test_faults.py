"""A hundred items, and something goes wrong at each request of the run, over real HTTP (DESIGN.md, laws 9, 11 and 15).

Whatever it is: the run ends with the right exit code; the next one, with nothing wrong any more, finishes the job; nothing
is lost or doubled; and the one after it finds nothing to do.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from lpc_tui.engine.events import Noticed
from lpc_tui.engine.events import Status as Told
from lpc_tui.engine.interface import approve_all
from lpc_tui.model.items import Process, Side
from lpc_tui.sandbox.common import LoggedRequest
from lpc_tui.sandbox.faults import (
    Concurrency,
    DailyLimit,
    DeadDeltaTokens,
    Drop,
    DuplicateRule,
    ExpiredToken,
    Fault,
    Garble,
    Latency,
    Status,
    Trigger,
    Truncate,
    ValidationRule,
)
from lpc_tui.sandbox.faults.kinds import RequestFault, Service
from lpc_tui.sandbox.sample import Worlds
from lpc_tui.wiring import open_engine
from tests.accounts.stage import stage_in
from tests.end_to_end.hands import Hands, fields_for
from tests.end_to_end.hundred import Hundred, hundred

LEAST = {"graph": 5, "salesforce": 5}
"""How many requests a run sends to a service at the least: fewer, and it did not do what is to be disturbed."""

MOST_IN_AN_OUTAGE = 15
"""Requests that a run sends to both services while they are out of order for half a minute: five for each of the three
readings that are under way at once at its begin, fewer later."""

Tally = Callable[[str, object], None]


@dataclass(frozen=True)
class Position:
    """One request of the run."""

    service: Service
    nth: int
    is_reading: bool
    """Whether it surely only reads."""
    is_afterthought: bool
    """Whether it only reads past what the run wrote: all is done by then, and what befalls it may be passed over."""


@dataclass(frozen=True)
class Trouble:
    """A fault, and how the run that meets it must end."""

    fault: RequestFault
    reading: frozenset[int]
    """The exit codes where it befalls a request that only reads."""
    writing: frozenset[int]
    """Those where it befalls another."""
    stride: int = 1
    """1: it is tried at each request of the run, 3: at each third, and so on; other troubles take the others."""
    hours: int = 0
    """How long it takes until nothing is wrong any more."""


CURED = frozenset({0})
OPEN = frozenset({0, 5})
"""Cured, or left to the next run."""
STOPPED = frozenset({5})
REFUSED = frozenset({3})

TROUBLES: Mapping[str, Trouble] = MappingProxyType(
    {
        "dropped after the work": Trouble(Drop(after_work=True), CURED, OPEN),
        "503 after the work": Trouble(Status(status=503, after_work=True), CURED, OPEN),
        "a proxy's page": Trouble(Garble(), CURED, OPEN, stride=3),
        "a proxy's page after the work": Trouble(Garble(after_work=True), CURED, OPEN),
        "dropped": Trouble(Drop(), CURED, OPEN, stride=4),
        "503": Trouble(Status(status=503), CURED, OPEN, stride=4),
        "503 with Retry-After": Trouble(Status(status=503, retry_after=20), CURED, OPEN, stride=4),
        "429 with Retry-After": Trouble(Status(status=429, retry_after=20), CURED, CURED, stride=4),
        "429 for too long": Trouble(Status(status=429, retry_after=600), STOPPED, STOPPED, stride=4),
        "cut short": Trouble(Truncate(), OPEN, OPEN, stride=4),
        "broken off": Trouble(Truncate(is_noticed=True), CURED, OPEN, stride=4),
        "a late answer": Trouble(Latency(seconds=50), CURED, CURED, stride=4),
        "an expired token": Trouble(ExpiredToken(), REFUSED, REFUSED, stride=3),
        "dead delta tokens": Trouble(DeadDeltaTokens(), CURED, CURED),
        "the last 5 % of requests": Trouble(DailyLimit(left=5000), STOPPED, OPEN, stride=3, hours=25),
        "no requests left": Trouble(DailyLimit(), STOPPED, STOPPED, stride=3, hours=25),
    }
)

PART_TROUBLES: Mapping[str, Status] = MappingProxyType(
    {
        "a part throttled": Status(of="part", service="graph", status=429, retry_after=5),
        "a part failed": Status(of="part", service="graph", status=503),
        "a part failed after the work": Status(of="part", service="graph", status=503, after_work=True),
        "a locked record": Status(
            of="part",
            service="salesforce",
            path="*/composite/sobjects",
            status=400,
            code="UNABLE_TO_LOCK_ROW",
        ),
    }
)
PARTS_APART = 12
"""The faults befall every so-manieth part; there are about fifty on each side."""


@dataclass
class Play:
    """A stage, and the requests of a run on it in which nothing goes wrong."""

    stage: Hundred
    positions: tuple[Position, ...]

    async def problems(self, trouble: Trouble, position: Position) -> list[str]:
        """What is wrong in the end, if this befalls that request."""
        self.stage.reset()
        fault = trouble.fault.model_copy(update={"service": position.service, "nth": position.nth})
        self.stage.sandbox.faults.add(fault)
        result = await self.stage.rehearsal.sync()
        if self.stage.sandbox.faults.struck(fault) == 0:
            return [f"the run had no request {position}"]
        found = self._problems_of_its_end(result.exit_code, trouble, position)
        self.stage.times.advance(hours=trouble.hours)
        return [*found, *await self.stage.problems_of_next_runs()]

    def _problems_of_its_end(self, code: int, trouble: Trouble, position: Position) -> list[str]:
        right = trouble.reading if position.is_reading else trouble.writing
        right = right | CURED if position.is_afterthought else right
        if code not in right:
            return [f"the run ended with {code}, not {sorted(right)}"]
        return [f"the run said 0, but {each}" for each in self.stage.wrong()] if code == 0 else []


Opened = Callable[[Process], Awaitable[Play]]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Opens the play of a process, prepared once."""
    plays: dict[Process, Play] = {}
    with ExitStack() as stages:

        async def play(process: Process) -> Play:
            if process not in plays:
                stage = stages.enter_context(hundred(tmp_path_factory.mktemp(process), process))
                await stage.prepare()
                plays[process] = Play(stage, await _positions(stage))
            return plays[process]

        yield play


async def _positions(stage: Hundred) -> tuple[Position, ...]:
    """The requests of a calm run, which is right."""
    stage.reset()
    assert (await stage.rehearsal.sync()).exit_code == 0
    logs: dict[Service, list[LoggedRequest]] = {
        "graph": stage.sandbox.graph_log.entries,
        "salesforce": stage.sandbox.salesforce_log.entries,
    }
    assert stage.wrong() == []
    assert await stage.problems_of_next_runs() == []
    for service, entries in logs.items():
        assert len(entries) >= LEAST[service]
    return tuple(
        Position(
            service,
            nth,
            is_reading=not entry.is_write,
            is_afterthought=service == "graph"
            and entry.method == "GET"
            and any(each.is_write for each in entries[:nth]),
        )
        for service, entries in logs.items()
        for nth, entry in enumerate(entries, 1)
    )


@pytest.mark.parametrize("process", list(Process))
@pytest.mark.parametrize("name", TROUBLES)
async def test_whatever_befalls_each_request_the_next_run_finishes_the_job(
    process: Process, name: str, opened: Opened, record_property: Tally
) -> None:
    """Prints how many combinations of how many went well."""
    play, trouble = await opened(process), TROUBLES[name]
    own = type(trouble.fault).model_fields["service"].default
    positions = [each for each in play.positions if own in (None, each.service)]
    if isinstance(trouble.fault, DeadDeltaTokens):
        positions = [each for each in positions if each.is_reading]
    offset = [*TROUBLES].index(name) % trouble.stride
    tried = positions[offset :: trouble.stride]
    found = {each: await play.problems(trouble, each) for each in tried}
    _tell(record_property, f"{process}, {name}", found)


@pytest.mark.parametrize("process", list(Process))
@pytest.mark.parametrize("name", PART_TROUBLES)
async def test_parts_that_fail_one_by_one_hold_nothing_else_up(
    process: Process, name: str, opened: Opened, record_property: Tally
) -> None:
    play = await opened(process)
    found: dict[int, list[str]] = {}
    for nth in range(1, 1000, PARTS_APART):
        play.stage.reset()
        fault = PART_TROUBLES[name].model_copy(update={"nth": nth})
        play.stage.sandbox.faults.add(fault)
        result = await play.stage.rehearsal.sync()
        if play.stage.sandbox.faults.struck(fault) == 0:
            break
        found[nth] = [] if result.exit_code in OPEN else [f"the run ended with {result.exit_code}"]
        if len(play.stage.wrong()) > 1:
            found[nth] += ["more than one item is missing", *play.stage.wrong()]
        found[nth] += await play.stage.problems_of_next_runs()
    assert len(found) >= 4
    _tell(record_property, f"{process}, {name}", found)


def _tell(record_property: Tally, what: str, found: Mapping[Any, list[str]]) -> None:
    wrong = {str(each): problems for each, problems in found.items() if problems}
    tally = f"{what}: {len(found) - len(wrong)} of {len(found)}"
    print(tally)
    record_property("tally", tally)
    assert wrong == {}


@pytest.mark.parametrize("process", list(Process))
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Status(status=503, for_seconds=30), id="503"),
        pytest.param(Status(status=503, retry_after=10, for_seconds=30), id="503 with Retry-After"),
        pytest.param(Drop(for_seconds=30), id="no answer"),
    ],
)
async def test_few_requests_are_sent_while_both_services_are_out_of_order(
    process: Process, fault: RequestFault, opened: Opened, record_property: Tally
) -> None:
    """From each fifth request of the run on, for half a minute. Prints the most that are sent meanwhile."""
    play = await opened(process)
    most = 0
    for since in range(1, len(play.positions) + 1, 5):
        play.stage.reset()
        outage = fault.model_copy(update={"since": since})
        play.stage.sandbox.faults.add(outage)
        result = await play.stage.rehearsal.sync()
        assert result.exit_code in OPEN
        assert result.exit_code == 5 or play.stage.wrong() == []
        most = max(most, play.stage.sandbox.faults.struck(outage))
        play.stage.times.advance(minutes=1)
        assert await play.stage.problems_of_next_runs() == []
    tally = f"{process}, 30 s out of order: at most {most} requests"
    print(tally)
    record_property("tally", tally)
    assert most <= MOST_IN_AN_OUTAGE


_NAMES = MappingProxyType(
    {
        Process.CALENDAR: ("Event", "Subject"),
        Process.CONTACT: ("Contact", "LastName"),
        Process.TASK: ("Task", "Subject"),
    }
)
_FREE_TEXT = MappingProxyType(
    {Process.CALENDAR: "Location", Process.CONTACT: "Title", Process.TASK: "Description"}
)
_REFUSED = "New in Outlook 7"


@pytest.mark.parametrize("process", list(Process))
@pytest.mark.parametrize("kind", [ValidationRule, DuplicateRule])
async def test_an_item_that_a_rule_refuses_is_one_item(
    process: Process, kind: type[Fault], opened: Opened
) -> None:
    """It is reported in the org's words, and tried again only once something about it changed."""
    stage = (await opened(process)).stage
    stage.reset()
    object_name, field = _NAMES[process]
    rule: Fault
    if kind is ValidationRule:
        rule = ValidationRule(object=object_name, field=field, contains=_REFUSED, message="Not this one.")
        words = "Not this one."
    else:
        _colleague_has_one(stage, object_name, _REFUSED)
        rule = DuplicateRule(object=object_name, field=field, name="No two alike")
        words = "No two alike"
    stage.sandbox.faults.add(rule)
    assert (await stage.rehearsal.sync()).exit_code == 1
    (refused,) = stage.rehearsal.told(Told.FAILED)
    assert words in (refused.reason or "")
    assert [each for each in stage.wrong() if "too many" not in each] == [
        stage.lack(Side.SALESFORCE, _REFUSED)
    ]
    before = stage.revisions
    assert (await stage.rehearsal.sync()).exit_code == 1
    assert stage.revisions == before
    stage.rename(Side.OUTLOOK, _REFUSED, "Better")
    assert (await stage.rehearsal.sync()).exit_code == 0
    assert stage.rehearsal.hands(Side.SALESFORCE).named("Better")


def _colleague_has_one(stage: Hundred, object_name: str, name: str) -> None:
    """A record of somebody else with that name: not in the scope of the sync, but in the way of a duplicate rule."""
    when = (
        {"StartDateTime": "2026-03-12T10:00:00Z", "DurationInMinutes": 30} if object_name == "Event" else {}
    )
    field = "LastName" if object_name == "Contact" else "Subject"
    org = stage.rehearsal.worlds.org
    with org.acting_as(org.colleague):
        org.insert(object_name, {field: name, **when})


@pytest.mark.parametrize("process", list(Process))
async def test_what_a_trigger_rewrites_does_not_come_back_as_an_edit(
    process: Process, opened: Opened
) -> None:
    """Of twelve tasks the run writes the priority alone: what the trigger then makes of their descriptions is the org's own
    edit, and is carried across once.
    """
    stage = (await opened(process)).stage
    stage.reset()
    object_name, _ = _NAMES[process]
    field = _FREE_TEXT[process]
    stage.sandbox.faults.add(Trigger(object=object_name, field=field, becomes="{value} (checked)"))
    assert (await stage.rehearsal.sync()).exit_code == 0
    counts = (await stage.rehearsal.sync()).counts[process]
    assert counts.writes == counts.updated[Side.OUTLOOK] == (12 if process is Process.TASK else 0)
    before = stage.revisions
    assert (await stage.rehearsal.sync()).exit_code == 0
    assert stage.revisions == before
    rewritten = [
        row for row in stage.rehearsal.worlds.org.rows(object_name) if str(row[field]).endswith(" (checked)")
    ]
    assert len(rewritten) >= 30


@pytest.mark.parametrize("process", list(Process))
async def test_a_mailbox_is_never_asked_more_at_once_than_it_takes(process: Process, opened: Opened) -> None:
    stage = (await opened(process)).stage
    stage.reset()
    stage.sandbox.faults.add(Concurrency(retry_after=5), Latency(service="graph", seconds=1))
    assert (await stage.rehearsal.sync()).exit_code == 0
    assert stage.wrong() == []
    assert not [each for each in stage.rehearsal.events if isinstance(each, Noticed)]


@pytest.mark.parametrize(
    ("service", "path"),
    [("graph", "/v1.0/*"), ("salesforce", "/services/data/*")],
    ids=["graph", "salesforce"],
)
async def test_a_token_that_expires_at_any_request_is_renewed_on_the_way(
    service: Service, path: str, tmp_path: Path, record_property: Tally
) -> None:
    """With a sign-in, the run goes on; only a token from the environment cannot be renewed."""
    with stage_in(tmp_path / "home") as stage:
        for side in Side:
            await stage.signed_in(side)
        worlds = Worlds(stage.sandbox.mailbox, stage.sandbox.org)
        for nth in itertools.count(1):
            for side in Side:
                name, day = f"{side.label} {nth}", stage.clock().date() + timedelta(days=nth)
                Hands(worlds, side, Process.CALENDAR).add(**fields_for(Process.CALENDAR, name, day))
            fault = ExpiredToken(service=service, path=path, nth=nth)
            stage.sandbox.faults.add(fault)
            stage.clock.move(minutes=1)
            async with open_engine(
                stage.settings,
                stage.paths,
                environ=stage.environ,
                clock=stage.clock,
                sleep=stage.clock.sleep,
            ) as engine:
                result = await engine.run([Process.CALENDAR], review=approve_all, emit=lambda _event: None)
            assert (result.exit_code, result.error) == (0, None)
            for side in Side:
                assert len(Hands(worlds, side, Process.CALENDAR).shows()) == 2 * nth
            if not stage.sandbox.faults.struck(fault):
                break
            stage.sandbox.faults.clear()
        assert nth >= 3
        record_property("tally", f"calendar, a token renewed on the way ({service}): {nth - 1} of {nth - 1}")
