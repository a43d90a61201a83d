"""The rows of the Synchronization Summary: what the review shows of each step of a plan. Pure.

A row says what will happen by a sign and in words, so that it can be read without colour. The texts of items are raw here;
the table makes them inert as it draws them.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from types import MappingProxyType

from lpc_tui.model.field_map import shared_fields, spec_of, time_of, title_of
from lpc_tui.model.fields import FieldSpec
from lpc_tui.model.items import Item, Process, Side
from lpc_tui.model.links import Presence
from lpc_tui.model.plan import WHOLE, Hold, Operation, Plan, Step, Why
from lpc_tui.model.rules import Action
from lpc_tui.values import start_text, value_text
from lpc_tui.wording import action_words, field_label

__all__ = ["DetailLine", "Row", "RowKind", "detail_of", "reasons_of", "row_of", "rows_of", "to_review"]


class RowKind(enum.StrEnum):
    """How rows are sorted out for the person."""

    TO_DO = "To do"
    CONFLICT = "Conflicts"
    HELD = "Held back"
    """Prevented, refused, waiting for a yes, left out, private, asleep."""


@dataclass(frozen=True, slots=True)
class Row:
    """One pair of items in the review."""

    step: Step
    kind: RowKind
    sign: str
    words: str

    @property
    def is_included(self) -> bool:
        return not self.step.is_excluded

    @property
    def can_exclude(self) -> bool:
        """Whether leaving the row out changes anything: something is written or linked, or was left out."""
        return self.step.is_excluded or self.step.is_match or bool(self.step.writes)

    @property
    def key(self) -> str:
        return self.step.key

    @property
    def fields(self) -> str:
        """The labels of the fields that are written, for where there is room."""
        names = dict.fromkeys(
            name for op in self.step.operations if op.action is Action.UPDATE for name in op.fields
        )
        return ", ".join(field_label(self.step.process, name) for name in names)

    def title(self, side: Side) -> str:
        """What the side's cell says: the item's name, or why there is none."""
        return _title(self.step, side)

    def start(self, side: Side, zone: tzinfo) -> str:
        """When the side's item begins or is due; empty for tasks without a date, contacts and private items."""
        item, time = _item(self.step, side), time_of(self.step.process)
        if item is None or time is None or _is_private(self.step):
            return ""
        return start_text(item.fields.get(time), zone)

    def matches(self, needle: str) -> bool:
        """Whether `needle` (case folded) occurs in either name or in the action."""
        return any(
            needle in text.casefold()
            for text in (self.title(Side.SALESFORCE), self.title(Side.OUTLOOK), self.words)
        )


@dataclass(frozen=True, slots=True)
class DetailLine:
    """One field of the row under the cursor."""

    field: str
    label: str
    sign: str
    """`-->` or `<--` where it is, or was chosen to be, written, `?` where it is in conflict, else blank."""
    salesforce: str
    outlook: str
    before: str


_REST = "z"

_RESTING: Mapping[Why, tuple[str, str]] = MappingProxyType(
    {
        Why.PRIVATE: (_REST, "private"),
        Why.ASLEEP: (_REST, "asleep, not in the days"),
        Why.AWAY: (_REST, "asleep, moved away"),
        Why.MISSING: (_REST, "asleep, not shown"),
        Why.SEVERAL_ALIKE: ("?", "several look alike"),
        Why.MERGED: ("?", "merged, two items left"),
        Why.GUARDED: (_REST, "kept as it is"),
    }
)

_HELD: Mapping[Hold, str] = MappingProxyType(
    {
        Hold.PREVENTED: "{verb} prevented",
        Hold.REFUSED: "{verb} refused before",
        Hold.CONSENT: "{verb} waits for a yes",
        Hold.EXCLUDED: "{verb} left out",
    }
)

_ARROWS: Mapping[Side, str] = MappingProxyType({Side.OUTLOOK: "-->", Side.SALESFORCE: "<--"})
"""Towards the side that is written; Salesforce stands at the left."""

_ABSENT: Mapping[Presence, str] = MappingProxyType(
    {Presence.PRESENT: "", Presence.GONE: "(deleted)", Presence.MISSING: "(not shown)"}
)

_VERBS: Mapping[Action, str] = MappingProxyType(
    {Action.CREATE: "add", Action.UPDATE: "update", Action.DELETE: "delete"}
)


def to_review(plans: Mapping[Process, Plan]) -> tuple[Process, ...]:
    """The processes of which there is something to see, in their order."""
    return tuple(
        process
        for process, plan in plans.items()
        if plan.brakes or not all(step.is_silent for step in plan.steps)
    )


def rows_of(plan: Plan) -> tuple[Row, ...]:
    """The plan's rows in its order, those at rest last; steps that are only bookkeeping are left out."""
    rows = [row_of(step) for step in plan.steps if not step.is_silent]
    return tuple(sorted(rows, key=lambda row: row.sign == _REST))


def row_of(step: Step) -> Row:
    """What the review shows of a step."""
    if step.is_excluded:
        return Row(step, RowKind.HELD, "-", "left out this time")
    if step.conflicts:
        is_whole = any(conflict.field == WHOLE for conflict in step.conflicts)
        words = "edited and deleted" if is_whole else "changed on both sides"
        return Row(step, RowKind.CONFLICT, "?", words)
    if step.writes:
        sign, words = _write(step.writes)
        if step.is_match:
            words = "Link and update" if len(step.writes) == 1 else "Link and update both"
        return Row(step, RowKind.TO_DO, sign, words)
    if step.operations:
        held = step.operations[0]
        return Row(
            step,
            RowKind.HELD,
            "!",
            _HELD[held.hold].format(verb=_VERBS.get(held.action, held.action)),
        )
    if step.is_match:
        return Row(step, RowKind.TO_DO, "=", "Link")
    sign, words = _RESTING.get(step.reason.why, (_REST, "rests")) if step.reason else ("=", "alike by now")
    kind = RowKind.CONFLICT if sign == "?" else RowKind.HELD
    return Row(step, kind, sign, words)


def reasons_of(step: Step) -> tuple[str, ...]:
    """The sentences that explain the row; may quote a service (untrusted)."""
    reasons = [step.reason, *(op.reason for op in step.operations)]
    return tuple(dict.fromkeys(reason.sentence for reason in reasons if reason is not None))


def detail_of(
    step: Step, zone: tzinfo, choices: Mapping[str, Side] = MappingProxyType({})
) -> tuple[tuple[DetailLine, ...], tuple[str, ...]]:
    """The fields that differ, are written or in conflict; and the labels of those on which both sides agree.

    `choices` are the fields of which the person has said who wins. Nothing of a private item is in either.
    """
    if _is_private(step):
        return (), ()
    items = {side: _item(step, side) for side in Side}
    lines: list[DetailLine] = []
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
        before = _before(step, spec, zone)
        lines.append(
            DetailLine(spec.name, spec.label, sign, shown[Side.SALESFORCE], shown[Side.OUTLOOK], before)
        )
    return tuple(lines), tuple(alike)


def _item(step: Step, side: Side) -> Item | None:
    return step.outlook if side is Side.OUTLOOK else step.salesforce


def _is_private(step: Step) -> bool:
    """Private on one side is private on both: what the other side still shows is the same text."""
    return any(item is not None and item.is_private for item in (step.outlook, step.salesforce))


def _title(step: Step, side: Side) -> str:
    item = _item(step, side)
    if item is not None:
        return step.title if _is_private(step) else title_of(step.process, item)
    linked = step.link.side(side) if step.link else None
    return _ABSENT[linked.presence] if linked else ""


def _write(writes: tuple[Operation, ...]) -> tuple[str, str]:
    """The sign and words of what would be sent; of two operations, one each way, both."""
    if len(writes) > 1:
        return "<->", "Update both"
    operation = writes[0]
    words = action_words(operation.action, operation.side)
    if operation.action is Action.DELETE:
        return "x", words
    return _ARROWS[operation.side], words


def _sign(step: Step, name: str, winner: Side | None) -> str:
    if any(conflict.field in {name, WHOLE} for conflict in step.conflicts):
        return "?"
    spec = spec_of(step.process, name)
    sides = {op.side for op in step.operations if name in op.fields and spec.is_written_on(op.side)}
    if winner is not None and step.conflicts:  # decided, and waiting for the item's other conflicts
        sides.add(winner.other)
    return "" if not sides else "<->" if len(sides) > 1 else _ARROWS[sides.pop()]


def _before(step: Step, spec: FieldSpec, zone: tzinfo) -> str:
    """What the sides last agreed on, in Outlook's form where they have forms of their own; blank if they never did."""
    if step.link is None:
        return ""
    for mine in (step.link.outlook, step.link.salesforce):
        if spec.name in mine.base:
            return value_text(spec, mine.base[spec.name], zone)
    return ""
