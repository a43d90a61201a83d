"""One hosted server for all these tests; each test puts an org of its own behind it."""

from collections.abc import Iterator

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from lpc_tui.sandbox.common import RequestLog
from lpc_tui.sandbox.hosting import HOST, Host, Listener
from lpc_tui.sandbox.salesforce.app import salesforce_app
from lpc_tui.sandbox.salesforce.org import Org
from tests.sandbox.salesforce.client import TOKEN, Client, MovableClock


class Switch:
    """An application that passes on to whichever is set."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def hosted() -> Iterator[tuple[Switch, str]]:
    switch = Switch()
    host = Host([Listener("Salesforce", switch)])
    host.start()
    yield switch, f"http://{HOST}:{host.ports[0]}"
    host.stop()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def org(clock: MovableClock) -> Org:
    return Org(clock=clock)


@pytest.fixture
def log() -> RequestLog:
    return RequestLog()


@pytest.fixture
def api(hosted: tuple[Switch, str], org: Org, log: RequestLog) -> Iterator[Client]:
    switch, base = hosted
    switch.app = salesforce_app(org, token=TOKEN, log=log)
    client = Client(base)
    yield client
    client.session.close()
