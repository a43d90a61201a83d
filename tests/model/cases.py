"""Links and items for the tests of the planner: every way in which one side of a link can stand."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

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

SHARED = "subject"
"""The field that both sides edit when they meet."""
OWN: Mapping[Side, str] = {Side.OUTLOOK: "location", Side.SALESFORCE: "body"}
"""The field that only this side edits."""


class State(enum.Enum):
    """What happened to one side of a link since both agreed."""

    UNCHANGED = "unchanged"
    EDITED_SAME = "edited in the shared field"
    EDITED_OTHER = "edited in a field of its own"
    EDITED_BOTH = "edited in the shared field and in one of its own"
    DELETED = "deleted, with proof"
    MISSING = "missing"
    AWAY = "away"
    MOVED_OUT = "moved out of the window by an edit"
    PRIVATE = "turned private"

    @property
    def is_deleted(self) -> bool:
        return self is State.DELETED

    @property
    def is_out_of_sight(self) -> bool:
        return self in {State.MISSING, State.AWAY}


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

    def side(self, side: Side) -> SideCase:
        return self.outlook if side is Side.OUTLOOK else self.salesforce

    @property
    def id(self) -> str:
        told = [
            f"{mine.state.name}{' guests' * mine.has_guests}{' spreads' * mine.spreads} {mine.guard or ''}".strip()
            for mine in (self.outlook, self.salesforce)
        ]
        link = f"{'past ' * self.is_past}{'asleep ' * self.is_asleep}later {self.later}"
        return " / ".join([*told, link])

    @property
    def agreed_when(self) -> Timed:
        return OUTSIDE if self.is_past else INSIDE

    def shown(self, side: Side) -> Fields:
        """The fields that the side's item has now."""
        return frozen({**self.agreed, **edits(side, self.side(side).state)})

    @property
    def agreed(self) -> Fields:
        return frozen({**FULL, "when": self.agreed_when})

    def link(self) -> Link:
        return Link(
            self.id,
            Process.CALENDAR,
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
            guards={} if mine.guard is None else {OWN[side.other]: mine.guard},
            has_guests=mine.has_guests,
            spreads=mine.spreads,
            is_away=mine.state is State.AWAY,
        )
        presence = {State.DELETED: Presence.GONE, State.MISSING: Presence.MISSING}.get(
            mine.state, Presence.PRESENT
        )
        return LinkSide(item.id, self.agreed, item, presence)

    def mirrored(self) -> Case:
        """The same with the sides swapped; their own fields go along."""
        later = None if self.later is None else self.later.other
        return replace(self, outlook=self.salesforce, salesforce=self.outlook, later=later)


def edits(side: Side, state: State) -> Mapping[str, Value]:
    """What the person changed on this side."""
    shared: dict[str, Value] = {SHARED: f"Renamed in {side}"}
    own: dict[str, Value] = {OWN[side]: f"Changed in {side}"}
    match state:
        case State.EDITED_SAME:
            return shared
        case State.EDITED_OTHER:
            return own
        case State.EDITED_BOTH:
            return {**shared, **own}
        case State.MOVED_OUT:
            return {"when": FAR_OUTSIDE}
        case State.PRIVATE:
            return {"sensitivity": "private", "body": SECRET}
        case _:
            return EMPTY


def pairs() -> Iterator[tuple[State, State]]:
    """Every (Outlook, Salesforce)."""
    for outlook in State:
        for salesforce in State:
            yield outlook, salesforce


def rules(**changes: object) -> Rules:
    """The window of these tests, nothing prevented, conflicts asked about, unless `changes` say otherwise."""
    return replace(Rules(window=WINDOW), **changes)  # type: ignore[arg-type]  # checked by the dataclass
