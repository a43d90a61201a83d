"""Several requests in one: the parts of a composite call, and what each of them was answered. Values only; no I/O.

Such a call counts once, and carries at most 25 parts, 5 of them queries or collections. Parts are carried out in order, each
for itself, but for one that refers to what an earlier one did not find: that one is not carried out at all. References are
looked for in addresses and bodies alike, so a text that somebody wrote must not travel where it could be taken for one:
`may_travel` tells.
Source: REST API Developer Guide, "Send Multiple Requests Using Composite" and "Composite Request Body".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import quote, urlencode

from lpc_tui.errors import ProtocolError
from lpc_tui.replicas.wire import JsonObject

__all__ = [
    "MOST_HEAVY",
    "Method",
    "Part",
    "PartAnswer",
    "answers_of",
    "composite_body",
    "may_travel",
    "reference",
]

Method: TypeAlias = Literal["GET", "POST", "PATCH", "DELETE"]

MOST_HEAVY: Final = 5
"""The most queries and collections among the parts of a call."""

_REFERENCE: Final = "@{"


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a composite call."""

    name: str
    """By which later parts refer to its answer: letters and digits."""
    method: Method
    resource: str
    """Below the version's root."""
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject | None = None
    refers: bool = False
    """Whether its parameters hold references of ours; those of any other part are sent as plain text."""

    def url(self, root: str) -> str:
        """Its address, as a path with its query."""
        safe = "@{}[].," if self.refers else ""
        query = urlencode(self.params, quote_via=quote, safe=safe)
        return f"{root}{self.resource}?{query}" if query else f"{root}{self.resource}"


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What a part was answered."""

    status: int
    body: Any

    @property
    def is_ok(self) -> bool:
        return self.status < 300


def composite_body(parts: Sequence[Part], root: str) -> JsonObject:
    """The body of a call: in this very order, and what one part does stays done if another fails."""
    return {
        "allOrNone": False,
        "collateSubrequests": False,
        "compositeRequest": [_sent(part, root) for part in parts],
    }


def answers_of(body: Any, parts: Sequence[Part]) -> list[PartAnswer]:
    """The answers to the parts, in their order.

    Raises:
        ProtocolError: the body is not an answer to them.
    """
    try:
        found = {
            each["referenceId"]: PartAnswer(int(each["httpStatusCode"]), each["body"])
            for each in body["compositeResponse"]
        }
        return [found[part.name] for part in parts]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ProtocolError("Salesforce's answer to several requests in one cannot be understood.") from error


def reference(name: str, path: str) -> str:
    """What stands for a value in the answer to an earlier part."""
    return f"{_REFERENCE}{name}{path}}}"


def may_travel(value: object) -> bool:
    """Whether nothing in a body could be taken for a reference."""
    if isinstance(value, str):
        return _REFERENCE not in value
    if isinstance(value, Mapping):
        return all(may_travel(each) for each in value.values())
    return not isinstance(value, list | tuple) or all(may_travel(each) for each in value)


def _sent(part: Part, root: str) -> JsonObject:
    sent: JsonObject = {"method": part.method, "url": part.url(root), "referenceId": part.name}
    if part.headers:
        sent["httpHeaders"] = dict(part.headers)
    if part.body is not None:
        sent["body"] = part.body
    return sent
