"""Outlook's tasks as a replica: what the engine sees of To Do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from lpc_tui.model.items import Process
from lpc_tui.replicas.base import Identity, NoticeSink
from lpc_tui.replicas.calling import Sleep
from lpc_tui.replicas.outlook.dialect import Dialect
from lpc_tui.replicas.outlook.graph import TokenSource
from lpc_tui.replicas.outlook.places import Place
from lpc_tui.replicas.outlook.replica import OutlookReplica, unheard, utc_now
from lpc_tui.replicas.outlook.task_dialect import LISTS_URL, TaskDialect, find_list
from lpc_tui.replicas.wire import JsonObject

__all__ = ["OutlookTasks"]


class OutlookTasks(OutlookReplica):
    """One task list of one mailbox; implements `lpc_tui.replicas.base.Replica`."""

    process = Process.TASK

    def __init__(
        self,
        *,
        graph_url: str,
        token: TokenSource,
        task_list: str,
        zone: ZoneInfo,
        link_url: str = "",
        identity: Identity | None = None,
        clock: Callable[[], datetime] = utc_now,
        notices: NoticeSink = unheard,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`task_list` is a name or an id, empty for the default one; `zone` the person's, whose midnights due dates are.
        `link_url` is where the link in a task of ours leads, which carries its mark: Salesforce's address. The rest as
        `OutlookReplica` has it.

        Raises:
            SettingsError: tokens may not be sent to `graph_url`.
        """
        super().__init__(
            graph_url=graph_url,
            token=token,
            wanted=task_list,
            identity=identity,
            clock=clock,
            notices=notices,
            sleep=sleep,
        )
        self._zone = zone
        self._link_url = link_url

    @property
    def _place_url(self) -> str:
        return LISTS_URL

    async def _find_place(self, shown: JsonObject | None = None) -> Place:
        return await find_list(self._graph, self._wanted, shown)

    def _dialect(self, place: Place, *, include_private: bool) -> Dialect:
        return TaskDialect(self._graph, place, self._zone, self._link_url)
