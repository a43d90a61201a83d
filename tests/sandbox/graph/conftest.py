"""A served mailbox and a plain HTTP client for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from lpc_tui.sandbox.common import OUTLOOK_TOKEN, JsonObject, RequestLog
from lpc_tui.sandbox.graph.app import graph_app
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.hosting import HOST, Host, Listener

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class FrozenClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **amount: int) -> None:
        self.time += timedelta(**amount)


class GraphClient:
    """Plain requests against the server, below its version root unless a whole address is given."""

    def __init__(self, host_url: str, log: RequestLog) -> None:
        self.host_url = host_url
        self.root = f"{host_url}/v1.0"
        self.log = log
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {OUTLOOK_TOKEN}"

    def call(self, method: str, path: str, **wishes: Any) -> requests.Response:
        address = path if path.startswith("http") else f"{self.root}{path}"
        return self.session.request(method, address, timeout=10, **wishes)

    def get(self, path: str, prefer: str | None = None, **params: str) -> JsonObject:
        """The body of a GET that must succeed."""
        headers = {"Prefer": prefer} if prefer else {}
        answer = self.call("GET", path, params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        body: JsonObject = answer.json()
        return body

    def post(self, path: str, body: object, **headers: str) -> JsonObject:
        """The body of a POST that must create."""
        answer = self.call("POST", path, json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        created: JsonObject = answer.json()
        return created

    def patch(self, path: str, body: object, **headers: str) -> JsonObject:
        """The body of a PATCH that must succeed."""
        answer = self.call("PATCH", path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        changed: JsonObject = answer.json()
        return changed

    def delete(self, path: str) -> None:
        answer = self.call("DELETE", path)
        assert answer.status_code == 204, answer.text

    def refused(self, method: str, path: str, **wishes: Any) -> tuple[int, str]:
        """Status and code of a request that must be refused."""
        answer = self.call(method, path, **wishes)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["error"]["code"]

    def batch(self, *parts: JsonObject) -> dict[str, JsonObject]:
        """The answers of a batch by their ids."""
        answer = self.call("POST", "/$batch", json={"requests": list(parts)})
        assert answer.status_code == 200, answer.text
        return {response["id"]: response for response in answer.json()["responses"]}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def mailbox(clock: FrozenClock) -> Mailbox:
    return Mailbox(clock=clock, seed=1)


@pytest.fixture
def graph(mailbox: Mailbox) -> Iterator[GraphClient]:
    log = RequestLog()
    host = Host([Listener("Graph", graph_app(mailbox, token=OUTLOOK_TOKEN, log=log))])
    host.start()
    client = GraphClient(f"http://{HOST}:{host.ports[0]}", log)
    try:
        yield client
    finally:
        client.session.close()
        host.stop()


def timed(subject: str = "Review", day: str = "2026-03-10", **more: Any) -> JsonObject:
    """The body of an hour's event at 9 in Berlin."""
    return {
        "subject": subject,
        "start": {"dateTime": f"{day}T09:00:00", "timeZone": "W. Europe Standard Time"},
        "end": {"dateTime": f"{day}T10:00:00", "timeZone": "W. Europe Standard Time"},
        **more,
    }


def weekly(first: str = "2026-03-02", **more: Any) -> JsonObject:
    """The body of an endless series on Mondays at 9 in Berlin; `first` must be a Monday."""
    recurrence = {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
        "range": {"type": "noEnd", "startDate": first},
    }
    return timed("Jour fixe", first, recurrence=recurrence, **more)


MARCH = {"startDateTime": "2026-03-01T00:00:00Z", "endDateTime": "2026-04-01T00:00:00Z"}
