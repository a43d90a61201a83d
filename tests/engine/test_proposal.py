"""Answering a plan in the review: each answer changes what planning everything anew would change, and costs a step."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.engine.proposal import Draft
from lpc_tui.model import planner
from lpc_tui.model.items import Item, Process, Side, frozen
from lpc_tui.model.links import Link, Unlinked
from lpc_tui.model.plan import WHOLE, Answers
from lpc_tui.model.rules import Rules
from lpc_tui.model.safety import Census
from tests.model.cases import FULL, NOW, WINDOW, Case, SideCase, pairs

RULES = Rules(window=WINDOW, max_deletes=2, max_delete_percent=1)
LINKS: list[Link] = [
    Case(SideCase(outlook, has_guests=number % 3 == 0), SideCase(salesforce)).link()
    for number, (outlook, salesforce) in enumerate(pairs())
]
UNLINKED = [
    *(
        Unlinked(side, Item(f"alone {side}", frozen({**FULL, "subject": f"Alone in {side}"})))
        for side in Side
    ),
    *(Unlinked(side, Item(f"pair {side}", frozen({**FULL, "location": f"{side}"}))) for side in Side),
    *(
        Unlinked(
            side,
            Item(f"alike {side} {number}", frozen({**FULL, "subject": "Alike", "location": f"{number}"})),
        )
        for side, number in itertools.product(Side, range(2))
    ),
]
CENSUS = Census(len(LINKS), dict.fromkeys(Side, len(LINKS)))
DRAFT = planner.plan(Process.CALENDAR, LINKS, UNLINKED, RULES, NOW, census=CENSUS)
KEYS = [step.key for step in DRAFT.steps]

FIELDS = st.sampled_from([WHOLE, "subject", "location"])
CHOICES = st.dictionaries(
    st.sampled_from(KEYS), st.dictionaries(FIELDS, st.sampled_from(list(Side)), min_size=1), max_size=6
)
ANSWERS = st.builds(
    Answers,
    choices=CHOICES,
    excluded=st.frozensets(st.sampled_from(KEYS), max_size=6),
    consents=st.frozensets(st.sampled_from(KEYS), max_size=6),
)


@given(st.lists(ANSWERS, min_size=1, max_size=4))
def test_answers_one_after_the_other_come_to_what_planning_anew_comes_to(history: list[Answers]) -> None:
    draft = Draft(DRAFT, RULES, NOW, CENSUS)
    for answers in history:
        anew = planner.plan(Process.CALENDAR, LINKS, UNLINKED, RULES, NOW, answers=answers, census=CENSUS)
        answered = draft.answered(answers)
        assert {step.key: step for step in answered.steps} == {step.key: step for step in anew.steps}
        assert answered.brakes == anew.brakes
        assert [step.key for step in answered.steps] == KEYS


def test_an_answer_decides_only_the_steps_it_is_about() -> None:
    draft = Draft(DRAFT, RULES, NOW, CENSUS)
    key = next(step.key for step in DRAFT.steps if step.conflicts)
    choices: Mapping[str, Mapping[str, Side]] = {key: {WHOLE: Side.OUTLOOK}}
    answered = draft.answered(Answers(choices=choices))
    same = [before is after for before, after in zip(DRAFT.steps, answered.steps, strict=True)]
    assert same.count(False) == 1
