"""Rebuild History in the UI: what it tells, that it takes a yes, what it refuses, and who names it as the way on."""

from __future__ import annotations

from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from textual.content import Content

from lpc_tui.cli.ui import ports_of
from lpc_tui.doctor.findings import from_error
from lpc_tui.engine.events import Outcome
from lpc_tui.engine.interface import RunResult
from lpc_tui.errors import DamagedStateError, LockedError, StateError, UnreachableError
from lpc_tui.model.items import Process, frozen
from lpc_tui.model.links import Link, LinkSide
from lpc_tui.paths import Paths, paths_of
from lpc_tui.places.interface import Kind
from lpc_tui.state.backups import backups
from lpc_tui.state.database import connect
from lpc_tui.state.lock import hold
from lpc_tui.state.records import Records
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.commands import problem_words
from lpc_tui.tui.flows.places import consequences
from lpc_tui.tui.ports import Ports, Rebuild
from lpc_tui.tui.remedies import Rebuilding, remedy_for
from lpc_tui.tui.run_summary import summary
from lpc_tui.tui.screens.question import Question
from tests.tui.fake_places import CALENDARS
from tests.tui.harness import FakeRebuild, make_ports, press, screen_text, until, until_screen
from tests.tui.samples import NOW

ELSEWHERE = StateError(
    "The links were made with another.", "Or forget them.", command="lpc-tui rebuild calendar"
)


def ports_with(rebuild: Rebuild) -> Ports:
    return replace(make_ports(), rebuild=lambda _process: nullcontext(rebuild))


async def test_the_palette_has_it_for_each_process_and_for_a_damaged_file() -> None:
    app = LpcApp(make_ports(), poll_s=None)
    async with app.run_test(size=(80, 24)):
        titles = [each.title for each in app.get_system_commands(app.screen)]
    assert [each for each in titles if each.startswith("Rebuild")] == [
        "Rebuild History: Calendar",
        "Rebuild History: Contact",
        "Rebuild History: Task",
        "Rebuild History: Damaged state file",
    ]


async def test_the_warning_comes_first_and_only_a_yes_forgets() -> None:
    rebuild = FakeRebuild("3 links would be forgotten.", "Deleted on one side: 1 item.")
    app = LpcApp(ports_with(rebuild), poll_s=None)
    async with app.run_test(size=(80, 24)) as pilot:
        for no in ("enter", "escape", "n"):
            app.rebuild_history(Process.CALENDAR)
            await until_screen(pilot, Question)
            for words in ("3 links would be forgotten.", "Deleted on one side: 1 item.", "Forget 3 links?"):
                assert words in screen_text(app)
            await press(pilot, no)
            await until(pilot, lambda: app.screen is app.main)
        assert rebuild.done_at is None
        app.rebuild_history(Process.CALENDAR)
        await until_screen(pilot, Question)
        await press(pilot, "y")
        await until(pilot, lambda: "Calendar: 3 links forgotten." in screen_text(app))
        assert rebuild.done_at == NOW
        await press(pilot, "enter")
        await until(pilot, lambda: app.screen is app.main)


async def test_where_nothing_is_linked_there_is_no_question() -> None:
    app = LpcApp(ports_with(FakeRebuild()), poll_s=None)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.rebuild_history(Process.CALENDAR)
        await until(pilot, lambda: "nothing is linked" in screen_text(app))
        assert app.screen is app.main


async def test_it_is_refused_while_a_sync_runs_here_or_elsewhere() -> None:
    def busy(_process: Process | None) -> AbstractContextManager[Rebuild]:
        raise LockedError("This profile is in use already, by process 7.", "Wait for it to end.")

    app = LpcApp(replace(make_ports(), rebuild=busy), poll_s=None)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.run_control.begin()
        app.rebuild_history(Process.CALENDAR)
        await until(pilot, lambda: "A sync is running." in screen_text(app))
        app.run_control.state.end()
        app.rebuild_history(Process.CALENDAR)
        await until_screen(pilot, Question)
        assert "in use already, by process 7" in screen_text(app)


# The work itself, on a profile


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A profile with one calendar link."""
    found = paths_of("work", {"LPC_TUI_HOME": str(tmp_path)})
    found.make_folders()
    side = LinkSide("id", frozen({"subject": "Review"}))
    with closing(Records(connect(found.state_file))) as records:
        records.save_links([Link("l", Process.CALENDAR, side, side)])
    return found


def test_on_a_profile_it_holds_the_lock_and_forgets_what_it_told_of(paths: Paths) -> None:
    ports = ports_of(paths, {})
    with ports.rebuild(Process.TASK) as rebuild:
        assert not rebuild.warnings
    with ports.rebuild(Process.CALENDAR) as rebuild:
        assert "1 link would be forgotten" in rebuild.warnings[0]
        with pytest.raises(LockedError, match="Rebuild History"), hold(paths.lock_file, "a sync"):
            pass
        words = rebuild.carry_out(NOW)
    assert str(backups(paths.state_file)[0]) in words
    assert ports.linked(Process.CALENDAR) == 0


def test_a_damaged_file_is_set_aside_and_a_sound_one_is_not(paths: Paths) -> None:
    ports = ports_of(paths, {})
    with ports.rebuild(None) as rebuild:
        assert (rebuild.warnings, "is not damaged" in rebuild.nothing) == ((), True)
    paths.state_file.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(DamagedStateError), ports.rebuild(Process.CALENDAR):
        pass
    with ports.rebuild(None) as rebuild:
        assert "nothing was deleted" in rebuild.carry_out(NOW)
    assert not paths.state_file.exists()


# Who names it


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (ELSEWHERE, "Rebuild History: Calendar"),
        (DamagedStateError("The state file is damaged."), "Rebuild History: Damaged state file"),
    ],
)
def test_where_it_is_the_way_on_the_ui_names_it_instead_of_a_command_line(
    error: StateError, title: str
) -> None:
    result = RunResult("r", Outcome.ABORTED, error.exit_code, {}, {}, error)
    for words in (problem_words(error), summary(result, ())):
        assert f"{title}, in the command palette (^P)." in words.plain
        assert "lpc-tui" not in words.plain
    assert error.command in str(error)
    process = Process.CALENDAR if error is ELSEWHERE else None
    assert remedy_for(from_error("state", error)) == Rebuilding(process)


def test_other_errors_are_told_as_they_are() -> None:
    assert problem_words(UnreachableError("No answer.", "Check the network.")) == Content(
        "No answer.\nCheck the network."
    )


def test_another_calendar_names_it_once_items_are_linked() -> None:
    words = "\n".join(consequences(Kind.CALENDAR, CALENDARS[1], 3))
    assert "Rebuild History: Calendar, in the command palette" in words
