"""Sixty items of a process at work: made, edited and deleted by two people in two services, and what must come of it.

What must come of it is put down as the people act, field by field; the engine has no say in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from lpc_tui.model.items import Process, Side, Value
from tests.end_to_end.hands import EDITS, Hands, fields_for
from tests.end_to_end.rehearsal import Rehearsal

__all__ = ["Sixty"]

_NAME = MappingProxyType({Process.CALENDAR: "subject", Process.CONTACT: "last_name", Process.TASK: "subject"})
_TWO_FIELDS = MappingProxyType(
    {
        Process.CALENDAR: ("location", "show_as"),
        Process.CONTACT: ("job_title", "business_city"),
        Process.TASK: ("priority", "status"),
    }
)
"""Fields that are edited."""
_UNSAID: Mapping[Process, Mapping[str, Value]] = MappingProxyType(
    {
        Process.CALENDAR: {"location": "", "body": "", "show_as": "busy"},
        Process.CONTACT: {"job_title": "", "business_city": "", "notes": ""},
        Process.TASK: {"priority": "normal", "status": "notStarted", "body": ""},
    }
)
"""What an item shows where nobody said anything. With its name, time and address these fields are compared."""
_CLIPPED: Mapping[Process, tuple[Mapping[str, Value], Mapping[str, Value]]] = MappingProxyType(
    {
        Process.CALENDAR: (
            {"location": "Room " + "x" * 300, "body": "Agenda\n\nand more  \n"},
            {"location": "Room " + "x" * 250, "body": "Agenda\n\nand more"},
        ),
        Process.CONTACT: (
            {"job_title": "Buyer " + "x" * 200, "notes": "Tea\n\nand more  \n"},
            {"job_title": "Buyer " + "x" * 122, "notes": "Tea\n\nand more"},
        ),
        Process.TASK: ({"body": "Forms\n\nand more  \n"}, {"body": "Forms\n\nand more"}),
    }
)
"""What is written in Outlook, and what Salesforce holds of it."""


@dataclass(slots=True)
class _Promise:
    """What each side is to show of one item in the end."""

    name: str
    """What it was called at first."""
    fields: dict[Side, dict[str, Value]]

    def say(self, **fields: Value) -> None:
        """From now on these values, on both sides."""
        for mine in self.fields.values():
            mine.update(fields)


@dataclass
class Sixty:
    """The items and what becomes of them."""

    rehearsal: Rehearsal
    first_day: date
    """Each item is due on a day of its own, from this one on."""
    promises: list[_Promise] = field(default_factory=list)
    made: int = 0

    async def prepare(self) -> None:
        """Sixty items, 15 of them linked, and what two people did to them since."""
        for number in range(15):
            self._make(f"Linked {number}", Side.OUTLOOK)
        assert (await self.rehearsal.sync()).exit_code == 0
        self._edit_one_side()
        self._edit_both_sides()
        self._delete()
        for number in range(3):
            self._make(f"Alike {number}", *Side)
        for side in Side:
            for number in range(18):
                self._make(f"New in {side.label} {number}", side)
            self._make_twins(f"Twin of {side.label}", side)
        self._make_clipped("Clipped")
        self._make("The last", Side.SALESFORCE)
        assert self.made == 60

    def work_on(self, *, is_thorough: bool) -> None:
        """What the two people do after the run was killed, before the next one.

        They rename what the run may have brought them (thoroughly: leave nothing of it that tells what it was), and edit
        what it may have written.
        """
        for side in Side:
            name = f"New in {side.other.label} 7"
            if self._hands(side).named(name):
                renamed = self._new(f"Renamed in {side.label} meanwhile")
                if not is_thorough:
                    renamed = {self._name_field: renamed[self._name_field]}
                self._edit(side, name, **renamed)
                self._promise(name).say(**renamed)
        _, second = self._edits(1)
        for number, side in ((1, Side.SALESFORCE), (4, Side.OUTLOOK)):
            self._edit(side, f"Linked {number}", **second)
            self._promise(f"Linked {number}").say(**second)

    def wrong(self) -> list[str]:
        """What the services show and should not, and what they lack."""
        found = []
        for side in Side:
            shown = Counter(map(self._told, self._hands(side).shows().values()))
            promised = Counter(self._told(promise.fields[side]) for promise in self.promises)
            found += [f"{side.label} has too many: {each}" for each in (shown - promised).elements()]
            found += [f"{side.label} lacks: {each}" for each in (promised - shown).elements()]
        return found

    # What the people do before the run

    def _edit_one_side(self) -> None:
        """0 to 5: a field, a field, the name; by one person and by the other."""
        first, _ = self._edits(0)
        for base, side in ((0, Side.OUTLOOK), (3, Side.SALESFORCE)):
            for number, fields in (
                (base, first),
                (base + 1, first),
                (base + 2, {self._name_field: f"Renamed {base}"}),
            ):
                self._edit(side, f"Linked {number}", **fields)
                self._promise(f"Linked {number}").say(**fields)

    def _edit_both_sides(self) -> None:
        """6 to 8: two fields, one by each; 13 and 14: the same field to the same value."""
        first, second = self._edits(0)
        for number in (6, 7, 8):
            self._edit(Side.OUTLOOK, f"Linked {number}", **first)
            self._edit(Side.SALESFORCE, f"Linked {number}", **second)
            self._promise(f"Linked {number}").say(**first, **second)
        for number in (13, 14):
            for side in Side:
                self._edit(side, f"Linked {number}", **first)
            self._promise(f"Linked {number}").say(**first)

    def _delete(self) -> None:
        """9 to 12: two by each."""
        for number, side in (
            (9, Side.OUTLOOK),
            (10, Side.OUTLOOK),
            (11, Side.SALESFORCE),
            (12, Side.SALESFORCE),
        ):
            name = f"Linked {number}"
            self._hands(side).delete(self._hands(side).named(name)[0])
            self.promises.remove(self._promise(name))

    def _make(self, name: str, *sides: Side) -> None:
        """One item, made by one person or by each of the two."""
        fields = self._new(name)
        for side in sides:
            self._hands(side).add(**fields)
        self._expect(name, fields, fields)

    def _make_twins(self, name: str, side: Side) -> None:
        """Two items that say exactly the same."""
        fields = self._new(name)
        for _ in range(2):
            self._hands(side).add(**fields)
            self._expect(name, fields, fields)
        self.made += 1

    def _make_clipped(self, name: str) -> None:
        """An item of which Salesforce holds less than Outlook."""
        written, held = _CLIPPED[self.rehearsal.process]
        fields = self._new(name)
        item_id = self._hands(Side.OUTLOOK).add(**fields, **written)
        self._expect(name, self._hands(Side.OUTLOOK).show(item_id), {**fields, **held})

    # Helpers

    @property
    def _name_field(self) -> str:
        return _NAME[self.rehearsal.process]

    def _hands(self, side: Side) -> Hands:
        return self.rehearsal.hands(side)

    def _new(self, name: str) -> dict[str, Value]:
        """The fields of the next item."""
        self.made += 1
        return fields_for(self.rehearsal.process, name, self.first_day + timedelta(days=self.made))

    def _edits(self, choice: int) -> tuple[dict[str, Value], dict[str, Value]]:
        """A new value for each of two fields, there being a choice of two."""
        process = self.rehearsal.process
        first, second = ({name: EDITS[process][name][choice]} for name in _TWO_FIELDS[process])
        return first, second

    def _edit(self, side: Side, name: str, **fields: Value) -> None:
        hands = self._hands(side)
        hands.edit(hands.named(name)[0], **fields)

    def _expect(self, name: str, outlook: Mapping[str, Value], salesforce: Mapping[str, Value]) -> None:
        unsaid = _UNSAID[self.rehearsal.process]
        fields = {Side.OUTLOOK: {**unsaid, **outlook}, Side.SALESFORCE: {**unsaid, **salesforce}}
        self.promises.append(_Promise(name, fields))

    def _promise(self, name: str) -> _Promise:
        return next(each for each in self.promises if each.name == name)

    def _told(self, fields: Mapping[str, Value]) -> str:
        """An item in the fields that are compared."""
        compared = {*_UNSAID[self.rehearsal.process], *fields_for(self.rehearsal.process, "", self.first_day)}
        return ", ".join(f"{name}: {fields[name]!s}" for name in sorted(compared))
