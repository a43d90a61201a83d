"""What a contact's picklists take: restricted ones, and the org's lists of countries and of their states.

Where an org has lists of states and countries, free text is refused, and the text fields show what the administrator chose
for each code (the "integration value"), so that it is the code which is written: it decides (Salesforce Help, "State and
Country/Territory Picklist Field-Syncing Logic"). Made by `contacts` of a describe, before the first write that needs it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from lpc_tui.errors import ProtocolError
from lpc_tui.replicas.wire import JsonObject

__all__ = ["PREFIXES", "Entry", "Picklists"]

PREFIXES: Final = ("Mailing", "Other")
"""A contact's addresses, as their fields begin."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One active value of a picklist."""

    value: str
    label: str
    valid_for: frozenset[int] = frozenset()
    """A state: the positions of its countries in their list."""

    def is_meant_by(self, text: str) -> bool:
        """Whether a person who wrote `text` meant this one: by its label or its value, large and small letters alike."""
        folded = " ".join(text.split()).casefold()
        return folded in (self.label.casefold(), self.value.casefold())


@dataclass(frozen=True, slots=True)
class Picklists:
    """The values of the picklists of one object, by field; each at the position that others refer to."""

    entries: Mapping[str, tuple[Entry | None, ...]] = field(default_factory=dict)
    """None stands where a value is switched off."""

    @classmethod
    def from_describe(cls, body: JsonObject) -> Self:
        """From the answer of `/sobjects/X/describe`.

        Raises:
            ProtocolError: the answer is not a describe.
        """
        try:
            return cls(
                {
                    each["name"]: tuple(map(_entry, each["picklistValues"]))
                    for each in body["fields"]
                    if each["type"] == "picklist"
                }
            )
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise ProtocolError("Salesforce's picklists cannot be understood.") from error

    def find(self, name: str, text: str) -> Entry | None:
        """The value of a field that `text` means."""
        return next((each for each in self._active(name) if each.is_meant_by(text)), None)

    def state(self, prefix: str, text: str, country: str) -> Entry | None:
        """A state of an address in this country. A country that goes by another name than in its list is told by the state,
        if only one country has such a one."""
        countries = self.entries.get(f"{prefix}CountryCode", ())
        at = next((n for n, each in enumerate(countries) if each and each.is_meant_by(country)), None)
        states = [each for each in self._active(f"{prefix}StateCode") if each.is_meant_by(text)]
        if at is not None:
            states = [each for each in states if at in each.valid_for]
        return states[0] if len(states) == 1 and country else None

    def _active(self, name: str) -> list[Entry]:
        return [each for each in self.entries.get(name, ()) if each is not None]


def _entry(value: JsonObject) -> Entry | None:
    if not value["active"]:
        return None
    return Entry(value["value"], value["label"] or value["value"], _positions(value.get("validFor") or ""))


def _positions(bits: str) -> frozenset[int]:
    """The bits that are set, from the left (SOAP API Developer Guide, PicklistEntry, validFor)."""
    data = base64.b64decode(bits, validate=True)
    return frozenset(n for n in range(len(data) * 8) if data[n >> 3] & (0x80 >> n % 8))
