"""Rounds of a delta query as pages of items: full, or since a watermark. The same for all three processes.

Its traps, each met here or in the dialects: `@removed` is a hint, never a deletion; a window is fixed inside the token;
records come abbreviated, or without what the service cannot expand there; a token dies at any time, also in mid-round.
Facts: https://learn.microsoft.com/graph/delta-query-overview
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from lpc_tui.errors import ProtocolError, SettingsError
from lpc_tui.model.items import Item
from lpc_tui.replicas.base import Page, Scope
from lpc_tui.replicas.calling import Caller
from lpc_tui.replicas.outlook.dialect import UNREADABLE, Dialect
from lpc_tui.replicas.outlook.graph import RefusedError
from lpc_tui.replicas.wire import JsonObject

__all__ = ["Watermark", "read_round"]

_DEAD_TOKEN = frozenset({"syncstatenotfound", "resyncrequired"})
_FULL_ROUNDS: Final = 2
"""A token can die in mid-round; one that dies twice is a fault of the service."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far a place was read, as `Page.watermark` carries it."""

    link: str
    """The service's own link to what changed since, below the version root."""
    scope: str
    """`Scope.signature` of the round: another window or box needs a full one."""
    place: str
    can_edit: bool
    unread: tuple[str, ...] = ()
    """`Dialect.unread` of the round."""

    @classmethod
    def parsed(cls, text: str | None) -> Watermark | None:
        """The watermark, or None where there is none that this version can read."""
        if not text:
            return None
        try:
            kept = cls(**json.loads(text))
            return replace(kept, unread=tuple(kept.unread))
        except (TypeError, ValueError):
            return None

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


async def read_round(
    dialect: Dialect, caller: Caller, scope: Scope, since: Watermark | None
) -> AsyncGenerator[Page, None]:
    """What changed after `since`; everything in scope without it, or where the service has forgotten its token.

    Raises:
        SettingsError: the place is gone, or the service does not show as much as the settings ask for.
        SignInError, UnreachableError, ThrottledError, ServiceError, ProtocolError
    """
    host, place = caller.host, dialect.place
    start = dialect.delta_url(scope)
    for attempt in range(1 + _FULL_ROUNDS):
        is_full = since is None or attempt > 0
        try:
            if since is not None and since.unread:
                yield await _page(dialect, caller, {"value": [{"id": id_} for id_ in since.unread]})
            async for page, link in _pages(
                dialect, caller, start if is_full or since is None else since.link
            ):
                if link:
                    done = Watermark(
                        dialect.graph.relative(link),
                        scope.signature,
                        place.id,
                        place.can_edit,
                        tuple(sorted(dialect.unread)),
                    )
                    page = replace(page, watermark=done.text(), is_full=is_full)
                yield page
            return
        except RefusedError as error:
            if error.status == 404:
                raise SettingsError(
                    f"{dialect.setting}: the {dialect.noun} is not there any more.",
                    f"Choose another, or leave {dialect.setting} empty for the default one.",
                ) from error
            if error.status != 410 and error.code not in _DEAD_TOKEN:
                raise
        caller.notice(f"{host} has forgotten how far the {dialect.noun} was read: reading all of it again.")
    raise ProtocolError(
        f"{host} forgets each reading of the {dialect.noun} before its end.", "Run again later."
    )


async def _pages(dialect: Dialect, caller: Caller, link: str) -> AsyncGenerator[tuple[Page, str], None]:
    """Each page of one round, with the link to the next round where it is the last."""
    async for body in dialect.graph.pages(link):
        page = await _page(dialect, caller, body)
        done = body.get("@odata.deltaLink", "")
        if not done and "@odata.nextLink" not in body:
            raise ProtocolError(f"{caller.host} ends a reading without saying how to go on from it.")
        yield page, done


async def _page(dialect: Dialect, caller: Caller, body: JsonObject) -> Page:
    try:
        listed = await dialect.listed(body["value"])
        items = await caller.call(_items, dialect, listed.records)
    except UNREADABLE as error:
        raise ProtocolError(f"{caller.host} shows {dialect.plural} in a form that cannot be read.") from error
    return Page(items=items, hints=listed.hints, series=listed.series)


def _items(dialect: Dialect, records: Sequence[JsonObject]) -> tuple[Item, ...]:
    """Runs in a thread: a page can hold a thousand records."""
    return tuple(dialect.item(record) for record in records)
