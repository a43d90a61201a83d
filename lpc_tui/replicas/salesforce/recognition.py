"""Which of the records made lately a lost create has made, where no mark tells. Pure; `looking` calls it.

A record says it by showing everything that was sent. One that a person has edited before anybody looked does not; it is
recognised by what the edit left, on evidence that hardly anything else can give: made within minutes of the lost request,
edited since, still showing at least half of what was sent, something of it that tells items apart, and the only record
and the only create for which all this is so. To take a stranger for ours would write its fields over somebody's item; to
miss ours makes a second one. So without that evidence it is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lpc_tui.model.fields import Kind
from lpc_tui.model.items import Item, Side
from lpc_tui.replicas.base import Write
from lpc_tui.replicas.salesforce.records import Records

__all__ = ["Candidate", "recognised"]

NEAR: Final = timedelta(minutes=2)
"""How far from its sending a request may still make records: it waits, and the clocks drift."""

_TELLING = frozenset(
    {"subject", "when", "due", "email", "last_name", "mobile_phone", "business_phone", "home_phone"}
)
"""Fields that tell items apart: one of them must be as it was sent."""
_OF_ONE_KIND = frozenset({Kind.CHOICE, Kind.MINUTES})
"""Fields with so few values that agreeing in them says nothing."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A living record of ours that no link claims."""

    item: Item
    created: datetime
    """By the service's clock, aware UTC; whole seconds."""
    modified: datetime
    """The same, at its last edit."""


def recognised(
    writes: Sequence[Write], candidates: Sequence[Candidate], records: Records, ahead: timedelta
) -> dict[str, Item]:
    """The items that these creates made, by the creates' keys; each stands for one create at most.

    Args:
        writes: creates; those without `sent_at` are known by all that was sent alone.
        candidates: the newest first: of twins the older ones are those whose answers did arrive.
        records: of the process.
        ahead: how much the service's clock is ahead of ours.
    """
    left = list(candidates)
    found: dict[str, Item] = {}
    for write in writes:
        sent = records.settable(write.fields)
        match = next((each for each in left if records.shows(sent, each.item)), None)
        if match is not None:
            left.remove(match)
            found[write.key] = match.item
    rest = [write for write in writes if write.key not in found]
    return found | _edited(rest, left, records, ahead)


def _edited(
    writes: Sequence[Write], candidates: Sequence[Candidate], records: Records, ahead: timedelta
) -> dict[str, Item]:
    """The pairs that can be nothing but each other's."""
    pairs = [
        (write, each)
        for each in candidates
        if each.modified > each.created
        for write in writes
        if _is_near(write, each, ahead) and _is_alike(write, each.item, records)
    ]
    rivals = Counter(key for write, each in pairs for key in (write.key, each.item.id))
    return {write.key: each.item for write, each in pairs if rivals[write.key] == rivals[each.item.id] == 1}


def _is_near(write: Write, candidate: Candidate, ahead: timedelta) -> bool:
    """Whether the record was made when the request was under way, whichever of the clocks was right at that time."""
    if write.sent_at is None:
        return False
    early, late = sorted((write.sent_at, write.sent_at + ahead))
    return early - NEAR <= candidate.created <= late + NEAR


def _is_alike(write: Write, item: Item, records: Records) -> bool:
    """Whether the item still shows enough of what was sent."""
    sent = {
        name: value
        for name, value in records.settable(write.fields).items()
        if name in item.fields
        and records.held(name, value)
        and records.specs[name].kind not in _OF_ONE_KIND
        and records.specs[name].is_written_on(Side.SALESFORCE)
    }
    kept = {name for name, value in sent.items() if records.shows({name: value}, item)}
    return bool(kept & _TELLING) and 2 * len(kept) >= len(sent)
