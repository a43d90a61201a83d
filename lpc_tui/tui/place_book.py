"""What is known of the chosen places in this session: the names behind the ids, and which of them are not there any more.

The settings keep ids, which tell a person nothing. The Accounts component fills the book from the lists as they are fetched;
every field that shows such a setting reads its words here. Nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lpc_tui.places.interface import Kind, Place
from lpc_tui.settings_values import ContactScope
from lpc_tui.tui.plain import cells, plain

__all__ = ["PlaceBook", "place_words"]

_LONGEST = 60
_ID_FROM = 24
"""Cells: a value as long as that, without a blank, is an id nobody reads to its end."""


@dataclass(frozen=True, slots=True)
class _Known:
    words: str
    trouble: str = ""


class PlaceBook:
    """By list and by the setting's value."""

    def __init__(self) -> None:
        self._known: dict[tuple[Kind, str], _Known] = {}

    def note(self, kind: Kind, place: Place) -> None:
        """The person has seen this one in the list."""
        self._known[kind, place.value] = _Known(place_words(place, is_brief=True))

    def learn(self, kind: Kind, value: str, found: Sequence[Place]) -> None:
        """Take in what the service shows for a value of the setting."""
        if len(found) == 1:
            self._known[kind, value] = _Known(place_words(found[0], is_brief=True))
        elif found:
            trouble = f"{len(found)} {kind.noun}s are called this: choose one"
            self._known[kind, value] = _Known(self._unread(value), trouble)
        else:
            trouble = "not there any more, or hidden from you: choose another"
            self._known[kind, value] = _Known(self.words(kind, value), trouble)

    def is_known(self, kind: Kind, value: str) -> bool:
        """Whether it has been looked for."""
        return (kind, value) in self._known

    def words(self, kind: Kind, value: str) -> str:
        """The setting's value as a person reads it; inert."""
        if kind is Kind.SCOPE:
            return next((each.label for each in ContactScope if each == value), plain(value, _LONGEST))
        if (known := self._known.get((kind, value))) is not None:
            return known.words
        if value:
            return self._unread(value)
        return "(none chosen)" if kind is Kind.CAMPAIGN else "the default one"

    def trouble(self, kind: Kind, value: str) -> str:
        """Why it cannot be used as it is; empty if it can, or if nobody has looked."""
        known = self._known.get((kind, value))
        return "" if known is None else known.trouble

    @staticmethod
    def _unread(value: str) -> str:
        """A name, or an id shortened in its middle."""
        shown = plain(value, _LONGEST)
        is_id = " " not in shown and cells(shown) >= _ID_FROM
        return f"id {shown[:8]}...{plain(value)[-8:]}" if is_id else shown


def place_words(place: Place, *, is_brief: bool = False) -> str:
    """A place in one inert line: its name, where it is, whose it is, what may be done with it.

    In brief, without what only tells it from others in a list.
    """
    return "  ".join((plain(place.name) or "(no name)", *_facts(place, is_brief)))


def _facts(place: Place, is_brief: bool) -> Sequence[str]:
    facts = []
    if place.is_default:
        facts.append("the default one")
    if place.path:
        facts.append("in " + " / ".join(map(plain, place.path)))
    if place.owner:
        address = f" <{plain(place.address)}>" if place.address and not is_brief else ""
        facts.append(f"of {plain(place.owner)}{address}")
    if not is_brief:
        facts += map(plain, place.notes)
    if not place.can_edit:
        facts.append("read-only")
    return [f"({', '.join(facts)})"] if facts else []
