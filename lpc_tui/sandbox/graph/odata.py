"""The query options of a request: which are allowed where, what they say, and how a list is cut by them.

Every option a route does not allow is refused, as is every parameter that is no option at all.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TypeVar

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import extended, odata_filter
from lpc_tui.sandbox.graph.errors import GraphError, invalid_query, uri_not_parsed
from lpc_tui.sandbox.graph.odata_eval import Binding, compile_filter, extended_ids, property_of, sort_reader
from lpc_tui.sandbox.graph.odata_filter import Comparison, Either, Expression, Literal, Path
from lpc_tui.sandbox.graph.schema import Record
from lpc_tui.sandbox.graph.shape import Shape

LARGEST_TOP = 1000

LIST_OPTIONS = frozenset({"$top", "$skip", "$select", "$orderby", "$filter", "$expand", "$count"})
"""What a list of Outlook items takes."""

ITEM_OPTIONS = frozenset({"$select", "$expand"})
"""What a single item takes."""

_EXTENDED = "singleValueExtendedProperties"
_EXPANSION = re.compile(r"(?P<name>\w+)(?:\((?P<options>.*)\))?", re.DOTALL)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Query:
    """The options of one request, understood."""

    top: int | None = None
    skip: int = 0
    wants_count: bool = False
    order: tuple[tuple[odata_filter.Path, bool], ...] = ()
    """The properties to sort by; True for descending."""

    condition: Expression | None = None


def check_allowed(parameters: Iterable[str], allowed: frozenset[str]) -> None:
    """Raises 400 for any parameter not in `allowed`."""
    for name in parameters:
        if name not in allowed:
            kind = "query option" if name.startswith("$") else "query parameter"
            raise invalid_query(f"The {kind} '{name}' is not supported for this request.")


def read_query(options: dict[str, str]) -> Query:
    """The options that cut and order a list."""
    order = []
    for part in filter(None, (part.strip() for part in options.get("$orderby", "").split(","))):
        name, _, direction = part.partition(" ")
        if direction.strip() not in ("", "asc", "desc"):
            raise uri_not_parsed(f"Syntax error in $orderby at '{part}'.")
        order.append((Path(tuple(name.split("/"))), direction.strip() == "desc"))
    condition = odata_filter.parse(options["$filter"]) if "$filter" in options else None
    return Query(
        _number(options, "$top", 1, LARGEST_TOP),
        _number(options, "$skip", 0, 2**31 - 1) or 0,
        options.get("$count", "false").lower() == "true",
        tuple(order),
        condition,
    )


def read_shape(shape: Shape, options: dict[str, str], record: Record, expandable: frozenset[str]) -> Shape:
    """The shape with what `$select` and `$expand` ask for; raises 400 for unknown names."""
    selected = None
    if "$select" in options:
        names = [name.strip() for name in options["$select"].split(",")]
        selected = frozenset(name if name == "*" else property_of(record, name)[0] for name in names)
        if "*" in selected:
            selected = None
    wanted: frozenset[str] = frozenset()
    expanded: set[str] = set()
    for part in _split(options.get("$expand", "")):
        match = _EXPANSION.fullmatch(part)
        found = [name for name in expandable if match and name.lower() == match["name"].lower()]
        if match is None or not found:
            raise uri_not_parsed(f"Could not find a property named '{part}' on type '{record.type_name}'.")
        if found[0] == _EXTENDED:
            wanted |= _wanted_extended(match["options"] or "")
        else:
            expanded.add(found[0])
    return replace(shape, selected=selected, extended=wanted, expanded=frozenset(expanded))


def cut(
    items: Sequence[Item],
    query: Query,
    record: Record,
    page_size: int,
    show: Callable[[Item, Shape], JsonObject],
    shape: Shape,
) -> tuple[list[JsonObject], int, bool]:
    """One page of a list: its items as JSON, how many there are in all pages, and whether more follow."""
    chosen = list(items)
    if query.condition is not None or query.order:
        whole = replace(shape, selected=None, expanded=frozenset())
        if query.condition is not None:
            whole = replace(whole, extended=extended_ids(query.condition))
        candidates = [(item, show(item, whole)) for item in items]
        if query.condition is not None:
            holds = compile_filter(query.condition, Binding(record))
            candidates = [candidate for candidate in candidates if holds(candidate[1])]
        for path, is_descending in reversed(query.order):
            by = sort_reader(*Binding(record).resolve(path))
            keyed = [(by(shown), item, shown) for item, shown in candidates]
            keyed.sort(key=itemgetter(0), reverse=is_descending)
            candidates = [(item, shown) for _, item, shown in keyed]
        chosen = [item for item, _ in candidates]
    last = query.skip + page_size
    return [show(item, shape) for item in chosen[query.skip : last]], len(chosen), last < len(chosen)


def _number(options: dict[str, str], name: str, smallest: int, largest: int) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    if not text.isdecimal() or not smallest <= int(text) <= largest:
        raise GraphError(
            400,
            "ErrorInvalidUrlQuery" if text.isdecimal() else "RequestBroker--ParseUri",
            f"The value '{text}' of {name} must be a whole number from {smallest} to {largest}.",
        )
    return int(text)


def _wanted_extended(inner: str) -> frozenset[str]:
    name, _, text = inner.partition("=")
    if name.strip() != "$filter" or not text:
        raise uri_not_parsed(
            "$expand=singleValueExtendedProperties needs a $filter on the id: there is no way to read them all."
        )
    wanted = _equal_ids(odata_filter.parse(text.strip()))
    if wanted is None:
        raise uri_not_parsed(
            "The $filter of singleValueExtendedProperties may only compare the id, with eq and or."
        )
    return wanted


def _equal_ids(expression: Expression) -> frozenset[str] | None:
    match expression:
        case Either(parts):
            found = [_equal_ids(part) for part in parts]
            known = [ids for ids in found if ids is not None]
            return frozenset().union(*known) if len(known) == len(found) else None
        case Comparison("eq", Path((name,)), Literal("text", value)) if name.lower() == "id":
            return frozenset({extended.canonical_id(value)})
    return None


def _split(text: str) -> list[str]:
    """The parts between commas that are outside of brackets and quotes."""
    parts, depth, quoted, current = [], 0, False, ""
    for letter in text:
        if letter == "'":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == "," and depth == 0:
                parts.append(current.strip())
                current = ""
                continue
        current += letter
    return [*parts, current.strip()] if text else []
