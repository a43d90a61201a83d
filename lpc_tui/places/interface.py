"""What the lists of places look like from outside: which there are, what stands in them, how they are fetched.

Pure data and a protocol. Names, paths and owners are what other people wrote: whoever shows them makes them inert.
"""

from __future__ import annotations

import enum
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from lpc_tui.model.items import Process, Side

__all__ = ["Batch", "Kind", "Place", "Places", "alike"]


class Kind(enum.StrEnum):
    """A list, by the dotted key of the setting that is chosen from it."""

    CALENDAR = "outlook.calendar"
    CONTACT_FOLDER = "outlook.contact_folder"
    TASK_LIST = "outlook.task_list"
    SCOPE = "sync.contact.scope"
    CAMPAIGN = "sync.contact.campaign"

    @property
    def side(self) -> Side:
        """Whose list it is."""
        return Side.OUTLOOK if self.value.startswith("outlook.") else Side.SALESFORCE

    @property
    def process(self) -> Process:
        """The process that the choice is for."""
        match self:
            case Kind.CALENDAR:
                return Process.CALENDAR
            case Kind.TASK_LIST:
                return Process.TASK
            case _:
                return Process.CONTACT

    @property
    def noun(self) -> str:
        """What one entry of it is called."""
        match self:
            case Kind.CALENDAR:
                return "calendar"
            case Kind.CONTACT_FOLDER:
                return "contact folder"
            case Kind.TASK_LIST:
                return "task list"
            case Kind.SCOPE:
                return "choice of contacts"
            case Kind.CAMPAIGN:
                return "campaign"

    @property
    def is_long(self) -> bool:
        """Whether there may be thousands, so that it comes in parts and is searched by the service."""
        return self is Kind.CAMPAIGN


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry."""

    value: str
    """What the setting takes; empty for the default one."""
    id: str = ""
    """The service's; empty where it tells none."""
    name: str
    path: tuple[str, ...] = ()
    """The names of what it is in, from the outside."""
    owner: str = ""
    """Whose it is, if somebody else's."""
    address: str = ""
    """The owner's, where it is known besides the name."""
    can_edit: bool = True
    is_default: bool = False
    notes: tuple[str, ...] = ()
    """What else tells it from others: "shared", "inactive"."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of a list, in the list's order."""

    places: Sequence[Place]
    total: int | None = None
    """How many the whole list has; None: not known before its end."""


class Places(Protocol):
    """The lists of one profile. All calls raise SettingsError, SignInError and ServiceError with what to do about it."""

    def fetch(self, kind: Kind, search: str = "") -> AsyncGenerator[Batch, None]:
        """The list in parts, each fetched when it is asked for; the default one comes first.

        Closing the generator ends the connections. `search` is a part of the name, for the long ones; in whatever case.
        """

    async def find(self, kind: Kind, wanted: str) -> Sequence[Place]:
        """The places that `wanted` may mean as the setting of this kind: none where it is not found any more.

        `wanted` is a name or an id, empty for the default one.
        """


def alike(places: Sequence[Place], wanted: str) -> Sequence[Place]:
    """Those whose id or name is `wanted`: as it is written, else in whatever case. As a run finds them."""
    if not wanted:
        return [each for each in places if each.is_default]
    return (
        [each for each in places if each.id == wanted]
        or [each for each in places if each.name == wanted]
        or [each for each in places if each.name.casefold() == wanted.casefold()]
    )
