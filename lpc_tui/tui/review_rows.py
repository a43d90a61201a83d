"""The rows of the Synchronization Summary: what the review shows of each step of a plan. Pure.

A row says what will happen by a sign and in words, so that it can be read without colour: with a capital where something
will be done or waits for a choice, in small letters where nothing is. The texts of items are raw here; the table makes them
inert as it draws them.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from types import MappingProxyType

from lpc_tui.model.field_map import time_of, title_of
from lpc_tui.model.items import Item, Process, Side
from lpc_tui.model.links import Presence
from lpc_tui.model.plan import Answers, Hold, Operation, Plan, Step, Why
from lpc_tui.model.rules import Action
from lpc_tui.values import start_text
from lpc_tui.wording import action_words, conflict_words, field_label

__all__ = [
    "ARROWS",
    "Row",
    "RowKind",
    "id_of",
    "is_private",
    "item_of",
    "reasons_of",
    "row_of",
    "rows_of",
    "to_review",
]


class RowKind(enum.StrEnum):
    """How rows are sorted out for the person: what each will do, or why it does nothing."""

    ADD = "Add"
    UPDATE = "Update"
    DELETE = "Delete"
    LINK = "Link"
    CONFLICT = "Conflict"
    WAITING = "Waiting"
    """For a yes (mail to guests, a whole series), or for the items to be told apart."""
    PREVENTED = "Prevented"
    REFUSED = "Refused"
    LEFT_OUT = "Left out"
    AT_REST = "At rest"
    """Private, asleep, or kept as it is."""

    @property
    def needs_person(self) -> bool:
        return self in {RowKind.CONFLICT, RowKind.WAITING}

    @property
    def is_held(self) -> bool:
        """Whether nothing is done, and nothing is to be decided here."""
        return self in {RowKind.PREVENTED, RowKind.REFUSED, RowKind.LEFT_OUT, RowKind.AT_REST}


@dataclass(frozen=True, slots=True)
class Row:
    """One pair of items in the review."""

    step: Step
    kind: RowKind
    sign: str
    words: str
    has_consent: bool = False
    """The person said yes to what needs one."""

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
    def tick(self) -> str:
        """`[x]`: takes part; `[y]`: by your yes; `[ ]`: left out; blank: there is nothing to leave out."""
        if not self.can_exclude:
            return "   "
        return f"[{' ' if not self.is_included else 'y' if self.has_consent else 'x'}]"

    @property
    def fields(self) -> str:
        """The labels of the fields that are written, for where there is room."""
        names = dict.fromkeys(
            name for op in self.step.operations if op.action is Action.UPDATE for name in op.fields
        )
        return ", ".join(field_label(self.step.process, name) for name in names)

    @property
    def sides(self) -> frozenset[Side]:
        """The sides on which something is, or would be, written; of a conflict, both."""
        if self.step.conflicts:
            return frozenset(Side)
        return frozenset(op.side for op in self.step.operations)

    def title(self, side: Side) -> str:
        """What the side's cell says: the item's name, or why there is none."""
        return _title(self.step, side)

    def start(self, side: Side, zone: tzinfo) -> str:
        """When the side's item begins or is due; empty for tasks without a date, contacts and private items."""
        item, time = item_of(self.step, side), time_of(self.step.process)
        if item is None or time is None or is_private(self.step):
            return ""
        return start_text(item.fields.get(time), zone)

    @property
    def text(self) -> str:
        """What a search looks at, case folded: either name and the action."""
        return "\n".join(
            (self.title(Side.SALESFORCE), self.title(Side.OUTLOOK), f"{self.sign} {self.words}")
        ).casefold()


_RESTING: Mapping[Why, tuple[RowKind, str, str]] = MappingProxyType(
    {
        Why.PRIVATE: (RowKind.AT_REST, "z", "private"),
        Why.ASLEEP: (RowKind.AT_REST, "z", "asleep, not in the days"),
        Why.AWAY: (RowKind.AT_REST, "z", "asleep, moved away"),
        Why.MISSING: (RowKind.AT_REST, "z", "asleep, not shown"),
        Why.GUARDED: (RowKind.AT_REST, "z", "kept as it is"),
        Why.SEVERAL_ALIKE: (RowKind.WAITING, "?", "Several look alike"),
        Why.MERGED: (RowKind.WAITING, "?", "Merged, two items left"),
    }
)

_HELD: Mapping[Hold, tuple[RowKind, str, str]] = MappingProxyType(
    {
        Hold.PREVENTED: (RowKind.PREVENTED, "!", "{verb} prevented"),
        Hold.REFUSED: (RowKind.REFUSED, "!", "{verb} refused before"),
        Hold.CONSENT: (RowKind.WAITING, "?", "{verb} waits for a yes"),
    }
)

_VERBS: Mapping[Action, str] = MappingProxyType(
    {Action.CREATE: "add", Action.UPDATE: "update", Action.DELETE: "delete"}
)

_KINDS: Mapping[Action, RowKind] = MappingProxyType(
    {Action.CREATE: RowKind.ADD, Action.UPDATE: RowKind.UPDATE, Action.DELETE: RowKind.DELETE}
)

ARROWS: Mapping[Side, str] = MappingProxyType({Side.OUTLOOK: "-->", Side.SALESFORCE: "<--"})
"""Towards the side that is written; Salesforce stands at the left."""

_ABSENT: Mapping[Presence, str] = MappingProxyType(
    {
        Presence.PRESENT: "",
        Presence.GONE: "(deleted)",
        Presence.MISSING: "(not shown)",
        Presence.MERGED: "(merged)",
    }
)


def to_review(plans: Mapping[Process, Plan]) -> tuple[Process, ...]:
    """The processes of which there is something to see, in their order."""
    return tuple(
        process
        for process, plan in plans.items()
        if plan.brakes or not all(step.is_silent for step in plan.steps)
    )


def rows_of(plan: Plan, answers: Answers | None = None) -> tuple[Row, ...]:
    """The plan's rows in its order, those at rest last; steps that are only bookkeeping are left out."""
    rows = [row_of(step, answers) for step in plan.steps if not step.is_silent]
    return tuple(sorted(rows, key=lambda row: row.kind is RowKind.AT_REST))


def row_of(step: Step, answers: Answers | None = None) -> Row:
    """What the review shows of a step; `answers` are those the plan was made with."""
    said = answers or Answers()
    has_consent = step.key in said.consents
    if step.is_excluded:
        return Row(step, RowKind.LEFT_OUT, "-", "left out this time", has_consent)
    choices = said.choices.get(step.key, {})
    if step.conflicts:
        words = conflict_words(step)
        if choices:
            words = f"{len(choices)} of {len(choices) + len(step.conflicts)} decided"
        return Row(step, RowKind.CONFLICT, "?", words, has_consent)
    if step.writes:
        return _writing(step, choices, has_consent=has_consent)
    if step.operations:
        held = step.operations[0]
        kind, sign, words = _HELD[held.hold]
        return Row(step, kind, sign, words.format(verb=_VERBS[held.action]), has_consent)
    if step.reason is not None and not step.is_match:
        return Row(step, *_RESTING[step.reason.why], has_consent)
    return Row(step, RowKind.LINK, "=", "Link", has_consent)


def _writing(step: Step, choices: Mapping[str, Side], *, has_consent: bool) -> Row:
    """A row that is written: what is done, or by whose choice it is."""
    first, *others = step.writes
    sign = "<->" if others else "x" if first.action is Action.DELETE else ARROWS[first.side]
    kind, words = _KINDS[first.action], action_words(first.action, first.side)
    if step.is_match:
        kind, words = RowKind.LINK, "Link and update both" if others else "Link and update"
    elif others:
        words = "Update both"
    if choices:
        words = _choice_words(first, choices)
    return Row(step, kind, sign, words, has_consent)


def _choice_words(operation: Operation, choices: Mapping[str, Side]) -> str:
    """Who wins, as the person chose; and what becomes of an item that was deleted on one side."""
    if len(winners := set(choices.values())) > 1:
        return "Decided by field"
    (winner,) = winners
    outcome = {Action.CREATE: ": add", Action.DELETE: ": gone"}.get(operation.action, "")
    return f"{winner.label} wins{outcome}"


def reasons_of(step: Step) -> tuple[str, ...]:
    """The sentences that explain the row; may quote a service (untrusted)."""
    reasons = [step.reason, *(op.reason for op in step.operations)]
    return tuple(dict.fromkeys(reason.sentence for reason in reasons if reason is not None))


def item_of(step: Step, side: Side) -> Item | None:
    """The step's item on `side`."""
    return step.outlook if side is Side.OUTLOOK else step.salesforce


def id_of(step: Step, side: Side) -> str | None:
    """The id that the step's item has on `side`, or had there."""
    if (item := item_of(step, side)) is not None:
        return item.id
    return step.link.side(side).id if step.link else None


def is_private(step: Step) -> bool:
    """Private on one side is private on both: what the other side still shows is the same text."""
    return any(item is not None and item.is_private for item in (step.outlook, step.salesforce))


def _title(step: Step, side: Side) -> str:
    item = item_of(step, side)
    if item is not None:
        return step.title if is_private(step) else title_of(step.process, item)
    linked = step.link.side(side) if step.link else None
    return _ABSENT[linked.presence] if linked else ""
