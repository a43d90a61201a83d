"""What a person who made every edit by hand knows, and what a run may have made of it: the oracle of `test_histories`.

It knows neither links nor plans. It remembers what was last typed where and what was deleted where, and judges a run by two
pictures of both services, taken before and after it. Whatever it cannot know for sure (whether a run that was killed had
time to note what it did) it allows; what it forbids is wrong by a law, whatever the reason.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.fields import FieldSpec, Kind
from lpc_tui.model.items import Process, Side, Value
from lpc_tui.model.rules import Action, Policy, Window
from lpc_tui.model.scope import is_covered

__all__ = ["Contest", "Known", "Oracle", "Picture", "Run", "Shown"]


@dataclass(frozen=True)
class Shown:
    """One living item as its service holds it, wherever there."""

    item_id: str
    fields: Mapping[str, Value]
    stamp: str
    """Moves with every write."""
    is_away: bool = False
    """In another folder, somebody else's, or archived."""
    is_private: bool = False


_RETURNING = frozenset({Kind.CHOICE, Kind.DATE})
"""Kinds with so few values that the person may come back to one that both sides agreed on, which is no edit any more."""

Picture = Mapping[Side, Mapping[str, Shown]]
"""Both services at one moment: the items by the name that the person knows them by."""


class Contest(enum.Enum):
    """Whether a deletion stands against an edit of the other side."""

    NO = enum.auto()
    MAYBE = enum.auto()
    """The edit was shown here already when it was deleted, but perhaps no run could note that."""
    YES = enum.auto()


@dataclass
class Known:
    """What the person knows of one item."""

    name: str
    typed: dict[str, dict[Side, Value]] = field(default_factory=dict)
    """Field to the last value typed on each side that the other side may not have got yet."""
    unsure: set[str] = field(default_factory=set)
    """Fields of which it cannot be said whether a run noted that both sides came to say the same."""
    deleted: dict[Side, Contest] = field(default_factory=dict)
    """Where the person deleted it."""
    is_fresh: bool = False
    """Never agreed on, or forgotten while it was private: every difference is a conflict, typed or not."""
    is_over: bool = False
    """Deleted on one side and, by a run, on the other."""
    is_unproven: bool = False
    """The proof of its deletion is gone with the recycle bin."""
    is_free: bool = False
    """So much happened to it that nothing is forbidden but to double it."""
    newborn: set[Side] = field(default_factory=set)
    """Where a run made it that did not come to its end, so that the next one has to find it first."""

    def has_typed(self, side: Side) -> bool:
        return any(side in values for values in self.typed.values())


@dataclass(frozen=True)
class Run:
    """A run from outside."""

    before: Picture
    after: Picture
    window: Window | None
    prevent: frozenset[tuple[Side, Action]]
    policy: Policy
    answered: Callable[[str], Side] | None
    """Whom the review chose for a field in conflict ('*': for the item); None: it answered nothing."""
    excluded: frozenset[str]
    """Names of the items that the review left out."""
    includes_private: bool
    tried: frozenset[tuple[Side, Action]]
    """What it asked the services to do."""
    is_complete: bool
    """Whether it said itself that it came to its end, and no brake stopped it."""

    def winner(self, name: str) -> Side | None:
        """The side that a conflict of the field goes to for sure. The review is asked what no policy decides."""
        match self.policy:
            case Policy.ASK:
                return None if self.answered is None else self.answered(name)
            case Policy.OUTLOOK:
                return Side.OUTLOOK
            case Policy.SALESFORCE:
                return Side.SALESFORCE
            case Policy.NEWEST:
                return None

    @property
    def waits(self) -> bool:
        """Whether conflicts wait for the person."""
        return self.policy is Policy.ASK and self.answered is None


class Oracle:
    """The person's memory of all items of one process."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.specs = {spec.name: spec for spec in shared_fields(process)}
        self.items: dict[str, Known] = {}

    # What the person does

    def made(self, name: str, *, on_both: bool = False) -> Known:
        self.items[name] = known = Known(name, is_fresh=on_both)
        return known

    def typed(self, name: str, side: Side, field_name: str, value: Value, picture: Picture) -> None:
        """The person types a value where `picture` shows another; of a field that pictures lack, only that it was edited."""
        known, spec = self.items[name], self.specs[field_name]
        values = known.typed.setdefault(field_name, {})
        fields = picture[side][name].fields
        if (
            field_name not in fields
            or spec.kind in _RETURNING
            or (side.other in values and self.says_same(spec, side, fields[field_name], values[side.other]))
        ):
            known.unsure.add(field_name)
        values[side] = value
        if side.other in known.deleted and known.deleted[side.other] is not Contest.YES:
            known.deleted[side.other] = Contest.MAYBE if spec.kind in _RETURNING else Contest.YES

    def deleted(self, name: str, side: Side, picture: Picture) -> None:
        """The person deletes it on a side."""
        known = self.items[name]
        here, there = picture[side][name], picture[side.other].get(name)
        contest = Contest.NO
        if there is None:
            known.is_over = True
        elif any(
            side.other in values
            and not self.says_same(self.specs[each], side, here.fields[each], values[side.other])
            for each, values in known.typed.items()
            if each not in known.unsure
        ):
            contest = Contest.YES
        elif (
            known.unsure
            or known.is_fresh
            or known.newborn
            or known.has_typed(side.other)
            or self._differ(picture, name)
        ):
            contest = Contest.MAYBE
        known.is_unproven = known.is_unproven or here.is_private
        known.deleted[side] = contest
        for values in known.typed.values():
            values.pop(side, None)

    # What a run did

    def judge(self, run: Run) -> None:
        """Raises: AssertionError: the run did what it must not."""
        assert not run.tried & run.prevent, f"sent what a box forbids: {sorted(run.tried & run.prevent)}"
        for side in Side:
            strange = run.after[side].keys() - self.items.keys()
            assert not strange, f"made up in {side.label}: {sorted(strange)}"
            self._obeys_boxes(run, side)
        for known in self.items.values():
            self._judge(known, run)

    def _obeys_boxes(self, run: Run, side: Side) -> None:
        before, after = (
            {name: each for name, each in picture[side].items() if not self.items[name].is_free}
            for picture in (run.before, run.after)
        )
        if (side, Action.CREATE) in run.prevent:
            assert after.keys() <= before.keys(), f"created in {side.label} against the box"
        if (side, Action.DELETE) in run.prevent:
            assert before.keys() <= after.keys(), f"deleted from {side.label} against the box"
        if (side, Action.UPDATE) in run.prevent:
            for name in before.keys() & after.keys():
                assert before[name] == after[name], f"{name} updated in {side.label} against the box"

    def _judge(self, known: Known, run: Run) -> None:
        before = {side: run.before[side].get(known.name) for side in Side}
        after = {side: run.after[side].get(known.name) for side in Side}
        if known.is_free:
            return
        reason = self._must_rest(known, run, before)
        if reason:
            assert before == after, f"{known.name} was written although it is {reason}: {before} -> {after}"
            if reason == "private":
                known.is_fresh = True
            return
        if run.is_complete:
            known.newborn.clear()
        for side in Side:
            here, now = before[side], after[side]
            if here is None and now is not None:
                self._may_appear(known, side, before[side.other], now)
                if not run.is_complete:
                    known.newborn.add(side)
            elif here is not None and now is None:
                self._may_vanish(known, side, run)
            elif here is not None and now is not None:
                assert here == now or not here.is_away, f"{known.name} was written in {side.label} while away"
                self._may_become(known, side, here, now, before[side.other])
        if known.is_over:
            assert not any(after.values()), f"{known.name} was deleted, and is back"
        elif after[Side.OUTLOOK] is None and after[Side.SALESFORCE] is None:
            assert known.deleted, f"{known.name} was lost"
            known.is_over = True
        self._keeps_what_was_typed(known, run, before, after)
        self._note_agreement(known, run, after)

    def _must_rest(self, known: Known, run: Run, before: Mapping[Side, Shown | None]) -> str:
        """Why nothing at all may be written for an item; empty: it may."""
        there = [each for each in before.values() if each is not None]
        if known.name in run.excluded:
            return "left out"
        if any(each.is_away for each in there) and not self._is_unnoticed(known, before):
            return "away"
        if any(each.is_private for each in there) and not run.includes_private:
            return "private"
        if run.waits and len(there) == 2 and not known.is_fresh and self._is_disputed(known):
            return "in conflict"
        return ""

    def _is_unnoticed(self, known: Known, before: Mapping[Side, Shown | None]) -> bool:
        """Whether an edit of a Salesforce record waited to be carried when the record was given to somebody else: no query
        for the person's own records tells that, so the edit may still be carried; Salesforce itself is asked before it is
        written, so there nothing happens."""
        outlook, salesforce = before[Side.OUTLOOK], before[Side.SALESFORCE]
        is_waiting = known.is_fresh or known.unsure or known.has_typed(Side.SALESFORCE) or outlook is None
        return salesforce is not None and bool(is_waiting) and (outlook is None or not outlook.is_away)

    def _is_disputed(self, known: Known) -> bool:
        """Whether a field was typed differently on both sides."""
        return any(
            self._is_disputed_field(name, values)
            for name, values in known.typed.items()
            if name not in known.unsure
        )

    def _may_appear(self, known: Known, side: Side, source: Shown | None, now: Shown) -> None:
        assert source is not None, f"{known.name} came from nowhere in {side.label}"
        assert known.deleted.get(side) is not Contest.NO, f"{known.name} was resurrected in {side.label}"
        known.deleted.pop(side, None)
        for name in source.fields.keys() & now.fields.keys() & self.specs.keys():
            same = self.says_same(self.specs[name], side, now.fields[name], source.fields[name])
            assert same, f"{known.name} was made in {side.label} with {name} {now.fields[name]!r}"

    def _may_vanish(self, known: Known, side: Side, run: Run) -> None:
        contest = known.deleted.get(side.other)
        assert contest is not None, f"{known.name} was deleted from {side.label}, and nobody wanted that"
        if contest is Contest.YES:
            assert run.winner("*") is side.other, f"{known.name} was edited in {side.label}, and was deleted"

    def _may_become(self, known: Known, side: Side, here: Shown, now: Shown, there: Shown | None) -> None:
        for name, spec in self.specs.items():
            if name not in here.fields or name not in now.fields:
                continue
            value = now.fields[name]
            is_own = not spec.changed(here.fields[name], value)
            is_theirs = there is not None and self.says_same(spec, side, value, there.fields.get(name))
            assert is_own or is_theirs, f"{known.name}: {side.label} shows a {name} from nowhere: {value!r}"

    def _keeps_what_was_typed(
        self,
        known: Known,
        run: Run,
        before: Mapping[Side, Shown | None],
        after: Mapping[Side, Shown | None],
    ) -> None:
        """Each value typed last on a side is still to be read on one of them, unless a conflict was decided against it."""
        if known.is_fresh or known.deleted or known.is_over:
            return
        for name, values in known.typed.items():
            if name in known.unsure:
                continue
            kept = {side: self._is_shown(name, side, value, after) for side, value in values.items()}
            if run.waits or not self._is_disputed_field(name, values):
                assert all(kept.values()), f"{known.name}: the {name} typed is lost: {values} -> {after}"
                continue
            assert any(kept.values()), f"{known.name}: both values of {name} are lost: {values} -> {after}"
            if (winner := run.winner(name)) is not None:
                assert kept[winner], f"{known.name}: {winner.label} was to win {name}: {values} -> {after}"
            for side, is_kept in kept.items():
                if not is_kept:
                    del values[side]
                    break

    def _is_disputed_field(self, name: str, values: Mapping[Side, Value]) -> bool:
        return len(values) == 2 and not self.specs[name].agree(values[Side.OUTLOOK], values[Side.SALESFORCE])

    def _is_shown(self, name: str, typed_on: Side, value: Value, after: Mapping[Side, Shown | None]) -> bool:
        return any(
            shown is not None
            and (
                not self.specs[name].changed(value, shown.fields.get(name))
                if side is typed_on
                else self.says_same(self.specs[name], side, shown.fields.get(name), value)
            )
            for side, shown in after.items()
        )

    def _note_agreement(self, known: Known, run: Run, after: Mapping[Side, Shown | None]) -> None:
        """After a run that looked at both items, what both say alike is no news any more."""
        outlook, salesforce = after[Side.OUTLOOK], after[Side.SALESFORCE]
        if not run.is_complete or outlook is None or salesforce is None:
            return
        if not (self.is_in_scope(outlook, run.window) and self.is_in_scope(salesforce, run.window)):
            return
        differing = set(self.differing(outlook, salesforce))
        known.unsure &= differing
        known.typed = {name: values for name, values in known.typed.items() if name in differing}
        known.is_fresh = known.is_fresh and bool(differing)

    # What the person can see

    def is_in_scope(self, shown: Shown, window: Window | None) -> bool:
        return not shown.is_away and is_covered(self.process, shown.fields, window)

    def _differ(self, picture: Picture, name: str) -> bool:
        return bool(self.differing(picture[Side.OUTLOOK][name], picture[Side.SALESFORCE][name]))

    def differing(self, outlook: Shown, salesforce: Shown) -> list[str]:
        """The fields in which two items do not say the same."""
        return [
            name
            for name in outlook.fields.keys() & salesforce.fields.keys() & self.specs.keys()
            if not self.specs[name].agree(outlook.fields[name], salesforce.fields[name])
        ]

    def says_same(self, spec: FieldSpec, side: Side, value: Value, other: Value) -> bool:
        """Whether `value` of `side` says what `other` says on the other side."""
        return spec.agree(value, other) if side is Side.OUTLOOK else spec.agree(other, value)

    def what_is_wrong(self, picture: Picture, window: Window | None) -> list[str]:
        """Where the sides do not agree though every fault, box and open question is out of the way."""
        wrong = []
        for known in self.items.values():
            shown = [picture[side].get(known.name) for side in Side]
            there = [each for each in shown if each is not None]
            if known.is_free or any(each.is_away or each.is_private for each in there):
                continue
            if len(there) == 1:
                if self.is_in_scope(there[0], window) and not known.is_unproven:
                    wrong.append(f"{known.name} is on one side only: {there[0]}")
            elif not there:
                if not known.deleted:
                    wrong.append(f"{known.name} is lost")
            elif any(self.is_in_scope(each, window) for each in there):
                outlook, salesforce = there
                differing = list(self.differing(outlook, salesforce))
                if known.is_fresh and any(self.specs[name].group for name in differing):
                    continue  # whose name counts no policy decides, and until the person does, all of it rests
                wrong += [
                    f"{known.name}: {name} {outlook.fields[name]!r} / {salesforce.fields[name]!r}"
                    for name in differing
                ]
                if any(contest is Contest.NO for contest in known.deleted.values()):
                    wrong.append(f"{known.name} was deleted and lives on both sides")
        return wrong
