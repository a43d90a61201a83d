"""Random histories over real HTTP: nothing is lost, doubled, resurrected, leaked or silently overwritten.

People work in both services, settings change, answers get lost, runs are killed, days pass. `oracle` remembers what the
people did and judges each run by what both services hold before and after it. In the end the accidents stop, and both sides
must agree and stay quiet. `test_histories` plays the same ones each time, `make soak` others; a failure names its seed.
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lpc_tui.engine.events import Outcome
from lpc_tui.engine.interface import Proposal, Review, Reviewer, RunResult, approve_all
from lpc_tui.errors import ServiceError
from lpc_tui.model.field_map import has_privacy, time_of
from lpc_tui.model.items import AllDay, Process, Side, Timed, Value
from lpc_tui.model.plan import Answers, Step
from lpc_tui.model.rules import Action, Policy, Window
from lpc_tui.sandbox.sample import empty_worlds
from lpc_tui.wiring import SettingsProfile, open_engine
from tests.end_to_end.accidents import Accident, AccidentalSandbox, Fault, run_to_its_death
from tests.end_to_end.eyes import Eyes
from tests.end_to_end.hands import Hands, fields_for
from tests.end_to_end.oracle import Known, Oracle, Picture, Run, Shown
from tests.end_to_end.rehearsal import Rehearsal, Times

HISTORIES = 17
"""How many are played under one seed."""
STEPS = 14
MOST_ITEMS = 6
QUIET = 8
"""Requests that a run without anything to do may cost at the most."""
YEAR_AGO = timedelta(days=400)

__all__ = ["HISTORIES", "play"]

SIDES = st.sampled_from(list(Side))
NUMBERS = st.integers(0, 59)
"""Which of the items, or fields, there are."""
ACCIDENTS = st.builds(
    Accident,
    side=SIDES,
    nth=st.integers(0, 5),
    fault=st.sampled_from(list(Fault)),
    is_after=st.booleans(),
    is_lasting=st.booleans(),
)
"""At any request of a run."""
WRITING_ACCIDENTS = st.builds(
    Accident,
    side=SIDES,
    nth=st.integers(0, 1),
    fault=st.sampled_from([Fault.KILLED, *Fault]),
    is_after=st.booleans(),
    is_lasting=st.booleans(),
    is_writing=st.just(True),
)
"""At one of its first requests that write."""
BOXES = [(side, action) for side in Side for action in (Action.CREATE, Action.UPDATE, Action.DELETE)]
BOX_NAMES = {
    (side, action): f"{action}_{'from' if action is Action.DELETE else 'in'}_{side}" for side, action in BOXES
}
TEXTS = {
    Process.CALENDAR: ("subject", "location", "body"),
    Process.CONTACT: ("last_name", "first_name", "job_title", "department", "email", "assistant", "notes"),
    Process.TASK: ("subject", "body"),
}
FURTHER = {
    Process.CALENDAR: ("when", "show_as", "reminder"),
    Process.CONTACT: (
        "business_phone",
        "mobile_phone",
        "home_phone",
        "business_city",
        "other_street",
        "birthday",
    ),
    Process.TASK: ("due", "status", "priority", "reminder"),
}
CHOICES = {
    "show_as": ("free", "oof", "busy"),
    "status": ("inProgress", "deferred", "notStarted", "waitingOnOthers"),
    "priority": ("low", "high", "normal"),
}


class Histories(RuleBasedStateMachine):
    """Two people, one profile and a lot of bad luck."""

    process = Process.CALENDAR

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        self.folder = Path(self.cleanup.enter_context(tempfile.TemporaryDirectory()))
        self.times = Times()
        self.worlds = empty_worlds(clock=self.times, seed=1)
        self.sandbox = self.cleanup.enter_context(AccidentalSandbox(self.worlds))
        self.rehearsal = Rehearsal(self.sandbox, self.worlds, self.folder, self.times, process=self.process)
        self.rehearsal.options |= {"conflicts": Policy.ASK.value}
        self.prevents(frozenset())
        self.oracle = Oracle(self.process)
        self.eyes = Eyes(self.worlds, self.process)
        self.numbers = itertools.count(1)
        self.secrets: dict[str, dict[Side, set[str]]] = {}
        """By item: texts typed into a private one, and the side that may know them."""

    @initialize(sides=st.lists(SIDES, min_size=2, max_size=3))
    def begins(self, sides: list[Side]) -> None:
        """Some items are linked already."""
        for side in sides:
            self.make(side, 3)
        self.sync()

    # The people

    @precondition(lambda self: len(self.oracle.items) < MOST_ITEMS)
    @rule(side=SIDES, day=st.integers(-40, 380))
    def makes(self, side: Side, day: int) -> None:
        self.make(side, day)

    @precondition(lambda self: len(self.oracle.items) < MOST_ITEMS)
    @rule(day=st.integers(0, 20))
    def makes_one_alike_on_both(self, day: int) -> None:
        name = self.make(Side.OUTLOOK, day)
        self.hands(Side.SALESFORCE).add(**self.fields_of_new(name, day))
        self.oracle.items[name].is_fresh = True
        self.sync()

    @rule(which=NUMBERS, side=SIDES, what=NUMBERS)
    def edits(self, which: int, side: Side, what: int) -> None:
        names = TEXTS[self.process] + FURTHER[self.process]
        self.edit(which, side, names[what % len(names)])

    @rule(which=NUMBERS, what=NUMBERS)
    def edits_the_same_field_on_both(self, which: int, what: int) -> None:
        names = TEXTS[self.process]
        for side in Side:
            self.edit(which, side, names[what % len(names)])

    @precondition(lambda self: self.process is not Process.CONTACT)
    @rule(which=NUMBERS, side=SIDES, day=st.integers(-60, 500))
    def moves_in_time(self, which: int, side: Side, day: int) -> None:
        if found := self.present(which, side):
            name, shown = found
            value: Value = self.today + timedelta(days=day)
            if self.process is Process.CALENDAR:
                value = self.stretch(self.today + timedelta(days=day), next(self.numbers))
            self.type(name, shown, side, str(time_of(self.process)), value)

    @precondition(lambda self: self.process is Process.TASK)
    @rule(which=NUMBERS, side=SIDES, is_done=st.booleans())
    def completes_or_reopens(self, which: int, side: Side, is_done: bool) -> None:
        if found := self.present(which, side):
            self.type(*found, side, "status", "completed" if is_done else "notStarted")

    @precondition(lambda self: self.process is Process.TASK)
    @rule(which=NUMBERS, side=SIDES)
    def drops_the_due_date(self, which: int, side: Side) -> None:
        if found := self.present(which, side):
            self.type(*found, side, "due", None)

    @rule(which=NUMBERS, side=SIDES)
    def deletes(self, which: int, side: Side) -> None:
        if found := self.present(which, side):
            name, shown = found
            self.oracle.deleted(name, side, self.eyes.picture())
            self.act()
            self.hands(side).delete(shown.item_id)

    @rule(which=NUMBERS)
    def takes_out_of_the_bin(self, which: int) -> None:
        known = self.known(which)
        picture = self.eyes.picture()
        binned = self.eyes.binned().get(known.name)
        if binned is None or known.name in picture[Side.SALESFORCE] or binned.get("MasterRecordId"):
            return
        self.act()
        self.worlds.org.undelete(self.eyes.sobject, binned["Id"])
        there = picture[Side.OUTLOOK].get(known.name)
        if there is not None and known.deleted.get(Side.SALESFORCE) is not None:
            known.deleted.pop(Side.SALESFORCE)
            known.is_fresh = True
        else:
            known.is_free = True

    @rule(which=NUMBERS, side=SIDES)
    def puts_away_or_brings_back(self, which: int, side: Side) -> None:
        if (self.process, side) == (Process.TASK, Side.OUTLOOK):
            return  # a task that is moved gets another id: to everybody else it is deleted, and a new one made
        known = self.known(which)
        shown = self.eyes.picture()[side].get(known.name)
        if shown is None or self.eyes.is_archived(shown.item_id) or self.is_newborn(known, side):
            return
        self.act()
        if shown.is_away:
            self.hands(side).bring_back(shown.item_id)
        else:
            self.hands(side).put_away(shown.item_id)

    @precondition(lambda self: has_privacy(self.process, Side.OUTLOOK))
    @rule(which=NUMBERS, side=SIDES, types=st.booleans())
    def marks_private_or_open(self, which: int, side: Side, types: bool) -> None:
        if not has_privacy(self.process, side) or not (found := self.present(which, side)):
            return
        name, shown = found
        self.act()
        self.hands(side).mark_private(shown.item_id, is_private=not shown.is_private)
        self.oracle.items[name].is_fresh = True
        if shown.is_private:
            self.secrets.pop(name, None)
        elif types:
            text = f"hush {next(self.numbers)} hush"
            self.secrets.setdefault(name, {}).setdefault(side, set()).add(text)
            field_name = TEXTS[self.process][-1]
            self.oracle.typed(name, side, field_name, text, self.eyes.picture())
            self.hands(side).edit(shown.item_id, **{field_name: text})

    @precondition(lambda self: self.process is Process.CONTACT)
    @rule(first=NUMBERS, second=NUMBERS)
    def merges(self, first: int, second: int) -> None:
        kept, lost = self.known(first), self.known(second)
        shown = self.eyes.picture()[Side.SALESFORCE]
        if kept is lost or not {kept.name, lost.name} <= shown.keys() or kept.newborn or lost.newborn:
            return
        self.act()
        self.worlds.org.merge(self.eyes.sobject, shown[kept.name].item_id, shown[lost.name].item_id)
        kept.is_free = lost.is_free = True

    @precondition(lambda self: self.process is Process.CALENDAR)
    @rule(which=NUMBERS)
    def archives(self, which: int) -> None:
        if found := self.present(which, Side.SALESFORCE):
            name, shown = found
            when = self.stretch(self.today - YEAR_AGO, next(self.numbers))
            self.type(name, shown, Side.SALESFORCE, "when", when)
            self.worlds.org.run_archive()

    # The settings

    @rule(prevent=st.frozensets(st.sampled_from(BOXES), max_size=3))
    def ticks_boxes(self, prevent: frozenset[tuple[Side, Action]]) -> None:
        self.prevents(prevent)
        self.sync()

    @rule(policy=st.sampled_from(list(Policy)))
    def chooses_a_policy(self, policy: Policy) -> None:
        self.rehearsal.options["conflicts"] = policy.value

    @precondition(lambda self: has_privacy(self.process, Side.OUTLOOK))
    @rule(is_ticked=st.booleans())
    def synchronizes_private_items(self, is_ticked: bool) -> None:
        self.rehearsal.options["synchronize_private_items"] = is_ticked

    @precondition(lambda self: self.process is not Process.CONTACT)
    @rule(past=st.sampled_from([5, 30, 90]), future=st.sampled_from([30, 365, 500]))
    def changes_the_days(self, past: int, future: int) -> None:
        self.rehearsal.options |= {"past_days": past, "future_days": future}
        self.sync()

    # The services

    @rule(days=st.integers(1, 40))
    def waits(self, days: int) -> None:
        self.times.advance(days=days)
        self.worlds.org.tend()
        self.note_lost_proof()

    @rule(tokens_die=st.booleans())
    def administrators_are_at_work(self, tokens_die: bool) -> None:
        self.act()
        if tokens_die:
            self.worlds.mailbox.expire_delta_tokens()
        else:
            self.worlds.org.empty_recycle_bin()
            self.note_lost_proof()

    # The runs

    @rule()
    def syncs(self) -> None:
        self.sync()

    @rule(choice=st.sampled_from([*Side, None]), left_out=st.frozensets(NUMBERS, max_size=1))
    def reviews(self, choice: Side | None, left_out: frozenset[int]) -> None:
        """Settles every conflict for one side, or each field for the side that comes up; leaves some items out."""

        def answer(name: str) -> Side:
            return choice or list(Side)[len(name) % 2]

        names = frozenset(self.known(each).name for each in left_out)
        self.sync(answered=answer, excluded=names)

    @rule(accident=ACCIDENTS)
    def syncs_with_an_accident(self, accident: Accident) -> None:
        self.sync_with(accident)

    @rule(which=NUMBERS, what=NUMBERS, accident=WRITING_ACCIDENTS)
    def edits_and_has_an_accident(self, which: int, what: int, accident: Accident) -> None:
        self.edits(which, accident.side.other, what)
        self.sync_with(accident)

    @precondition(lambda self: len(self.oracle.items) < MOST_ITEMS)
    @rule(day=st.integers(0, 20), accident=WRITING_ACCIDENTS, renames=st.booleans())
    def makes_one_and_has_an_accident(self, day: int, accident: Accident, renames: bool) -> None:
        self.make(accident.side.other, day)
        self.sync_with(accident)
        if renames:
            self.edit(-1, accident.side.other, TEXTS[self.process][0])

    @rule(which=NUMBERS, accident=WRITING_ACCIDENTS)
    def deletes_and_has_an_accident(self, which: int, accident: Accident) -> None:
        self.deletes(which, accident.side.other)
        self.sync_with(accident)

    # What must hold whatever was done last

    @invariant()
    def nothing_leaks(self) -> None:
        """No mail is sent, and private text stays where it was typed."""
        assert self.worlds.mailbox.outbox == []
        texts = {text: side for of in self.secrets.values() for side, each in of.items() for text in each}
        if not texts:
            return
        kept = b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())
        told = repr(self.rehearsal.events)
        picture = self.eyes.picture()
        for text, side in texts.items():
            assert text not in repr(picture[side.other]), f"{text!r} of {side.label} got across"
            assert text.encode() not in kept, f"{text!r} of {side.label} is in a file"
            assert text not in told, f"{text!r} of {side.label} was told"

    def teardown(self) -> None:
        with self.cleanup:
            if self.oracle.items:
                self.settles()

    def settles(self) -> None:
        """Without accidents and boxes, and with a policy that decides, both sides come to agree and stay so."""
        self.prevents(frozenset())
        self.rehearsal.options["conflicts"] = Policy.NEWEST.value
        for _ in range(3):
            self.act()
            self.sync(accepts_brake=True)
        wrong = self.oracle.what_is_wrong(self.eyes.picture(), self.window)
        assert not wrong, wrong
        before = self.eyes.picture()
        requests = []
        for _ in range(2):
            self.sync()
            assert not self.sandbox.tried, f"a run without edits wrote: {self.rehearsal.sent()}"
            requests.append(self.rehearsal.requests())
        assert self.eyes.picture() == before
        assert requests[0] == requests[1] <= QUIET, self.rehearsal.sent()

    # Runs

    def sync(
        self,
        accident: Accident | None = None,
        *,
        answered: Callable[[str], Side] | None = None,
        excluded: frozenset[str] = frozenset(),
        accepts_brake: bool = False,
    ) -> None:
        """A run, judged."""
        review = self.reviewer(answered, excluded, accepts_brake=accepts_brake)
        self.sandbox.await_run(accident)
        before = self.eyes.picture()
        result = asyncio.run(self.rehearsal.sync(review))
        is_complete = result.outcome in {Outcome.OK, Outcome.PARTIAL}
        if accident is None:
            assert result.error is None, result.error
            assert is_complete or any(plan.brakes for plan in result.plans.values())
        else:
            assert result.error is None or isinstance(result.error, ServiceError), result.error
        self.judge(before, answered=answered, excluded=excluded, is_complete=is_complete)

    def sync_with(self, accident: Accident) -> None:
        if accident.fault is Fault.KILLED:
            self.sync_killed(accident)
        else:
            self.sync(accident)

    def sync_killed(self, accident: Accident) -> None:
        """A run in a process of its own, killed on its way, judged."""
        self.times.advance(minutes=2)
        self.sandbox.await_run(accident)
        before = self.eyes.picture()
        was_killed = run_to_its_death(self.sandbox, self.run_once)
        note("killed" if was_killed else "not killed")
        self.judge(before, is_complete=not was_killed)

    async def run_once(self) -> RunResult:
        """A run at this very moment."""
        rehearsal = self.rehearsal
        async with open_engine(
            rehearsal.settings,
            rehearsal.paths,
            environ=rehearsal.environ,
            clock=self.times,
            sleep=self.times.sleep,
        ) as engine:
            return await engine.run([self.process], review=approve_all, emit=lambda _event: None)

    def reviewer(
        self, answered: Callable[[str], Side] | None, excluded: frozenset[str], *, accepts_brake: bool
    ) -> Reviewer:
        """The person in the review."""

        async def review(proposal: Proposal) -> Review:
            choices: dict[str, Mapping[str, Side]] = {}
            left_out = set()
            for step in proposal.plans[self.process].steps:
                if answered is not None and step.conflicts:
                    choices[step.key] = {each.field: answered(each.field) for each in step.conflicts}
                if excluded & self.names_in(step):
                    left_out.add(step.key)
            answers = Answers(choices, frozenset(left_out), accepts_brake=accepts_brake)
            return Review(is_approved=True, answers={self.process: answers})

        return review

    def names_in(self, step: Step) -> set[str]:
        """What the items of a step are called, also where the review says no more than that they are private."""
        items = [item for item in (step.outlook, step.salesforce) if item is not None]
        field_name = "last_name" if self.process is Process.CONTACT else "subject"
        return {word for item in items for word in str(item.fields.get(field_name) or "").split()}

    def judge(
        self,
        before: Picture,
        *,
        answered: Callable[[str], Side] | None = None,
        excluded: frozenset[str] = frozenset(),
        is_complete: bool,
    ) -> None:
        options = self.rehearsal.options
        run = Run(
            before=before,
            after=self.eyes.picture(),
            window=self.window,
            prevent=frozenset(box for box, name in BOX_NAMES.items() if options["prevent"][name]),
            policy=Policy(options["conflicts"]),
            answered=answered,
            excluded=excluded,
            includes_private=options.get("synchronize_private_items", False),
            tried=frozenset(self.sandbox.tried),
            is_complete=is_complete,
        )
        if run.includes_private:
            self.secrets.clear()
        self.oracle.judge(run)

    def prevents(self, boxes: frozenset[tuple[Side, Action]]) -> None:
        self.rehearsal.options["prevent"] = {name: box in boxes for box, name in BOX_NAMES.items()}

    # Hands and eyes

    def make(self, side: Side, day: int) -> str:
        name = f"t{next(self.numbers)}"
        self.act()
        self.hands(side).add(**self.fields_of_new(name, day))
        self.oracle.made(name)
        return name

    def fields_of_new(self, name: str, day: int) -> dict[str, Value]:
        return fields_for(self.process, name, self.today + timedelta(days=day))

    def edit(self, which: int, side: Side, field_name: str) -> None:
        known = self.known(which)
        shown = self.eyes.picture()[side].get(known.name)
        if shown is None or shown.is_away or (self.is_newborn(known, side) and known.has_typed(side)):
            return
        self.type(known.name, shown, side, field_name, self.fresh(known.name, shown, field_name))

    def type(self, name: str, shown: Shown, side: Side, field_name: str, value: Value) -> None:
        self.oracle.typed(name, side, field_name, value, self.eyes.picture())
        self.act()
        self.hands(side).edit(shown.item_id, **{field_name: value})
        if shown.is_private and isinstance(value, str) and field_name in TEXTS[self.process]:
            self.secrets.setdefault(name, {}).setdefault(side, set()).add(value)

    def fresh(self, name: str, shown: Shown, field_name: str) -> Value:
        """A value that the field never had, but for one of a few words."""
        number = next(self.numbers)
        if field_name in CHOICES:
            words = [word for word in CHOICES[field_name] if word != shown.fields[field_name]]
            return words[number % len(words)]
        match field_name:
            case "subject" | "last_name":
                return f"{name} r{number}"
            case "email":
                return f"{name}.{number}@example.com"
            case "when":
                when = shown.fields["when"]
                return self.stretch(when.start.date() if isinstance(when, Timed) else self.today, number)
            case "due":
                return self.today + timedelta(days=number % 25)
            case "reminder" if self.process is Process.CALENDAR:
                return number
            case "reminder":
                return datetime.combine(self.today + timedelta(days=number), time(8), UTC)
            case "birthday":
                return date(1970, 1, 1) + timedelta(days=number)
            case _ if field_name.endswith("_phone"):
                return f"+49 30 {number + 1000}"
            case _:
                return f"{field_name} {number} typed"

    def stretch(self, day: date, number: int) -> Value:
        """A time on a day; now and then the whole day and the next."""
        if number % 5 == 0:
            return AllDay(day, day + timedelta(days=1))
        start = datetime.combine(day, time(6), UTC) + timedelta(minutes=number)
        return Timed(start, start + timedelta(minutes=30))

    def act(self) -> None:
        """Nobody does two things in one second."""
        self.times.advance(seconds=2)

    def known(self, which: int) -> Known:
        items = list(self.oracle.items.values())
        return items[which % len(items)]

    def present(self, which: int, side: Side) -> tuple[str, Shown] | None:
        """An item that the person finds on a side where it belongs, and may do anything with."""
        known = self.known(which)
        shown = self.eyes.picture()[side].get(known.name)
        return None if shown is None or shown.is_away or self.is_newborn(known, side) else (known.name, shown)

    def is_newborn(self, known: Known, side: Side) -> bool:
        """Whether it is to be left alone until a run has found it: without a field for our mark, what a killed run made in
        Salesforce is known again by whose it is and what it says, of which one edit may be taken away."""
        return side is Side.SALESFORCE and side in known.newborn

    def hands(self, side: Side) -> Hands:
        return self.rehearsal.hands(side)

    def note_lost_proof(self) -> None:
        """Deleted in Salesforce, and nothing is left there to say so."""
        binned = self.eyes.binned()
        for known in self.oracle.items.values():
            if Side.SALESFORCE in known.deleted and known.name not in binned:
                known.is_unproven = True

    @property
    def today(self) -> date:
        return self.times().date()

    @property
    def window(self) -> Window | None:
        rehearsal = self.rehearsal
        profile = SettingsProfile(rehearsal.settings, rehearsal.paths, rehearsal.environ, self.times)
        return profile.rules(self.process, self.times()).window


class ContactHistories(Histories):
    process = Process.CONTACT


class TaskHistories(Histories):
    process = Process.TASK


MACHINES = {Process.CALENDAR: Histories, Process.CONTACT: ContactHistories, Process.TASK: TaskHistories}


def play(process: Process, seed_: int, *, shrinks: bool = False) -> None:
    """Play `HISTORIES` random histories of a process, the same ones for the same seed.

    Args:
        process: one of the three.
        seed_: any number.
        shrinks: look for the shortest history that fails; takes minutes.

    Raises:
        AssertionError: with the seed as a note; the steps of the history were printed.
    """
    machine = seed(seed_)(type(MACHINES[process].__name__, (MACHINES[process],), {}))
    chosen = settings(
        max_examples=HISTORIES,
        stateful_step_count=STEPS,
        phases=(Phase.generate, Phase.shrink) if shrinks else (Phase.generate,),
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except BaseException as error:
        error.add_note(f"To play it again: make soak SOAK_FLAGS='--process {process} --seed {seed_}'")
        raise
