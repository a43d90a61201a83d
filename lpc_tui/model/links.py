"""Links: which two items belong together, and what we know of each side (DESIGN.md, section 2)."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace

from lpc_tui.model.items import EMPTY, Fields, Item, Process, Side

__all__ = ["Link", "LinkSide", "Presence", "Refusal", "Unlinked"]


class Presence(enum.StrEnum):
    """How an item stands on its own side, as far as that side told us."""

    PRESENT = "present"
    GONE = "gone"
    """A tombstone: the service's own word that this very item is deleted (law 4)."""
    MISSING = "missing"
    """Not shown, not proven gone: hidden, moved, or simply unknown. Never a deletion."""
    MERGED = "merged"
    """Merged on its side into a record that has a link of its own. Never a deletion either."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a service refused, so that it is tried again only when something about it changed (law 11)."""

    fingerprint: str
    """Of the operation as it was sent."""
    words: str
    """The service's own."""
    fields: tuple[str, ...] = ()
    """The fields at fault, as the service named them."""

    @property
    def told(self) -> str:
        """The service's words for the person, with the fields at fault that they do not mention."""
        unsaid = [name for name in self.fields if name not in self.words]
        return f"{self.words} (fields: {', '.join(unsaid)})." if unsaid else self.words


@dataclass(frozen=True, slots=True)
class LinkSide:
    """One side of a link."""

    id: str
    base: Fields = field(default_factory=lambda: EMPTY)
    """The fields as this side last showed them when both agreed; a field not in it was never agreed on."""
    item: Item | None = None
    """As this side shows it now; the last one seen where `presence` is not PRESENT."""
    presence: Presence = Presence.PRESENT

    def seen(self, item: Item) -> LinkSide:
        return replace(self, item=item, presence=Presence.PRESENT)


@dataclass(frozen=True, slots=True)
class Link:
    """Two items that are one thing to the person."""

    id: str
    process: Process
    outlook: LinkSide
    salesforce: LinkSide
    is_asleep: bool = False
    """Out of scope: nothing is written until an item of it comes back (law 5)."""
    refusals: tuple[tuple[Side, Refusal], ...] = ()

    def side(self, side: Side) -> LinkSide:
        return self.outlook if side is Side.OUTLOOK else self.salesforce

    def with_side(self, side: Side, value: LinkSide) -> Link:
        return replace(self, outlook=value) if side is Side.OUTLOOK else replace(self, salesforce=value)

    def refusal(self, side: Side) -> Refusal | None:
        return next((refusal for of, refusal in self.refusals if of is side), None)

    def with_refusal(self, side: Side, refusal: Refusal | None) -> Link:
        others = tuple(pair for pair in self.refusals if pair[0] is not side)
        return replace(self, refusals=others if refusal is None else (*others, (side, refusal)))


@dataclass(frozen=True, slots=True)
class Unlinked:
    """An item in scope that has no counterpart yet: to be matched, made on the other side, or left pending."""

    side: Side
    item: Item
    refusal: Refusal | None = None
    """Of its creation on the other side."""
