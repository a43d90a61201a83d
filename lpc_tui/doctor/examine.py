"""The examination: every check from the ground up, each finding told as soon as it is known.

`lpc-tui doctor` and the terminal UI's account page call `examine`. It writes nothing: no folder is made, no request but GETs
is sent (renewing a sign-in that is about to end aside).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

from lpc_tui.accounts.interface import TOKEN_VARIABLES
from lpc_tui.accounts.keyring_box import FindBackend, system_backend
from lpc_tui.accounts.profile import open_accounts
from lpc_tui.doctor.checking import LIMIT_S, Clock, Findings, carried_out, utc_now
from lpc_tui.doctor.findings import Finding, skipped
from lpc_tui.doctor.local import SETTINGS, STATE, check_folders, check_settings, check_state
from lpc_tui.doctor.network import Probe, check_clock, check_connection, check_name
from lpc_tui.doctor.outlook import OutlookChecks, check_authority
from lpc_tui.doctor.salesforce import VERSIONS, SalesforceChecks, check_address, check_version
from lpc_tui.doctor.steps import Step, walk
from lpc_tui.model.items import Side
from lpc_tui.paths import Paths
from lpc_tui.settings import Settings

__all__ = ["examine"]

_FOLDERS: Final = "folders"


async def examine(
    paths: Paths,
    *,
    environ: Mapping[str, str] = os.environ,
    clock: Clock = utc_now,
    limit_s: float = LIMIT_S,
    find_keyring: FindBackend = system_backend,
) -> AsyncGenerator[Finding, None]:
    """Look at all that a sync of this profile stands on; every failure is a finding, none is raised.

    Args:
        paths: of the profile.
        environ: where tokens may be.
        clock: aware instants; what the services' clocks are held against.
        limit_s: how long one check may take.
        find_keyring: where sign-ins may be kept, as `open_accounts` takes it.
    """
    read: list[Settings | None] = []
    for step in (
        Step(SETTINGS, partial(_settings, paths, read.append)),
        Step(_FOLDERS, partial(asyncio.to_thread, check_folders, paths)),
        Step(STATE, partial(asyncio.to_thread, check_state, paths)),
    ):
        result = await carried_out(step.check, step.work(), limit_s)
        for finding in result.findings:
            yield finding
    settings = read[0] if read else None
    if settings is None:
        for side in ("outlook", "salesforce"):
            yield skipped(side, f"Not looked at: {SETTINGS} comes first.")
        return
    accounts = open_accounts(settings, paths, environ, clock=clock, find_keyring=find_keyring)
    async with AsyncExitStack() as closing:
        # Both sides are closed at the end: closing waits for a request that hangs, and the other side need not.
        outlook = OutlookChecks(settings.outlook, accounts, clock)
        closing.push_async_callback(outlook.close)
        salesforce = SalesforceChecks(settings, accounts, clock)
        closing.push_async_callback(salesforce.close)
        for steps in (
            _outlook_steps(settings, outlook, environ, clock),
            _salesforce_steps(settings, salesforce, clock),
        ):
            async for finding in walk(steps, limit_s):
                yield finding


async def _settings(paths: Paths, keep: Callable[[Settings | None], None]) -> Findings:
    settings, found = await asyncio.to_thread(check_settings, paths)
    keep(settings)
    return found


def _outlook_steps(
    settings: Settings, checks: OutlookChecks, environ: Mapping[str, str], clock: Clock
) -> Sequence[Step]:
    way = _Way("outlook", f"{settings.outlook.graph_url.rstrip('/')}/me", clock)

    async def authority() -> Findings:
        if environ.get(TOKEN_VARIABLES[Side.OUTLOOK], "").strip():
            return [skipped("outlook.authority", "Not needed with a token from the environment.")]
        return await check_authority("outlook.authority", settings.outlook.authority, clock)

    return (*way.steps(), Step("outlook.authority", authority), *checks.steps())


def _salesforce_steps(settings: Settings, checks: SalesforceChecks, clock: Clock) -> Sequence[Step]:
    way = _Way("salesforce", f"{settings.salesforce.instance_url.rstrip('/')}{VERSIONS}", clock)

    async def address() -> Findings:
        return check_address("salesforce.address", settings)

    async def version() -> Findings:
        return check_version("salesforce.version", way.probe, settings.salesforce.api_version)

    return (
        Step("salesforce.address", address, is_ground=True),
        *way.steps(),
        Step("salesforce.version", version, is_ground=True),
        *checks.steps(),
    )


class _Way:
    """The way to one service, and what was seen at its end."""

    def __init__(self, side: str, url: str, clock: Clock) -> None:
        self._side = side
        self._url = url
        self._clock = clock
        self._probe: Probe | None = None

    @property
    def probe(self) -> Probe:
        """What the service has answered, once it has."""
        assert self._probe is not None  # the connection is the ground of every step that asks for it
        return self._probe

    def steps(self) -> tuple[Step, ...]:
        """Name, connection and clock."""
        return (
            Step(f"{self._side}.dns", self._name, is_ground=True),
            Step(f"{self._side}.connection", self._connection, is_ground=True),
            Step(f"{self._side}.clock", self._time),
        )

    async def _name(self) -> Findings:
        return await check_name(f"{self._side}.dns", self._url)

    async def _connection(self) -> Findings:
        return await check_connection(f"{self._side}.connection", self._url, self._clock, self._keep)

    async def _time(self) -> Findings:
        return check_clock(f"{self._side}.clock", self.probe)

    def _keep(self, probe: Probe) -> None:
        self._probe = probe
