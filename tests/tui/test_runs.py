"""A run by keyboard: start, review, confirm, watch, stop, quit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.widgets import Static

from lpc_tui.engine.events import Noticed, Outcome, Phase
from lpc_tui.engine.interface import Cancel, RunResult
from lpc_tui.errors import LockedError, UnreachableError
from lpc_tui.model.items import Process
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.messages import EventsArrived
from lpc_tui.tui.run_state import Activity
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_dialogs import StartDialog, SummaryDialog
from lpc_tui.tui.widgets.components import Component
from lpc_tui.tui.widgets.fields import Field
from lpc_tui.tui.widgets.lines import StateLine
from tests.tui.fake_engine import FakeEngine
from tests.tui.harness import (
    MemoryStore,
    make_app,
    make_ports,
    press,
    screen_text,
    still_app,
    until,
    until_screen,
)
from tests.tui.reviewing import to_review
from tests.tui.samples import NOW, contacts_script, many, sample_script, tasks_script


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


async def test_keys_answer_while_a_run_goes_on_and_cancel_stops_it_at_once() -> None:
    app, engine = await held_app(Phase.READ)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "y")
        await until(pilot, engine.is_held.is_set)
        assert "F8 Cancel sync" in screen_text(app)
        assert "F5 Start Sync" not in screen_text(app)
        await press(pilot, "tab", "space")
        assert app.settings_binding.staging.is_dirty
        await press(pilot, "escape")
        assert app.run_control.state.activity is Activity.RUNNING
        await press(pilot, "f8")
        await until_screen(pilot, SummaryDialog)
        assert "cancelled" in screen_text(app)
        assert not app.run_control.is_running


class Stubborn(FakeEngine):
    """Its write under way takes until the test releases it."""

    async def _hold(self, phase: Phase, cancel: Cancel) -> None:
        if phase is self.hold_at:
            self.is_held.set()
            await self.release.wait()


async def stubborn_app(ended: list[str]) -> tuple[LpcApp, FakeEngine]:
    engine = Stubborn(sample_script(), hold_at=Phase.APPLY)
    ports = replace(make_ports(engine), exit_at_once=lambda: ended.append("at once"))
    app = still_app(ports)
    return app, engine


async def test_a_second_cancel_asks_before_it_ends_the_program_at_once() -> None:
    ended: list[str] = []
    app, engine = await stubborn_app(ended)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_review(pilot)
        await press(pilot, "f5", "y")
        await until(pilot, engine.is_held.is_set)
        await press(pilot, "f8")
        assert "Stopping after the write under way" in screen_text(app)
        await press(pilot, "f8", "enter")
        assert ended == []
        await press(pilot, "f8", "e")
        assert ended == ["at once"]
        engine.release.set()
        await until_screen(pilot, SummaryDialog)


async def test_quitting_while_it_stops_ends_with_the_run_or_at_once() -> None:
    ended: list[str] = []
    app, engine = await stubborn_app(ended)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_review(pilot)
        await press(pilot, "f5", "y")
        await until(pilot, engine.is_held.is_set)
        await press(pilot, "f8", "ctrl+q")
        assert "End the program without waiting?" in screen_text(app)
        await press(pilot, "escape")
        assert ended == []
        engine.release.set()
        await until(pilot, lambda: app.return_code == 0)
    assert engine.is_closed


async def test_a_pause_counts_its_seconds_down_without_an_event() -> None:
    now = NOW
    engine = FakeEngine(sample_script(), hold_at=Phase.READ)
    engine.scripts = (replace(sample_script(), notices=[Noticed(text="busy", level="warning", wait_s=30)]),)
    app = LpcApp(replace(make_ports(engine), clock=lambda: now), poll_s=None)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "y")
        await until(pilot, lambda: "waits 30 s as the service asks" in screen_text(app))
        now += timedelta(seconds=12)
        app.main.query_one(StateLine)._render_state()
        await pilot.pause()
        assert "waits 18 s as the service asks" in screen_text(app)
        await press(pilot, "f8")
        await until_screen(pilot, SummaryDialog)


async def test_each_process_has_a_line_while_several_run() -> None:
    engine = FakeEngine(sample_script(), contacts_script(), tasks_script(), hold_at=Phase.READ)
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "e")
        await until(pilot, lambda: "Task      waits for its turn" in screen_text(app))
        assert "Calendar  reading both sides" in screen_text(app)
        await press(pilot, "f8")
        await until_screen(pilot, SummaryDialog)
        await press(pilot, "escape")
        assert "waits for its turn" not in screen_text(app)


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


async def test_the_summary_tells_what_was_done_failed_waits_and_is_prevented_each_with_a_remedy() -> None:
    engine = FakeEngine(replace(sample_script(), refusals={"Kick-off ACME": "Mailbox is full"}))
    app = make_app(engine)
    async with app.run_test(size=(100, 50)) as pilot:
        await to_review(pilot)
        await press(pilot, "f5", "y")
        await until_screen(pilot, SummaryDialog)
        shown = screen_text(app)
        for words in (
            "Calendar: 1 added to Salesforce, 1 updated in Outlook",
            "FAILED: Add to Outlook: Kick-off ACME (Mailbox is full)",
            "> Correct it in Salesforce as the reason says",
            "1 in conflict, because the sides differ: Lunch with Acme",
            "> Decide in the review of the next sync",
            "1 waiting for your yes, because guests would get mail",
            "Board meeting",
            "What is prevented",
            "Calendar: 1 x Delete from Salesforce: Old demo",
            "unticked.",
        ):
            assert words in shown
        await press(pilot, "i")
        await pilot.pause()
        assert app.main.components.highlighted == list(Component).index(Component.ISSUES)


async def test_a_summary_without_anything_open_offers_no_issues() -> None:
    app = make_app(FakeEngine(many(2)))
    async with app.run_test(size=(80, 24)) as pilot:
        await to_review(pilot)
        await press(pilot, "f5", "y")
        await until_screen(pilot, SummaryDialog)
        assert "Issues" not in screen_text(app)[-500:]


class _LastWord(Static):
    """Lets a run have one while the screens go."""

    def on_unmount(self) -> None:
        self.app.call_later(self.app.post_message, EventsArrived([Noticed(text="Too late")]))


async def test_what_a_run_says_while_the_ui_ends_harms_nothing() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.main.mount(_LastWord())
        await pilot.pause()
    assert not app.is_running
