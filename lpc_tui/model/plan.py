"""The plan: what a run is going to do, as a value that can be shown, reviewed, saved and carried out.

A plan is an ordered tuple of steps, one a pair of items (a row of the review). A step holds the operations on either side,
the fields on which both sides came to agree without a write, the conflicts that wait, and a reason where nothing happens.
The planner makes plans, the review answers them, the engine carries them out. Nothing in a plan is ever dropped: what is
prevented, refused or waiting is in it, marked so (law 7).
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from lpc_tui.model.field_map import title_of
from lpc_tui.model.items import EMPTY, Fields, Item, Process, Side, Value
from lpc_tui.model.links import Link
from lpc_tui.model.rules import Action

__all__ = [
    "WHOLE",
    "Answers",
    "FieldConflict",
    "Hold",
    "Operation",
    "Plan",
    "Reason",
    "Step",
    "Why",
]

WHOLE = "*"
"""The 'field' of a conflict of an edit with a delete: the item as a whole."""


class Why(enum.StrEnum):
    """Why something is not written; `sentence` is what the person reads."""

    PREVENTED = "prevented"
    CONFLICT = "conflict"
    EDIT_AGAINST_DELETE = "edit-against-delete"
    SEVERAL_ALIKE = "several-alike"
    PRIVATE = "private"
    ASLEEP = "asleep"
    AWAY = "away"
    MISSING = "missing"
    MERGED = "merged"
    GUARDED = "guarded"
    GUESTS = "guests"
    SPREADS = "spreads"
    REFUSED = "refused"
    EXCLUDED = "excluded"
    BRAKE = "brake"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in a sentence fit to be shown; may quote a service's words (untrusted text)."""

    why: Why
    sentence: str


class Hold(enum.StrEnum):
    """What keeps an operation from being sent."""

    NONE = "none"
    PREVENTED = "prevented"
    """A ticked box: pending, happens once it is unticked."""
    REFUSED = "refused"
    """The service refused exactly this before; tried again when something about it changed."""
    CONSENT = "consent"
    """Waits for the person's yes: guests would get mail (law 12), a series would change (law 14)."""
    EXCLUDED = "excluded"
    """Left out by the person in the review, this time."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One intended write to one item of one side."""

    side: Side
    """The side that is written."""
    action: Action
    item: Item | None
    """UPDATE, DELETE: the item as that side last showed it: the precondition. CREATE: None."""
    fields: Fields = field(default_factory=lambda: EMPTY)
    """CREATE, UPDATE: what to write, fit for that side."""
    hold: Hold = Hold.NONE
    reason: Reason | None = None

    @property
    def is_sendable(self) -> bool:
        return self.hold is Hold.NONE


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One field changed to different values on both sides, or the whole item edited here and deleted there."""

    field: str
    """The canonical name, or `WHOLE`."""
    outlook: Value = None
    salesforce: Value = None
    base: Value = None
    """What both last agreed on, as Outlook showed it; None where they never did."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one pair of items, or to one item that is still alone: a row of the review."""

    key: str
    """The same for the same pair in every plan, so that an answer finds its step: the link's id, or side and item id."""
    process: Process
    outlook: Item | None
    """As Outlook shows it now; None: there is none (yet, or any more)."""
    salesforce: Item | None
    link: Link | None
    """The pair's link; None where the step makes one."""
    operations: tuple[Operation, ...] = ()
    is_match: bool = False
    """Two items found to be the same: a link is made."""
    is_end: bool = False
    """The link ends: both items are gone, or will be once the operation is done."""
    agreed: tuple[str, ...] = ()
    """Fields on which both sides say the same now: their bases move, nothing is written."""
    conflicts: tuple[FieldConflict, ...] = ()
    reason: Reason | None = None
    """Why the step as a whole rests: private, asleep, several alike, left out."""
    is_asleep: bool = False
    """Whether the link rests after this step, until one of its items is in scope again (law 5)."""
    is_excluded: bool = False
    """Left out by the person in the review, this time: nothing of it is sent or settled."""

    @property
    def writes(self) -> tuple[Operation, ...]:
        """The operations that would be sent."""
        return tuple(op for op in self.operations if op.is_sendable)

    @property
    def title(self) -> str:
        """What the person calls the item: untrusted text, or `(private)`."""
        items = [item for item in (self.outlook, self.salesforce) if item is not None]
        return title_of(
            self.process, next((item for item in items if item.is_private), next(iter(items), None))
        )

    @property
    def is_first_meeting(self) -> bool:
        """Whether the sides never agreed on any of the fields in conflict: they differ, and neither need have changed."""
        link = self.link
        if self.is_match or link is None:
            return True
        bases = (link.outlook.base, link.salesforce.base)
        return not any(conflict.field in base for conflict in self.conflicts for base in bases)

    @property
    def is_edit_against_delete(self) -> bool:
        """Whether it is in conflict because one side edited the item and the other deleted it."""
        return any(conflict.field == WHOLE for conflict in self.conflicts)

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing in it for a person to see: only bookkeeping of ours."""
        return not (self.operations or self.conflicts or self.reason or self.is_match)

    @property
    def needs_person(self) -> bool:
        """Whether something in it waits for the person: a conflict, several alike, a consent, a refused item."""
        return (
            bool(self.conflicts)
            or any(op.hold in {Hold.CONSENT, Hold.REFUSED} for op in self.operations)
            or (self.reason is not None and self.reason.why in {Why.SEVERAL_ALIKE, Why.MERGED, Why.BRAKE})
        )

    @property
    def guests(self) -> tuple[str, ...]:
        """To whom the service may write once the person has said yes, as far as their names are known (untrusted)."""
        held = [op.item for op in self.operations if op.hold is Hold.CONSENT and op.item is not None]
        return tuple(dict.fromkeys(name for item in held for name in item.guests))


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person said in the review; empty: nothing was asked."""

    choices: Mapping[str, Mapping[str, Side]] = field(default_factory=lambda: MappingProxyType({}))
    """Conflicts settled: step key to field (or `WHOLE`, for all of the step) to the side that wins."""
    excluded: frozenset[str] = frozenset()
    """Keys of steps left out this time."""
    consents: frozenset[str] = frozenset()
    """Keys of steps that may send mail to guests or change a series."""
    accepts_brake: bool = False
    """The person saw the brake's reasons and goes on."""

    def choice(self, key: str, field_name: str) -> Side | None:
        chosen = self.choices.get(key, {})
        return chosen.get(field_name) or chosen.get(WHOLE)


@dataclass(frozen=True)
class Plan:
    """What one process is going to do. What follows from its steps is worked out once: there may be ten thousand."""

    process: Process
    steps: tuple[Step, ...] = ()
    unchanged: int = 0
    """Links of which nothing is to be said."""
    brakes: tuple[Reason, ...] = ()
    """Reasons to stop before the first write (law 10)."""

    @cached_property
    def writes(self) -> tuple[tuple[Step, Operation], ...]:
        return tuple((step, op) for step in self.steps for op in step.writes)

    def count(self, side: Side, action: Action) -> int:
        """How many operations of `action` would be sent to `side`."""
        return self._tally[side, action]

    @cached_property
    def _tally(self) -> Counter[tuple[Side, Action]]:
        return Counter((op.side, op.action) for _, op in self.writes)
