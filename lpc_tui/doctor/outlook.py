"""The checks of Outlook: sign-in, rights, and whether the calendar, folder and list that the settings name are there.

`examine` walks through them. They ask over the replicas' own connection, as a run does, and only GET.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from lpc_tui.accounts.interface import Accounts
from lpc_tui.accounts.outlook import RIGHTS
from lpc_tui.doctor.checking import Clock, Findings
from lpc_tui.doctor.findings import Finding, from_error, has_problem, ok, skipped
from lpc_tui.doctor.network import Probe, check_connection
from lpc_tui.doctor.signed_in import kept_words, known_status
from lpc_tui.doctor.steps import Step
from lpc_tui.errors import SettingsError, SignInError
from lpc_tui.model.items import Side
from lpc_tui.replicas.calling import Caller, checked_url
from lpc_tui.replicas.outlook.contact_dialect import find_folder
from lpc_tui.replicas.outlook.event_dialect import find_calendar
from lpc_tui.replicas.outlook.graph import GraphConnection
from lpc_tui.replicas.outlook.places import Place
from lpc_tui.replicas.outlook.task_dialect import find_list
from lpc_tui.settings import OutlookSettings

__all__ = ["OutlookChecks", "check_authority", "granted_rights"]

_WHO: Final = "/me?$select=id,displayName,userPrincipalName"
_ONE_CONTACT: Final = "/me/contacts?$top=1&$select=id"
_OPENID_CONFIGURATION: Final = "/v2.0/.well-known/openid-configuration"
"""What an authority says of itself, to anybody."""
_LOGIN: Final = "lpc-tui login outlook"


async def check_authority(check: str, authority: str, clock: Clock) -> Findings:
    """Whether the sign-in service can be reached, and knows the tenant.

    Raises:
        SettingsError: the address is not to be sent anything.
    """
    seen: list[Probe] = []
    url = f"{authority.rstrip('/')}{_OPENID_CONFIGURATION}"
    found = await check_connection(check, url, clock, seen.append)
    if has_problem(found) or seen[0].response.status_code == 200:
        return found
    words = f"{authority} is no sign-in address (HTTP {seen[0].response.status_code})."
    remedy = "Check outlook.authority: its last part is your tenant, or common."
    return [Finding.problem(check, words, remedy, SettingsError.exit_code, setting="outlook.authority")]


class OutlookChecks:
    """What can be looked at once Graph answers."""

    def __init__(self, settings: OutlookSettings, accounts: Accounts, clock: Clock) -> None:
        """Raises SettingsError: tokens may not be sent to the address in the settings."""
        root = checked_url(settings.graph_url, "outlook.graph_url")
        self._settings = settings
        self._accounts = accounts
        self._token = accounts.token_source(Side.OUTLOOK)
        caller = Caller(urlsplit(root).hostname or root, notices=lambda _notice: None, clock=clock)
        self._graph = GraphConnection(root, self._token, caller)

    def steps(self) -> Sequence[Step]:
        """In the order in which one needs the other."""
        return (
            Step("outlook.sign-in", self._sign_in, is_ground=True),
            Step("outlook.rights", self._rights),
            Step("outlook.calendar", self._calendar),
            Step("outlook.contacts", self._contacts),
            Step("outlook.tasks", self._tasks),
        )

    async def close(self) -> None:
        """End the connections."""
        await self._graph.close()

    async def _sign_in(self) -> Findings:
        """Whether Graph takes the token, and whose it says it is."""
        status = await known_status(self._accounts, Side.OUTLOOK)
        person = await self._graph.get(_WHO)
        who = person.get("userPrincipalName") or person.get("displayName") or status.who
        return [ok("outlook.sign-in", f"Signed in as {who}{kept_words(status)}.")]

    async def _rights(self) -> Findings:
        """Whether the token carries every right a sync needs, as far as it can be read."""
        granted = granted_rights(await asyncio.to_thread(self._token))
        if granted is None:
            status = await asyncio.to_thread(self._accounts.status, Side.OUTLOOK)
            granted = frozenset(map(str.casefold, status.scopes))
        if not granted:
            words = "This token does not show its rights; what it may read is looked at below."
            return [skipped("outlook.rights", words)]
        missing = [right for right in RIGHTS if right.casefold() not in granted]
        if missing:
            words = f"The sign-in lacks rights: {', '.join(missing)}."
            remedy = "Sign in again, and grant everything that is asked for."
            return [from_error("outlook.rights", SignInError(words, remedy, command=_LOGIN))]
        return [ok("outlook.rights", f"The sign-in has every right that is needed: {', '.join(RIGHTS)}.")]

    async def _calendar(self) -> Findings:
        place = await find_calendar(self._graph, self._settings.calendar)
        return [_found("outlook.calendar", "calendar", place)]

    async def _contacts(self) -> Findings:
        place = await find_folder(self._graph, self._settings.contact_folder)
        if place.is_default:  # found without asking, so ask for something in it
            await self._graph.get(_ONE_CONTACT)
        return [_found("outlook.contacts", "contact folder", place)]

    async def _tasks(self) -> Findings:
        place = await find_list(self._graph, self._settings.task_list)
        return [_found("outlook.tasks", "task list", place)]


def granted_rights(token: str) -> frozenset[str] | None:
    """The rights a token names, in lower case; None if it is opaque, as those of personal accounts are.

    Microsoft promises no form of tokens to clients, so nothing but this advice may rest on it. "scp" is in
    https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        named = claims["scp"]
    except (ValueError, KeyError, TypeError):
        return None
    return frozenset(named.casefold().split()) if isinstance(named, str) else None


def _found(check: str, noun: str, place: Place) -> Finding:
    called = f"The {noun} {place.name!r}" if place.name else f"The {noun}"
    which = f"{called}, the default one, was found." if place.is_default else f"{called} was found."
    if not place.can_edit:
        return Finding.warning(
            check,
            f"{which} You may read it but not change it.",
            f"Choose a {noun} of your own, or tick the Prevent Operations boxes for Outlook.",
        )
    return ok(check, which)
