"""Another process's run ends while the UI is open: what shows it, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from lpc_tui.engine.events import Outcome
from lpc_tui.errors import StateError
from lpc_tui.reports.interface import PastRun
from lpc_tui.settings import NotificationSettings, Settings
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.widgets.components import Component
from lpc_tui.tui.widgets.report_panes import ReportList
from tests.tui.fake_engine import FakeEngine
from tests.tui.fake_reports import FakeReports, conflict, past_run, prevented
from tests.tui.harness import (
    MemoryStore,
    at_rest,
    make_ports,
    press,
    screen_text,
    still_app,
    until,
    until_screen,
)
from tests.tui.samples import NOW, sample_script

EMPTY: Mapping[str, bool] = {}


class StateFile(FakeReports):
    """Reports of a state file that others write to."""

    version = 0
    is_damaged = False

    def mark(self) -> str:
        return str(self.version)

    def end(self, outcome: Outcome = Outcome.PARTIAL) -> None:
        """Another process's run has ended."""
        self.version += 1
        number = -self.version
        self.past = (replace(past_run(number), run=f"other-{self.version}", outcome=outcome), *self.past)

    def runs(self, *, offset: int = 0, limit: int = 100) -> tuple[PastRun, ...]:
        if self.is_damaged:
            raise StateError("The state file is damaged.")
        return tuple(super().runs(offset=offset, limit=limit))


def app_on(file: StateFile, engine: FakeEngine | None = None, options: Mapping[str, bool] = EMPTY) -> LpcApp:
    store = MemoryStore(Settings(notifications=NotificationSettings.model_validate(options)))
    ports = replace(make_ports(engine, store, reports=file), state_mark=file.mark)
    return still_app(ports)


async def look(pilot: Pilot[None]) -> None:
    """As the poll does."""
    app = pilot.app
    assert isinstance(app, LpcApp)
    app.look_for_other_runs()
    await at_rest(pilot)


@pytest.mark.parametrize(
    ("outcome", "options", "words"),
    [
        (Outcome.PARTIAL, {}, "Another sync finished 10:00: some items need you"),
        (Outcome.PARTIAL, {"when_items_wait": False}, "Ready"),
        (Outcome.OK, {}, "Ready"),
        (Outcome.OK, {"when_finished": True}, "Another sync finished 10:00: all done"),
        (Outcome.ABORTED, {"when_items_wait": False}, "Another sync failed 10:00: stopped early"),
        (Outcome.CANCELLED, {"when_finished": True}, "Ready"),
    ],
)
async def test_what_is_said_of_it_follows_notification_options(
    outcome: Outcome, options: dict[str, bool], words: str
) -> None:
    file = StateFile(past=(past_run(1),))
    app = app_on(file, options=options)
    async with app.run_test(size=(80, 24)) as pilot:
        await look(pilot)
        assert "Ready" in screen_text(app)
        file.end(outcome)
        await look(pilot)
        assert words in screen_text(app)


async def test_of_several_the_one_that_failed_is_told_and_each_only_once() -> None:
    file = StateFile()
    app = app_on(file)
    async with app.run_test(size=(80, 24)) as pilot:
        await look(pilot)
        file.end(Outcome.ABORTED)
        file.end(Outcome.PARTIAL)
        await look(pilot)
        assert "Another sync failed 10:00: stopped early" in screen_text(app)
        file.end(Outcome.PARTIAL)
        await look(pilot)
        assert "Another sync finished 12:00: some items need you" in screen_text(app)


async def test_history_issues_and_what_is_held_back_show_it_where_they_are_looked_at() -> None:
    file = StateFile(past=(past_run(1), past_run(2)))
    app = app_on(file)
    async with app.run_test(size=(100, 30)) as pilot:
        await look(pilot)
        await at_rest(pilot)
        assert "1 held back" not in screen_text(app)
        file.open = (prevented("Old demo"), conflict("Lunch"))
        file.end()
        await look(pilot)
        assert app.main.sync_jobs.held_back
        await press(pilot, "escape", *["down"] * list(Component).index(Component.HISTORY), "enter", "down")
        runs = app.main.history.query_one(ReportList)
        await until(pilot, lambda: runs.line_count == 3)
        await press(pilot, "down")
        assert runs.cursor == 2
        file.end()
        await look(pilot)
        assert (runs.line_count, runs.cursor) == (4, 3)
        await press(pilot, "escape", "down", "enter")
        await until(pilot, lambda: "[waiting 1]" in screen_text(app))
        file.open = (conflict("Lunch"), conflict("Dinner"))
        file.end()
        await look(pilot)
        assert "[waiting 2]" in screen_text(app)


async def test_a_run_of_this_ui_is_none_of_another_process() -> None:
    file = StateFile()
    app = app_on(file, FakeEngine(sample_script()))
    async with app.run_test(size=(80, 24)) as pilot:
        await look(pilot)
        await press(pilot, "f5", "y")
        await until_screen(pilot, ReviewScreen)
        file.past = (replace(past_run(), run="run-1", outcome=Outcome.ABORTED),)
        file.version += 1
        app.look_for_other_runs()
        await pilot.pause()
        await press(pilot, "f5", "y")
        await until(pilot, lambda: not app.run_control.is_running)
        await look(pilot)
        await press(pilot, "escape")
        assert "Another sync" not in screen_text(app)
        assert "Last sync: some items need you" in screen_text(app)


async def test_a_state_file_that_cannot_be_read_is_looked_at_again_once_it_has_changed() -> None:
    file = StateFile()
    app = app_on(file)
    async with app.run_test(size=(80, 24)) as pilot:
        await look(pilot)
        file.is_damaged = True
        file.end()
        await look(pilot)
        assert "Ready" in screen_text(app)
        file.is_damaged = False
        file.end()
        await look(pilot)
        assert "Another sync finished 11:00: some items need you" in screen_text(app)


def test_the_times_here_are_those_of_the_runs() -> None:
    finished = past_run(-1).finished
    assert finished is not None
    assert finished - NOW == timedelta(hours=1)
