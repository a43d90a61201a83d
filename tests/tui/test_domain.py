"""What a user of the original knows by heart and no other test drives: by keyboard."""

from __future__ import annotations

from lpc_tui.model.items import Process
from lpc_tui.settings import Settings
from lpc_tui.settings_check import with_changes
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.screens.run_dialogs import StartDialog
from lpc_tui.tui.widgets.fields import DropDown
from tests.tui.fake_engine import FakeEngine
from tests.tui.harness import MemoryStore, at_rest, make_app, press, screen_text, until, until_screen
from tests.tui.samples import many

OUTLOOK_BOXES = ("create_in_outlook", "update_in_outlook", "delete_from_outlook")


async def test_start_sync_is_a_button_too() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        app.main.query_one("#start").focus()
        await press(pilot, "enter")
        await until_screen(pilot, StartDialog)
        assert "Start Sync" in screen_text(app)


async def test_tasks_begin_with_thirty_and_three_hundred_and_sixty_five_days() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter")
        await press(pilot, "end", "enter")
        await until(pilot, lambda: app.main.sync_jobs.process is Process.TASK)
        shown = screen_text(app)
        assert "Synchronize Past Days:    [ 30 " in shown
        assert "Synchronize Future Days:  [ 365" in shown
        assert app.main.query_one("#process", DropDown).value == "task"


async def test_all_three_boxes_of_a_side_make_the_sync_one_way() -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        for name in OUTLOOK_BOXES:
            assert app.main.focus_setting(f"sync.calendar.prevent.{name}")
            await press(pilot, "space")
        await press(pilot, "f2")
        await until(pilot, lambda: bool(store.saves))
    prevent = store.settings.sync.calendar.prevent
    assert all(getattr(prevent, name) for name in OUTLOOK_BOXES)
    assert not prevent.create_in_salesforce
    assert not prevent.update_in_salesforce


async def test_rebuild_history_is_found_by_typing_its_name() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "ctrl+p")
        await press(pilot, *"Rebuild History: Task")
        await until(pilot, lambda: "Rebuild History: Task" in screen_text(app))
        await at_rest(pilot)
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, Question) or bool(app._notifications))


async def test_a_finished_background_sync_is_told_where_that_is_wanted() -> None:
    for is_wanted in (False, True):
        engine = FakeEngine(many(3))
        settings = with_changes(Settings(), {"notifications.when_finished": is_wanted})
        app = make_app(engine, MemoryStore(settings))
        async with app.run_test(size=(80, 24)) as pilot:
            await press(pilot, "f5", "b", "y")
            await until(pilot, lambda: bool(engine.reviews) and not app.run_control.is_running)  # noqa: B023
            await at_rest(pilot)
            assert bool(app._notifications) is is_wanted


async def test_there_is_no_time_zone_to_choose() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a")
        await until(pilot, lambda: "Times are this computer's own." in screen_text(app))
