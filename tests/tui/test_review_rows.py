"""What the review says of each sort of step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.model.items import Item, Process, Side, frozen
from lpc_tui.model.links import Unlinked
from lpc_tui.model.plan import Answers, Why
from lpc_tui.model.planner import plan
from lpc_tui.model.rules import Rules
from lpc_tui.tui.review_fields import fields_of
from lpc_tui.tui.review_rows import Row, RowKind, reasons_of, rows_of
from tests.tui.fake_engine import Script, ScriptedProposal
from tests.tui.samples import contacts_script, event, linked, sample_script, tasks_script


def rows(script: Script, answers: Answers | None = None) -> dict[str, Row]:
    made = ScriptedProposal(script).answered(script.process, answers or Answers())
    return {row.key: row for row in rows_of(made, answers)}


@pytest.mark.parametrize(
    ("key", "kind", "action"),
    [
        ("salesforce:sf-10", RowKind.ADD, "--> Add to Outlook"),
        ("outlook:ol-11", RowKind.ADD, "<-- Add to Salesforce"),
        ("l1", RowKind.UPDATE, "--> Update Outlook"),
        ("l2", RowKind.CONFLICT, "? Changed on both sides"),
        ("l3", RowKind.PREVENTED, "! delete prevented"),
        ("l4", RowKind.WAITING, "? update waits for a yes"),
        ("l5", RowKind.AT_REST, "z private"),
        ("ol-12|sf-12", RowKind.LINK, "= Link"),
    ],
)
def test_each_sort_of_row_says_what_happens_by_sign_and_word(key: str, kind: RowKind, action: str) -> None:
    row = rows(sample_script())[key]
    assert (row.kind, f"{row.sign} {row.words}") == (kind, action)


def test_a_delete_that_is_not_prevented_is_crossed_out() -> None:
    script = sample_script()
    row = rows(replace(script, rules=replace(script.rules, prevent=frozenset())))["l3"]
    assert f"{row.sign} {row.words}" == "x Delete from Salesforce"
    assert row.title(Side.OUTLOOK) == "(deleted)"


def test_edits_of_different_fields_on_both_sides_go_both_ways() -> None:
    base = event("Plan")
    link = linked("l", base, base | {"location": "A"}, base | {"body": "B"})
    row = rows(Script(links=[link]))["l"]
    assert f"{row.sign} {row.words}" == "<-> Update both"
    assert row.fields == "Description, Location"


def test_an_edit_against_a_delete_says_so() -> None:
    base = event("Plan")
    row = rows(Script(links=[linked("l", base, None, base | {"body": "B"})]))["l"]
    assert (row.kind, row.words) == (RowKind.CONFLICT, "Edited and deleted")


def test_a_row_left_out_is_held_back_and_can_be_taken_in_again() -> None:
    row = rows(sample_script(), Answers(excluded=frozenset({"l1"})))["l1"]
    assert (row.kind, row.tick, row.can_exclude) == (RowKind.LEFT_OUT, "[ ]", True)


def test_a_private_item_shows_nothing_of_itself_nor_of_its_counterpart() -> None:
    row = rows(sample_script())["l5"]
    assert {row.title(side) for side in Side} == {"(private)"}
    assert {row.start(side, UTC) for side in Side} == {""}
    assert fields_of(row.step, UTC) == ((), ())
    assert "secret" not in row.text


def test_items_at_rest_come_last() -> None:
    assert [row.sign for row in rows(sample_script()).values()][-1] == "z"


def test_the_detail_of_a_conflict_has_both_values_and_the_base() -> None:
    lines, alike = fields_of(rows(sample_script())["l2"].step, UTC)
    assert [(line.label, line.sign, line.salesforce, line.outlook, line.before) for line in lines] == [
        ("Location", "?", "Canteen", "Osteria", "-")
    ]
    assert "Subject" in alike


def test_a_contact_is_called_by_its_name_and_has_no_time() -> None:
    row = rows(contacts_script())["c1"]
    assert {row.title(side) for side in Side} == {"Ada Lovelace"}
    assert {row.start(side, UTC) for side in Side} == {""}


def test_a_task_is_placed_by_its_due_date() -> None:
    row = rows(tasks_script())["t1"]
    assert (row.start(Side.OUTLOOK, UTC), row.start(Side.SALESFORCE, UTC)) == ("16 Mar", "18 Mar")
    assert rows(tasks_script())["t2"].start(Side.OUTLOOK, UTC) == ""


def test_a_contact_merged_away_waits_for_the_person() -> None:
    row = rows(contacts_script())["c2"]
    assert (row.kind, f"{row.sign} {row.words}") == (RowKind.WAITING, "? Merged, two items left")
    assert row.step.reason is not None
    assert row.step.reason.why is Why.MERGED


def test_lists_that_stay_in_outlook_are_never_shown() -> None:
    found = rows(contacts_script())
    lines, alike = fields_of(found["ol-c4|sf-c4"].step, UTC)
    assert lines == ()
    assert alike == ("First name", "Last name", "E-mail")


def test_the_detail_of_a_task_tells_dates_and_instants_on_the_persons_wall() -> None:
    lines, _ = fields_of(rows(tasks_script())["outlook:ol-t3"].step, ZoneInfo("Asia/Tokyo"))
    told = {line.label: (line.sign, line.outlook) for line in lines}
    assert told["Due"] == ("<--", "13 Mar 2026")
    assert told["Reminder"] == ("<--", "13 Mar 2026 18:00")
    assert told["Status"] == ("<--", "not started")


def test_a_decided_field_points_the_way_while_the_item_waits_for_the_others() -> None:
    choices = {"email": Side.OUTLOOK}
    row = rows(contacts_script(), Answers(choices={"c1": choices}))["c1"]
    lines, _ = fields_of(row.step, UTC, choices)
    assert {line.name: line.sign for line in lines} == {
        "job_title": "?",
        "email": "<--",
        "mobile_phone": "?",
    }


def test_reasons_are_told_once_each() -> None:
    reasons = reasons_of(rows(sample_script())["l4"].step)
    assert len(reasons) == 1
    assert "guests" in reasons[0]


def test_search_looks_at_names_and_actions() -> None:
    row = rows(sample_script())["salesforce:sf-10"]
    assert "acme" in row.text
    assert "add to outlook" in row.text
    assert "site visit" not in row.text


def test_a_company_is_told_to_salesforce_and_shown_as_written_nowhere() -> None:
    fields = frozen({"last_name": "Byron", "company": "Analytical Engines"})
    alone = Unlinked(Side.OUTLOOK, Item("o", fields))
    (row,) = rows_of(plan(Process.CONTACT, (), (alone,), Rules(), datetime(2026, 3, 11, tzinfo=UTC)))
    signs = {line.label: line.sign for line in fields_of(row.step, UTC)[0]}
    assert signs == {"Last name": "<--", "Company": ""}
