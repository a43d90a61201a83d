"""The lists of Salesforce: whose contacts, and the campaigns, over the replicas' own connection to the org.

`open` makes it. Account teams and campaigns are offered only where describe shows them: not every org has them, and not
everybody may see them. Wire facts: REST API Developer Guide, "sObject Basic Information"; SOQL and SOSL Reference, "LIKE".
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from lpc_tui.errors import ProtocolError, SettingsError
from lpc_tui.places.interface import Batch, Kind, Place
from lpc_tui.replicas.salesforce.connection import Connection
from lpc_tui.replicas.salesforce.failures import RefusedCall
from lpc_tui.replicas.salesforce.soql import can_be_asked_for, quoted
from lpc_tui.replicas.wire import JsonObject
from lpc_tui.settings_values import ContactScope

__all__ = ["LONGEST_SEARCH", "find_in_salesforce", "like", "salesforce_list"]

LONGEST_SEARCH: Final = 80
"""Characters: no campaign has a longer name."""

_NEEDED: Final[Mapping[ContactScope, Sequence[str]]] = MappingProxyType(
    {ContactScope.TEAM: ("AccountTeamMember",), ContactScope.CAMPAIGN: ("CampaignMember", "Campaign")}
)
"""The objects without which a scope cannot be had."""

_SELECT: Final = "SELECT Id, Name, IsActive, Status FROM Campaign"
_ORDER: Final = "ORDER BY IsActive DESC, Name, Id"


async def salesforce_list(
    connection: Connection, kind: Kind, search: str = ""
) -> AsyncGenerator[Batch, None]:
    """The choices of contacts, or the campaigns whose name holds `search`, the active ones first. Raises as `Connection`."""
    if kind is Kind.SCOPE:
        yield Batch([_scope(scope) for scope in ContactScope if await _is_offered(connection, scope)])
        return
    where = f" WHERE Name LIKE {like(search)}" if search else ""
    if not can_be_asked_for(search):
        yield Batch([], 0)
        return
    async for batch in _campaigns(connection, f"{_SELECT}{where} {_ORDER}"):
        yield batch


async def find_in_salesforce(connection: Connection, kind: Kind, wanted: str) -> Sequence[Place]:
    """What `wanted` may mean. Raises as `Connection`; SettingsError where campaigns cannot be seen."""
    if kind is Kind.SCOPE:
        scope = next(each for each in ContactScope if each == wanted)
        return [_scope(scope)] if await _is_offered(connection, scope) else []
    name = wanted.strip()
    if not name or not can_be_asked_for(name):
        return []
    field = "Id" if _is_id(name) else "Name"
    query = f"{_SELECT} WHERE {field} = {quoted(name)} ORDER BY Id LIMIT 10"
    return [place async for batch in _campaigns(connection, query) for place in batch.places]


def like(text: str) -> str:
    """A literal that `LIKE` finds `text` with, anywhere in a name; what is a wildcard in it stands for itself."""
    escaped = quoted(text)[1:-1].replace("%", "\\%").replace("_", "\\_")
    return f"'%{escaped}%'"


async def _campaigns(connection: Connection, query: str) -> AsyncGenerator[Batch, None]:
    try:
        first = await connection.query(query)
    except RefusedCall as refusal:
        if refusal.code != "INVALID_TYPE":
            raise
        raise SettingsError(
            f"Salesforce shows you no campaigns: {refusal.words}",
            "Choose other contacts, or ask the org's administrator.",
        ) from refusal
    async for page in connection.pages(first):
        yield Batch([_campaign(row) for row in page.records], page.total)


def _campaign(row: JsonObject) -> Place:
    try:
        is_active, status = row["IsActive"], row["Status"]
        notes = ("active" if is_active else "not active", *([str(status)] if status else []))
        return Place(value=str(row["Id"]), id=str(row["Id"]), name=str(row["Name"] or ""), notes=notes)
    except (KeyError, TypeError) as error:
        raise ProtocolError(
            "Salesforce shows a campaign in a form that cannot be read.",
            "Try again, and report it if it stays.",
        ) from error


def _scope(scope: ContactScope) -> Place:
    return Place(value=scope.value, id=scope.value, name=scope.label, is_default=scope is ContactScope.MINE)


async def _is_offered(connection: Connection, scope: ContactScope) -> bool:
    """Whether the org shows this person all that the scope rests on."""
    for sobject in _NEEDED.get(scope, ()):
        try:
            await connection.get(f"sobjects/{sobject}")
        except RefusedCall as refusal:
            if refusal.status != 404:
                raise
            return False
    return True


def _is_id(text: str) -> bool:
    """Whether it has the form of a campaign's id: its prefix, and 15 or 18 characters."""
    return text.startswith("701") and len(text) in {15, 18} and text.isascii() and text.isalnum()
