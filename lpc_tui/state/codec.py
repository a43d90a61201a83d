"""Values, items, bases and counts as text, and back: how the state file holds them.

Strings, numbers, booleans and None stand for themselves; everything else is a one-key object that names its kind. A state
file is read with suspicion: what does not decode raises `DamagedStateError`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from lpc_tui.errors import DamagedStateError
from lpc_tui.model.items import AllDay, Fields, Guard, Item, Side, Timed, Value, frozen
from lpc_tui.model.links import Refusal

__all__ = [
    "dump_counts",
    "dump_fields",
    "dump_item",
    "dump_moment",
    "dump_refusal",
    "dump_refusals",
    "load_counts",
    "load_fields",
    "load_item",
    "load_moment",
    "load_refusal",
    "load_refusals",
    "load_word",
]

Word = TypeVar("Word", bound=StrEnum)


def dump_fields(fields: Fields) -> str:
    """The fields as JSON, in a stable order."""
    return _dumps({name: _plain(value) for name, value in sorted(fields.items())})


def load_fields(text: str) -> Fields:
    """The fields that `dump_fields` wrote.

    Raises:
        DamagedStateError: the text is not what this module writes.
    """
    return frozen({name: _value(value) for name, value in _object(text).items()})


def dump_item(item: Item) -> str:
    """An item as JSON; attributes at their defaults are left out."""
    body: dict[str, object] = {
        "id": item.id,
        "f": {name: _plain(value) for name, value in item.fields.items()},
    }
    if item.version:
        body["v"] = item.version
    if item.modified is not None:
        body["m"] = item.modified.isoformat()
    if item.guards:
        body["g"] = {name: str(guard) for name, guard in item.guards.items()}
    if item.series_id:
        body["s"] = item.series_id
    if item.link:
        body["l"] = item.link
    if item.guests:
        body["w"] = list(item.guests)
    flags = [name for name in _FLAGS if getattr(item, name)]
    if flags:
        body["is"] = flags
    return _dumps(body)


def load_item(text: str) -> Item:
    """The item that `dump_item` wrote.

    Raises:
        DamagedStateError: the text is not what this module writes.
    """
    body = _object(text)
    try:
        modified = body.get("m")
        return Item(
            id=_text(body["id"]),
            fields=frozen({name: _value(value) for name, value in body["f"].items()}),
            version=_text(body.get("v", "")),
            modified=datetime.fromisoformat(modified) if modified else None,
            guards=frozen_guards(body.get("g", {})),
            series_id=_text(body.get("s", "")),
            link=_text(body.get("l", "")),
            guests=tuple(_text(each) for each in body.get("w", ())),
            **{name: True for name in body.get("is", ()) if name in _FLAGS},
        )
    except _DAMAGE as error:
        raise DamagedStateError("The state file holds an item that cannot be read.") from error


def frozen_guards(plain: Mapping[str, str]) -> Mapping[str, Guard]:
    """Guards by field from their names."""
    return {name: Guard(guard) for name, guard in plain.items()}


def dump_refusal(refusal: Refusal | None) -> str | None:
    """A refusal as JSON, or None."""
    return None if refusal is None else _dumps(_refusal_body(refusal))


def load_refusal(text: str | None) -> Refusal | None:
    """The refusal that `dump_refusal` wrote.

    Raises:
        DamagedStateError: the text is not what this module writes.
    """
    return None if text is None else _refusal(_object(text))


def dump_refusals(refusals: tuple[tuple[Side, Refusal], ...]) -> str | None:
    """A link's refusals by side as JSON, or None where there are none."""
    return _dumps({str(side): _refusal_body(refusal) for side, refusal in refusals}) if refusals else None


def load_refusals(text: str | None) -> tuple[tuple[Side, Refusal], ...]:
    """The refusals that `dump_refusals` wrote.

    Raises:
        DamagedStateError: the text is not what this module writes.
    """
    if text is None:
        return ()
    return tuple((load_word(Side, side), _refusal(body)) for side, body in _object(text).items())


def dump_counts(counts: Mapping[str, Mapping[str, object]]) -> str:
    """The counts of a run, by process, as JSON."""
    return _dumps(counts)


def load_counts(text: str) -> Mapping[str, Mapping[str, object]]:
    """The counts that `dump_counts` wrote.

    Raises:
        DamagedStateError: the text is not what this module writes.
    """
    counts = _object(text)
    if not all(isinstance(each, dict) for each in counts.values()):
        raise DamagedStateError("The state file holds counts that cannot be read.")
    return counts


def dump_moment(moment: datetime) -> str:
    """An aware instant as UTC in ISO 8601: as text it sorts as in time."""
    return moment.astimezone(UTC).isoformat()


def load_moment(text: str) -> datetime:
    """The instant that `dump_moment` wrote.

    Raises:
        DamagedStateError: the text is not what this module writes.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
    except ValueError as error:
        raise DamagedStateError("The state file holds a time that cannot be read.") from error
    return moment


def load_word(kind: type[Word], text: str) -> Word:
    """The member of `kind` that a column holds by its value.

    Raises:
        DamagedStateError: there is none.
    """
    try:
        return kind(text)
    except ValueError as error:
        raise DamagedStateError(f"The state file holds an unknown {kind.__name__.lower()}.") from error


_DAMAGE = (LookupError, TypeError, AttributeError, ValueError)
"""What comes of decoding JSON of another shape than this module writes."""

_FLAGS = ("is_private", "has_guests", "spreads", "is_away")


def _plain(value: Value) -> object:
    if isinstance(value, Timed):
        return {"timed": [value.start.isoformat(), value.end.isoformat()]}
    if isinstance(value, AllDay):
        return {"days": [value.first.isoformat(), value.last.isoformat()]}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, tuple):
        return {"list": list(value)}
    return value


def _value(plain: Any) -> Value:
    if not isinstance(plain, dict):
        if plain is None or isinstance(plain, str | int | bool):
            return plain
        raise DamagedStateError("The state file holds a value of an unknown kind.")
    try:
        ((kind, body),) = plain.items()
        match kind:
            case "timed":
                return Timed(datetime.fromisoformat(body[0]), datetime.fromisoformat(body[1]))
            case "days":
                return AllDay(date.fromisoformat(body[0]), date.fromisoformat(body[1]))
            case "at":
                return datetime.fromisoformat(body)
            case "day":
                return date.fromisoformat(body)
            case "list":
                return tuple(_text(each) for each in body)
            case _:
                raise ValueError(kind)
    except _DAMAGE as error:
        raise DamagedStateError("The state file holds a value that cannot be read.") from error


def _refusal_body(refusal: Refusal) -> dict[str, object]:
    return {"fingerprint": refusal.fingerprint, "words": refusal.words, "fields": list(refusal.fields)}


def _refusal(body: Mapping[str, Any]) -> Refusal:
    try:
        names = tuple(_text(name) for name in body["fields"])
        return Refusal(_text(body["fingerprint"]), _text(body["words"]), names)
    except _DAMAGE as error:
        raise DamagedStateError("The state file holds a refusal that cannot be read.") from error


def _text(plain: object) -> str:
    if not isinstance(plain, str):
        raise TypeError(f"{type(plain).__name__} in the place of a text")
    return plain


def _dumps(body: object) -> str:
    # Lone surrogates are legal in JSON escapes and in what services send, not in UTF-8: keep them escaped.
    return json.dumps(body, ensure_ascii=True, separators=(",", ":"))


def _object(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedStateError("The state file holds text that is not JSON.") from error
    if not isinstance(body, dict):
        raise DamagedStateError("The state file holds JSON of an unknown shape.")
    return body
