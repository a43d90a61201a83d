"""A run by keyboard: start, review, confirm, watch, stop, quit."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from lpc_tui.engine.events import Noticed, Outcome, Phase
from lpc_tui.engine.interface import RunResult
from lpc_tui.errors import LockedError, UnreachableError
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import WHOLE, Answers, Plan, Reason, Why
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.run_state import Activity
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_dialogs import StartDialog, SummaryDialog
from lpc_tui.tui.widgets.fields import Field
from lpc_tui.tui.widgets.review_detail import ReviewDetail
from lpc_tui.tui.widgets.review_table import ReviewTable
from tests.tui.fake_engine import FakeEngine, Script, ScriptedProposal
from tests.tui.harness import MemoryStore, make_app, press, screen_text, until, until_screen
from tests.tui.samples import contacts_script, many, sample_script, tasks_script


async def to_review(pilot: Pilot[None]) -> ReviewScreen:
    await press(pilot, "f5")
    await until_screen(pilot, StartDialog)
    await press(pilot, "y")
    return await until_screen(pilot, ReviewScreen)


def _is_shown(app: LpcApp, words: str) -> bool:
    return words in screen_text(app)


def go_to(review: ReviewScreen, key: str) -> None:
    table = review.query_one(ReviewTable)
    table.cursor = [row.key for row in table.rows].index(key)


async def test_a_sync_from_f5_to_the_summary() -> None:
    engine = FakeEngine(replace(sample_script(), refusals={"Kick-off ACME": "Mailbox is full"}))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_review(pilot)
        assert "Synchronization Summary: Calendar" in screen_text(app)
        await press(pilot, "f5", "y")
        await until_screen(pilot, SummaryDialog)
        shown = screen_text(app)
        assert "1 added to Salesforce" in shown
        assert "Mailbox is full" in shown
        await press(pilot, "escape")
        assert "Sync finished 1.5 s after its start" in screen_text(app)
    assert engine.runs == [(Process.CALENDAR,)]
    assert engine.is_closed
    assert engine.reviews[0].is_approved


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
        go_to(review, "l1")
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
        go_to(review, "l2")
        await press(pilot, "o")
        assert "<-- Update Salesforce: Location" in screen_text(app)
        await press(pilot, "s")
        assert "--> Update Outlook: Location" in screen_text(app)
        assert review.answers.choices == {"l2": {WHOLE: Side.SALESFORCE}}
        await press(pilot, "u")
        assert review.answers == Answers()


async def test_each_field_of_a_conflict_is_settled_by_itself() -> None:
    app = make_app(FakeEngine(contacts_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "down", "enter")
        review = await to_review(pilot)
        go_to(review, "c1")
        await pilot.pause()
        assert "Tab leads here, to decide each field by itself." in screen_text(app)
        await press(pilot, "tab", "down", "o")
        assert review.answers.choices == {"c1": {"email": Side.OUTLOOK}}
        assert "Job title    ?  " in screen_text(app)
        assert "E-mail       <--" in screen_text(app)
        assert "? changed on both sides" in screen_text(app)
        await press(pilot, "down", "s", "up", "up", "o")
        assert "[x] Ada Lovelace             <-> Update both" in screen_text(app)
        await press(pilot, "down", "u")
        assert review.answers.choices == {"c1": {"mobile_phone": Side.SALESFORCE, "job_title": Side.OUTLOOK}}
        await press(pilot, "escape")
        assert app.screen is review
        assert review.query_one(ReviewTable).has_focus
        await press(pilot, "s")
        assert review.answers.choices == {"c1": {WHOLE: Side.SALESFORCE}}


async def test_a_click_on_a_field_takes_the_cursor_there() -> None:
    app = make_app(FakeEngine(contacts_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "down", "enter")
        review = await to_review(pilot)
        go_to(review, "c1")
        await pilot.pause()
        at = next(y for y, line in enumerate(screen_text(app).splitlines()) if line.startswith(" E-mail"))
        await pilot.click(offset=(5, at))
        await pilot.pause()
        assert review.query_one(ReviewDetail).field == "email"


async def test_the_detail_of_a_row_without_a_choice_scrolls_by_the_arrows() -> None:
    app = make_app(FakeEngine(contacts_script()))
    async with app.run_test(size=(80, 14)) as pilot:
        await press(pilot, "enter", "down", "enter")
        review = await to_review(pilot)
        go_to(review, "salesforce:sf-c3")
        await press(pilot, "tab", "down")
        detail = review.query_one(ReviewDetail)
        assert detail.field == ""
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
        go_to(review, "l4")
        await press(pilot, "y")
        assert isinstance(app.screen, Question)
        assert "guests" in screen_text(app)
        await press(pilot, "n")
        assert review.answers.consents == frozenset()
        await press(pilot, "y", "y")
        assert review.answers.consents == {"l4"}


async def test_filters_narrow_the_rows_by_kind_and_by_text() -> None:
    app = make_app(FakeEngine(sample_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        table = review.query_one(ReviewTable)
        await press(pilot, "f", "f")
        assert [row.key for row in table.rows] == ["l2"]
        await press(pilot, "f", "f", "slash", "a", "c", "m", "e")
        assert {row.key for row in table.rows} == {"salesforce:sf-10", "l2"}
        assert review.query_one(Input).has_focus
        await press(pilot, "enter")
        assert table.has_focus
        await press(pilot, "escape")
        assert len(table.rows) == 8


async def test_leaving_a_review_with_answers_asks() -> None:
    engine = FakeEngine(sample_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        review = await to_review(pilot)
        go_to(review, "l1")
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
        app.push_screen(ReviewScreen(Braked(sample_script()), Process.CALENDAR, app.ports.zone), given.append)
        await pilot.pause()
        assert "! 30 deletes in Outlook, of 40 links." in screen_text(app)
        await press(pilot, "f5", "enter")
        assert given == []
        await press(pilot, "f5", "g")
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


async def test_the_boxes_of_the_start_say_what_takes_part() -> None:
    engine = FakeEngine(contacts_script(), tasks_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5")
        dialog = await until_screen(pilot, StartDialog)
        for process in Process:
            dialog.query_one(f"#start-{process}").focus()
            await press(pilot, "space")
        await press(pilot, "y")
        await until_screen(pilot, ReviewScreen)
    assert engine.runs == [(Process.CONTACT, Process.TASK)]


async def test_the_detail_has_no_column_for_a_side_that_has_nothing() -> None:
    app = make_app(FakeEngine(tasks_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "down", "down", "enter")
        review = await to_review(pilot)
        go_to(review, "outlook:ol-t3")
        await pilot.pause()
        shown = screen_text(app)
        assert "Outlook now" in shown
        assert "Salesforce now" not in shown
        assert "Before" not in shown
        go_to(review, "t2")
        await pilot.pause()
        assert "Salesforce now        Outlook now           Before" in screen_text(app)


async def test_the_process_on_the_screen_is_the_one_that_is_ticked_to_start() -> None:
    engine = FakeEngine(contacts_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "down", "enter", "f5")
        await until_screen(pilot, StartDialog)
        await press(pilot, "y")
        await until_screen(pilot, ReviewScreen)
    assert engine.runs == [(Process.CONTACT,)]


async def test_unsaved_edits_are_settled_before_a_run() -> None:
    store = MemoryStore()
    app = make_app(FakeEngine(sample_script()), store)
    async with app.run_test(size=(80, 24)) as pilot:
        next(each for each in app.main.query(Field) if each.key == "synchronize_private_items").focus()
        await press(pilot, "space", "f5")
        await until_screen(pilot, Question)
        assert "Unsaved settings" in screen_text(app)
        await press(pilot, "a")
        await until_screen(pilot, StartDialog)
        assert store.saves


async def held_app(phase: Phase) -> tuple[LpcApp, FakeEngine]:
    engine = FakeEngine(sample_script(), hold_at=phase)
    return make_app(engine), engine


async def test_keys_answer_while_a_run_goes_on_and_cancel_stops_it() -> None:
    app, engine = await held_app(Phase.READ)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "y")
        await until(pilot, engine.is_held.is_set)
        assert "F8 Cancel sync" in screen_text(app)
        assert "F5 Start Sync" not in screen_text(app)
        await press(pilot, "tab", "space")
        assert app.settings_binding.staging.is_dirty
        await press(pilot, "f8")
        await until_screen(pilot, Question)
        await press(pilot, "y")
        await until_screen(pilot, SummaryDialog)
        assert "cancelled" in screen_text(app)
        assert not app.run_control.is_running


async def test_stopping_says_that_the_current_write_is_finished() -> None:
    app, engine = await held_app(Phase.APPLY)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_review(pilot)
        await press(pilot, "f5", "y")
        await until(pilot, engine.is_held.is_set)
        app.run_control.state.activity = Activity.STOPPING
        app.main.show_state()
        await pilot.pause()
        assert "Stopping: finishing the current write" in screen_text(app)
        assert "F8" not in screen_text(app)
        app.run_control.stop()
        await until_screen(pilot, SummaryDialog)


async def test_quitting_during_a_run_asks_stops_it_and_then_quits() -> None:
    app, engine = await held_app(Phase.APPLY)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_review(pilot)
        await press(pilot, "f5", "y")
        await until(pilot, engine.is_held.is_set)
        await press(pilot, "ctrl+q")
        await until_screen(pilot, Question)
        assert "Cancel the sync and quit?" in screen_text(app)
        await press(pilot, "n")
        assert app.run_control.is_running
        await press(pilot, "ctrl+q", "y")
        await until(pilot, lambda: app.return_code == 0)
    assert engine.is_closed


async def test_quitting_from_the_review_writes_nothing() -> None:
    engine = FakeEngine(sample_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_review(pilot)
        await press(pilot, "ctrl+q")
        await until_screen(pilot, Question)
        await press(pilot, "y")
        await until(pilot, lambda: app.return_code == 0)
    assert [review.is_approved for review in engine.reviews] == [False]


async def test_quitting_from_a_question_over_the_review_writes_nothing() -> None:
    engine = FakeEngine(sample_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_review(pilot)
        await press(pilot, "f5", "ctrl+q")
        assert "Quit without synchronizing?" in screen_text(app)
        await press(pilot, "n", "ctrl+q", "enter")
        await until(pilot, lambda: app.return_code == 0)
    assert [review.is_approved for review in engine.reviews] == [False]
    assert engine.is_closed


async def test_a_run_without_counts_has_a_summary_all_the_same() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(SummaryDialog(RunResult("run-1", Outcome.CANCELLED, 130, {}, {}, None), ()))
        await pilot.pause()
        assert "No plan was carried out." in screen_text(app)


async def test_a_run_that_cannot_start_says_why() -> None:
    busy = LockedError("Another run holds this profile.", "Wait for it to end.")
    engine = FakeEngine(replace(sample_script(), error=busy))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "y")
        await until(
            pilot, lambda: isinstance(app.screen, Question) and not isinstance(app.screen, StartDialog)
        )
        assert "Another run holds this profile." in screen_text(app)
        assert "Wait for it to end." in screen_text(app)
        assert not app.run_control.is_running
    assert engine.is_closed


async def test_a_service_that_is_down_ends_the_run_with_its_words() -> None:
    down = UnreachableError("Outlook did not answer.", "Check the network, then run again.")
    app = make_app(FakeEngine(replace(sample_script(), end=down)))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "y")
        await until_screen(pilot, SummaryDialog)
        shown = screen_text(app)
        assert "stopped early" in shown
        assert "Check the network, then run again." in shown


async def test_a_fault_of_our_own_is_shown_not_swallowed() -> None:
    class Faulty(FakeEngine):
        async def run(self, *_args: object, **_options: object) -> RunResult:
            raise RuntimeError("no [/] such thing")

    app = make_app(Faulty(sample_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "y")
        await until(pilot, lambda: "A fault in lpc-tui" in screen_text(app))
        assert "RuntimeError: no [/] such thing" in screen_text(app)


async def test_notices_of_a_run_are_in_the_log() -> None:
    notice = Noticed(text="Outlook asks for a pause of 3 s", level="warning")
    app = make_app(FakeEngine(replace(sample_script(), notices=[notice])))
    async with app.run_test(size=(80, 24)) as pilot:
        await to_review(pilot)
        await press(pilot, "escape")
        await until_screen(pilot, SummaryDialog)
        assert "Warning: Outlook asks for a pause of 3 s" in [line.words for line in app.main.log_pane.lines]


async def test_ctrl_q_quits_from_a_dialog_too() -> None:
    app = make_app(FakeEngine(sample_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5")
        await until_screen(pilot, StartDialog)
        await press(pilot, "ctrl+q")
        await until(pilot, lambda: app.return_code == 0)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12)])
async def test_a_long_text_leaves_the_buttons_in_sight_and_can_be_read_to_its_end(
    size: tuple[int, int],
) -> None:
    app = make_app()
    async with app.run_test(size=size) as pilot:
        app.push_screen(Question("What failed", "\n".join(f"line {number}" for number in range(50))))
        await pilot.pause()
        assert "Ok" in screen_text(app).splitlines()[-2]
        await press(pilot, *["pagedown"] * 10)
        assert "line 49" in screen_text(app)
        assert "Ok" in screen_text(app).splitlines()[-2]
