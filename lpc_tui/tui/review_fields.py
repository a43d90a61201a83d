"""The fields of one row of the review: what was before, what each side says now, and what will be. Pure.

Only the texts' differing words are marked here; the widgets make everything inert as they draw it. Nothing of a private item
is in any of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from types import MappingProxyType

from lpc_tui.model.field_map import shared_fields, spec_of
from lpc_tui.model.fields import FieldSpec
from lpc_tui.model.items import Side, Value
from lpc_tui.model.plan import WHOLE, Hold, Operation, Step
from lpc_tui.model.rules import Action
from lpc_tui.tui.review_rows import ARROWS, is_private, item_of
from lpc_tui.tui.word_diff import GONE, NEW, Marks, marked
from lpc_tui.values import NOTHING, value_text

__all__ = ["FieldView", "fields_of"]

_NOTHING: Mapping[str, Side] = MappingProxyType({})

_HELD: Mapping[Hold, str] = MappingProxyType(
    {
        Hold.PREVENTED: "as it is: prevented",
        Hold.REFUSED: "as it is: refused before",
        Hold.CONSENT: "as it is, until you say yes",
        Hold.EXCLUDED: "as it is: left out this time",
    }
)


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field as the person reads it; an empty text where a side has no item, or nothing was ever agreed on."""

    name: str
    label: str
    sign: str
    """`-->` or `<--` where it is, or was chosen to be, written, `?` where it is in conflict, else blank."""
    before: str
    """What the sides last agreed on, in Outlook's form where they have forms of their own."""
    salesforce: str
    outlook: str
    after: str
    """What will be: the value that is written, or why there is none."""

    def marked(self) -> FieldView:
        """The same with the words marked that either side has changed; where there was nothing before, the words in which
        the sides differ."""
        now = {text for text in (self.salesforce, self.outlook) if text}
        salesforce, outlook = (
            _marked(mine, [self.before or other], NEW)
            for mine, other in ((self.salesforce, self.outlook), (self.outlook, self.salesforce))
        )
        return replace(
            self,
            before=_marked(self.before, sorted(now), GONE),
            salesforce=salesforce,
            outlook=outlook,
        )


def _marked(text: str, others: Sequence[str], marks: Marks) -> str:
    """As `marked`; nothing is marked where there is nothing, on one side or the other."""
    told = [other for other in others if other]
    return text if text in {"", NOTHING} else marked(text, told, marks)


def fields_of(
    step: Step, zone: tzinfo, choices: Mapping[str, Side] = _NOTHING
) -> tuple[tuple[FieldView, ...], tuple[str, ...]]:
    """The fields that differ, are written or in conflict; and the labels of those on which both sides agree.

    `choices` are the fields of which the person has said who wins. Nothing of a private item is in either.
    """
    if is_private(step):
        return (), ()
    items = {side: item_of(step, side) for side in Side}
    views: list[FieldView] = []
    alike: list[str] = []
    for spec in shared_fields(step.process):
        values = {side: item.fields.get(spec.name) if item else None for side, item in items.items()}
        sign = _sign(step, spec.name, choices.get(spec.name))
        if sign != "?" and all(spec.is_empty(value) for value in values.values()):
            continue
        if not sign and all(items.values()) and spec.agree(values[Side.OUTLOOK], values[Side.SALESFORCE]):
            alike.append(spec.label)
            continue
        shown = {side: value_text(spec, values[side], zone) if items[side] else "" for side in Side}
        views.append(
            FieldView(
                spec.name,
                spec.label,
                sign,
                _before(step, spec, zone),
                shown[Side.SALESFORCE],
                shown[Side.OUTLOOK],
                _after(step, spec, zone, values, choices.get(spec.name)),
            )
        )
    return tuple(views), tuple(alike)


def _sign(step: Step, name: str, winner: Side | None) -> str:
    if any(conflict.field in {name, WHOLE} for conflict in step.conflicts):
        return "?"
    spec = spec_of(step.process, name)
    sides = {op.side for op in step.operations if name in op.fields and spec.is_written_on(op.side)}
    if winner is not None and step.conflicts:  # decided, and waiting for the item's other conflicts
        sides.add(winner.other)
    return "" if not sides else "<->" if len(sides) > 1 else ARROWS[sides.pop()]


def _before(step: Step, spec: FieldSpec, zone: tzinfo) -> str:
    if step.link is None:
        return ""
    for mine in (step.link.outlook, step.link.salesforce):
        if spec.name in mine.base:
            return value_text(spec, mine.base[spec.name], zone)
    return ""


def _after(
    step: Step, spec: FieldSpec, zone: tzinfo, values: Mapping[Side, Value], winner: Side | None
) -> str:
    if any(conflict.field in {spec.name, WHOLE} for conflict in step.conflicts):
        return "undecided: both stay as they are"
    if winner is not None and step.conflicts:
        return f"{value_text(spec, values[winner], zone)} (once all fields are decided)"
    for operation in step.operations:
        if operation.action is Action.DELETE:
            return "(deleted)" if operation.is_sendable else _HELD[operation.hold]
        if spec.name in operation.fields and spec.is_written_on(operation.side):
            return _written(operation, spec, zone)
    return "both stay as they are" if step.outlook and step.salesforce else "as it is"


def _written(operation: Operation, spec: FieldSpec, zone: tzinfo) -> str:
    if not operation.is_sendable:
        return _HELD[operation.hold]
    return value_text(spec, operation.fields[spec.name], zone)
