"""Random histories of two services and one profile: nothing is lost, doubled, resurrected or overwritten.

A person edits either side, moves events in and out of the window, deletes, marks private, ticks boxes; requests fail before
or after the work, runs are killed, watermarks die, days pass. The model is what that person knows: which events they made,
what they last wrote where, what they deleted. At the end the faults stop and the two sides must agree with the model.
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from lpc_tui.errors import UnreachableError
from lpc_tui.model.items import Side
from lpc_tui.model.rules import Action, Policy, Window
from lpc_tui.replicas.base import Write
from tests.engine.world import TODAY, World, at, event

SIDES = st.sampled_from(list(Side))
TEXTS = st.sampled_from(["location", "body"])
BOXES = st.frozensets(
    st.sampled_from([(side, action) for side in Side for action in list(Action)[:3]]), max_size=6
)


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Known:
    """What the person knows of one event."""

    name: str
    deleted: set[Side] = field(default_factory=set)
    edits: int = 0


class Histories(RuleBasedStateMachine):
    events = Bundle("events")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        self.known: list[Known] = []
        self.values = itertools.count(1)
        self.private_texts: set[str] = set()

    @initialize(policy=st.sampled_from([Policy.ASK, Policy.NEWEST]))
    def start(self, policy: Policy) -> None:
        self.sync(policy=policy, prevent=frozenset(), max_deletes=10_000)

    # The person

    @rule(target=events, side=SIDES, day=st.integers(-20, 40))
    def makes(self, side: Side, day: int) -> Known:
        return self.new(side, day)

    @rule(target=events, day=st.integers(0, 20))
    def makes_the_same_on_both(self, day: int) -> Known:
        known = self.new(Side.OUTLOOK, day)
        self.world.salesforce.add(**event(known.name, self.today() + day))
        self.sync()
        return known

    @rule(known=events, side=SIDES, name=TEXTS)
    def edits(self, known: Known, side: Side, name: str) -> None:
        item_id = self.item(known, side)
        if item_id is not None:
            known.edits += 1
            self.world.pass_time(seconds=1)
            self.world.service(side).edit(item_id, **{name: f"value {next(self.values)}"})

    @rule(known=events, side=SIDES, day=st.integers(-60, 500))
    def moves(self, known: Known, side: Side, day: int) -> None:
        item_id = self.item(known, side)
        if item_id is not None:
            known.edits += 1
            self.world.pass_time(seconds=1)
            self.world.service(side).edit(item_id, when=at(self.today() + day))

    @rule(known=events, side=SIDES)
    def deletes(self, known: Known, side: Side) -> None:
        item_id = self.item(known, side)
        if item_id is not None:
            known.deleted.add(side)
            self.world.service(side).delete(item_id)

    @rule(known=events)
    def marks_private(self, known: Known) -> None:
        item_id = self.item(known, Side.OUTLOOK)
        if item_id is not None:
            known.edits += 1
            secret = f"secret {next(self.values)}"
            self.private_texts.add(secret)
            self.world.outlook.edit(item_id, sensitivity="private", body=secret)

    @rule(prevent=BOXES)
    def ticks_boxes(self, prevent: frozenset[tuple[Side, Action]]) -> None:
        self.sync(prevent=prevent)

    @rule(days=st.integers(1, 40))
    def waits(self, days: int) -> None:
        self.world.pass_time(days=days)

    # The services and the machine

    @rule(side=SIDES)
    def watermarks_die(self, side: Side) -> None:
        self.world.service(side).forget_watermarks()

    @rule()
    def syncs(self) -> None:
        self.sync()

    @rule(nth=st.integers(0, 6), is_after=st.booleans(), is_kill=st.booleans())
    def syncs_with_a_fault(self, nth: int, is_after: bool, is_kill: bool) -> None:
        calls = itertools.count()

        def fail(_what: str) -> None:
            if next(calls) == nth:
                raise Killed if is_kill else UnreachableError("The line went dead.", "Run again.")

        if is_after:
            self.world.after_request = fail
        else:
            self.world.before_request = fail
        try:
            self.sync()
        except* Killed:
            pass
        finally:
            self.world.before_request = self.world.after_request = lambda _what: None

    # What must hold

    @invariant()
    def nothing_is_doubled(self) -> None:
        for side in Side:
            names = [fields["subject"] for fields in self.world.service(side).items.values()]
            assert len(names) == len(set(names)), f"doubled in {side}: {sorted(map(str, names))}"

    @invariant()
    def a_ticked_box_was_obeyed(self) -> None:
        for side, writes in self.unchecked_writes().items():
            for write in writes:
                assert (side, write.action) not in self.world.rules.prevent

    @invariant()
    def private_text_stayed_home(self) -> None:
        across = repr(list(self.world.salesforce.items.values()))
        stored = b"".join(path.read_bytes() for path in self.world.folder.iterdir() if path.is_file())
        for secret in self.private_texts:
            assert f"'{secret}'" not in across
            assert f'"{secret}"'.encode() not in stored
            assert secret not in repr(self.world.events)

    def teardown(self) -> None:
        try:
            self.settles()
        finally:
            self.folder.cleanup()

    def settles(self) -> None:
        """Without faults or boxes, and with a policy that decides, both sides come to agree and stay so."""
        for _ in range(3):
            self.sync(prevent=frozenset(), policy=Policy.NEWEST)
            self.world.pass_time(minutes=5)
        self.nothing_is_doubled()
        for known in self.known:
            here, there = self.item(known, Side.OUTLOOK), self.item(known, Side.SALESFORCE)
            if not known.deleted:
                assert here or there, f"{known} was lost"
            if len(known.deleted) == 2 or (known.deleted and not known.edits):
                continue
            if here and there:
                self.same(here, there)
        writes = self.world.writes()
        self.sync()
        assert self.world.writes() == writes, "a run without edits wrote"

    def same(self, here: str, there: str) -> None:
        outlook, salesforce = self.world.outlook.items[here], self.world.salesforce.items[there]
        window = self.world_window()
        if outlook["sensitivity"] == "private":
            return
        if not (window.covers(outlook["when"]) or window.covers(salesforce["when"])):
            return
        assert outlook["when"] == salesforce["when"]
        for name in ("location", "body"):
            assert str(outlook[name]).strip() == str(salesforce[name]).strip()

    # Helpers

    def new(self, side: Side, day: int) -> Known:
        known = Known(f"event {len(self.known)}")
        self.known.append(known)
        self.world.service(side).add(**event(known.name, self.today() + day))
        return known

    def today(self) -> int:
        """The day it is, counted as `at` counts."""
        return (self.world.now - TODAY).days

    def sync(self, **rules: object) -> None:
        self.seen_writes = {side: len(self.world.service(side).writes) for side in Side}
        asyncio.run(self.world.sync(**rules))  # type: ignore[arg-type]  # passed on to the rules

    def unchecked_writes(self) -> dict[Side, list[Write]]:
        return {side: self.world.service(side).writes[self.seen_writes[side] :] for side in Side}

    def item(self, known: Known, side: Side) -> str | None:
        items = self.world.service(side).items
        return next((key for key, fields in items.items() if fields["subject"] == known.name), None)

    def world_window(self) -> Window:
        return Window.around(self.world.now, UTC, self.world.past_days, self.world.future_days)


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
