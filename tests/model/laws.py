"""The laws of the sync as plain predicates over one link: what its people did, the settings, and what was planned for it.

A `Story` holds what follows from the case and the standing settings alone; a `Verdict` asks each law of one plan for it.
They use nothing of the planner's own code: where both are wrong, they are so independently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lpc_tui.model.items import Fields, Guard, Side
from lpc_tui.model.links import Link
from lpc_tui.model.plan import WHOLE, Answers, Hold, Operation, Step, Why
from lpc_tui.model.rules import Action, Policy, Rules
from tests.model.cases import SECRET, Case, State

NO_ANSWER = Answers()


class Story:
    """A link, under a policy and answers: everything about it that no box changes."""

    def __init__(self, case: Case, ruled: Rules, answers: Answers = NO_ANSWER) -> None:
        self.case = case
        self.key = case.id
        self.rules = ruled
        self.answers = answers
        self.sample = case.sample
        self.states = {side: case.side(side).state for side in Side}
        self.shown = {side: case.shown(side) for side in Side}
        self.edited = {side: frozenset(case.edits(side)) for side in Side}
        self.deleted = [side for side in Side if self.states[side].is_deleted]
        self.is_over = self._is_over()
        self.has_private = State.PRIVATE in self.states.values() and not ruled.synchronize_private
        self.has_lost_sight = any(state.is_out_of_sight for state in self.states.values())
        self.is_in_window = any(self._is_within(side) for side in Side)
        self.is_leaving = self._is_leaving()
        self.is_live = (self.is_in_window or self.is_leaving) and not (
            self.has_private or self.has_lost_sight or self.is_over
        )
        self.winner = self._winner()
        both = self.edited[Side.OUTLOOK] & self.edited[Side.SALESFORCE]
        self.disputed = {
            name for name in both if self.shown[Side.OUTLOOK][name] != self.shown[Side.SALESFORCE][name]
        }
        self.alike = both - self.disputed
        self.due = {side: self._due(side) for side in Side}
        """What has to be written to each side."""

    @property
    def is_left_out(self) -> bool:
        return self.key in self.answers.excluded

    @property
    def has_consent(self) -> bool:
        return self.key in self.answers.consents

    @property
    def is_undecided(self) -> bool:
        """Whether something waits for the person before anything is taken across."""
        if not self.is_live or self.winner is not None:
            return False
        if len(self.deleted) == 1:
            return bool(self.edited[self.deleted[0].other])
        return bool(self.disputed)

    def link(self) -> Link:
        """The link as the engine hands it to the planner: what is private beyond the box is redacted."""
        link = self.case.link()
        for side in Side:
            mine = link.side(side)
            if mine.item is not None and mine.item.is_private and not self.rules.synchronize_private:
                link = link.with_side(side, replace(mine, item=mine.item.redacted()))
        return link

    def makes(self, side: Side, name: str) -> bool:
        """Whether a field is ever written on a side."""
        return side is Side.OUTLOOK or name != self.sample.one_way

    def is_guarded(self, side: Side, name: str) -> bool:
        """Whether the field of the item on `side` must not be overwritten with what the other side shows."""
        if side is Side.SALESFORCE and name == self.sample.required and self.shown[Side.OUTLOOK][name] == "":
            return True
        guard = self.case.side(side).guard
        if guard is Guard.FORMATTED and not self.rules.keep_formatting:
            return False
        return guard is not None and name == self.sample.own_field(side.other)

    def _is_over(self) -> bool:
        left = [state for state in self.states.values() if not state.is_deleted]
        return bool(self.deleted) and all(state is State.MERGED for state in left)

    def _is_within(self, side: Side) -> bool:
        """Whether the item on this side is there and lies in the synchronised days."""
        state = self.states[side]
        if state.is_deleted or state in {State.MISSING, State.MERGED}:
            return False
        if self.sample.window is None:
            return True
        return state is State.MOVED_BACK or (state is not State.MOVED_OUT and not self.case.is_past)

    def _is_leaving(self) -> bool:
        moved = State.MOVED_OUT in self.states.values()
        return moved and not self.case.is_past and not self.case.is_asleep

    def _winner(self) -> Side | None:
        chosen = self.answers.choices.get(self.key, {}).get(WHOLE)
        if chosen is not None:
            return chosen
        match self.rules.policy:
            case Policy.OUTLOOK:
                return Side.OUTLOOK
            case Policy.SALESFORCE:
                return Side.SALESFORCE
            case Policy.NEWEST:
                return self.deleted[0].other if self.deleted else self.case.later
            case Policy.ASK:
                return None

    def _due(self, side: Side) -> Fields:
        if not self.is_live or self.deleted or (self.disputed and self.winner is None):
            return {}
        names = self.edited[side.other] - self.edited[side]
        if self.winner is side.other:
            names |= self.disputed
        return {
            name: self.shown[side.other][name]
            for name in names
            if self.makes(side, name) and not self.is_guarded(side, name)
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was planned for one story under one set of boxes, before the laws."""

    story: Story
    rules: Rules
    step: Step | None
    refused: frozenset[Side] = frozenset()
    """Sides whose service refused exactly this write before."""
    operations: tuple[Operation, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "operations", () if self.step is None else self.step.operations)

    def check(self) -> None:
        """Every law that speaks of one link.

        Raises:
            AssertionError: one is broken; its name, the story and the plan are told.
        """
        for law in LAWS:
            try:
                law(self)
            except AssertionError as error:
                boxes = sorted(map(str, self.rules.prevent))
                story = f"{self.story.key}, {self.rules.policy}, boxes {boxes}, {self.story.answers}"
                raise AssertionError(f"{law.__name__}: {story}: {self.step}") from error

    def law_3_edits_are_merged_field_by_field(self) -> None:
        """What is due, and nothing else, is written; one value against another follows the winner."""
        if self.story.is_live and not self.story.deleted:
            written: dict[Side, Fields] = {side: {} for side in Side}
            for operation in self.operations:
                assert operation.action is Action.UPDATE
                assert operation.fields
                assert not written[operation.side]
                written[operation.side] = operation.fields
            assert written == self.story.due

    def law_3_an_undecided_conflict_rests(self) -> None:
        conflicts = () if self.step is None else self.step.conflicts
        if not self.story.is_undecided:
            assert not conflicts
            return
        assert not self.operations
        named = {conflict.field for conflict in conflicts}
        assert named == ({WHOLE} if self.story.deleted else self.story.disputed)
        assert self.step is not None
        assert self.step.needs_person
        assert not self.step.is_end

    def law_3_what_both_say_is_agreed(self) -> None:
        if self.story.is_live and not self.story.deleted and self.story.alike:
            assert self.step is not None
            assert self.story.alike <= set(self.step.agreed)

    def law_3_an_edit_beats_or_loses_to_a_delete_as_told(self) -> None:
        story = self.story
        if not story.is_live or len(story.deleted) != 1 or story.is_undecided:
            return
        (gone,) = story.deleted
        assert self.step is not None
        (operation,) = self.operations
        if not story.edited[gone.other] or story.winner is gone:
            assert (operation.side, operation.action) == (gone.other, Action.DELETE)
            assert self.step.is_end
        else:
            assert (operation.side, operation.action) == (gone, Action.CREATE)
            assert operation.fields == story.shown[gone.other]
            assert not self.step.is_end

    def law_4_a_delete_needs_proof(self) -> None:
        for operation in self.operations:
            if operation.action is Action.DELETE:
                assert self.story.deleted == [operation.side.other]
                assert operation.item is not None
        if self.step is not None and self.step.is_end:
            assert self.story.deleted

    def law_4_a_link_ends_once_nothing_is_left_of_it(self) -> None:
        if self.story.is_over:
            assert self.step is not None
            assert self.step.is_end
            assert not self.operations

    def law_5_what_is_out_of_sight_rests(self) -> None:
        if self.story.has_lost_sight:
            assert not self.operations
            if not (self.story.has_private or self.story.is_over):
                assert self.step is not None
                assert self.step.is_asleep
                assert self.step.reason is not None
                told = {
                    Why(state.name.lower()) for state in self.story.states.values() if state.is_out_of_sight
                }
                assert self.step.reason.why in told or self.story.is_left_out

    def law_5_outside_the_window_nothing_is_written(self) -> None:
        story = self.story
        if not (story.is_in_window or story.is_leaving):
            assert not self.operations
            if self.step is not None and not (story.is_over or story.has_private):
                assert self.step.is_asleep
        elif story.is_live and self.step is not None:
            assert self.step.is_asleep is not story.is_in_window

    def law_5_sleep_begins_and_ends_with_the_window(self) -> None:
        """Falling asleep and waking up are steps of their own where nothing else is to be done."""
        story = self.story
        if story.is_over or story.has_private or story.is_left_out:
            return
        sleeps = story.has_lost_sight or not story.is_in_window
        if sleeps is not story.case.is_asleep:
            assert self.step is not None
            assert self.step.is_asleep is sleeps
        elif not any(state is not State.UNCHANGED for state in story.states.values()):
            assert self.step is None

    def law_6_private_rests_and_says_nothing(self) -> None:
        if self.story.has_private:
            assert not self.operations
            assert SECRET not in repr(self.step)
            if self.step is not None and not self.story.is_over:
                assert self.step.title == "(private)"
                assert self.step.reason is not None
                private = [side.label for side in Side if self.story.states[side] is State.PRIVATE]
                assert self.story.is_left_out or f"Private in {private[0]}" in self.step.reason.sentence

    def law_7_a_box_is_absolute(self) -> None:
        for operation in self.operations:
            is_ticked = (operation.side, operation.action) in self.rules.prevent
            assert is_ticked is (operation.hold is Hold.PREVENTED) or self.story.is_left_out
            assert not (is_ticked and operation.is_sendable)

    def law_11_what_was_refused_is_not_repeated(self) -> None:
        for operation in self.operations:
            if operation.hold is not Hold.PREVENTED:
                assert (operation.hold is Hold.REFUSED) is (operation.side in self.refused)

    def laws_12_and_14_consent_comes_first(self) -> None:
        for operation in self.operations:
            target = self.story.case.side(operation.side)
            mails = (
                target.has_guests
                and operation.action is not Action.CREATE
                and not self.rules.notify_attendees
            )
            spreads = target.spreads and operation.action is Action.UPDATE
            if (mails or spreads) and not self.story.has_consent:
                assert not operation.is_sendable
            else:
                assert operation.hold is not Hold.CONSENT

    def what_is_left_out_is_left(self) -> None:
        if self.story.is_left_out and self.step is not None:
            assert not self.step.writes
            assert self.step.is_excluded

    def where_nothing_happened_nothing_happens(self) -> None:
        if not any(state is not State.UNCHANGED for state in self.story.states.values()):
            assert not self.operations
            assert self.step is None or self.step.is_silent or self.step.is_excluded

    def what_is_held_has_its_reason(self) -> None:
        for operation in self.operations:
            assert operation.is_sendable is (operation.reason is None)
            if operation.reason is not None:
                assert operation.reason.sentence
        if self.step is not None and self.step.conflicts:
            assert self.step.reason is not None
            expected = Why.EDIT_AGAINST_DELETE if self.story.deleted else Why.CONFLICT
            assert self.step.reason.why is expected or self.story.is_left_out

    def what_waits_is_told(self) -> None:
        """A pair of which something is not as its base, and which is not simply written, has a word for it."""
        story = self.story
        is_changed = any(story.edited.values()) or story.has_lost_sight or story.has_private
        if is_changed and not story.is_over:
            assert self.step is not None
            settled = story.is_live and not (story.deleted or story.is_undecided or any(story.due.values()))
            assert (
                self.operations or self.step.conflicts or self.step.reason or (settled and self.step.agreed)
            )


LAWS: tuple[Callable[[Verdict], None], ...] = tuple(
    law for name, law in vars(Verdict).items() if name.startswith(("law", "what_", "where_"))
)
"""Every law above, in its order."""
