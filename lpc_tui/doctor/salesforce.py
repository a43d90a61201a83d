"""The checks of Salesforce: API version, sign-in, what is left of the day's requests, and the three objects.

`examine` walks through them. They ask over the replicas' own connection, as a run does, and only GET.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from lpc_tui.accounts.interface import Accounts
from lpc_tui.accounts.orgs import is_login_host
from lpc_tui.doctor.checking import Clock, Findings
from lpc_tui.doctor.findings import Finding, from_error, ok, skipped
from lpc_tui.doctor.local import check_key
from lpc_tui.doctor.network import Probe
from lpc_tui.doctor.objects import Wanted, judged, rules_judged
from lpc_tui.doctor.signed_in import kept_words, known_status
from lpc_tui.doctor.steps import Step
from lpc_tui.errors import LimitError, ProtocolError, SettingsError, SignInError
from lpc_tui.model.items import Process, Side
from lpc_tui.replicas.calling import Caller
from lpc_tui.replicas.salesforce.allowance import KEPT_PERCENT
from lpc_tui.replicas.salesforce.connection import Connection
from lpc_tui.replicas.salesforce.failures import RefusedCall
from lpc_tui.settings import Auth, Settings

__all__ = ["VERSIONS", "SalesforceChecks", "check_address", "check_version"]

VERSIONS: Final = "/services/data"
"""Tells which versions of the API there are; needs no token."""

_LOGIN: Final = "lpc-tui login salesforce"
_DATA_SCOPES: Final = frozenset({"api", "full"})
_RENEWING_SCOPES: Final = frozenset({"refresh_token", "offline_access"})

_SCARCE_PERCENT: Final = 80
"""Of the day's requests used up, from which on it is worth a word."""


def check_address(check: str, settings: Settings) -> Findings:
    """Whether the settings say where the org is."""
    url = settings.salesforce.instance_url
    if is_login_host(url):
        return [ok(check, f"Where the org is, the sign-in at {url} tells.")]
    if url:
        return [ok(check, f"The org is at {url}.")]
    return [
        Finding.problem(
            check,
            "The address of your Salesforce org is not set.",
            "Set salesforce.instance_url to https://YOURDOMAIN.my.salesforce.com.",
            SettingsError.exit_code,
            setting="salesforce.instance_url",
        )
    ]


def check_version(check: str, probe: Probe, wanted: str) -> Findings:
    """Whether the service has the version of the API that the settings name.

    Raises:
        ProtocolError: whoever answered is not Salesforce.
    """
    try:
        offered = [str(each["version"]) for each in probe.response.json()]
        newest = max(offered, key=float)
    except (ValueError, KeyError, TypeError) as error:
        raise ProtocolError(
            f"What answers (HTTP {probe.response.status_code}) is not Salesforce.",
            "Check salesforce.instance_url and any proxy between.",
        ) from error
    if wanted in offered:
        return [ok(check, f"API version {wanted} is offered; the newest is {newest}.")]
    return [
        Finding.problem(
            check,
            f"API version {wanted} is not offered here: {min(offered, key=float)} to {newest} are.",
            f"Set salesforce.api_version to another, such as {newest}.",
            SettingsError.exit_code,
            setting="salesforce.api_version",
        )
    ]


class SalesforceChecks:
    """What can be looked at once the org answers."""

    def __init__(self, settings: Settings, accounts: Accounts, clock: Clock) -> None:
        self._settings = settings
        self._accounts = accounts
        self._clock = clock
        self._connected: tuple[Connection, Caller] | None = None

    def steps(self) -> Sequence[Step]:
        """In the order in which one needs the other."""
        steps = [
            Step("salesforce.key", self._key),
            Step("salesforce.sign-in", self._sign_in, is_ground=True),
            Step("salesforce.rights", self._rights),
            Step("salesforce.limit", self._limit, is_ground=True),
        ]
        for process in Process:
            prevent = self._settings.sync.of(process).prevent
            wanted = Wanted(process, prevent, self._settings.salesforce.external_id_field)
            steps.append(Step(wanted.check("object"), partial(self._object, wanted)))
            steps.append(Step(wanted.check("rules"), partial(self._rules, wanted)))
        return steps

    async def close(self) -> None:
        """End the connections."""
        if self._connected is not None:
            connection, caller = self._connected
            await caller.close()
            connection.close()

    async def _sign_in(self) -> Findings:
        """Whether the org takes the token, and whose it says it is."""
        status = await known_status(self._accounts, Side.SALESFORCE)
        self._connected = _connected(
            await asyncio.to_thread(self._accounts.instance_url),
            self._settings.salesforce.api_version,
            self._accounts.token_source(Side.SALESFORCE),
            self._clock,
        )
        person = await self._connection.userinfo()
        who = person.get("preferred_username") or status.who
        words = f"Signed in as {who}{kept_words(status)}, to the org {person.get('organization_id', '')}"
        return [ok("salesforce.sign-in", f"{words.rstrip()}.")]

    async def _key(self) -> Findings:
        """Whether the private key can be read, and by nobody else: it signs in as the person, without them."""
        settings = self._settings.salesforce
        if settings.auth is not Auth.JWT or not settings.private_key_file:
            return []
        return await asyncio.to_thread(check_key, "salesforce.key", settings.private_key_file)

    async def _rights(self) -> Findings:
        """Whether the sign-in is good for the data, and can be renewed."""
        check = "salesforce.rights"
        granted = (await asyncio.to_thread(self._accounts.status, Side.SALESFORCE)).scopes
        if not granted:
            return [skipped(check, "This token does not show its scopes; what it may do is looked at below.")]
        told = ", ".join(sorted(granted))
        if not granted & _DATA_SCOPES:
            remedy = "Have the scope api added to the app, and sign in again."
            words = f"The sign-in is not good for the org's data: its scopes are {told}."
            return [from_error(check, SignInError(words, remedy, command=_LOGIN))]
        if self._settings.salesforce.auth in (Auth.DEVICE, Auth.WEB) and not granted & _RENEWING_SCOPES:
            words = f"The sign-in cannot be renewed, and ends with its session: its scopes are {told}."
            remedy = "Have the scope refresh_token added to the app, and sign in again."
            return [Finding.warning(check, words, remedy)]
        return [ok(check, f"The sign-in is good for the org's data: its scopes are {told}.")]

    async def _limit(self) -> Findings:
        """Whether the API is open to this person, and how much of the day's requests is left."""
        check = "salesforce.limit"
        await self._connection.get("")
        if self._connection.usage is None:
            return [skipped(check, "The org does not say how many API requests are left.")]
        used, most = self._connection.usage
        words = f"{most - used:,} of the org's {most:,} API requests of 24 hours are left."
        later = "They come back bit by bit. All users and tools of the org share them: see which one uses so many."
        if used * 100 > most * (100 - KEPT_PERCENT):
            kept = f"{words} lpc-tui leaves the last {KEPT_PERCENT} % to others."
            return [Finding.problem(check, kept, later, LimitError.exit_code)]
        if used * 100 > most * _SCARCE_PERCENT:
            return [Finding.warning(check, words, later)]
        return [ok(check, words)]

    async def _object(self, wanted: Wanted) -> Findings:
        """The object of a process, as this person meets it."""
        try:
            described = await self._connection.get(f"sobjects/{wanted.sobject}/describe")
        except RefusedCall as error:
            if error.status != 404:
                raise
            words = f"The object {wanted.sobject} is hidden from you, or the org has none."
            remedy = f"Ask your administrator for access to {wanted.sobject}."
            return [Finding.problem(wanted.check("object"), words, remedy)]
        return judged(wanted, described.body)

    async def _rules(self, wanted: Wanted) -> Findings:
        """The validation rules: only the Tooling API lists them, and only to who may see the org's setup.

        Source: Tooling API Reference, "ValidationRule".
        """
        query = (
            "SELECT ValidationName FROM ValidationRule"
            f" WHERE Active = true AND EntityDefinition.QualifiedApiName = '{wanted.sobject}'"
        )
        try:
            answer = await self._connection.get("tooling/query", {"q": query})
        except RefusedCall:
            words = "Only people who may see the org's setup are shown its validation rules; a run tells which one refuses."
            return [skipped(wanted.check("rules"), words)]
        return [rules_judged(wanted, answer.body["records"])]

    @property
    def _connection(self) -> Connection:
        assert self._connected is not None  # `steps` has the sign-in as the ground of all the others
        return self._connected[0]


def _connected(
    url: str, api_version: str, token: Callable[[], str], clock: Clock
) -> tuple[Connection, Caller]:
    caller = Caller(urlsplit(url).hostname or url, notices=lambda _notice: None, clock=clock)
    connection = Connection(
        instance_url=url, token=token, api_version=api_version, caller=caller, clock=clock
    )
    return connection, caller
