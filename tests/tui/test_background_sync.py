"""Start Background Synchronization: asked once, then quiet; it speaks up when it fails."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from lpc_tui.engine.events import Phase
from lpc_tui.errors import UnreachableError
from lpc_tui.model.items import Process
from lpc_tui.settings import Settings
from lpc_tui.settings_check import with_changes
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.screens.run_dialogs import StartDialog, SummaryDialog
from tests.tui.fake_engine import FakeEngine
from tests.tui.harness import MemoryStore, make_app, press, screen_text, until, until_screen
from tests.tui.samples import contacts_script, many, sample_script, tasks_script


def messages(app: LpcApp) -> list[str]:
    return [toast.message for toast in app._notifications]


async def done(pilot: Pilot[None], app: LpcApp, engine: FakeEngine) -> None:
    await until(pilot, lambda: bool(engine.reviews) and not app.run_control.is_running)


async def test_it_asks_once_and_syncs_without_a_review_a_log_or_a_summary() -> None:
    engine = FakeEngine(many(3))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5")
        await until_screen(pilot, StartDialog)
        await press(pilot, "b")
        question = await until_screen(pilot, Question)
        assert "Start background synchronization?" in screen_text(app)
        assert not isinstance(question, StartDialog)
        await press(pilot, "y")
        await done(pilot, app, engine)
        assert app.screen is app.main
        assert not app.main.log_pane.display
        assert "Last sync: all done" in screen_text(app)
        assert messages(app) == []
    assert engine.runs == [(Process.CALENDAR,)]
    assert engine.reviews[0].is_approved
    assert engine.reviews[0].answers == {}


async def test_no_leaves_everything_as_it_is() -> None:
    engine = FakeEngine(many(3))
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "b", "n")
        assert app.screen is app.main
    assert engine.runs == []


async def test_items_that_wait_are_told_in_a_line_and_stay_untouched() -> None:
    engine = FakeEngine(sample_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "b", "y")
        await done(pilot, app, engine)
        await until(pilot, lambda: bool(messages(app)))
        assert messages(app)[0].startswith("some items need you. Calendar: 1 added to Outlook")
        assert app.screen is app.main


@pytest.mark.parametrize(
    ("changes", "is_shown"),
    [
        ({"notifications.show_summary": "always"}, True),
        ({"notifications.show_summary": "manual"}, False),
        ({"notifications.show_summary": "never"}, False),
    ],
)
async def test_the_summary_of_a_background_sync_is_shown_as_set(
    changes: dict[str, str], is_shown: bool
) -> None:
    engine = FakeEngine(many(3))
    app = make_app(engine, MemoryStore(with_changes(Settings(), changes)))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "b", "y")
        await done(pilot, app, engine)
        await pilot.pause()
        assert isinstance(app.screen, SummaryDialog) == is_shown


async def test_a_manual_sync_is_summed_up_in_a_line_where_no_summary_is_wanted() -> None:
    engine = FakeEngine(many(3))
    store = MemoryStore(with_changes(Settings(), {"notifications.show_summary": "never"}))
    app = make_app(engine, store)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "y", "f5", "y")
        await done(pilot, app, engine)
        await until(pilot, lambda: bool(messages(app)))
        assert messages(app) == ["all done. Calendar: 3 added to Salesforce"]


async def test_a_failed_background_sync_speaks_up() -> None:
    down = UnreachableError("Outlook did not answer.", "Check the network, then run again.")
    store = MemoryStore(with_changes(Settings(), {"notifications.show_summary": "never"}))
    app = make_app(FakeEngine(replace(sample_script(), end=down)), store)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "b", "y")
        await until_screen(pilot, SummaryDialog)
        assert "Check the network, then run again." in screen_text(app)


async def test_everything_is_what_takes_part_in_the_background_sync() -> None:
    ticked = {f"sync.{process}.include_in_background_sync": True for process in ("contact", "task")}
    engine = FakeEngine(contacts_script(), tasks_script())
    app = make_app(engine, MemoryStore(with_changes(Settings(), ticked)))
    async with app.run_test(size=(80, 24)) as pilot:
        await from_the_palette(pilot, "background everything")
        await press(pilot, "y")
        await done(pilot, app, engine)
    assert engine.runs == [(Process.CONTACT, Process.TASK)]


async def test_one_process_is_started_from_the_palette_whatever_is_ticked() -> None:
    engine = FakeEngine(tasks_script(), hold_at=Phase.READ)
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await from_the_palette(pilot, "background synchronization: task")
        await press(pilot, "y")
        await until(pilot, engine.is_held.is_set)
        await until(pilot, lambda: "In the background: Task: reading both sides" in screen_text(app))
        engine.release.set()
        await done(pilot, app, engine)
    assert engine.runs == [(Process.TASK,)]


async def test_everything_with_nothing_ticked_says_what_to_tick() -> None:
    engine = FakeEngine(sample_script())
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await from_the_palette(pilot, "background everything")
        assert "No process takes part" in messages(app)[0]
    assert engine.runs == []


async def from_the_palette(pilot: Pilot[None], words: str) -> None:
    """Choose the first command that the palette finds for these words."""
    await press(pilot, "ctrl+p")
    for character in words:
        await pilot.press({" ": "space", ":": "colon"}.get(character, character))
    app = pilot.app
    await until(pilot, lambda: "Start Background Synchronization" in screen_text(app))
    await press(pilot, "down", "enter")
    await until(pilot, lambda: type(app.screen).__name__ != "CommandPalette")
    await pilot.pause()
