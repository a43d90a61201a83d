"""Which folder it is: the calendar, contact folder or task list that the settings name, and nobody's guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lpc_tui.errors import SettingsError

__all__ = ["Place", "chosen"]


@dataclass(frozen=True, slots=True)
class Place:
    """One calendar, contact folder or task list. Its id stays the same for ever, also without immutable ids."""

    id: str
    name: str = ""
    can_edit: bool = True
    is_default: bool = True
    """Named by nothing in the settings: the person's own default one."""


def chosen(places: Sequence[Place], wanted: str, *, setting: str, noun: str, hint: str = "") -> Place:
    """The one of `places` whose id or name is `wanted`: as it is written, else in whatever case.

    Args:
        places: all there are.
        wanted: not empty.
        setting: where it was written.
        noun: what such a place is called.
        hint: what to say beside the names there are.

    Raises:
        SettingsError: there is no such place, or there are several.
    """
    alike = (
        [each for each in places if each.id == wanted]
        or [each for each in places if each.name == wanted]
        or [each for each in places if each.name.casefold() == wanted.casefold()]
    )
    if len(alike) > 1:
        raise SettingsError(
            f"{setting}: there are {len(alike)} {noun}s called {wanted!r}.",
            "Write the id of one: " + ", ".join(each.id for each in alike) + ".",
            key=setting,
        )
    if not alike:
        names = ", ".join(each.name for each in places) or "none"
        raise SettingsError(
            f"{setting}: there is no {noun} {wanted!r}.", f"There are: {names}.{hint}", key=setting
        )
    return alike[0]
