"""The Sync component by keyboard: its three tabs, in the original's words and defaults, and how a value is given."""

from __future__ import annotations

from textual import events
from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, Tabs

from lpc_tui.model.items import Process
from lpc_tui.settings_keys import catalogue
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.screens.choice import ChoiceScreen
from lpc_tui.tui.screens.picker import PickerScreen
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.widgets.sync_pane import SyncTab
from tests.tui.fake_reports import FakeReports
from tests.tui.harness import MemoryStore, make_app, make_ports, press, screen_text, until, until_screen

PAST = "sync.calendar.past_days"
FUTURE = "sync.calendar.future_days"
AUTO = (
    "[ ] Enable Auto Background Synchronization",
    "Start background calendar sync every:  [ 30   v ] minutes",
    "Start background contact sync every:   [ 60   v ] minutes",
    "Start background task sync every:      [ 30   v ] minutes",
    "Start time: [ 00:00 v ]",
    "End time:   [ 24:00 v ]",
    "00:00 [==============================================] 24:00",
)
NOTIFICATIONS = (
    "When the Synchronization Summary is shown: [ Manual syncs only v ]",
    "[ ] Show messages when a background sync has finished",
    "[x] Show messages when items wait for you",
    "[x] Ring the terminal's bell with a message",
    "[x] Show the state of the sync in the terminal's title",
    "A sync that failed is always told.",
    "[x] Keep formatting (Calendar)",
    "[x] Keep formatting (Task)",
)
PREVENT = (
    ("'create' new {} records", "in Microsoft Outlook", " "),
    ("'update' existing {} records", "in Microsoft Outlook", " "),
    ("'delete' existing {} records", "from Microsoft Outlook", " "),
    ("'create' new {} records", "in Salesforce", " "),
    ("'update' existing {} records", "in Salesforce", " "),
    ("'delete' existing {} records", "from Salesforce", "x"),
)
DAYS = ("0", "1", "7", "14", "30", "60", "90", "180", "365", "730")
OPTIONS = {
    PAST: DAYS,
    FUTURE: DAYS,
    "sync.task.past_days": DAYS,
    "sync.task.conflicts": ("Ask me", "The newest change wins", "Outlook wins", "Salesforce wins"),
    "auto_sync.task_every_minutes": ("5 minutes", "30 minutes", "1 hour", "24 hours"),
    "auto_sync.start_time": ("00:00", "08:00", "24:00"),
    "notifications.show_summary": ("Manual syncs only", "Every sync", "Never"),
}
BUTTONS = ("Start Sync", "Apply", "Ok", "Cancel")


def staged(app: LpcApp) -> dict[str, object]:
    return dict(app.settings_binding.staging.changes)


def shown(app: LpcApp) -> str:
    return app.main.sync.shown


async def go_to(pilot: Pilot[None], key: str) -> None:
    """Put the focus on a setting's field, as the search does."""
    app = pilot.app
    assert isinstance(app, LpcApp)
    assert app.main.focus_setting(key)
    await pilot.pause()


async def test_at_80x24_every_form_fits_in_the_original_s_words_and_defaults() -> None:
    app = LpcApp(make_ports(reports=FakeReports()), poll_s=None)
    async with app.run_test(size=(80, 24)) as pilot:
        for key, lines in (("a", AUTO), ("n", NOTIFICATIONS)):
            await press(pilot, key)
            text = screen_text(app)
            for words in (*lines, *BUTTONS):
                assert words in text
            assert app.main.sync.form.max_scroll_y == 0
        for process in Process:
            await go_to(pilot, f"sync.{process}.conflicts")
            assert app.main.sync.form.max_scroll_y == 0
            text = screen_text(app)
            assert f"Process: [ Salesforce-Microsoft Outlook {process.label}" in text
            assert f"[ ] Include {process.label.lower()} records during background sync?" in text
            for verb, where, mark in PREVENT:
                assert f"[{mark}] Do not {verb.format(process.label)} {where}" in text


async def test_with_the_log_open_a_form_scrolls_to_what_has_the_focus() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        app.main.open_log()
        await pilot.pause()
        await go_to(pilot, "sync.calendar.prevent.delete_from_salesforce")
        assert "[x] Do not 'delete' existing Calendar records from Salesforce" in screen_text(app)


async def test_the_tab_line_goes_left_and_right_and_the_letters_go_there_at_once() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        assert "[ Sync Jobs ] a Auto Background Sync   n Notification Options" in screen_text(app)
        await press(pilot, "up")
        assert isinstance(app.focused, Tabs)
        await press(pilot, "right")
        assert shown(app) == SyncTab.AUTO
        assert "j Sync Jobs   [ Auto Background Sync ] n Notification Options" in screen_text(app)
        await press(pilot, "right")
        assert shown(app) == SyncTab.NOTIFICATIONS
        await press(pilot, "left", "down")
        assert app.main.focused_setting == "auto_sync.enabled"
        await press(pilot, "n")
        assert app.main.focused_setting == "notifications.show_summary"
        await press(pilot, "escape", "j")
        assert shown(app) == SyncTab.JOBS


async def test_the_drop_downs_offer_their_values() -> None:
    app = make_app()
    async with app.run_test(size=(80, 40)) as pilot:
        await press(pilot, "enter")
        for process in Process:
            assert f" Salesforce-Microsoft Outlook {process.label} " in screen_text(app)
        await press(pilot, "escape")
        for key, options in OPTIONS.items():
            await go_to(pilot, key)
            await press(pilot, "enter")
            await until_screen(pilot, ChoiceScreen)
            for option in options:
                assert f" {option} " in screen_text(app)
            await press(pilot, "escape")


async def test_beside_a_prevent_box_stands_what_it_holds_back_and_a_key_leads_there() -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "from Salesforce (1 held back)" in screen_text(app))
        assert screen_text(app).count("held back)") == 1
        await press(pilot, "down", "h")
        assert app.main.focused_setting == "sync.calendar.include_in_background_sync"
        await go_to(pilot, "sync.calendar.prevent.delete_from_salesforce")
        await press(pilot, "h")
        await until(pilot, lambda: app.main.query_one("#content", ContentSwitcher).current == "issues")


async def test_days_are_typed_or_picked_or_stepped() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, PAST)
        await press(pilot, "4", "5")
        assert staged(app) == {PAST: 45}
        assert "*Synchronize Past Days:    [ 45_ v ]" in screen_text(app)
        await press(pilot, "right")
        assert staged(app) == {PAST: 60}
        await press(pilot, "left", "left")
        assert staged(app) == {PAST: 14}
        await press(pilot, "enter", "home", "enter")
        assert staged(app) == {PAST: 0}
        await press(pilot, "down", "up", "9")
        assert staged(app) == {PAST: 9}


async def test_a_time_is_typed_and_the_handles_of_the_day_move() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, "auto_sync.start_time")
        await press(pilot, *"06:30")
        assert staged(app) == {"auto_sync.start_time": "06:30"}
        await press(pilot, "down", "left", "left", "left", "left")
        assert staged(app)["auto_sync.end_time"] == "20:00"
        assert "00:00 ............[==========================]........ 24:00" in screen_text(app)


async def test_what_is_pasted_is_taken_as_far_as_it_can_be_typed() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, PAST)
        assert app.focused is not None
        app.focused.post_message(events.Paste(" 9\x1b[b0 days\n"))
        await pilot.pause()
        assert staged(app) == {PAST: 90}


async def test_a_value_is_checked_as_it_is_typed_and_apply_says_which_is_refused() -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, FUTURE)
        await press(pilot, "1", "8", "2", "4")
        assert "[ 1824_ v ] ! from 0 to 1823" in screen_text(app)
        assert "! 1824 is not allowed; allowed: a whole number from 0 to 1823" in screen_text(app)
        assert "! 1 not allowed" in screen_text(app)
        await press(pilot, "n", "f2")
        await until_screen(pilot, Question)
        assert "Calendar: Synchronize Future Days: 1824 is not allowed" in screen_text(app)
        assert store.saves == []
        await press(pilot, "enter")
        await until(pilot, lambda: app.main.focused_setting == FUTURE)
        await press(pilot, "backspace", "backspace", "backspace", "backspace")
        assert '! "" is not allowed' in screen_text(app)
        await press(pilot, "1")
        assert "not allowed" not in screen_text(app)
        await press(pilot, "f2")
        await until(pilot, lambda: store.saves == [{FUTURE: 1}])


async def test_two_values_that_do_not_fit_together_are_told_where_it_shows() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, PAST)
        await press(pilot, *"1600")
        assert "! at most 1823 days, past and" in screen_text(app)
        await go_to(pilot, "auto_sync.end_time")
        await press(pilot, *"00:00")
        assert "! a time of day after start_time" in screen_text(app)
        assert "=]" not in screen_text(app)


async def test_an_edit_is_taken_back_by_itself() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        assert "u Undo edit" in screen_text(app)
        await press(pilot, "down", "space", "down", "5", "u")
        assert staged(app) == {"sync.calendar.include_in_background_sync": True}
        assert " Synchronize Past Days:    [ 30  v ]" in screen_text(app)
        await press(pilot, "up", "u", "u")
        assert staged(app) == {}
        assert "unsaved" not in screen_text(app)


async def test_members_of_a_campaign_are_chosen_from_the_service_s_lists_and_the_warning_comes_first() -> (
    None
):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await go_to(pilot, "sync.contact.scope")
        await press(pilot, "enter")
        await until_screen(pilot, PickerScreen)
        await until(pilot, lambda: "4 in all" in screen_text(app))
        await press(pilot, "pagedown", "enter")
        await until(pilot, lambda: "Spring fair  (active, Planned)" in screen_text(app))
        await press(pilot, "enter")
        await until_screen(pilot, Question)
        assert staged(app) == {}
        await press(pilot, "y")
        await until(pilot, lambda: app.screen is app.main)
        assert staged(app) == {"sync.contact.scope": "campaign", "sync.contact.campaign": "701A"}
        assert "*Whose contacts:           [ Members of a campaign v ]" in screen_text(app)
        assert "*Campaign:                 [ Spring fair v ]" in screen_text(app)
        await press(pilot, "down", "u")
        assert "[ (none chosen) v ] ! the name or id" in screen_text(app)


async def test_the_auto_tab_tells_which_processes_are_included() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a")
        assert "! Nothing is included yet" in screen_text(app)
        await go_to(pilot, "sync.task.include_in_background_sync")
        await press(pilot, "space", "a")
        assert "Included by their boxes in Sync Jobs: Task" in screen_text(app)


async def test_edits_on_all_tabs_are_applied_together() -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "down", "space", "a", "space", "n", "down", "space")
        assert "* 3 unsaved" in screen_text(app)
        await press(pilot, "f2")
        await until(pilot, lambda: "Saved" in screen_text(app))
    assert store.saves == [
        {
            "sync.calendar.include_in_background_sync": True,
            "auto_sync.enabled": True,
            "notifications.when_finished": True,
        }
    ]


async def test_every_setting_of_these_tables_has_a_field() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)):
        tables = ("sync.", "auto_sync.", "notifications.")
        missing = [
            key for key in catalogue() if key.startswith(tables) and not app.main.sync.has_setting(key)
        ]
        assert missing == []
