"""An org behind a real HTTP server, a clock that stands still, a replica, and faults to put between them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as HttpScope

from lpc_tui.model.items import EMPTY, Fields, Item, frozen
from lpc_tui.model.rules import Action, Window
from lpc_tui.replicas.base import Identity, Notice, Outcome, Page, Scope, Write
from lpc_tui.replicas.salesforce import SalesforceContacts, SalesforceEvents, SalesforceTasks
from lpc_tui.replicas.salesforce.replica import SalesforceReplica
from lpc_tui.sandbox.common import SALESFORCE_TOKEN, JsonObject, RequestLog
from lpc_tui.sandbox.hosting import HOST, Host, Listener, body_of, replaying
from lpc_tui.sandbox.salesforce.app import salesforce_app
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions

NOW = datetime(2026, 3, 20, 9, 30, 15, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
CLOSED = Scope(None, include_private=False)
OPEN = Scope(None, include_private=True)


@dataclass
class Clock:
    """A clock that moves only when told."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Fault:
    """What happens instead of, or after, the service's own answer to one request.

    One that hits a part of a composite call takes its answer's place if it is JSON, and the whole call's else.
    """

    method: str
    path: str
    """A part of the path."""
    status: int = 0
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    is_lost: bool = False
    """The request is carried out and its answer is cut off."""
    times: int = 1

    def hits(self, method: str, path: str) -> bool:
        return self.times > 0 and method == self.method and self.path in path

    @property
    def is_for_a_part(self) -> bool:
        return not self.is_lost and self.status in (200, 400, 404) and _is_json(self.body)


class Faults:
    """Stands between the server and the app; the faults are used up in order."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    async def __call__(self, scope: HttpScope, receive: Receive, send: Send) -> None:
        content = await body_of(receive)
        receive = replaying(content, receive)
        method, path = scope["method"], scope["path"]
        fault = next((each for each in self.waiting if each.hits(method, path)), None)
        parts = json.loads(content)["compositeRequest"] if path.endswith("/composite") else []
        struck = next(
            (
                (each, part)
                for part in parts
                for each in self.waiting
                if each.hits(part["method"], part["url"])
            ),
            None,
        )
        if fault is None and struck is not None:
            fault, part = struck
            if fault.is_for_a_part:
                fault.times -= 1
                await self._replace(fault, parts, part, scope, receive, send)
                return
        if fault is None:
            await self.app(scope, receive, send)
            return
        fault.times -= 1
        if not fault.is_lost:
            await Response(fault.body, fault.status, fault.headers)(scope, receive, send)
            return
        await self.app(scope, receive, _nothing)
        # A promise of bytes that are never sent: the server breaks the connection off.
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"999")]})
        await send({"type": "http.response.body", "body": b"["})

    async def _replace(
        self,
        fault: Fault,
        parts: list[JsonObject],
        part: JsonObject,
        scope: HttpScope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Have all other parts carried out, and answer this one as the fault has it."""
        rest = [each for each in parts if each is not part]
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        if rest:
            body = json.dumps({"allOrNone": False, "compositeRequest": rest}).encode()
            await self.app(scope, replaying(body, receive), keep)
        shown = json.loads(b"".join(each.get("body", b"") for each in answer) or b'{"compositeResponse": []}')
        made_up = {
            "referenceId": part["referenceId"],
            "httpStatusCode": fault.status,
            "httpHeaders": {},
            "body": json.loads(fault.body),
        }
        told = {each["referenceId"]: each for each in [*shown["compositeResponse"], made_up]}
        whole = {"compositeResponse": [told[each["referenceId"]] for each in parts]}
        await Response(json.dumps(whole), 200)(scope, receive, send)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


async def _nothing(message: Message) -> None:
    """Swallows an answer."""


@dataclass
class World:
    """The org, its server, and how to reach it."""

    org: Org
    clock: Clock
    log: RequestLog
    faults: Faults
    url: str
    notices: list[Notice] = field(default_factory=list)
    zone: ZoneInfo = BERLIN

    def replica(
        self,
        *,
        zone: ZoneInfo = BERLIN,
        token: str | Callable[[], str] = SALESFORCE_TOKEN,
        api_version: str = "62.0",
        clock: Clock | None = None,
        identity: Identity | None = None,
        external_id_field: str = "",
    ) -> SalesforceEvents:
        return SalesforceEvents(
            instance_url=self.url,
            token=token,
            api_version=api_version,
            zone=zone,
            clock=clock or self.clock,
            identity=identity,
            notices=self.notices.append,
            sleep=self.sleep,
            external_id_field=external_id_field,
        )

    def contacts(
        self,
        *,
        whose: str = "mine",
        campaign: str = "",
        match_account: bool = False,
        external_id_field: str = "",
        identity: Identity | None = None,
    ) -> SalesforceContacts:
        return SalesforceContacts(
            instance_url=self.url,
            token=SALESFORCE_TOKEN,
            api_version="62.0",
            zone=self.zone,
            clock=self.clock,
            notices=self.notices.append,
            sleep=self.sleep,
            identity=identity,
            whose=whose,
            campaign=campaign,
            match_account=match_account,
            external_id_field=external_id_field,
        )

    def tasks(self, *, external_id_field: str = "", identity: Identity | None = None) -> SalesforceTasks:
        return SalesforceTasks(
            instance_url=self.url,
            token=SALESFORCE_TOKEN,
            api_version="62.0",
            zone=self.zone,
            clock=self.clock,
            notices=self.notices.append,
            sleep=self.sleep,
            identity=identity,
            external_id_field=external_id_field,
        )

    async def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    def scope(self, *, private: bool = False, past: int = 30, future: int = 365) -> Scope:
        return Scope(Window.around(self.clock.now, BERLIN, past, future), private)

    def event(self, subject: str = "Standup", start: str = "2026-04-01T09:00:00Z", **fields: object) -> str:
        """Somebody makes an event of half an hour in Salesforce; its id."""
        values: JsonObject = {"Subject": subject, "StartDateTime": start, "DurationInMinutes": 30, **fields}
        if "EndDateTime" in fields:
            del values["DurationInMinutes"]
        return self.org.insert("Event", values)

    def record(self, event_id: str) -> JsonObject:
        return self.org.record("Event", event_id)

    def contact(self, last_name: str = "Doe", **fields: object) -> str:
        """Somebody makes a contact in Salesforce; its id."""
        return self.org.insert("Contact", {"LastName": last_name, **fields})

    def task(self, subject: str = "Call back", **fields: object) -> str:
        """Somebody makes a task in Salesforce; its id."""
        return self.org.insert("Task", {"Subject": subject, **fields})

    def writing_requests(self) -> int:
        return self.log.count(writes_only=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def org_options() -> OrgOptions:
    """How the org is set up; a test parametrizes it for another one."""
    return OrgOptions()


@pytest.fixture
def world(clock: Clock, org_options: OrgOptions) -> Iterator[World]:
    org = Org(clock=clock, options=org_options)
    log = RequestLog()
    faults = Faults(salesforce_app(org, token=SALESFORCE_TOKEN, log=log))
    host = Host([Listener("Salesforce", faults)])
    host.start()
    try:
        yield World(org, clock, log, faults, f"http://{HOST}:{host.ports[0]}")
    finally:
        host.stop()


@pytest.fixture
async def replica(world: World) -> AsyncIterator[SalesforceEvents]:
    replica = world.replica()
    yield replica
    await replica.close()


async def read(
    replica: SalesforceReplica, scope: Scope, watermark: str | None = None
) -> tuple[dict[str, Item], Page]:
    """A whole reading: its items by id, and one page that stands for all."""
    items: dict[str, Item] = {}
    hints: set[str] = set()
    last = Page()
    async for page in replica.read(scope, watermark):
        items.update({item.id: item for item in page.items})
        hints |= page.hints
        last = page
    whole = Page(
        tuple(items.values()),
        frozenset(hints),
        total=last.total,
        watermark=last.watermark,
        is_full=last.is_full,
    )
    return items, whole


async def write(replica: SalesforceReplica, *writes: Write, scope: Scope = CLOSED) -> dict[str, Outcome]:
    """Send the writes; their outcomes by key."""
    outcomes: dict[str, Outcome] = {}
    async for part in replica.write(writes, scope, journal):
        outcomes.update({outcome.key: outcome for outcome in part})
    return outcomes


async def journal(writes: Sequence[Write]) -> None:
    """A journal that forgets."""


def create(key: str = "new", /, **fields: object) -> Write:
    return Write(key, Action.CREATE, fields=_fields(fields))


def update(item: Item, **fields: object) -> Write:
    return Write(item.id, Action.UPDATE, item.id, item.version, fields=_fields(fields), expected=item.fields)


def delete(item: Item) -> Write:
    return Write(item.id, Action.DELETE, item.id, item.version, expected=item.fields)


def _fields(fields: dict[str, object]) -> Fields:
    return frozen(fields) if fields else EMPTY  # type: ignore[arg-type] # the tests' own literals
