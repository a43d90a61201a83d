"""The settings window by keyboard: staged edits, Apply, Ok, Cancel, other programs, bad files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Button

from lpc_tui.model.items import Process
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.screens.help import HelpScreen
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.store import FileStore
from lpc_tui.tui.widgets.fields import Box, DropDown, Field
from tests.tui.harness import (
    MemoryStore,
    at_rest,
    make_app,
    make_ports,
    press,
    screen_text,
    until,
    until_screen,
)

PAST = "sync.calendar.past_days"
PRIVATE = "sync.calendar.synchronize_private_items"

PREVENT = (
    "[ ] Do not 'create' new Calendar records in Microsoft Outlook",
    "[ ] Do not 'update' existing Calendar records in Microsoft Outlook",
    "[ ] Do not 'delete' existing Calendar records from Microsoft Outlook",
    "[ ] Do not 'create' new Calendar records in Salesforce",
    "[ ] Do not 'update' existing Calendar records in Salesforce",
    "[x] Do not 'delete' existing Calendar records from Salesforce",
)


def field(app: LpcApp, key: str) -> Box | DropDown:
    found = next(each for each in app.main.sync_jobs.query(Field) if each.key == key)
    assert isinstance(found, Box | DropDown)
    return found


async def test_at_80x24_every_setting_and_button_is_in_sight_in_the_products_words() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)):
        shown = screen_text(app)
        lines = [line for line in shown.splitlines() if "Do not" in line]
        assert tuple(line[11:].rstrip() for line in lines) == PREVENT
        for words in (
            "Include calendar records during background sync?",
            "Synchronize Past Days:    [ 30  v ]",
            "Synchronize Future Days:  [ 365 v ]",
            "[ ] Synchronize Private Items",
            "Salesforce-Microsoft Outlook Calendar",
            "Apply",
            "Ok",
            "Cancel",
            "F5 Start Sync",
        ):
            assert words in shown


async def test_a_ticked_box_is_marked_unsaved_until_it_is_applied() -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        field(app, "synchronize_private_items").focus()
        await press(pilot, "space")
        assert "*[x] Synchronize Private Items" in screen_text(app)
        assert "* 1 unsaved" in screen_text(app)
        await press(pilot, "escape", "down")
        assert "LinkPoint Assist   * unsaved changes" in screen_text(app)
        assert store.saves == []
        await press(pilot, "up", "f2")
        await until(pilot, lambda: "Saved" in screen_text(app))
        await until(pilot, lambda: store.saves == [{PRIVATE: True}])
        await at_rest(pilot)
        assert " [x] Synchronize Private Items" in screen_text(app)
        assert "unsaved" not in screen_text(app)


async def test_a_drop_down_takes_a_step_by_keyboard() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        field(app, "past_days").focus()
        await press(pilot, "enter", "down", "enter")
        assert app.settings_binding.staging.value(PAST) == 60
        await press(pilot, "enter", "up", "escape")
        assert app.settings_binding.staging.value(PAST) == 60


async def test_cancel_drops_the_edits_and_ok_saves_them() -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        field(app, "synchronize_private_items").focus()
        await press(pilot, "space")
        app.main.query_one("#cancel", Button).focus()
        await press(pilot, "enter")
        assert store.saves == []
        assert "unsaved" not in screen_text(app)
        field(app, "synchronize_private_items").focus()
        await press(pilot, "space")
        app.main.query_one("#ok", Button).focus()
        await press(pilot, "enter")
        await until(pilot, lambda: bool(store.saves))
        await until(pilot, lambda: app.main.components.has_focus)


async def test_each_process_has_settings_of_its_own_and_contacts_have_no_days() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "down", "enter")
        assert app.main.sync_jobs.process is Process.CONTACT
        shown = screen_text(app)
        assert "Include contact records during background sync?" in shown
        assert "existing Contact records from Salesforce" in shown
        assert "Past Days" not in shown
        assert "Keep formatting" not in shown
        assert "[ ] Give a new Salesforce contact the account named as its company" in shown
        field(app, "synchronize_private_items").focus()
        await press(pilot, "space")
        assert list(app.settings_binding.staging.changes) == ["sync.contact.synchronize_private_items"]


@pytest.mark.parametrize(
    ("downs", "note"),
    [
        (1, "[ ] Synchronize Private Items (only Outlook has such a mark)"),
        (2, "[ ] Synchronize Private Items (no effect: tasks have no such mark)"),
    ],
)
async def test_the_private_box_says_where_there_is_no_such_mark(downs: int, note: str) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        assert "Synchronize Private Items (" not in screen_text(app)
        await press(pilot, "enter", *["down"] * downs, "enter")
        assert note in screen_text(app)


async def test_a_change_by_another_program_appears() -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        store.change({PAST: 7})
        app.look_at_settings()
        await at_rest(pilot)
        assert "Synchronize Past Days:    [ 7   v ]" in screen_text(app)


@pytest.mark.parametrize(("key", "value"), [("f", 7), ("m", 60)])
async def test_where_both_changed_the_person_is_asked(key: str, value: int) -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        field(app, "past_days").focus()
        await press(pilot, "enter", "down", "enter")
        store.change({PAST: 7})
        app.look_at_settings()
        await until_screen(pilot, Question)
        assert "Synchronize Past Days" in screen_text(app)
        await press(pilot, key)
        assert app.settings_binding.staging.value(PAST) == value
        assert app.settings_binding.staging.is_dirty is (value == 60)


async def test_a_bad_file_opens_the_app_with_its_problems_and_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    bad = '[sync.calendar]\npast_days = "many"\nfuture_dayz = 3\n'
    path.write_text(bad)
    app = make_app(store=FileStore(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = screen_text(app)
        assert "cannot be used as it is. Mend it in an editor" in shown
        assert "line 2: sync.calendar.past_days" in shown
        assert "line 3: sync.calendar.future_dayz" in shown
        await press(pilot, "f2", "f5", "ctrl+s")
        assert not isinstance(app.screen, Question)
        assert path.read_text() == bad
        path.write_text("[sync.calendar]\npast_days = 14\n")
        app.look_at_settings()
        await at_rest(pilot)
        assert "Synchronize Past Days:    [ 14  v ]" in screen_text(app)
        assert "F5 Start Sync" in screen_text(app)


async def test_applied_edits_keep_the_comments_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\n[sync.calendar]\npast_days = 14 # two weeks\n")
    app = make_app(store=FileStore(path))
    async with app.run_test(size=(80, 24)) as pilot:
        field(app, "synchronize_private_items").focus()
        await press(pilot, "space", "f2")
        await until(pilot, lambda: not app.settings_binding.staging.is_dirty)
        text = path.read_text()
        assert "# mine" in text
        assert "# two weeks" in text
        assert "synchronize_private_items = true" in text


async def test_quitting_with_unsaved_edits_asks(tmp_path: Path) -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        field(app, "synchronize_private_items").focus()
        await press(pilot, "space", "ctrl+q")
        await until_screen(pilot, Question)
        assert "Synchronize Private Items" in screen_text(app)
        await press(pilot, "escape")
        assert not isinstance(app.screen, Question)
        await press(pilot, "ctrl+q")
        await until_screen(pilot, Question)
        await press(pilot, "s")
        await until(pilot, lambda: app.return_code == 0)
    assert store.saves == [{PRIVATE: True}]


async def test_help_tells_the_focused_setting_and_every_key() -> None:
    app = make_app()
    async with app.run_test(size=(80, 60)) as pilot:
        field(app, "past_days").focus()
        await press(pilot, "f1")
        await until_screen(pilot, HelpScreen)
        shown = screen_text(app)
        assert "Days before today to keep in sync." in shown
        for key in ("F5 ^R", "F6 ^L", "^Q", "F1 ?"):
            assert key in shown
        await press(pilot, "escape")
        assert app.screen is app.main


async def test_the_palette_offers_what_the_keys_do() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)):
        names = [command.title for command in app.get_system_commands(app.screen)]
    assert {"Start Sync", "Log", "Back", "Help", "Quit", "Show History", "Theme: Light"} <= set(names)
    assert "Cancel sync" not in names


async def test_accounts_history_and_about_are_reached_from_the_components() -> None:
    app = make_app()

    def shows(words: str) -> Callable[[], bool]:
        return lambda: words in screen_text(app)

    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "escape", "down")
        await until(pilot, shows("ada@acme.example"))
        assert "! not signed in" in screen_text(app)
        await press(pilot, "down")
        await until(pilot, shows("Calendar: 4 added to Outlook"))
        await press(pilot, "down")
        await until(pilot, shows("Changed on both sides: Location."))
        await press(pilot, "down")
        await until(pilot, shows("/home/ada/.config/lpc-tui/config.toml"))


async def test_notes_from_the_start_are_in_the_open_log() -> None:
    app = LpcApp(make_ports(notes=("mine.ics: 3 loaded, 1 skipped", "skipped [/]")), poll_s=None)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "mine.ics: 3 loaded, 1 skipped" in screen_text(app))
        assert "skipped [/]" in screen_text(app)
