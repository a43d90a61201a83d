"""Shows the field map: which field of one service is which of the other, what it holds, and which way it travels.

`lpc-tui fields` prints it, as lines for a terminal or as one JSON document; the page `docs/fields.md` is made from the same
words. Pure: it reads the one map that the sync itself works by (`lpc_tui.model.field_map`), and nothing else.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from types import MappingProxyType
from typing import Final

from lpc_tui.model.field_map import UNTOUCHED, fields_of, has_privacy
from lpc_tui.model.fields import Direction, FieldSpec, Kind
from lpc_tui.model.items import Process, Side
from lpc_tui.wording import listed, privacy_words

__all__ = ["ARROWS", "KEY", "about", "as_json", "at_rest", "field_lines"]

KEY: Final = (
    "<-> travels both ways, --> only to Outlook; no arrow: it stays in Outlook.",
    "Emptied on one side, a field is emptied on the other, unless it says otherwise.",
)
"""How the map reads; Salesforce stands at the left."""

ARROWS: Mapping[Direction, str] = MappingProxyType(
    {Direction.BOTH: "<->", Direction.TO_OUTLOOK: "-->", Direction.STAYS: ""}
)

_KINDS: Mapping[Kind, str] = MappingProxyType(
    {Kind.WHEN: "start and end move as one", Kind.ENTRIES: "list", Kind.TEXT: "text of many lines"}
)
"""Where the kind's own word says too little."""

_WIDTHS: Final = (22, 17, 3, 31)
"""Cells of label, Salesforce's field, arrow and Outlook's property: the longest of each."""

_GAP: Final = "  "
_INDENT: Final = "    "
_BESIDE: Final = 36
"""Cells from which on a field's properties stand beside it, not below."""

_NARROWEST: Final = 60


def field_lines(process: Process, width: int) -> list[str]:
    """The field map of a process as lines of at most `width` cells (79 at least, for the names of the fields)."""
    columns = sum(_WIDTHS) + len(_GAP) * (len(_WIDTHS) - 1)
    beside = width - columns - len(_GAP)
    lines = [f"{process.label}: {len(fields_of(process)):,} fields", ""]
    lines += [_row("Field", "Salesforce", "", "Outlook"), "-" * max(columns, width)]
    for spec in fields_of(process):
        rows = list(_rows(spec))
        properties = "; ".join((spec.name, *about(spec)))
        if beside >= _BESIDE:
            pairs = zip_longest(rows, textwrap.wrap(properties, beside), fillvalue="")
            lines += [f"{row:<{columns}}{_GAP}{words}".rstrip() for row, words in pairs]
        else:
            lines += [*rows, *_wrapped(properties, width, _INDENT, _INDENT)]
    lines.append("")
    for words in at_rest(process):
        lines += _wrapped(words, width, "", _INDENT)
    return lines


def about(spec: FieldSpec) -> tuple[str, ...]:
    """What a field holds, in a few phrases; that emptying it crosses over is said only where it does not."""
    kind = _KINDS.get(spec.kind, spec.kind.value)
    return tuple(phrase for phrase in (kind, _length(spec), _narrowed(spec), _emptied(spec)) if phrase)


def at_rest(process: Process) -> Iterator[str]:
    """What is left as it is on either side, and which side has a private mark: a sentence each."""
    for side, words in UNTOUCHED[process].items():
        yield f"Left as it is in {side.label}: {words}."
    yield privacy_words(process)


def as_json(processes: Iterable[Process]) -> dict[str, object]:
    """The field maps as a document: by process the fields, what stays untouched and which sides have a private mark."""
    return {
        process.value: {
            "fields": [_field_json(spec) for spec in fields_of(process)],
            "untouched": {side.value: words for side, words in UNTOUCHED[process].items()},
            "private_mark": [side.value for side in Side if has_privacy(process, side)],
        }
        for process in processes
    }


def _field_json(spec: FieldSpec) -> dict[str, object]:
    return {
        "name": spec.name,
        "label": spec.label,
        "outlook": spec.outlook,
        "salesforce": spec.salesforce,
        "kind": spec.kind.value,
        "length": {side.value: limit for side, limit in spec.limits.items()},
        "direction": spec.direction.value,
        "empties": [side.value for side in Side if spec.can_clear(side)],
        "narrowed": dict(spec.narrow),
    }


def _rows(spec: FieldSpec) -> Iterator[str]:
    """The two homes of a field, a property a line."""
    first = (spec.label, ARROWS[spec.direction])
    for salesforce, outlook in zip_longest(spec.salesforce, spec.outlook, fillvalue=""):
        yield _row(first[0], salesforce, first[1], outlook)
        first = ("", "")


def _row(*cells: str) -> str:
    return _GAP.join(f"{text:<{width}}" for text, width in zip(cells, _WIDTHS, strict=True)).rstrip()


def _wrapped(words: str, width: int, first: str, further: str) -> Sequence[str]:
    return textwrap.wrap(
        words, max(width, _NARROWEST), initial_indent=first, subsequent_indent=further, break_on_hyphens=False
    )


def _length(spec: FieldSpec) -> str:
    limits = spec.limits
    if len(limits) == len(Side) and len(set(limits.values())) == 1:
        return f"{next(iter(limits.values())):,} characters on both sides"
    return " and ".join(f"{limit:,} characters in {side.label}" for side, limit in limits.items())


def _narrowed(spec: FieldSpec) -> str:
    words = [f"{outlook} as {salesforce}" for outlook, salesforce in spec.narrow.items()]
    return f"Salesforce holds {listed(words)}" if words else ""


def _emptied(spec: FieldSpec) -> str:
    """Where emptying it does not cross over."""
    if spec.direction is Direction.STAYS:
        return "not synced"
    match [side for side in Side if spec.can_clear(side)]:
        case []:
            return "never emptied"
        case [side]:
            return f"emptied in {side.label} only"
        case _:
            return ""
