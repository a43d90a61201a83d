"""What the person's keys make of the answers, row by row and field by field."""

from __future__ import annotations

from lpc_tui.model.items import Side
from lpc_tui.model.plan import WHOLE, Answers
from lpc_tui.tui.choosing import chosen, with_choice

FIELDS = ("email", "mobile_phone")
OUTLOOK, SALESFORCE = Side.OUTLOOK, Side.SALESFORCE


def test_a_row_is_decided_as_a_whole_and_undecided_again() -> None:
    answers = with_choice(Answers(), "c1", OUTLOOK, disputed=FIELDS)
    assert answers.choices == {"c1": {WHOLE: OUTLOOK}}
    assert chosen(answers, "c1", FIELDS) == {"email": OUTLOOK, "mobile_phone": OUTLOOK}
    assert with_choice(answers, "c1", None, disputed=FIELDS) == Answers()


def test_a_field_is_decided_by_itself_and_others_stay_open() -> None:
    answers = with_choice(Answers(), "c1", OUTLOOK, disputed=FIELDS, field="email")
    assert answers.choices == {"c1": {"email": OUTLOOK}}
    assert answers.choice("c1", "mobile_phone") is None
    assert with_choice(answers, "c1", None, disputed=FIELDS, field="email") == Answers()


def test_one_field_of_a_decided_row_is_decided_otherwise_or_opened() -> None:
    whole = with_choice(Answers(), "c1", OUTLOOK, disputed=FIELDS)
    other = with_choice(whole, "c1", SALESFORCE, disputed=FIELDS, field="email")
    assert chosen(other, "c1", FIELDS) == {"email": SALESFORCE, "mobile_phone": OUTLOOK}
    opened = with_choice(whole, "c1", None, disputed=FIELDS, field="email")
    assert chosen(opened, "c1", FIELDS) == {"mobile_phone": OUTLOOK}


def test_deciding_the_row_takes_back_what_was_said_of_its_fields_and_of_no_other_row() -> None:
    answers = with_choice(Answers(), "c1", SALESFORCE, disputed=FIELDS, field="email")
    answers = with_choice(answers, "c2", SALESFORCE)
    answers = with_choice(answers, "c1", OUTLOOK, disputed=FIELDS)
    assert answers.choices == {"c1": {WHOLE: OUTLOOK}, "c2": {WHOLE: SALESFORCE}}
