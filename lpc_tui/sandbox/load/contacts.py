"""One vCard as the body of a Graph contact; what Outlook has no place for is left out."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.load.report import UnreadableError

_MOST_ADDRESSES = 3
_MOST_PHONES = 2
_SENSITIVITY_ID = "Integer 0x36"
_SENSITIVITY = {"PRIVATE": "2", "CONFIDENTIAL": "3"}
_NOT_SPOKEN = {"FAX", "PAGER", "TEXT", "MODEM", "BBS"}
_MOBILE = {"CELL", "IPHONE", "MOBILE"}


def read_contact(card: Any) -> JsonObject:
    """The contact's body; raises UnreadableError for a card that is no person or names nobody."""
    kind = _text(card, "kind").lower() or _text(card, "x-addressbookserver-kind").lower()
    if kind == "group":
        raise UnreadableError("it is a list of people, not a person")
    body = {
        **_names(card),
        **_work(card),
        **_phones(card),
        **_addresses(card),
        "emailAddresses": _emails(card),
        "nickName": _text(card, "nickname"),
        "personalNotes": _text(card, "note"),
        "businessHomePage": _text(card, "url"),
        "birthday": _birthday(card),
        "assistantName": _text(card, "x-assistant") or _text(card, "x-ms-assistant"),
        "spouseName": _text(card, "x-spouse") or _text(card, "x-ms-spouse"),
        "categories": _categories(card),
    }
    body = {name: value for name, value in body.items() if value}
    if not {"givenName", "surname", "displayName", "companyName", "emailAddresses"} & set(body):
        raise UnreadableError("it names nobody")
    if mark := _SENSITIVITY.get(_text(card, "class").upper()):
        body["singleValueExtendedProperties"] = [{"id": _SENSITIVITY_ID, "value": mark}]
    return body


def _names(card: Any) -> JsonObject:
    name = next(_values(card, "n"), None)
    parts = {
        "givenName": getattr(name, "given", ""),
        "middleName": getattr(name, "additional", ""),
        "surname": getattr(name, "family", ""),
        "title": getattr(name, "prefix", ""),
        "generation": getattr(name, "suffix", ""),
    }
    return {key: _joined(value, " ") for key, value in parts.items()} | {"displayName": _text(card, "fn")}


def _work(card: Any) -> JsonObject:
    value: Any = next(_values(card, "org"), [])
    units = [str(unit).strip() for unit in ([value] if isinstance(value, str) else value)]
    return {
        "companyName": units[0] if units else "",
        "department": ", ".join(unit for unit in units[1:] if unit),
        "jobTitle": _text(card, "title"),
        "profession": _text(card, "role"),
    }


def _emails(card: Any) -> list[JsonObject]:
    addresses = [str(value).strip().removeprefix("mailto:") for value in _values(card, "email")]
    usable = dict.fromkeys(address for address in addresses if "@" in address)
    name = _text(card, "fn")
    return [{"address": address, "name": name or address} for address in usable][:_MOST_ADDRESSES]


def _phones(card: Any) -> JsonObject:
    mobile: list[str] = []
    home: list[str] = []
    business: list[str] = []
    for line in _lines(card, "tel"):
        kinds = _types(line)
        number = str(line.value).strip().removeprefix("tel:")
        if not number or kinds & _NOT_SPOKEN:
            continue
        (mobile if kinds & _MOBILE else home if "HOME" in kinds else business).append(number)
    return {
        "mobilePhone": mobile[0] if mobile else "",
        "homePhones": home[:_MOST_PHONES],
        "businessPhones": business[:_MOST_PHONES],
    }


def _addresses(card: Any) -> JsonObject:
    places: JsonObject = {}
    for line in _lines(card, "adr"):
        kinds = _types(line)
        place = "homeAddress" if "HOME" in kinds else "businessAddress" if "WORK" in kinds else "otherAddress"
        address = _address(line.value)
        if address:
            places.setdefault(place, address)
    return places


def _address(value: Any) -> JsonObject:
    parts = {
        "street": _joined(
            [_joined(getattr(value, name, ""), "\r\n") for name in ("street", "extended", "box")], "\r\n"
        ),
        "city": _joined(getattr(value, "city", ""), " "),
        "state": _joined(getattr(value, "region", ""), " "),
        "postalCode": _joined(getattr(value, "code", ""), " "),
        "countryOrRegion": _joined(getattr(value, "country", ""), " "),
    }
    return {name: text for name, text in parts.items() if text}


def _birthday(card: Any) -> str:
    """The day of birth as Outlook keeps it, just before noon in UTC; none without a year."""
    text = _text(card, "bday").split("T")[0].replace("-", "")
    try:
        day = dt.datetime.strptime(text, "%Y%m%d").replace(tzinfo=dt.UTC)
    except ValueError:
        return ""
    return f"{day:%Y-%m-%d}T11:59:00Z" if day.year >= 1601 else ""


def _categories(card: Any) -> list[str]:
    names = [
        name
        for value in _values(card, "categories")
        for name in ([value] if isinstance(value, str) else value)
    ]
    split = [part.strip() for name in names for part in str(name).split(",")]
    return list(dict.fromkeys(part for part in split if part))


def _text(card: Any, name: str) -> str:
    """A line's text, the first where it comes several times."""
    value = next(_values(card, name), "")
    return _joined(value, " ").replace("\x00", "").strip()


def _lines(card: Any, name: str) -> Iterable[Any]:
    lines: Iterable[Any] = card.contents.get(name, ())
    return lines


def _values(card: Any, name: str) -> Any:
    return (line.value for line in _lines(card, name))


def _types(line: Any) -> set[str]:
    """The kinds of a line: TYPE parameters, and version 2.1's bare words."""
    words = [str(word) for words in line.params.get("TYPE", ()) for word in str(words).split(",")]
    return {word.strip().upper() for word in [*words, *map(str, line.singletonparams)]}


def _joined(value: Any, separator: str) -> str:
    parts = value if isinstance(value, list | tuple) else [value]
    return separator.join(str(part).strip() for part in parts if part and str(part).strip())
