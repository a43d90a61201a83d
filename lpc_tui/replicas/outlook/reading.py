"""Rounds of calendarView/delta as pages of items: full, or since a watermark.

Its traps, each met here: `@removed` is a hint, never a deletion; the window is fixed inside the token; occurrences come
abbreviated, and a master may be missing; a deleted occurrence is only an absence; a token dies at any time.
Facts: https://learn.microsoft.com/graph/api/event-delta
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Final

from lpc_tui.errors import ProtocolError, SettingsError
from lpc_tui.model.items import Item
from lpc_tui.replicas.base import Page, Scope
from lpc_tui.replicas.calling import Caller
from lpc_tui.replicas.outlook.graph import GraphConnection, RefusedError
from lpc_tui.replicas.outlook.places import Place
from lpc_tui.replicas.outlook.records import Reader
from lpc_tui.replicas.outlook.times import utc_text
from lpc_tui.replicas.wire import JsonObject

__all__ = ["Watermark", "read_round"]

_LONGEST_WINDOW: Final = timedelta(days=1825)
_DEAD_TOKEN = frozenset({"syncstatenotfound", "resyncrequired"})
_FULL_ROUNDS = 2
"""A token can die in mid-round; one that dies twice is a fault of the service."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far a calendar was read, as `Page.watermark` carries it."""

    link: str
    """The service's own link to what changed since, below the version root."""
    scope: str
    """`Scope.signature` of the round: another window or box needs a full one."""
    calendar: str
    can_edit: bool

    @classmethod
    def parsed(cls, text: str | None) -> Watermark | None:
        """The watermark, or None where there is none that this version can read."""
        if not text:
            return None
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError):
            return None

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


async def read_round(
    graph: GraphConnection,
    caller: Caller,
    place: Place,
    reader: Reader,
    scope: Scope,
    since: Watermark | None,
) -> AsyncGenerator[Page, None]:
    """What changed after `since`; everything in scope without it, or where the service has forgotten its token.

    Raises:
        SettingsError: the window is longer than the service takes, or the calendar is gone.
        SignInError, UnreachableError, ThrottledError, ServiceError, ProtocolError
    """
    start = _first_link(place, scope)
    for attempt in range(1 + _FULL_ROUNDS):
        is_full = since is None or attempt > 0
        round_ = _Round(graph, caller, place, reader)
        try:
            async for page, link in round_.pages(start if is_full or since is None else since.link):
                if link:
                    done = Watermark(graph.relative(link), scope.signature, place.id, place.can_edit)
                    page = replace(page, watermark=done.text(), is_full=is_full)
                yield page
            return
        except RefusedError as error:
            if error.status == 404:
                raise SettingsError(
                    "outlook.calendar: the calendar is not there any more.",
                    "Choose another, or leave outlook.calendar empty for the default one.",
                ) from error
            if error.status != 410 and error.code not in _DEAD_TOKEN:
                raise
        caller.notice(f"{caller.host} has forgotten how far the calendar was read: reading all of it again.")
    raise ProtocolError(
        f"{caller.host} forgets each reading of the calendar before its end.", "Run again later."
    )


def _first_link(place: Place, scope: Scope) -> str:
    window = scope.window
    if window is None:
        raise ValueError("A calendar is read within a window.")
    if window.end - window.start > _LONGEST_WINDOW:
        raise SettingsError(
            f"The calendar's days are more than the {_LONGEST_WINDOW.days} that Outlook shows at once.",
            "Lower past_days or future_days of [sync.calendar].",
        )
    home = "/me" if place.is_default else place.url
    return (
        f"{home}/calendarView/delta?startDateTime={utc_text(window.start)}&endDateTime={utc_text(window.end)}"
    )


@dataclass(slots=True)
class _Sorted:
    """One page of records, by what they are; of an item that comes twice, the last word counts."""

    masters: dict[str, JsonObject]
    events: dict[str, JsonObject]
    removed: set[str]

    @classmethod
    def of(cls, records: Iterable[JsonObject]) -> _Sorted:
        page = cls({}, {}, set())
        for record in records:
            id_ = record["id"]
            page.events.pop(id_, None)
            page.masters.pop(id_, None)
            page.removed.discard(id_)
            if "@removed" in record:
                page.removed.add(id_)
            elif record.get("type") == "seriesMaster":
                page.masters[id_] = record
            else:
                page.events[id_] = record
        return page


class _Round:
    """One round of a delta query."""

    def __init__(self, graph: GraphConnection, caller: Caller, place: Place, reader: Reader) -> None:
        self._graph = graph
        self._caller = caller
        self._place = place
        self._reader = reader
        self._masters: dict[str, JsonObject] = {}

    async def pages(self, link: str) -> AsyncGenerator[tuple[Page, str], None]:
        """Each page, with the link to the next round where it is the last."""
        async for body in self._graph.pages(link):
            try:
                page = _Sorted.of(body["value"])
                lost = await self._add_masters(page)
                items = await self._caller.call(self._items, page, lost)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ProtocolError(
                    f"{self._caller.host} shows events in a form that cannot be read."
                ) from error
            done = body.get("@odata.deltaLink", "")
            if not done and "@odata.nextLink" not in body:
                raise ProtocolError(
                    f"{self._caller.host} ends a reading without saying how to go on from it."
                )
            yield (
                Page(
                    items=items,
                    hints=frozenset(page.removed | lost),
                    # An id that is removed may be a series': then none of its occurrences is listed any more.
                    series=frozenset(page.masters.keys() | page.removed),
                ),
                done,
            )

    async def _add_masters(self, page: _Sorted) -> set[str]:
        """Fetch the masters that occurrences need and that did not come; the ids of occurrences still without one."""
        self._masters.update(page.masters)
        needed = {
            id_: event["seriesMasterId"] for id_, event in page.events.items() if _is_abbreviated(event)
        }
        missing = sorted(set(needed.values()) - self._masters.keys())
        if missing:
            answers = await self._graph.look_up([self._place.event_url(id_) for id_ in missing])
            self._masters.update(
                {id_: got.body for id_, got in zip(missing, answers, strict=True) if got.is_ok}
            )
        return {id_ for id_, master in needed.items() if master not in self._masters}

    def _items(self, page: _Sorted, lost: set[str]) -> tuple[Item, ...]:
        """Runs in a thread: a page can hold a thousand events."""
        return tuple(
            self._reader.item(self._whole(event)) for id_, event in page.events.items() if id_ not in lost
        )

    def _whole(self, event: JsonObject) -> JsonObject:
        """The event with what an abbreviated occurrence leaves to its master."""
        return {**self._masters[event["seriesMasterId"]], **event} if _is_abbreviated(event) else event


def _is_abbreviated(event: JsonObject) -> bool:
    return "subject" not in event and bool(event.get("seriesMasterId"))
