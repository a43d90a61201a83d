"""A served mailbox with faults to switch on, and a replica that reads and writes it over real HTTP."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from lpc_tui.model.rules import Window
from lpc_tui.replicas.base import Identity, Notice, Outcome, Page, Replica, Result, Scope, Write
from lpc_tui.replicas.outlook import OutlookCalendar, OutlookContacts, OutlookTasks
from lpc_tui.sandbox.common import OUTLOOK_TOKEN, JsonObject, RequestLog
from lpc_tui.sandbox.graph.app import graph_app
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.graph.shape import Shape
from lpc_tui.sandbox.hosting import HOST, Host, Listener

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
SCOPE = Scope(Window.around(NOW, BERLIN, 30, 365), include_private=False)
OPEN_SCOPE = Scope(SCOPE.window, include_private=True)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time

    def tick(self) -> None:
        self.time += timedelta(minutes=1)


PartFault = Callable[[JsonObject], JsonObject | None]


class Faults:
    """What goes wrong between client and service; wraps the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        """Given instead of the next answers, and nothing is done."""
        self.cuts = 0
        """How many of the next answers are cut off after the work was done."""
        self.part_before: PartFault = lambda _part: None
        """May answer a batch part in place of the service, which then never sees it."""
        self.part_after: PartFault = lambda _part: None
        """May replace the answer to a batch part that was carried out."""
        self.bodies: list[JsonObject] = []
        """Every batch that came."""

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if self.answers:
            status, headers, content = self.answers.pop(0)
            await _respond(send, status, headers, content)
            return
        is_batch = scope["path"].endswith("/$batch")
        before: dict[str, JsonObject] = {}
        parts: list[JsonObject] = []
        if is_batch:
            parts = json.loads(body)["requests"]
            self.bodies.append({"requests": parts})
            before = {part["id"]: answer for part in parts if (answer := self.part_before(part))}
            left = [part for part in parts if part["id"] not in before]
            if before and not left:
                await _respond(send, 200, _JSON, _responses(before, parts))
                return
            body = json.dumps({"requests": left}).encode()
            scope = {**scope, "headers": [(k, v) for k, v in scope["headers"] if k != b"content-length"]}
        status, headers, content = await self._inner(scope, body)
        if is_batch and status == 200:
            found = {each["id"]: each for each in json.loads(content)["responses"]}
            after = {part["id"]: answer for part in parts if (answer := self.part_after(part))}
            content = _responses({**found, **before, **after}, parts)
        if self.cuts:
            self.cuts -= 1
            headers = {**headers, "content-length": str(len(content) + 100)}
        await _respond(send, status, headers, content)

    async def _inner(self, scope: AsgiScope, body: bytes) -> tuple[int, dict[str, str], bytes]:
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        headers = {k.decode(): v.decode() for k, v in messages[0]["headers"] if k != b"content-length"}
        return messages[0]["status"], headers, b"".join(each.get("body", b"") for each in messages[1:])


_JSON = {"content-type": "application/json"}


def _responses(answers: dict[str, JsonObject], parts: Sequence[JsonObject]) -> bytes:
    whole = [{"headers": {}, **answers[part["id"]], "id": part["id"]} for part in parts]
    return json.dumps({"responses": whole}).encode()


async def _respond(send: Send, status: int, headers: dict[str, str], content: bytes) -> None:
    headers = {"content-length": str(len(content)), **headers}
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": content})


def error(status: int, code: str, **headers: str) -> JsonObject:
    """A batch part's answer that refuses it."""
    return {"status": status, "headers": headers, "body": {"error": {"code": code, "message": f"{code}!"}}}


class Served:
    """A mailbox behind HTTP, and what the client side saw."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.mailbox = Mailbox(clock=self.clock)
        self.log = RequestLog()
        self.faults = Faults(graph_app(self.mailbox, token=OUTLOOK_TOKEN, log=self.log))
        self.host = Host([Listener("Graph", self.faults)])
        self.notices: list[Notice] = []
        self.waits: list[float] = []
        self.replicas: list[Replica] = []

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.host.ports[0]}/v1.0"

    def replica(
        self,
        *,
        calendar: str = "",
        zone: ZoneInfo = BERLIN,
        identity: Identity | None = None,
        token: str = OUTLOOK_TOKEN,
        url: str = "",
    ) -> OutlookCalendar:
        made = OutlookCalendar(
            graph_url=url or self.url,
            token=SecretStr(token),
            calendar=calendar,
            zone=zone,
            identity=identity,
            clock=self.clock,
            notices=self.notices.append,
            sleep=self._sleep,
        )
        self.replicas.append(made)
        return made

    def contacts(self, *, folder: str = "", identity: Identity | None = None) -> OutlookContacts:
        made = OutlookContacts(
            graph_url=self.url,
            token=SecretStr(OUTLOOK_TOKEN),
            folder=folder,
            identity=identity,
            clock=self.clock,
            notices=self.notices.append,
            sleep=self._sleep,
        )
        self.replicas.append(made)
        return made

    def tasks(
        self,
        *,
        task_list: str = "",
        zone: ZoneInfo = BERLIN,
        link_url: str = "",
        identity: Identity | None = None,
    ) -> OutlookTasks:
        made = OutlookTasks(
            graph_url=self.url,
            token=SecretStr(OUTLOOK_TOKEN),
            task_list=task_list,
            zone=zone,
            link_url=link_url,
            identity=identity,
            clock=self.clock,
            notices=self.notices.append,
            sleep=self._sleep,
        )
        self.replicas.append(made)
        return made

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def add(self, subject: str = "Kick-off", calendar_id: str | None = None, **properties: Any) -> str:
        """An event made in Outlook, an hour on 10 March unless told otherwise; its immutable id."""
        body: JsonObject = {
            "subject": subject,
            "start": {"dateTime": "2026-03-10T09:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-03-10T10:00:00", "timeZone": "UTC"},
            **properties,
        }
        return self.immutable(self.mailbox.create_event(body, calendar_id)["id"])

    def immutable(self, event_id: str) -> str:
        return str(self.mailbox.event(event_id, IMMUTABLE)["id"])

    def add_series(self, count: int = 6, **properties: Any) -> str:
        """A weekly hour, Tuesdays from 3 March at 9 in Berlin (whose clocks change on the 29th); the master's id."""
        pattern = {"type": "weekly", "interval": 1, "daysOfWeek": ["tuesday"]}
        return self.add(
            "Weekly",
            **{
                "start": {"dateTime": "2026-03-03T09:00:00", "timeZone": "Europe/Berlin"},
                "end": {"dateTime": "2026-03-03T10:00:00", "timeZone": "Europe/Berlin"},
                "recurrence": {
                    "pattern": pattern,
                    "range": {"type": "numbered", "startDate": "2026-03-03", "numberOfOccurrences": count},
                },
                **properties,
            },
        )

    def occurrences(self, master: str) -> list[str]:
        """The immutable ids of a series' occurrences in the window, by their start."""
        window = SCOPE.window
        assert window is not None
        found = self.mailbox.instances(master, window.start, window.end, IMMUTABLE)
        return [str(each["id"]) for each in found]


IMMUTABLE = Shape(immutable_ids=True)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    world = Served()
    world.host.start()
    try:
        yield world
    finally:
        for replica in world.replicas:
            await replica.close()
        world.host.stop()


@pytest.fixture
def replica(served: Served) -> OutlookCalendar:
    return served.replica()


async def read(replica: Replica, watermark: str | None = None, scope: Scope = SCOPE) -> list[Page]:
    """Every page of a reading; the last one carries the watermark."""
    pages = [page async for page in replica.read(scope, watermark)]
    assert [bool(page.watermark) for page in pages] == [False] * (len(pages) - 1) + [True]
    return pages


async def write(replica: Replica, *writes: Write, scope: Scope = SCOPE) -> dict[str, Outcome]:
    """The outcomes by key; each write was announced before it had one, unless a look settled it without a request."""
    announced: set[str] = set()

    async def sending(batch: Sequence[Write]) -> None:
        assert len(batch) <= 20
        announced.update(each.key for each in batch)

    outcomes: dict[str, Outcome] = {}
    async for some in replica.write(writes, scope, sending):
        for outcome in some:
            assert outcome.key in announced or outcome.result in {Result.DONE, Result.CHANGED, Result.GONE}
            assert outcome.key not in outcomes
            outcomes[outcome.key] = outcome
    return outcomes
