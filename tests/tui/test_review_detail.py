"""The words that differ, and the fields of a row as lines: readable without colour, in any width, whatever is in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import Answers, Plan, Reason, Why
from lpc_tui.tui.field_lines import abridged, grid_lines, stack_lines, table_lines, value_lines
from lpc_tui.tui.plain import cells
from lpc_tui.tui.review_fields import FieldView, fields_of
from lpc_tui.tui.review_rows import rows_of
from lpc_tui.tui.review_state import ReviewState
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.word_diff import GONE, NEW, marked
from tests.tui.fake_engine import Script, ScriptedProposal
from tests.tui.harness import make_app, press, screen_text
from tests.tui.hostile import FORBIDDEN, HOSTILE, ascii_id
from tests.tui.samples import event, linked

OLD = "Meet in Room 4, floor 2."


@pytest.mark.parametrize(
    ("text", "others", "shown"),
    [
        (OLD, [OLD], OLD),
        ("Meet in Room 5, floor 2.", [OLD], "Meet in Room {+5+}, floor 2."),
        ("Meet in the big Room 4, floor 2.", [OLD], "Meet in {+the big+} Room 4, floor 2."),
        ("Meet  in\nRoom 4, floor 2.", [OLD], "Meet  in\nRoom 4, floor 2."),
        ("Canteen", [OLD], "{+Canteen+}"),
        (OLD, ["Meet in Room 5, floor 2.", "Meet in Room 4."], "Meet in Room {+4, floor 2+}."),
        ("", [OLD], ""),
    ],
)
def test_words_that_another_text_has_not_are_marked(text: str, others: list[str], shown: str) -> None:
    assert marked(text, others, NEW) == shown


def test_very_long_texts_are_marked_between_what_they_share() -> None:
    ours, theirs = (" ".join(f"{word}{at}" for at in range(5_000)) for word in ("a", "b"))
    shown = marked(f"Begin {ours} end", [f"Begin {theirs} end"], GONE)
    assert shown.startswith("Begin [-a0 ")
    assert shown.endswith(" a4999-] end")


def test_a_mark_that_goes_on_is_closed_on_each_line() -> None:
    lines = value_lines("{+one two three four+} five", 19)
    assert lines == ["{+one two+}", "{+three four+}", "five"]


@pytest.mark.parametrize("width", range(12, 34))
def test_a_mark_is_never_cut_in_two_nor_left_without_a_word(width: int) -> None:
    text = "ada@{+lovelace+}.example or [-ada-]@[-acme-].example"
    lines = value_lines(text, width)
    for line in lines:
        assert cells(line) <= width
        for mark in (NEW, GONE):
            assert line.count(mark.opening) == line.count(mark.closing)
            assert f"{mark.opening}{mark.closing}" not in line
    joined = "".join(lines).replace(" ", "")
    for mark in (NEW, GONE):
        joined = joined.replace(f"{mark.closing}{mark.opening}", "")
    assert joined == text.replace(" ", "")


def test_the_past_shows_what_is_gone_and_each_side_what_is_new() -> None:
    view = FieldView("l", "Location", "?", "Room 4", "Room 5", "Hall 4", "undecided").marked()
    assert (view.before, view.salesforce, view.outlook) == ("[-Room 4-]", "Room {+5+}", "{+Hall+} 4")


def test_sides_that_never_agreed_are_compared_with_each_other() -> None:
    view = FieldView("l", "Location", "?", "", "Room 5", "Room 4", "undecided").marked()
    assert (view.before, view.salesforce, view.outlook) == ("", "Room {+5+}", "Room {+4+}")


def test_what_is_empty_has_no_marks() -> None:
    view = FieldView("l", "Location", "-->", "-", "Room 5", "-", "Room 5").marked()
    assert (view.before, view.salesforce, view.outlook) == ("-", "{+Room 5+}", "-")


def hostile_script(foreign: str) -> Script:
    base = event("Before", body=foreign, location="here")
    edited = base | {"location": foreign, "body": f"{foreign} more"}
    return Script(links=[linked("l", base, base | {"location": "elsewhere"}, edited, has_guests=True)])


@pytest.mark.parametrize("foreign", HOSTILE, ids=ascii_id)
@pytest.mark.parametrize("width", [20, 58, 120])
def test_hostile_values_are_inert_and_stay_in_their_columns(foreign: str, width: int) -> None:
    (row,) = rows_of(ScriptedProposal(hostile_script(foreign)).plans[Process.CALENDAR])
    views, _ = fields_of(row.step, UTC)
    shown = [abridged(view) for view in views]
    lines = [*table_lines(shown, width), *stack_lines(shown, width), *grid_lines(views[0].marked(), width)]
    for text, _ in lines:
        assert not any(character in text for character in FORBIDDEN)
    for text, _ in grid_lines(views[0].marked(), width):
        assert cells(text) <= width


class Braked(ScriptedProposal):
    """Its plans are stopped for a reason that quotes others."""

    def answered(self, process: Process, answers: Answers) -> Plan:
        made = super().answered(process, answers)
        return replace(made, brakes=(Reason(Why.BRAKE, "".join(HOSTILE[:-1])),))


async def test_the_item_and_the_questions_show_hostile_text_inert() -> None:
    foreign = "".join(HOSTILE[:-1])
    base = event(foreign)
    script = Script(
        links=[
            linked("l1", base, base, None),
            linked("l2", base, base, base | {"location": foreign}, has_guests=True),
        ]
    )
    app = make_app()
    async with app.run_test(size=(120, 60), notifications=True) as pilot:
        proposal = Braked(script)
        app.push_screen(ReviewScreen(proposal, ReviewState(proposal, Process.CALENDAR), UTC))
        await pilot.pause()
        for keys in (("enter",), ("escape", "f5"), ("escape", "down", "y")):
            await press(pilot, *keys)
            shown = screen_text(app)
            assert "Smith [Acme]" in shown
            assert not any(character in shown for character in set(FORBIDDEN) - {"\n"})


def test_what_will_be_says_why_nothing_will() -> None:
    base = event("Plan")
    script = Script(links=[linked("l", base, base, base | {"location": "Hall"}, has_guests=True)])
    (row,) = rows_of(ScriptedProposal(script).plans[Process.CALENDAR])
    (view,), _ = fields_of(row.step, UTC)
    assert (view.before, view.salesforce, view.outlook) == ("-", "Hall", "-")
    assert view.after == "as it is, until you say yes"
    said = ScriptedProposal(script).answered(Process.CALENDAR, Answers(consents=frozenset({"l"})))
    (row,) = rows_of(said, Answers(consents=frozenset({"l"})))
    (view,), _ = fields_of(row.step, UTC)
    assert (row.tick, view.sign, view.after) == ("[y]", "-->", "Hall")
    assert row.sides == {Side.OUTLOOK}
