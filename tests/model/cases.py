"""Links and items for the tests of the planner: every way in which one side of a link can stand, in every process."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from lpc_tui.model.items import EMPTY, Fields, Guard, Item, Process, Side, Timed, Value, frozen
from lpc_tui.model.links import Link, LinkSide, Presence
from lpc_tui.model.rules import Action, Rules, Window

NOW = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
WINDOW = Window.around(NOW, UTC, past_days=30, future_days=365)
BOXES: tuple[tuple[Side, Action], ...] = tuple(
    (side, action) for side in Side for action in (Action.CREATE, Action.UPDATE, Action.DELETE)
)
SECRET = "divorce lawyer"


def at(day: int) -> Timed:
    """An hour on the `day`-th day from today."""
    start = NOW.replace(hour=10, minute=0) + timedelta(days=day)
    return Timed(start, start + timedelta(hours=1))


def on(day: int) -> date:
    """The `day`-th day from today."""
    return NOW.date() + timedelta(days=day)


INSIDE, OUTSIDE, FAR_OUTSIDE = at(1), at(-40), at(500)

FULL: Fields = frozen(
    {
        "subject": "Kick-off",
        "when": INSIDE,
        "location": "Room 1",
        "body": "Agenda",
        "show_as": "busy",
        "sensitivity": "normal",
        "reminder": 15,
    }
)
"""Every field of an event, in values that both sides can hold."""


class State(enum.Enum):
    """What happened to one side of a link since both agreed."""

    UNCHANGED = "unchanged"
    EDITED_SAME = "edited in the shared field"
    EDITED_ALIKE = "edited in the shared field, to what the other side would say too"
    EDITED_OTHER = "edited in a field of its own"
    EDITED_BOTH = "edited in the shared field and in one of its own"
    EDITED_ONE_WAY = "edited in the field that travels one way"
    EMPTIED = "emptied in the field that one side cannot empty"
    DELETED = "deleted, with proof"
    MISSING = "missing"
    MERGED = "merged into a record with a link of its own"
    AWAY = "away"
    MOVED_OUT = "taken out of the window by an edit"
    MOVED_BACK = "moved within the window or back into it"
    PRIVATE = "turned private"

    @property
    def is_deleted(self) -> bool:
        return self is State.DELETED

    @property
    def is_out_of_sight(self) -> bool:
        return self in _OUT_OF_SIGHT


_OUT_OF_SIGHT = frozenset({State.MISSING, State.MERGED, State.AWAY})
_EVERYWHERE = (
    State.UNCHANGED,
    State.EDITED_SAME,
    State.EDITED_ALIKE,
    State.EDITED_OTHER,
    State.EDITED_BOTH,
    State.DELETED,
    State.MISSING,
    State.AWAY,
)


@dataclass(frozen=True, eq=False)
class Sample:
    """The items of one process that the cases are told of."""

    name: str
    process: Process
    states: Sequence[State]
    agreed: Fields
    """In scope."""
    agreed_past: Fields
    """Out of it, because days passed."""
    shared: str
    """The field that both sides edit when they meet."""
    own: Mapping[Side, Fields]
    """The edit of a field that only this side makes."""
    leaving: Fields = field(default_factory=lambda: EMPTY)
    """The edit that takes it out of the window."""
    leaving_past: Fields = field(default_factory=lambda: EMPTY)
    """An edit of one that is out of it, which keeps it out."""
    returning: Fields = field(default_factory=lambda: EMPTY)
    """The edit within the window, or back into it."""
    private: Fields = field(default_factory=lambda: EMPTY)
    """What turning private changes beside the mark."""
    one_way: str = ""
    """The field that is written in Outlook only."""
    required: str = ""
    """The field that Salesforce cannot empty."""

    @property
    def window(self) -> Window | None:
        return None if self.process is Process.CONTACT else WINDOW

    def is_outside(self, fields: Fields) -> bool:
        """Whether an item with these fields lies outside the window."""
        if self.process is Process.TASK and fields["due"] is None:
            return fields["status"] == "completed"
        return fields.get("when", fields.get("due")) in {OUTSIDE, FAR_OUTSIDE, on(-40), on(500)}

    def own_field(self, side: Side) -> str:
        """The field that only this side edits."""
        (name,) = self.own[side]
        return name

    def edits(self, side: Side, state: State, *, is_past: bool = False) -> Fields:
        """What the person changed on this side."""
        shared: dict[str, Value] = {self.shared: f"Renamed in {side}"}
        own = self.own[side]
        made: Mapping[State, Mapping[str, Value]] = {
            State.EDITED_SAME: shared,
            State.EDITED_ALIKE: {self.shared: "Renamed alike"},
            State.EDITED_OTHER: own,
            State.EDITED_BOTH: {**shared, **own},
            State.EDITED_ONE_WAY: {self.one_way: f"Taken over in {side}"},
            State.EMPTIED: {self.required: ""},
            State.MOVED_OUT: self.leaving_past if is_past else self.leaving,
            State.MOVED_BACK: self.returning,
            State.PRIVATE: self.private,
        }
        return frozen(made.get(state, EMPTY))


def _own(outlook: Mapping[str, Value], salesforce: Mapping[str, Value]) -> Mapping[Side, Fields]:
    return MappingProxyType({Side.OUTLOOK: frozen(outlook), Side.SALESFORCE: frozen(salesforce)})


EVENT = Sample(
    "event",
    Process.CALENDAR,
    states=(*_EVERYWHERE, State.MOVED_OUT, State.MOVED_BACK, State.PRIVATE),
    agreed=FULL,
    agreed_past=frozen({**FULL, "when": OUTSIDE}),
    shared="subject",
    own=_own({"location": "Room 2"}, {"body": "Agenda, second draft"}),
    leaving=frozen({"when": FAR_OUTSIDE}),
    leaving_past=frozen({"when": FAR_OUTSIDE}),
    returning=frozen({"when": at(2)}),
    private=frozen({"sensitivity": "private", "body": SECRET}),
)

_TASK: Fields = frozen(
    {
        "subject": "Call back",
        "due": on(1),
        "status": "notStarted",
        "priority": "normal",
        "body": "About the offer",
        "reminder": NOW,
    }
)
DATED_TASK = Sample(
    "dated task",
    Process.TASK,
    states=(*_EVERYWHERE, State.MOVED_OUT, State.MOVED_BACK),
    agreed=_TASK,
    agreed_past=frozen({**_TASK, "due": on(-40)}),
    shared="subject",
    own=_own({"priority": "high"}, {"body": "About the second offer"}),
    leaving=frozen({"due": on(500)}),
    leaving_past=frozen({"due": on(500)}),
    returning=frozen({"due": on(2)}),
)
UNDATED_TASK = replace(
    DATED_TASK,
    name="undated task",
    agreed=frozen({**_TASK, "due": None}),
    agreed_past=frozen({**_TASK, "due": None, "status": "completed"}),
    leaving=frozen({"status": "completed"}),
    leaving_past=frozen({"due": on(500)}),
    returning=frozen({"due": on(2)}),
)
"""A task without a due date: it is in scope while it is open."""

_CONTACT: Fields = frozen(
    {
        "first_name": "Ada",
        "middle_name": "",
        "last_name": "Lovelace",
        "company": "Analytical Engines",
        "job_title": "Mathematician",
        "department": "Research",
        "email": "ada@example.com",
        "notes": "Met in Turin",
    }
)
CONTACT = Sample(
    "contact",
    Process.CONTACT,
    states=(*_EVERYWHERE, State.MERGED, State.PRIVATE, State.EDITED_ONE_WAY, State.EMPTIED),
    agreed=_CONTACT,
    agreed_past=_CONTACT,
    shared="job_title",
    own=_own({"department": "Engines"}, {"notes": "Met again in London"}),
    private=frozen({"notes": SECRET}),
    one_way="company",
    required="last_name",
)

SAMPLES = (EVENT, DATED_TASK, UNDATED_TASK, CONTACT)


@dataclass(frozen=True, slots=True)
class SideCase:
    """One side of a link, and what is special about its item."""

    state: State
    has_guests: bool = False
    spreads: bool = False
    guard: Guard | None = None
    """On the field that the other side edits as its own."""


@dataclass(frozen=True, slots=True)
class Case:
    """A link, told in the words of the person whose items these are."""

    outlook: SideCase
    salesforce: SideCase
    is_past: bool = False
    """The days that passed took the pair out of the window."""
    is_asleep: bool = False
    later: Side | None = Side.SALESFORCE
    """The side modified last; None: both at once."""
    sample: Sample = EVENT

    def side(self, side: Side) -> SideCase:
        return self.outlook if side is Side.OUTLOOK else self.salesforce

    @property
    def id(self) -> str:
        told = [
            f"{mine.state.name}{' guests' * mine.has_guests}{' spreads' * mine.spreads} {mine.guard or ''}".strip()
            for mine in (self.outlook, self.salesforce)
        ]
        link = f"{self.sample.name} {'past ' * self.is_past}{'asleep ' * self.is_asleep}later {self.later}"
        return " / ".join([*told, link])

    @property
    def agreed(self) -> Fields:
        return self.sample.agreed_past if self.is_past else self.sample.agreed

    def edits(self, side: Side) -> Fields:
        """What the person changed on this side."""
        return self.sample.edits(side, self.side(side).state, is_past=self.is_past)

    def shown(self, side: Side) -> Fields:
        """The fields that the side's item has now."""
        return frozen({**self.agreed, **self.edits(side)})

    def link(self) -> Link:
        return Link(
            self.id,
            self.sample.process,
            self._link_side(Side.OUTLOOK),
            self._link_side(Side.SALESFORCE),
            is_asleep=self.is_asleep,
        )

    def _link_side(self, side: Side) -> LinkSide:
        mine = self.side(side)
        item = Item(
            id=f"{side.value[0]}-{self.id}",
            fields=self.shown(side),
            version="2",
            modified=NOW - timedelta(hours=1 if self.later in {side, None} else 2),
            is_private=mine.state is State.PRIVATE,
            guards={} if mine.guard is None else {self.sample.own_field(side.other): mine.guard},
            has_guests=mine.has_guests,
            spreads=mine.spreads,
            is_away=mine.state is State.AWAY,
        )
        return LinkSide(item.id, self.agreed, item, _PRESENCE.get(mine.state, Presence.PRESENT))


_PRESENCE = {
    State.DELETED: Presence.GONE,
    State.MISSING: Presence.MISSING,
    State.MERGED: Presence.MERGED,
}


def pairs(sample: Sample = EVENT) -> Iterator[tuple[State, State]]:
    """Every (Outlook, Salesforce)."""
    return ((outlook, salesforce) for outlook in sample.states for salesforce in sample.states)


def box_sets() -> list[frozenset[tuple[Side, Action]]]:
    """Every way to tick the six boxes."""
    return [
        frozenset(chosen)
        for count in range(len(BOXES) + 1)
        for chosen in itertools.combinations(BOXES, count)
    ]


def rules(sample: Sample = EVENT, **changes: object) -> Rules:
    """The window of these tests, nothing prevented, conflicts asked about, unless `changes` say otherwise."""
    return replace(Rules(window=sample.window), **changes)  # type: ignore[arg-type]  # checked by the dataclass
