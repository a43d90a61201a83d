"""Outlook's contacts as a replica: what the engine sees of the contacts of Microsoft Graph."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from lpc_tui.model.items import Process
from lpc_tui.replicas.base import Identity, NoticeSink
from lpc_tui.replicas.calling import Sleep
from lpc_tui.replicas.outlook.contact_dialect import ContactDialect, ContactMemory, find_folder, folders_url
from lpc_tui.replicas.outlook.dialect import Dialect
from lpc_tui.replicas.outlook.graph import TokenSource
from lpc_tui.replicas.outlook.places import Place
from lpc_tui.replicas.outlook.replica import OutlookReplica, unheard, utc_now
from lpc_tui.replicas.wire import JsonObject

__all__ = ["OutlookContacts"]


class OutlookContacts(OutlookReplica):
    """One contact folder of one mailbox; implements `lpc_tui.replicas.base.Replica`."""

    process = Process.CONTACT

    def __init__(
        self,
        *,
        graph_url: str,
        token: TokenSource,
        folder: str,
        identity: Identity | None = None,
        clock: Callable[[], datetime] = utc_now,
        notices: NoticeSink = unheard,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`folder` is a name or an id, empty for the default one. The rest as `OutlookReplica` has it.

        Raises:
            SettingsError: tokens may not be sent to `graph_url`.
        """
        super().__init__(
            graph_url=graph_url,
            token=token,
            wanted=folder,
            identity=identity,
            clock=clock,
            notices=notices,
            sleep=sleep,
        )
        self._memory = ContactMemory()

    @property
    def _place_url(self) -> str:
        return folders_url(self._wanted)

    async def _find_place(self, shown: JsonObject | None = None) -> Place:
        return await find_folder(self._graph, self._wanted, shown)

    def _dialect(self, place: Place, *, include_private: bool) -> Dialect:
        return ContactDialect(self._graph, place, self._memory, include_private=include_private)
