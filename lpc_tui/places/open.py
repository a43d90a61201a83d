"""The lists of one profile, made from its settings: `open_places` is how the rest of the program gets them.

A connection is opened for each list and closed with it: a person chooses now and then, and wants what is there now.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from urllib.parse import urlsplit

from lpc_tui.accounts.interface import Accounts
from lpc_tui.errors import SettingsError
from lpc_tui.model.items import Side
from lpc_tui.places.interface import Batch, Kind, Place, alike
from lpc_tui.places.outlook import outlook_list
from lpc_tui.places.salesforce import LONGEST_SEARCH, find_in_salesforce, salesforce_list
from lpc_tui.replicas.calling import Caller, Sleep, checked_url
from lpc_tui.replicas.outlook.graph import GraphConnection
from lpc_tui.replicas.salesforce.connection import Connection
from lpc_tui.settings import Settings

__all__ = ["ProfilePlaces", "open_places"]


def open_places(
    settings: Settings, accounts: Accounts, *, clock: Callable[[], datetime], sleep: Sleep = asyncio.sleep
) -> ProfilePlaces:
    """The lists under these settings. Nothing is contacted before one is fetched.

    Args:
        clock: aware instants.
        sleep: waits on the loop, in seconds, where a service asks for patience.
    """
    return ProfilePlaces(settings, accounts, clock, sleep)


class ProfilePlaces:
    """The lists of one profile (`interface.Places`)."""

    def __init__(
        self, settings: Settings, accounts: Accounts, clock: Callable[[], datetime], sleep: Sleep
    ) -> None:
        self._settings = settings
        self._accounts = accounts
        self._clock = clock
        self._sleep = sleep

    async def fetch(self, kind: Kind, search: str = "") -> AsyncGenerator[Batch, None]:
        if kind.side is Side.OUTLOOK:
            async with self._graph() as graph, aclosing(outlook_list(graph, kind)) as batches:
                async for batch in batches:
                    yield batch
        else:
            async with (
                self._org() as org,
                aclosing(salesforce_list(org, kind, search[:LONGEST_SEARCH])) as batches,
            ):
                async for batch in batches:
                    yield batch

    async def find(self, kind: Kind, wanted: str) -> Sequence[Place]:
        if kind.side is Side.SALESFORCE:
            async with self._org() as org:
                return await find_in_salesforce(org, kind, wanted)
        return alike([place async for batch in self.fetch(kind) for place in batch.places], wanted)

    @asynccontextmanager
    async def _graph(self) -> AsyncIterator[GraphConnection]:
        root = checked_url(self._settings.outlook.graph_url, "outlook.graph_url")
        graph = GraphConnection(root, self._accounts.token_source(Side.OUTLOOK), self._caller(root))
        try:
            yield graph
        finally:
            await graph.close()

    @asynccontextmanager
    async def _org(self) -> AsyncIterator[Connection]:
        if not self._settings.salesforce.instance_url:
            raise SettingsError(
                "The address of your Salesforce org is not set.",
                "Set it: lpc-tui config set salesforce.instance_url https://YOURDOMAIN.my.salesforce.com",
            )
        url = await asyncio.to_thread(self._accounts.instance_url)
        caller = self._caller(url)
        org = Connection(
            instance_url=url,
            token=self._accounts.token_source(Side.SALESFORCE),
            api_version=self._settings.salesforce.api_version,
            caller=caller,
            clock=self._clock,
        )
        try:
            yield org
        finally:
            await caller.close()
            org.close()

    def _caller(self, url: str) -> Caller:
        return Caller(
            urlsplit(url).hostname or url, notices=lambda _notice: None, clock=self._clock, sleep=self._sleep
        )
