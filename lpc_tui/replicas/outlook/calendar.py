"""The Outlook calendar as a replica: what the engine sees of the events of Microsoft Graph."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from lpc_tui.model.items import Process
from lpc_tui.replicas.base import Identity, NoticeSink
from lpc_tui.replicas.calling import Sleep
from lpc_tui.replicas.outlook.dialect import Dialect
from lpc_tui.replicas.outlook.event_dialect import EventDialect, calendars_url, find_calendar
from lpc_tui.replicas.outlook.graph import TokenSource
from lpc_tui.replicas.outlook.places import Place
from lpc_tui.replicas.outlook.replica import OutlookReplica, unheard, utc_now
from lpc_tui.replicas.wire import JsonObject

__all__ = ["OutlookCalendar"]


class OutlookCalendar(OutlookReplica):
    """One calendar of one mailbox; implements `lpc_tui.replicas.base.Replica`."""

    process = Process.CALENDAR

    def __init__(
        self,
        *,
        graph_url: str,
        token: TokenSource,
        calendar: str,
        zone: ZoneInfo,
        identity: Identity | None = None,
        clock: Callable[[], datetime] = utc_now,
        notices: NoticeSink = unheard,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`calendar` is a name or an id, empty for the default one; `zone` the person's, whose midnights begin whole days.
        The rest as `OutlookReplica` has it.

        Raises:
            SettingsError: tokens may not be sent to `graph_url`.
        """
        super().__init__(
            graph_url=graph_url,
            token=token,
            wanted=calendar,
            identity=identity,
            clock=clock,
            notices=notices,
            sleep=sleep,
        )
        self._zone = zone

    @property
    def _place_url(self) -> str:
        return calendars_url(self._wanted)

    async def _find_place(self, shown: JsonObject | None = None) -> Place:
        return await find_calendar(self._graph, self._wanted, shown)

    def _dialect(self, place: Place, *, include_private: bool) -> Dialect:
        return EventDialect(self._graph, place, self._zone, include_private=include_private)
