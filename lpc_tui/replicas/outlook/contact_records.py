"""Graph's contact JSON as items, and fields as Graph's contact JSON; pure, driven by the field map.

Of a list of Graph's (e-mail addresses, phones) only the first entry travels, and the list is written back whole with that
one replaced; a postal address is written whole, since parts left out may be cleared. What never comes out of a private
contact is its text (law 6): one of which it was never asked whether it is private counts as private.
Facts: https://learn.microsoft.com/graph/api/resources/contact
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations
from typing import Final

from lpc_tui.model.field_map import CONTACT
from lpc_tui.model.fields import FieldSpec, Kind
from lpc_tui.model.items import EMPTY, Fields, Item, Value, frozen
from lpc_tui.replicas.outlook.bodies import clean, clean_lines
from lpc_tui.replicas.outlook.dialect import MARK
from lpc_tui.replicas.outlook.times import read_instant
from lpc_tui.replicas.wire import JsonObject

__all__ = ["EXTENDED", "SENSITIVITY", "ContactReader", "chosen_names", "created_record", "updated_record"]

EXTENDED: Final = "singleValueExtendedProperties"
"""The property that holds what was asked for with `$expand`; the service leaves it out where there is nothing."""

SENSITIVITY: Final = "Integer 0x36"
"""PidTagSensitivity: 0 normal, 1 personal, 2 private, 3 confidential."""

_SENSITIVITY_ID: Final = re.compile(r"integer 0x0*36", re.IGNORECASE)
_OPEN: Final = frozenset({"0", "1"})

_EMAILS: Final = "emailAddresses"

_ENTRIES: Final = {spec.outlook[0]: spec.name for spec in CONTACT if spec.kind is Kind.ENTRIES}
"""The lists: Graph's property to the field that holds all its entries."""

_ADDRESSES: Final = tuple(
    dict.fromkeys(head for spec in CONTACT for head, dot, _ in [spec.outlook[0].partition(".")] if dot)
)

_FIRST_YEAR: Final = 1700
"""Earlier birthdays are no dates: devices write year 1604 for one without a year."""

_NAME_CORE: Final = ("givenName", "surname")
_NAME_REST: Final = ("title", "middleName", "generation", "companyName")
_GENERATED: Final = ("displayName", "fileAs")
_WORD: Final = re.compile(r"\w+")
_LINE_END: Final = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class ContactReader:
    """Makes items of records, the way one scope wants them."""

    include_private: bool

    def item(self, record: JsonObject, *, is_away: bool = False) -> Item:
        """The item that a whole contact record shows.

        Raises:
            KeyError, ValueError: the record is not a contact.
        """
        item = Item(
            id=record["id"],
            fields=self.fields(record),
            version=record["@odata.etag"],
            modified=read_instant(record.get("lastModifiedDateTime")),
            is_private=_is_private(record),
            is_away=is_away,
        )
        return item.redacted() if item.is_private and not self.include_private else item

    def fields(self, record: JsonObject) -> Fields:
        """What a record says, private or not; raises ValueError where it is not a contact."""
        return frozen({spec.name: value for spec in CONTACT for value in _read(spec, record)})


def created_record(fields: Fields, mark: str) -> JsonObject:
    """The contact to POST, found again by its mark; what is empty is left out.

    Raises:
        ValueError: a value is not of its field's kind.
    """
    written = updated_record(fields, EMPTY)
    return {
        **{name: value for name, value in written.items() if _has_content(value)},
        EXTENDED: [{"id": MARK, "value": mark}],
    }


def updated_record(fields: Fields, before: Fields) -> JsonObject:
    """The properties to PATCH for `fields`, made whole with what the contact shows `before`.

    Raises:
        ValueError: a value is not of its field's kind.
    """
    record: JsonObject = {}
    for spec in CONTACT:
        head = spec.outlook[0].partition(".")[0]
        if spec.name in fields and head not in record:
            record[head] = _written(spec, head, fields, before)
    return record


def chosen_names(record: JsonObject) -> JsonObject:
    """The names of a contact that a person chose: every PATCH may generate them anew, unless it carries them.

    One that is made of the contact's name and company, in whatever order, was generated, and is left to the service.
    """
    names = {name: clean(record.get(name)) for name in _GENERATED}
    return {name: text for name, text in names.items() if text and not _is_generated(text, record)}


# Reading


def _read(spec: FieldSpec, record: JsonObject) -> Iterator[Value]:
    """The value of a field; nothing where the record cannot tell."""
    head, _, part = spec.outlook[0].partition(".")
    value = record.get(head)
    if spec.kind is Kind.DATE:
        instant = read_instant(value)
        if instant is None or instant.year >= _FIRST_YEAR:
            yield instant and instant.date()
    elif spec.kind is Kind.ENTRIES:
        yield _entries(value)
    elif head in _ENTRIES:
        yield _first_spoken(head, _entries(value))
    elif part:
        yield clean_lines((value or {}).get(part))
    else:
        yield clean_lines(value)


def _entries(entries: Sequence[str | JsonObject] | None) -> tuple[str, ...]:
    """A list of Graph's as texts: e-mail entries as compact JSON, phones as they are."""
    return tuple(
        _email_entry(clean(entry.get("name")), clean(entry.get("address")))
        if isinstance(entry, dict)
        else clean(entry)
        for entry in entries or ()
    )


def _email_entry(name: str, address: str) -> str:
    return json.dumps({"name": name, "address": address}, ensure_ascii=False, separators=(",", ":"))


def _first_spoken(head: str, entries: Iterable[str]) -> str:
    """The entry that travels."""
    return next((said for entry in entries if (said := _spoken(head, entry))), "")


def _spoken(head: str, entry: str) -> str:
    """What an entry says to the other side; empty where it says nothing there, as an address within Exchange."""
    if head != _EMAILS:
        return entry.strip()
    address = str(json.loads(entry)["address"])
    return address if "@" in address and not address.startswith("/") else ""


def _is_private(record: JsonObject) -> bool:
    shown = record.get(EXTENDED)
    return shown is None or any(
        _SENSITIVITY_ID.fullmatch(each["id"]) and each["value"] not in _OPEN for each in shown
    )


# Writing


def _written(spec: FieldSpec, head: str, fields: Fields, before: Fields) -> object:
    """The value of the property `head`, which holds the field `spec`."""
    whole = {**before, **fields}
    if head in _ADDRESSES:
        parts = {each.outlook[0].partition(".")[2]: each for each in CONTACT if _is_part(each, head)}
        return {part: _crlf(_string(each, whole.get(each.name))) for part, each in parts.items()}
    if head in _ENTRIES:
        return _written_list(head, fields, whole.get(_ENTRIES[head]) or ())
    value = fields[spec.name]
    if spec.kind is Kind.DATE:
        if value is not None and type(value) is not date:
            raise _impossible(spec, value)
        # The time of day is noise; at this one no zone shifts the date ([MS-ASCNTC], Birthday).
        return None if value is None else f"{value}T11:59:00Z"
    return _crlf(_string(spec, value)) or None


def _is_part(spec: FieldSpec, head: str) -> bool:
    return spec.outlook[0].startswith(f"{head}.")


def _written_list(head: str, fields: Fields, held: Value) -> list[object]:
    """The whole list with its first entry that travels replaced, put in front, or taken out."""
    spec = next(each for each in CONTACT if each.outlook[0] == head and each.kind is not Kind.ENTRIES)
    if not isinstance(held, tuple):
        raise _impossible(spec, held)
    entries = list(held)
    if spec.name in fields:
        wanted = _string(spec, fields[spec.name])
        at = next((number for number, entry in enumerate(entries) if _spoken(head, entry)), None)
        replaced = None if at is None else entries.pop(at)
        if wanted:
            entries = [entry for entry in entries if _spoken(head, entry).casefold() != wanted.casefold()]
            entries.insert(at or 0, _renewed_email(replaced, wanted) if head == _EMAILS else wanted)
    return [json.loads(entry) if head == _EMAILS else entry for entry in entries]


def _renewed_email(replaced: str | None, address: str) -> str:
    """An e-mail entry with another address; a name that a person gave it stays."""
    old = json.loads(replaced) if replaced else {"name": "", "address": ""}
    is_chosen = old["name"] and old["name"] != old["address"]
    return _email_entry(old["name"] if is_chosen else address, address)


def _string(spec: FieldSpec, value: Value) -> str:
    if value is not None and not isinstance(value, str):
        raise _impossible(spec, value)
    return clean(value)


def _crlf(text: str) -> str:
    return _LINE_END.sub("\r\n", text)


def _impossible(spec: FieldSpec, value: Value) -> ValueError:
    return ValueError(f"A contact has no {spec.name} of {value!r}.")


def _has_content(value: object) -> bool:
    return any(value.values()) if isinstance(value, dict) else bool(value)


# Names


def _is_generated(text: str, record: JsonObject) -> bool:
    said = sorted(_words(text))
    core = [word for name in _NAME_CORE for word in _words(record.get(name))]
    rest = [_words(record.get(name)) for name in _NAME_REST]
    address = _first_spoken(_EMAILS, _entries(record.get(_EMAILS)))
    return said == sorted(_words(address)) or any(
        said == sorted(chain(core, *some)) for some in _subsets(rest)
    )


def _subsets(parts: Sequence[Sequence[str]]) -> Iterable[tuple[Sequence[str], ...]]:
    return chain.from_iterable(combinations(parts, count) for count in range(len(parts) + 1))


def _words(text: str | None) -> list[str]:
    return _WORD.findall(clean(text).casefold())
