"""The lists of Outlook: calendars, contact folders, task lists, over the replicas' own connection to Graph.

`open` makes it. Wire facts: https://learn.microsoft.com/graph/api/user-list-calendars,
https://learn.microsoft.com/graph/api/user-list-contactfolders, https://learn.microsoft.com/graph/api/resources/todotasklist.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Final
from urllib.parse import quote

from lpc_tui.errors import ProtocolError
from lpc_tui.places.interface import Batch, Kind, Place
from lpc_tui.replicas.outlook.graph import GraphConnection
from lpc_tui.replicas.wire import JsonObject

__all__ = ["outlook_list"]

_PAGE: Final = "?$top=100"
_UNREADABLE: Final = (KeyError, TypeError, AttributeError)

_DEFAULT_FOLDER: Final = Place(value="", name="Contacts", is_default=True)
"""No listing shows it: it is what all the others are in."""


def outlook_list(graph: GraphConnection, kind: Kind) -> AsyncGenerator[Batch, None]:
    """One of the three lists, a part a page. Raises as `GraphConnection.get` does."""
    match kind:
        case Kind.CALENDAR:
            return _calendars(graph)
        case Kind.CONTACT_FOLDER:
            return _folders(graph)
        case Kind.TASK_LIST:
            return _task_lists(graph)
        case _:
            raise AssertionError(f"{kind} is not Outlook's")


async def _calendars(graph: GraphConnection) -> AsyncGenerator[Batch, None]:
    """The default one first, then one's own, then those that others share; within these as the service has them."""
    me = await graph.get("/me?$select=id,mail,userPrincipalName")
    mine = {str(me.get(name) or "").casefold() for name in ("mail", "userPrincipalName")}
    found: list[Place] = []
    async for page in graph.pages(f"/me/calendars{_PAGE}"):
        found += [_calendar(shown, mine) for shown in _values(page)]
    yield Batch(sorted(found, key=lambda each: (not each.is_default, bool(each.owner))), len(found))


def _calendar(shown: JsonObject, mine: set[str]) -> Place:
    try:
        is_default = shown.get("isDefaultCalendar") is True
        owner = shown.get("owner") or {}
        address = str(owner.get("address") or "")
        is_others = bool(address) and address.casefold() not in mine
        name = str(owner.get("name") or "")
        return Place(
            value="" if is_default else str(shown["id"]),
            id=str(shown["id"]),
            name=str(shown.get("name") or ""),
            owner=(name or address) if is_others else "",
            address=address if is_others and name else "",
            can_edit=shown.get("canEdit") is not False,
            is_default=is_default,
        )
    except _UNREADABLE as error:
        raise _unreadable("a calendar") from error


async def _folders(graph: GraphConnection) -> AsyncGenerator[Batch, None]:
    """Each folder right before those in it."""
    yield Batch([_DEFAULT_FOLDER])
    async for batch in _folders_in(graph, "/me/contactFolders", ()):
        yield batch


async def _folders_in(graph: GraphConnection, url: str, path: tuple[str, ...]) -> AsyncGenerator[Batch, None]:
    async for page in graph.pages(f"{url}{_PAGE}"):
        for shown in _values(page):
            try:
                id_, name = str(shown["id"]), str(shown.get("displayName") or "")
            except _UNREADABLE as error:
                raise _unreadable("a contact folder") from error
            yield Batch([Place(value=id_, id=id_, name=name, path=path)])
            if shown.get("childFolderCount") != 0:
                below = f"/me/contactFolders/{quote(id_, safe='')}/childFolders"
                async for batch in _folders_in(graph, below, (*path, name)):
                    yield batch


async def _task_lists(graph: GraphConnection) -> AsyncGenerator[Batch, None]:
    found: list[Place] = []
    async for page in graph.pages(f"/me/todo/lists{_PAGE}"):
        found += [_task_list(shown) for shown in _values(page)]
    yield Batch(sorted(found, key=lambda each: not each.is_default), len(found))


def _task_list(shown: Mapping[str, object]) -> Place:
    try:
        known = shown.get("wellknownListName")
        is_default = known == "defaultList"
        notes = ["flagged mails"] if known == "flaggedEmails" else []
        if shown.get("isOwner") is False:
            notes.append("shared by somebody else")
        elif shown.get("isShared") is True:
            notes.append("shared with others")
        return Place(
            value="" if is_default else str(shown["id"]),
            id=str(shown["id"]),
            name=str(shown.get("displayName") or ""),
            can_edit=known != "flaggedEmails",
            is_default=is_default,
            notes=tuple(notes),
        )
    except _UNREADABLE as error:
        raise _unreadable("a task list") from error


def _values(page: JsonObject) -> list[JsonObject]:
    values = page.get("value")
    if not isinstance(values, list):
        raise _unreadable("a list")
    return values


def _unreadable(what: str) -> ProtocolError:
    return ProtocolError(
        f"Graph shows {what} in a form that cannot be read.", "Try again, and report it if it stays."
    )
