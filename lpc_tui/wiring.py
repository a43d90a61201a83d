"""The composition root: settings in, a working engine out. The only module that knows every concrete class.

The command line and the terminal UI call it, with their imports inside functions: the service libraries it leads to cost
more than half a second, and are loaded when a run needs them, not before the first frame.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

from lpc_tui.accounts.profile import open_accounts
from lpc_tui.engine.run import SyncEngine
from lpc_tui.errors import SettingsError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action, Policy, Rules, Window
from lpc_tui.paths import Paths
from lpc_tui.replicas.base import Identity, Notice, Replica
from lpc_tui.reports.interface import Reports
from lpc_tui.reports.profile import ProfileReports
from lpc_tui.settings import ContactSync, PreventSettings, Settings

__all__ = [
    "SettingsProfile",
    "make_engine",
    "make_reports",
    "open_engine",
    "preload",
    "rules_of",
]

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]


def utc_now() -> datetime:
    """The computer's clock, as an aware UTC instant."""
    return datetime.now(UTC)


def make_engine(
    settings: Settings,
    paths: Paths,
    *,
    environ: Mapping[str, str] = os.environ,
    clock: Clock = utc_now,
    sleep: Sleep = asyncio.sleep,
) -> SyncEngine:
    """The engine of a profile under these settings. Nothing is opened or contacted before it runs.

    Args: sleep: what the replicas wait with, in seconds; a clock that is moved by hand is to be moved by it.
    """
    profile = SettingsProfile(settings, paths, dict(environ), clock, sleep)
    return SyncEngine(profile, clock=clock, ticks=time.monotonic, new_id=lambda: uuid.uuid4().hex)


@asynccontextmanager
async def open_engine(
    settings: Settings,
    paths: Paths,
    *,
    environ: Mapping[str, str] = os.environ,
    clock: Clock = utc_now,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[SyncEngine]:
    """`make_engine` for the time of a block."""
    engine = make_engine(settings, paths, environ=environ, clock=clock, sleep=sleep)
    try:
        yield engine
    finally:
        await engine.close()


def preload() -> None:
    """Import the service libraries: half a second that a UI spends in a thread, not on its loop when the run begins."""
    import lpc_tui.replicas.outlook.calendar
    import lpc_tui.replicas.salesforce  # noqa: F401 - only to have it imported


def make_reports(settings: Settings, paths: Paths, *, clock: Clock = utc_now) -> Reports:
    """The reports of a profile under these settings; nothing is opened before they are asked."""
    from tzlocal import get_localzone

    zone = get_localzone()

    def rules_at(process: Process, now: datetime) -> Rules:
        return rules_of(settings, process, now, zone)

    return ProfileReports(paths.state_file, settings, rules_at, clock=clock, zone=zone)


def rules_of(settings: Settings, process: Process, now: datetime, zone: ZoneInfo) -> Rules:
    """The settings of a process as the planner sees them.

    Args:
        settings: the profile's.
        process: one of the three.
        now: aware; the window's today is the day it is in `zone`.
        zone: the computer's: it has no setting.
    """
    chosen = settings.sync.of(process)
    window = None
    if not isinstance(chosen, ContactSync):
        window = Window.around(now, zone, chosen.past_days, chosen.future_days)
    return Rules(
        window=window,
        prevent=_boxes(chosen.prevent),
        policy=Policy(chosen.conflicts),
        synchronize_private=chosen.synchronize_private_items,
        keep_formatting=not isinstance(chosen, ContactSync) and chosen.keep_formatting,
        notify_attendees=settings.safety.notify_attendees,
        max_deletes=settings.safety.max_deletes,
        max_delete_percent=settings.safety.max_delete_percent,
    )


def _boxes(prevent: PreventSettings) -> frozenset[tuple[Side, Action]]:
    ticked = {
        (Side.OUTLOOK, Action.CREATE): prevent.create_in_outlook,
        (Side.OUTLOOK, Action.UPDATE): prevent.update_in_outlook,
        (Side.OUTLOOK, Action.DELETE): prevent.delete_from_outlook,
        (Side.SALESFORCE, Action.CREATE): prevent.create_in_salesforce,
        (Side.SALESFORCE, Action.UPDATE): prevent.update_in_salesforce,
        (Side.SALESFORCE, Action.DELETE): prevent.delete_from_salesforce,
    }
    return frozenset(box for box, is_ticked in ticked.items() if is_ticked)


class _Common(TypedDict):
    """What every replica is made with."""

    identity: Identity | None
    notices: Callable[[Notice], None]
    clock: Clock
    sleep: Sleep


class _Org(TypedDict):
    """What every Salesforce replica is made with."""

    instance_url: str
    token: Callable[[], str]
    api_version: str
    zone: ZoneInfo
    external_id_field: str


class SettingsProfile:
    """A profile as the engine asks for it, made from the settings file."""

    def __init__(
        self,
        settings: Settings,
        paths: Paths,
        environ: Mapping[str, str],
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._paths = paths
        self._accounts = open_accounts(settings, paths, environ, clock=clock, sleep=sleep)
        self._clock = clock
        self._sleep = sleep

    @property
    def state_file(self) -> Path:
        return self._paths.state_file

    @property
    def lock_file(self) -> Path:
        return self._paths.lock_file

    @cached_property
    def _zone(self) -> ZoneInfo:
        from tzlocal import get_localzone

        return get_localzone()

    def rules(self, process: Process, now: datetime) -> Rules:
        return rules_of(self._settings, process, now, self._zone)

    def identity_key(self, process: Process, side: Side) -> str:
        """Of the address, the chosen folder and the account: with another of these, another person may be meant."""
        outlook, salesforce = self._settings.outlook, self._settings.salesforce
        folder = {
            Process.CALENDAR: outlook.calendar,
            Process.CONTACT: outlook.contact_folder,
            Process.TASK: outlook.task_list,
        }[process]
        where = (outlook.graph_url, folder) if side is Side.OUTLOOK else (salesforce.instance_url,)
        text = "\n".join((process, side, *where, self._accounts.account_key(side)))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def open_replica(
        self, process: Process, side: Side, remembered: Identity | None, notify: Callable[[Notice], None]
    ) -> Replica:
        opened = self._outlook if side is Side.OUTLOOK else self._salesforce
        return opened(
            process, _Common(identity=remembered, notices=notify, clock=self._clock, sleep=self._sleep)
        )

    def _outlook(self, process: Process, common: _Common) -> Replica:
        from lpc_tui.replicas.outlook.calendar import OutlookCalendar
        from lpc_tui.replicas.outlook.contacts import OutlookContacts
        from lpc_tui.replicas.outlook.tasks import OutlookTasks

        settings = self._settings.outlook
        graph_url, token = settings.graph_url, self._accounts.token_source(Side.OUTLOOK)
        match process:
            case Process.CALENDAR:
                return OutlookCalendar(
                    graph_url=graph_url, token=token, calendar=settings.calendar, zone=self._zone, **common
                )
            case Process.CONTACT:
                return OutlookContacts(
                    graph_url=graph_url, token=token, folder=settings.contact_folder, **common
                )
            case Process.TASK:
                return OutlookTasks(
                    graph_url=graph_url,
                    token=token,
                    task_list=settings.task_list,
                    zone=self._zone,
                    link_url=self._accounts.instance_url(),
                    **common,
                )

    def _salesforce(self, process: Process, common: _Common) -> Replica:
        from lpc_tui.replicas.salesforce import SalesforceContacts, SalesforceEvents, SalesforceTasks

        settings = self._settings.salesforce
        if not settings.instance_url:
            raise SettingsError(
                "The address of your Salesforce org is not set: [salesforce] instance_url.",
                "Set it to https://YOURDOMAIN.my.salesforce.com.",
                command="lpc-tui config set salesforce.instance_url https://YOURDOMAIN.my.salesforce.com",
                key="salesforce.instance_url",
            )
        org = _Org(
            instance_url=self._accounts.instance_url(),
            token=self._accounts.token_source(Side.SALESFORCE),
            api_version=settings.api_version,
            zone=self._zone,
            external_id_field=settings.external_id_field,
        )
        match process:
            case Process.CALENDAR:
                return SalesforceEvents(**org, **common)
            case Process.CONTACT:
                contact = self._settings.sync.contact
                return SalesforceContacts(
                    **org,
                    **common,
                    whose=contact.scope.value,
                    campaign=contact.campaign,
                    match_account=contact.match_account,
                )
            case Process.TASK:
                return SalesforceTasks(**org, **common)
