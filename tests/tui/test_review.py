"""The Synchronization Summary by keyboard: look, filter, choose, leave out, confirm, or back out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from functools import partial

import pytest
from textual.strip import Strip
from textual.widgets import Input

from lpc_tui.model.items import Process, Side
from lpc_tui.model.links import Unlinked
from lpc_tui.model.plan import WHOLE, Answers, Plan, Reason, Step, Why
from lpc_tui.reports.interface import Answer
from lpc_tui.tui import review_list
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.review_rows import Row, row_of
from lpc_tui.tui.review_state import ReviewState
from lpc_tui.tui.review_words import consent_words, why_words
from lpc_tui.tui.screens.item import ItemScreen
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_dialogs import StartDialog, SummaryDialog
from lpc_tui.tui.screens.why import WhyScreen
from lpc_tui.tui.widgets.review_detail import ReviewDetail
from lpc_tui.tui.widgets.review_table import ReviewTable
from tests.tui.fake_engine import FakeEngine, Script, ScriptedProposal
from tests.tui.fake_reports import FakeReports, explanation
from tests.tui.harness import make_app, make_ports, press, screen_text, until, until_screen
from tests.tui.reviewing import go_to, to_review
from tests.tui.samples import (
    contacts_script,
    event,
    item,
    linked,
    many,
    sample_script,
    tasks_script,
    with_guests,
)


def _is_shown(app: LpcApp, words: str) -> bool:
    return words in screen_text(app)


@pytest.mark.parametrize(
    ("width", "common", "differing"),
    [
        (60, "[x] 12 Mar Kick-off A… --> Add to Outlook", "[x]        Review Q1…  --> Update Outlook       Review Q1"),
        (80, "[x] 12 Mar 10:00 Kick-off ACME", "Revi… 14 Mar 15:00 --> Update Outlook       Revi… 14 Mar 14:00"),
        (120, "[x] 12 Mar 10:00 Kick-off ACME", "14 Mar 15:00 --> Update Outlook: Subject, Time"),
    ],
)  # fmt: skip
async def test_a_row_tells_the_time_once_unless_the_sides_differ(
    width: int, common: str, differing: str
) -> None:
    app = make_app(FakeEngine(sample_script()))
    async with app.run_test(size=(width, 24)) as pilot:
        await to_review(pilot)
        shown = screen_text(app)
        assert common in shown
        assert differing in shown


@pytest.mark.parametrize("key", ["escape", "f8"])
async def test_backing_out_of_the_review_writes_nothing(key: str) -> None:
    engine = FakeEngine(sample_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_review(pilot)
        await press(pilot, key)
        await until_screen(pilot, SummaryDialog)
    assert [review.is_approved for review in engine.reviews] == [False]


async def test_space_takes_a_row_out_and_in_again() -> None:
    engine = FakeEngine(sample_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        await go_to(pilot, review, "l1")
        await press(pilot, "space")
        assert review.answers.excluded == {"l1"}
        assert "- left out this time" in screen_text(app)
        await press(pilot, "space")
        assert review.answers.excluded == frozenset()
        await press(pilot, "n")
        assert review.plan.writes == ()
        await press(pilot, "a")
        assert len(review.plan.writes) == 3


async def test_a_conflict_is_settled_by_a_key_and_unsettled_by_another() -> None:
    app = make_app(FakeEngine(sample_script()))
    async with app.run_test(size=(120, 40)) as pilot:
        review = await to_review(pilot)
        await go_to(pilot, review, "l2")
        await press(pilot, "o")
        assert "<-- Outlook wins: Location" in screen_text(app)
        await press(pilot, "s")
        assert "--> Salesforce wins: Location" in screen_text(app)
        assert review.answers.choices == {"l2": {WHOLE: Side.SALESFORCE}}
        await press(pilot, "u")
        assert review.answers == Answers()


async def test_each_field_of_a_conflict_is_settled_by_itself() -> None:
    app = make_app(FakeEngine(contacts_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "down", "enter")
        review = await to_review(pilot)
        await go_to(pilot, review, "c1")
        assert "Enter: every field in full, to decide each by itself." in screen_text(app)
        await press(pilot, "enter", "down", "o")
        assert review.answers.choices == {"c1": {"email": Side.OUTLOOK}}
        shown = screen_text(app)
        assert "? 1 of 3 decided" in shown
        assert "?   Job title     undecided" in shown
        assert "<-- E-mail        Outlook wins     will be: ada@lovelace.example (once all" in shown
        await press(pilot, "down", "s", "up", "up", "o")
        assert "<-> Decided by field" in screen_text(app)
        await press(pilot, "down", "u")
        assert review.answers.choices == {"c1": {"mobile_phone": Side.SALESFORCE, "job_title": Side.OUTLOOK}}
        await press(pilot, "z")
        assert review.answers.choice("c1", "email") is Side.OUTLOOK
        await press(pilot, "escape")
        assert app.screen is review
        assert "[x] Ada Lovelace             <-> Decided by field" in screen_text(app)
        await press(pilot, "s")
        assert review.answers.choices == {"c1": {WHOLE: Side.SALESFORCE}}
        assert "--> Salesforce wins" in screen_text(app)


async def test_all_fields_are_settled_for_one_side_from_the_item() -> None:
    app = make_app(FakeEngine(contacts_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "down", "enter")
        review = await to_review(pilot)
        await go_to(pilot, review, "c1")
        await press(pilot, "enter", "S")
        assert "--> Salesforce wins" in screen_text(app)
        await press(pilot, "O")
        assert review.answers.choices == {"c1": {WHOLE: Side.OUTLOOK}}


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_an_item_shows_the_texts_in_full_with_what_was_before_and_will_be(
    size: tuple[int, int],
) -> None:
    before = "Agenda: budget and staff. " + "A line of it all.\n" * 60 + "The end."
    base = event("Plan", body=before)
    script = Script(links=[linked("l", base, base, base | {"body": before.replace("staff", "rooms")})])
    app = make_app(FakeEngine(script))
    async with app.run_test(size=size) as pilot:
        await to_review(pilot)
        await press(pilot, "enter")
        await until_screen(pilot, ItemScreen)
        assert "The end." not in screen_text(app)
        shown = screen_text(app)
        for _ in range(12):
            await press(pilot, "pagedown")
            shown += screen_text(app)
        for words in (
            "Before",
            "Salesforce now",
            "Outlook now",
            "Will be",
            "[-staff-]",
            "{+rooms+}",
            "The end.",
        ):
            assert words in shown
        assert "All Outlook" not in screen_text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, ReviewScreen)


async def test_an_edit_against_a_delete_is_settled_as_a_whole() -> None:
    base = event("Plan")
    engine = FakeEngine(Script(links=[linked("l", base, None, base | {"body": "B"})]))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        assert "? Edited and deleted" in screen_text(app)
        await press(pilot, "o")
        assert "x Outlook wins: gone" in screen_text(app)
        await press(pilot, "enter", "s")
        assert "--> Salesforce wins: add" in screen_text(app)
        assert review.answers.choices == {"l": {WHOLE: Side.SALESFORCE}}


async def test_fresh_matches_that_differ_are_not_called_edits() -> None:
    app = make_app(FakeEngine(fresh_match()))
    async with app.run_test(size=(80, 24)) as pilot:
        await to_review(pilot)
        shown = screen_text(app)
        assert "? The two sides differ" in shown
        assert "hanged on both sides" not in shown


def fresh_match() -> Script:
    """The same meeting on both sides, never linked, in two rooms."""
    return Script(
        unlinked=[
            Unlinked(side, item(f"{side}-1", event("Plan", location=f"Room {number}")))
            for number, side in enumerate(Side)
        ]
    )


async def test_the_detail_of_a_row_without_a_choice_scrolls_by_the_arrows() -> None:
    app = make_app(FakeEngine(contacts_script()))
    async with app.run_test(size=(80, 14)) as pilot:
        await press(pilot, "enter", "down", "enter")
        review = await to_review(pilot)
        await go_to(pilot, review, "salesforce:sf-c3")
        await press(pilot, "tab", "down")
        detail = review.query_one(ReviewDetail)
        assert detail.scroll_y == (1 if detail.max_scroll_y else 0)


@pytest.mark.parametrize(
    ("script", "heading", "rows"),
    [
        (
            contacts_script(),
            "    Salesforce               Action ",
            ["[x] Katherine Johnson        --> Add to Outlook"],
        ),
        (
            tasks_script(),
            "    Due    Salesforce            Action ",
            [
                "[x] 13 Mar                       <-- Add to Salesforce    Call back",
                "[x]        Send the offer 18 Mar --> Update Outlook       Send the offer 16 Mar",
            ],
        ),
    ],
    ids=["contacts", "tasks"],
)
async def test_contacts_have_no_column_of_times_and_tasks_have_one_of_days(
    script: Script, heading: str, rows: list[str]
) -> None:
    app = make_app(FakeEngine(script))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", *["down"] * list(Process).index(script.process), "enter")
        await to_review(pilot)
        shown = screen_text(app)
        assert heading in shown
        for row in rows:
            assert row in shown


async def test_mail_to_guests_needs_a_yes_of_its_own() -> None:
    app = make_app(FakeEngine(sample_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        await go_to(pilot, review, "l4")
        await press(pilot, "y")
        assert isinstance(app.screen, Question)
        assert "guests" in screen_text(app)
        await press(pilot, "n")
        assert review.answers.consents == frozenset()
        await press(pilot, "y", "y")
        assert review.answers.consents == {"l4"}


@pytest.mark.parametrize(
    ("guests", "words"),
    [
        ((), "the service may write to everybody who is invited there."),
        (("Ada",), "the service may write to Ada."),
        (("[b]Ada\x1b[2J", "Bo"), "the service may write to [b]Ada\u241b[2J and Bo."),
        ("ABCDEFGH", "the service may write to A, B, C, D, E, F and others."),
    ],
)
def test_the_question_names_who_may_get_mail(guests: tuple[str, ...], words: str) -> None:
    board = event("Board meeting", 18, 9)
    meeting = with_guests(linked("l1", board, board, board | {"location": "Hall"}), *guests)
    plan = ScriptedProposal(Script(links=[meeting])).plans[Process.CALENDAR]
    _, told = consent_words(row_of(plan.steps[0]), UTC)
    assert words in told


async def test_a_change_of_a_whole_series_needs_a_yes_of_its_own() -> None:
    standup = event("Stand-up", 20, 9)
    series = linked("l1", standup, standup, standup | {"location": "Room 5"}, spreads=True)
    app = make_app(FakeEngine(Script(links=[series])))
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        await press(pilot, "y")
        assert isinstance(app.screen, Question)
        shown = screen_text(app)
        assert "Change the whole series?" in shown
        assert "Stand-up, 20 Mar 09:00" in shown
        assert "guests" not in shown
        await press(pilot, "enter")
        assert review.answers.consents == frozenset(), "the safe answer comes first"
        await press(pilot, "y", "y")
        assert review.answers.consents == {"l1"}


async def test_filters_narrow_the_rows_by_action_side_and_text_and_say_so() -> None:
    app = make_app(FakeEngine(sample_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        table = review.query_one(ReviewTable)
        assert "[All 8] Add 2" in screen_text(app)
        assert "Showing 8 of 8 " in screen_text(app)
        await press(pilot, "f")
        assert [row.key for row in table.rows] == ["salesforce:sf-10", "outlook:ol-11"]
        assert "Showing 2 of 8: Add (Esc clears)" in screen_text(app)
        await press(pilot, "t")
        assert [row.key for row in table.rows] == ["salesforce:sf-10"]
        assert "Showing 1 of 8: Add, to Outlook (Esc clears)" in screen_text(app)
        await press(pilot, "f", "f", "f")
        assert [row.key for row in table.rows] == ["l2"]
        await press(pilot, "F", "F", "F", "F", "t", "t", "slash", "a", "c", "m", "e")
        assert {row.key for row in table.rows} == {"salesforce:sf-10", "l2"}
        assert 'Showing 2 of 8: "acme" (Esc clears)' in screen_text(app)
        assert review.query_one(Input).has_focus
        await press(pilot, "enter")
        assert table.has_focus
        await press(pilot, "escape")
        assert len(table.rows) == 8
        assert app.screen is review


async def test_a_filter_keeps_the_cursor_on_its_row() -> None:
    app = make_app(FakeEngine(sample_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        await go_to(pilot, review, "l2")
        await press(pilot, "slash", "l", "u", "n", "enter", "escape")
        row = review.query_one(ReviewTable).row
        assert row is not None
        assert row.key == "l2"


async def test_what_a_filter_leaves_is_what_all_out_takes_out_and_z_takes_it_back() -> None:
    app = make_app(FakeEngine(sample_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        await press(pilot, "f", "n")
        assert review.answers.excluded == {"salesforce:sf-10", "outlook:ol-11"}
        assert screen_text(app).count("- left out this time") == 2
        await press(pilot, "escape", "space", "z", "z")
        assert review.answers == Answers()
        assert screen_text(app).count("- left out this time") == 0
        await press(pilot, "z")
        assert "There is nothing to take back." in [toast.message for toast in app._notifications]


async def test_ten_thousand_rows_are_filtered_in_slices_and_nothing_is_missed() -> None:
    app = make_app(FakeEngine(many(10_000)))
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        table = review.query_one(ReviewTable)
        await press(pilot, "slash", "9", "9", "9")
        await until(pilot, partial(_is_shown, app, 'Showing 19 of 10,000: "999"'))
        assert {row.title(Side.OUTLOOK) for row in table.rows} == {
            f"Event {number:05}" for number in range(10_000) if "999" in f"{number:05}"
        }
        await press(pilot, "enter", "n")
        assert len(review.answers.excluded) == 19
        await press(pilot, "escape")
        await until(pilot, partial(_is_shown, app, "Showing 10,000 of 10,000 "))
        assert len(table.rows) == 10_000


async def test_an_answer_among_ten_thousand_makes_one_row_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(step: Step, answers: Answers | None = None) -> Row:
        made.append(step.key)
        return row_of(step, answers)

    app = make_app(FakeEngine(many(10_000)))
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        monkeypatch.setattr(review_list, "row_of", counted)
        await press(pilot, "space", "down", "space", "z")
        assert len(made) == 3
        assert len(review.answers.excluded) == 1


async def test_leaving_a_review_with_answers_asks() -> None:
    engine = FakeEngine(sample_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        await go_to(pilot, review, "l1")
        await press(pilot, "space", "escape", "n")
        assert app.screen is review
        await press(pilot, "escape", "y")
        await until_screen(pilot, SummaryDialog)
    assert not engine.reviews[0].is_approved


async def test_the_brake_is_asked_about_and_the_answer_goes_to_the_engine() -> None:
    class Braked(ScriptedProposal):
        def answered(self, process: Process, answers: Answers) -> Plan:
            plan = super().answered(process, answers)
            return replace(plan, brakes=(Reason(Why.BRAKE, "30 deletes in Outlook, of 40 links."),))

    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        given: list[Answers | None] = []
        proposal = Braked(sample_script())
        state = ReviewState(proposal, Process.CALENDAR)
        app.push_screen(ReviewScreen(proposal, state, app.ports.zone), given.append)
        await pilot.pause()
        assert "! 30 deletes in Outlook, of 40 links." in screen_text(app)
        await press(pilot, "f5", "enter")
        assert given == []
        await press(pilot, "f5")
        assert "To delete from" not in screen_text(app)
        assert "In all: 1 to add to Outlook, 1 to update in Outlook, 1 to add to" in screen_text(app)
        await press(pilot, "g")
        await until(pilot, lambda: bool(given))
    assert given[0] is not None
    assert given[0].accepts_brake


async def test_ten_thousand_rows_are_walked_without_refilling(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    original = ReviewTable.render_line

    def counted(table: ReviewTable, y: int) -> Strip:
        drawn.append(y)
        return original(table, y)

    app = make_app(FakeEngine(many(10_000)))
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        table = review.query_one(ReviewTable)
        monkeypatch.setattr(ReviewTable, "render_line", counted)
        await press(pilot, "down", "down", "down")
        assert table.cursor == 3
        assert len(drawn) <= 3 * 2
        await press(pilot, "end")
        assert table.row is table.rows[-1]
        await press(pilot, "pageup")
        assert table.cursor < 9_999


async def test_all_three_are_started_at_once_and_reviewed_one_after_the_other() -> None:
    engine = FakeEngine(sample_script(), contacts_script(), tasks_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5")
        await until_screen(pilot, StartDialog)
        await press(pilot, "e")
        for number, process in enumerate(Process, 1):
            title = f"Synchronization Summary: {process.label} ({number} of 3)"
            await until(pilot, partial(_is_shown, app, title))
            await press(pilot, "f5")
            assert ("Nothing is written before the last is confirmed." in screen_text(app)) == (number < 3)
            await press(pilot, "y")
        await until_screen(pilot, SummaryDialog)
        shown = screen_text(app)
        assert "Contact: 1 added to Outlook" in shown
        assert "Task: 1 added to Salesforce" in shown
    assert engine.runs == [tuple(Process)]


async def test_a_process_with_nothing_to_see_is_not_reviewed() -> None:
    quiet = Script(Process.CONTACT)
    engine = FakeEngine(sample_script(), quiet, tasks_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "e")
        await until(pilot, partial(_is_shown, app, "Summary: Calendar (1 of 2)"))
        await press(pilot, "f5")
        assert "Next: Task." in screen_text(app)
        await press(pilot, "y")
        await until(pilot, partial(_is_shown, app, "Summary: Task (2 of 2)"))
        await press(pilot, "f5", "y")
        await until_screen(pilot, SummaryDialog)
    assert engine.reviews[0].is_approved


async def test_backing_out_of_one_review_writes_nothing_of_the_others_either() -> None:
    engine = FakeEngine(sample_script(), contacts_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "e")
        await until(pilot, partial(_is_shown, app, "Summary: Calendar (1 of 2)"))
        await press(pilot, "f5", "y")
        await until(pilot, partial(_is_shown, app, "Summary: Contact (2 of 2)"))
        await press(pilot, "escape")
        await until_screen(pilot, SummaryDialog)
    assert [review.is_approved for review in engine.reviews] == [False]


async def test_the_detail_has_no_column_for_a_side_that_has_nothing() -> None:
    app = make_app(FakeEngine(tasks_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "down", "down", "enter")
        review = await to_review(pilot)
        await go_to(pilot, review, "outlook:ol-t3")
        await pilot.pause()
        shown = screen_text(app)
        assert "Outlook now" in shown
        assert "Salesforce now" not in shown
        assert "Before" not in shown
        await go_to(pilot, review, "t2")
        await pilot.pause()
        assert "Salesforce now        Outlook now           Before" in screen_text(app)


async def test_why_tells_of_the_row_under_the_cursor_what_the_plan_does_and_what_is_on_record() -> None:
    reports = FakeReports(answers={"ol-l1": Answer(asked="ol-l1", explanation=explanation("Review Q1"))})
    app = LpcApp(make_ports(FakeEngine(sample_script()), reports=reports), poll_s=None)
    async with app.run_test(size=(100, 30)) as pilot:
        review = await to_review(pilot)
        assert "w Why?" in screen_text(app)
        await go_to(pilot, review, "l1")
        await press(pilot, "w")
        await until_screen(pilot, WhyScreen)
        await until(pilot, lambda: "What is on record of it:" in screen_text(app))
        shown = screen_text(app)
        assert "This plan: Update Outlook: Subject, Time." in shown
        assert "Salesforce has another value there now than the two sides agreed on last." in shown
        assert "Calendar: Review Q1: out of scope" in shown
        await press(pilot, "escape")
        assert app.screen is review
        await go_to(pilot, review, "l3")
        await press(pilot, "w")
        await until(pilot, lambda: "Nothing is on record of it yet." in screen_text(app))
        assert "This plan: Delete prevented." in screen_text(app)
        assert "It was deleted from Outlook; Outlook itself says that it is gone." in screen_text(app)
    assert reports.asked == ["ol-l1", "ol-l3"]


def test_why_has_a_reason_for_every_row() -> None:
    scripts = (sample_script(), contacts_script(), tasks_script())
    rows = [
        row_of(step) for script in scripts for step in ScriptedProposal(script).plans[script.process].steps
    ]
    for row in rows:
        head, *reasons = why_words(row)
        assert head.endswith(".")
        assert reasons, f"{row.sign} {row.words} has no reason"
