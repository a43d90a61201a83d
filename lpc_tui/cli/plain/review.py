"""The review as a conversation: the totals of each process first, then any item in full, in or out, with a side to win.

The engine calls it as its `Reviewer`. What the answers lead to is asked of the `Proposal`, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from types import MappingProxyType

from lpc_tui.accounts.interface import Stop
from lpc_tui.cli.plain.talk import InputEnded, Talk, is_yes
from lpc_tui.engine.interface import Proposal, Review
from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import WHOLE, Answers, Hold, Plan, Step
from lpc_tui.plain import plain
from lpc_tui.values import value_text
from lpc_tui.wording import action_words, conflict_words, guest_names

__all__ = ["PlainReview", "item_lines", "step_words"]

_PAGE = 10
_TITLE = 60
_VALUE = 400
_SENTENCE = 500
_HELP = (
    "l: the items, ten at a time. A number: that item in full.",
    "x and a number: leave it out, or take it in again.",
    "o, s or u and a number: Outlook wins, Salesforce wins, or undecided again.",
    "y and a number: yes to what waits for one, such as mail to guests.",
    "g: go on with this plan. q: write nothing at all. h: this help.",
)


class PlainReview:
    """Asks about the plan of each process, one after the other."""

    def __init__(self, talk: Talk, zone: tzinfo, cancel: Stop) -> None:
        self._talk = talk
        self._zone = zone
        self._cancel = cancel

    async def __call__(self, proposal: Proposal) -> Review:
        """What the person decided; backing out of one process writes nothing at all."""
        answers: dict[Process, Answers] = {}
        for process, plan in proposal.plans.items():
            if not plan.brakes and all(step.is_silent for step in plan.steps):
                continue
            try:
                given = await _OneProcess(self._talk, self._zone, self._cancel, proposal, process).ask()
            except InputEnded:
                given = None
            if given is None:
                return Review(is_approved=False)
            answers[process] = given
        return Review(is_approved=True, answers=MappingProxyType(answers))


class _OneProcess:
    """The conversation about the plan of one process."""

    def __init__(self, talk: Talk, zone: tzinfo, cancel: Stop, proposal: Proposal, process: Process) -> None:
        self._talk = talk
        self._zone = zone
        self._cancel = cancel
        self._proposal = proposal
        self._process = process
        self._answers = Answers()
        self._plan: Plan = proposal.plans[process]
        seen = [step for step in self._plan.steps if not step.is_silent]
        self._keys = [step.key for step in sorted(seen, key=_urgency)]
        self._said = 0
        """So many items were listed."""

    async def ask(self) -> Answers | None:
        self._talk.say("", f"Review of {self._process.label}.", *self._totals(), *_HELP)
        while True:
            answer = await self._talk.ask_during_run("Review, h for help", self._cancel)
            if answer is None:
                return None
            letter, number = answer[:1].casefold(), answer[1:].strip()
            if answer.isdigit():
                self._with_step(answer, lambda step: self._talk.say(*item_lines(step, self._zone)))
            elif letter == "l":
                self._list()
            elif letter == "q":
                return None
            elif letter == "g":
                if (given := await self._go()) is not None:
                    return given
            elif letter in {"x", "o", "s", "u", "y"} and number:
                self._with_step(number, partial(self._decide, letter))
            else:
                self._talk.say(*_HELP)

    def _totals(self) -> Iterator[str]:
        steps = self._steps()
        conflicts = sum(bool(step.conflicts) for step in steps)
        out = sum(step.is_excluded for step in steps)
        yield (
            f"{len(self._plan.writes)} to write, {conflicts} in conflict, {out} left out, {len(steps)} items in the list,"
            f" {self._plan.unchanged} unchanged."
        )
        for brake in self._plan.brakes:
            yield f"Stop: {plain(brake.sentence, _SENTENCE)}"

    def _steps(self) -> list[Step]:
        by_key = {step.key: step for step in self._plan.steps}
        return [by_key[key] for key in self._keys if key in by_key]

    def _list(self) -> None:
        steps = self._steps()
        if self._said >= len(steps):
            self._said = 0
        for number, step in enumerate(steps[self._said : self._said + _PAGE], self._said + 1):
            self._talk.say(f"{number}: {plain(step.title, _TITLE)}: {step_words(step)}")
        self._said += _PAGE
        left = len(steps) - self._said
        self._talk.say(f"{left} more; l goes on." if left > 0 else "That is all of them.")

    def _with_step(self, number: str, then: Callable[[Step], None]) -> None:
        steps = self._steps()
        if not number.isdigit() or not 1 <= int(number) <= len(steps):
            self._talk.say(f"There is no item {plain(number, 20)}; they go from 1 to {len(steps)}.")
            return
        then(steps[int(number) - 1])

    def _decide(self, letter: str, step: Step) -> None:
        match letter:
            case "x":
                if not (step.is_excluded or step.is_match or step.writes):
                    self._talk.say("Nothing of it would be done.")
                    return
                changed = replace(self._answers, excluded=self._answers.excluded ^ {step.key})
            case "y":
                if not any(op.hold is Hold.CONSENT for op in step.operations):
                    self._talk.say("Nothing of it waits for a yes.")
                    return
                changed = replace(self._answers, consents=self._answers.consents | {step.key})
            case _:
                if not (step.conflicts or step.key in self._answers.choices):
                    self._talk.say("There is nothing in it to choose a side for.")
                    return
                changed = self._chosen(step, {"o": Side.OUTLOOK, "s": Side.SALESFORCE}.get(letter))
        self._answers = changed
        self._plan = self._proposal.answered(self._process, changed)
        now = next((each for each in self._plan.steps if each.key == step.key), None)
        people = guest_names(step) if letter == "y" else ""
        mail = f". Mail may go to {people}" if people else ""
        self._talk.say(f"{plain(step.title, _TITLE)}: {step_words(now) if now else 'nothing to do'}{mail}")

    def _chosen(self, step: Step, side: Side | None) -> Answers:
        choices = {key: said for key, said in self._answers.choices.items() if key != step.key}
        if side is not None:
            choices[step.key] = {WHOLE: side}
        return replace(self._answers, choices=MappingProxyType(choices))

    async def _go(self) -> Answers | None:
        self._talk.say(*self._totals())
        question = "Carry it out in spite of that" if self._plan.brakes else "Carry it out"
        if not is_yes(await self._talk.ask_during_run(f"{question}? (y or n)", self._cancel)):
            return None
        return replace(self._answers, accepts_brake=bool(self._plan.brakes))


def _urgency(step: Step) -> int:
    """What needs the person is listed first, what rests last."""
    return 0 if step.needs_person else 1 if step.writes or step.is_match else 2


def step_words(step: Step) -> str:
    """What would become of an item, in a few words."""
    if step.is_excluded:
        return "left out this time"
    if step.conflicts:
        return f"conflict: {conflict_words(step)}"
    if step.writes:
        return " and ".join(action_words(op.action, op.side) for op in step.writes)
    if step.operations:
        return ", ".join(f"{action_words(op.action, op.side)}, {op.hold.value}" for op in step.operations)
    if step.is_match:
        return "link"
    return plain(step.reason.sentence, _SENTENCE) if step.reason else "alike by now"


def item_lines(step: Step, zone: tzinfo) -> Iterator[str]:
    """All of an item: what would become of it and why, and each field of both sides; of a private one no text."""
    yield f"{plain(step.title, _TITLE)}: {step_words(step).removesuffix('.')}."
    reasons = [step.reason, *(op.reason for op in step.operations)]
    for sentence in dict.fromkeys(reason.sentence for reason in reasons if reason is not None):
        yield plain(sentence, _SENTENCE)
    items = {Side.OUTLOOK: step.outlook, Side.SALESFORCE: step.salesforce}
    for side, item in items.items():
        if item is None:
            yield f"{side.label}: {'deleted there' if step.link else 'not there yet'}."
    if any(item is not None and item.is_private for item in items.values()):
        return
    disputed = {each.field for each in step.conflicts}
    for spec in shared_fields(step.process):
        values = {side: item.fields.get(spec.name) for side, item in items.items() if item is not None}
        if all(spec.is_empty(value) for value in values.values()):
            continue
        is_disputed = bool(disputed & {spec.name, WHOLE})
        shown = {
            side: "empty" if spec.is_empty(value) else plain(value_text(spec, value, zone), _VALUE)
            for side, value in values.items()
        }
        if len(shown) == len(Side) and len(set(shown.values())) == 1 and not is_disputed:
            yield f"{spec.label}, the same on both sides: {shown[Side.OUTLOOK]}"
            continue
        mark = " (in conflict)" if is_disputed else ""
        yield f"{spec.label}{mark}: " + "; ".join(f"{side.label}: {text}" for side, text in shown.items())
        if step.link is not None and spec.name in step.link.outlook.base:
            yield f"  before, on both: {plain(value_text(spec, step.link.outlook.base[spec.name], zone), _VALUE)}"
