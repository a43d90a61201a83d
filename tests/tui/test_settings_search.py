"""Every setting is reached from the command palette: it goes to its field, or opens a dialog where no form has it."""

from __future__ import annotations

from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from lpc_tui.settings_keys import catalogue
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.messages import SettingAsked
from lpc_tui.tui.screens.help import HelpScreen
from lpc_tui.tui.screens.setting_dialog import SettingDialog
from lpc_tui.tui.settings_search import SettingsSearch
from tests.tui.harness import MemoryStore, at_rest, make_app, press, screen_text, until, until_screen
from tests.tui.hostile import FORBIDDEN, HOSTILE


async def search(pilot: Pilot[None], words: str) -> None:
    """Type into the command palette and choose the best hit."""
    await pilot.press("ctrl+p")
    palette = await until_screen(pilot, CommandPalette)
    await pilot.press(*(" " if each == " " else each for each in words))
    hits = palette.query_one(OptionList)
    await until(pilot, lambda: hits.option_count > 0 and hits.highlighted is not None)
    await until(pilot, lambda: not palette.workers)
    await pilot.press("enter")
    await pilot.pause()


async def test_a_setting_of_a_form_is_gone_to() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "escape", "down", "down")
        await search(pilot, "campaign")
        await until(pilot, lambda: app.main.focused_setting == "sync.contact.campaign")
        await search(pilot, "end time")
        await until(pilot, lambda: app.main.focused_setting == "auto_sync.end_time")


FOUND = {
    "future days": "sync.calendar.future_days",
    "show_summary": "notifications.show_summary",
    "tenant": "outlook.authority",
    "Prevent task delete salesforce": "sync.task.prevent.delete_from_salesforce",
}


async def test_a_setting_is_found_by_its_label_its_key_or_its_help() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)):
        for words, key in FOUND.items():
            hits = [hit async for hit in SettingsSearch(app.main).search(words)]
            assert key in [str(hit.help).partition(":")[0] for hit in hits]


async def test_a_setting_that_no_form_has_opens_a_dialog() -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        await search(pilot, "max_deletes")
        await until_screen(pilot, SettingDialog)
        shown = screen_text(app)
        for words in (
            "Safety: Most deletes in one run",
            "Stop and ask above this many deletes on one side.",
            "Default      25",
            "Allowed      a whole number, 0 or more",
            "In the file  safety.max_deletes",
            "Saved now    25",
        ):
            assert words in shown
        await press(pilot, "x")
        assert '! "25x" is not allowed' in screen_text(app)
        await press(pilot, "enter")
        assert "Safety: Most deletes" in screen_text(app)
        await press(pilot, "backspace", "0", "enter")
        assert app.screen is app.main
        assert "* 1 unsaved" in screen_text(app)
        await press(pilot, "f2")
        await until(pilot, lambda: store.saves == [{"safety.max_deletes": 250}])


async def ask(pilot: Pilot[None], key: str) -> SettingDialog:
    pilot.app.post_message(SettingAsked(key))
    return await until_screen(pilot, SettingDialog)


async def test_a_choice_and_a_yes_or_no_are_picked_and_an_edit_can_be_undone() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(pilot, "salesforce.auth")
        await press(pilot, "down", "down", "enter")
        assert app.settings_binding.staging.value("salesforce.auth") == "jwt"
        await ask(pilot, "safety.notify_attendees")
        await press(pilot, "up", "enter")
        assert app.settings_binding.staging.value("safety.notify_attendees") is True
        await ask(pilot, "safety.notify_attendees")
        assert "Your edit    ticked (not saved yet)" in screen_text(app)
        await press(pilot, "tab", "enter")
        assert list(app.settings_binding.staging.changes) == ["salesforce.auth"]


async def test_every_other_setting_has_its_dialog() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        others = [key for key in catalogue() if not app.main.sync.has_setting(key)]
        assert {key.partition(".")[0] for key in others} == {"outlook", "salesforce", "safety", "ui"}
        for key in others:
            await ask(pilot, key)
            assert f"In the file  {key}" in screen_text(app)
            await press(pilot, "escape")
        assert app.screen is app.main
        assert not app.settings_binding.staging.is_dirty


async def test_help_and_quit_work_in_a_dialog() -> None:
    app = make_app()
    async with app.run_test(size=(80, 40)) as pilot:
        await ask(pilot, "outlook.client_id")
        await press(pilot, "question_mark")
        assert app.screen.query_one(Input).value == "?"
        await press(pilot, "f1")
        await until_screen(pilot, HelpScreen)
        assert "In the file  outlook.client_id" in screen_text(app)
        await press(pilot, "f1")
        assert isinstance(app.screen, SettingDialog)
        await press(pilot, "ctrl+q")
        await until(pilot, lambda: app.return_code == 0)


async def test_help_on_a_field_tells_all_of_the_setting() -> None:
    app = make_app()
    async with app.run_test(size=(80, 60)) as pilot:
        await press(pilot, "down", "down", "9", "question_mark")
        await until_screen(pilot, HelpScreen)
        shown = screen_text(app)
        for words in (
            "Calendar: Synchronize Past Days",
            "Days before today to keep in sync. Older items",
            "Default      30",
            "Allowed      a whole number from 0 to 1823",
            "In the file  sync.calendar.past_days",
            "Saved now    30",
            "Your edit    9 (not saved yet)",
        ):
            assert words in shown


def assert_inert(app: LpcApp) -> None:
    text = screen_text(app)
    assert not [each for each in FORBIDDEN if each != "\n" and each in text]


async def test_hostile_values_of_the_file_are_shown_inert() -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.main.focus_setting("sync.contact.campaign")
        for foreign in HOSTILE:
            if "\ud800" in foreign:
                continue  # no file in UTF-8 holds it
            store.change({"sync.contact.campaign": foreign})
            app.look_at_settings()
            await at_rest(pilot)
            assert_inert(app)
            app.push_screen(SettingDialog("sync.contact.campaign", app.settings_binding.staging))
            await until_screen(pilot, SettingDialog)
            assert_inert(app)
            await press(pilot, "enter")
            assert not app.settings_binding.staging.is_dirty
        await press(pilot, "f1")
        assert_inert(app)
