"""Pictures of the states a person would recognise. Look at them before accepting new ones (`make snapshots`)."""

from __future__ import annotations

from typing import Protocol

import pytest
from textual.pilot import Pilot

from lpc_tui.accounts.interface import Question
from lpc_tui.engine.events import Phase
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_dialogs import SummaryDialog
from lpc_tui.tui.screens.sign_in import SignInDialog
from tests.tui.fake_accounts import BROWSER, FakeAccounts
from tests.tui.fake_engine import FakeEngine
from tests.tui.harness import (
    at_rest,
    make_app,
    make_ports,
    press,
    screen_text,
    still_app,
    until,
    until_screen,
)
from tests.tui.samples import contacts_script, sample_script

SIZES = ((80, 24), (120, 40))


class SnapCompare(Protocol):
    """The fixture of pytest-textual-snapshot, as it is used here."""

    def __call__(self, app: LpcApp, *, terminal_size: tuple[int, int], run_before: object = None) -> bool: ...


at_both_sizes = pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])


@at_both_sizes
def test_settings_with_an_unsaved_edit(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    async def edit(pilot: Pilot[None]) -> None:
        await press(pilot, "tab", "space")

    assert snap_compare(make_app(), terminal_size=size, run_before=edit)


def test_settings_on_a_narrow_terminal(snap_compare: SnapCompare) -> None:
    assert snap_compare(make_app(), terminal_size=(60, 20))


@at_both_sizes
def test_review_with_the_cursor_on_a_conflict(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    async def review(pilot: Pilot[None]) -> None:
        await press(pilot, "f5", "y")
        await until_screen(pilot, ReviewScreen)
        await press(pilot, "down", "down", "down", "down")

    assert snap_compare(make_app(FakeEngine(sample_script())), terminal_size=size, run_before=review)


def test_a_contact_decided_field_by_field(snap_compare: SnapCompare) -> None:
    async def decide(pilot: Pilot[None]) -> None:
        await press(pilot, "enter", "down", "enter", "f5", "y")
        await until_screen(pilot, ReviewScreen)
        await press(pilot, "enter", "o", "down")

    engine = FakeEngine(contacts_script())
    assert snap_compare(make_app(engine), terminal_size=(80, 24), run_before=decide)


def test_writing_with_the_log_open(snap_compare: SnapCompare) -> None:
    engine = FakeEngine(sample_script(), hold_at=Phase.APPLY)

    async def write(pilot: Pilot[None]) -> None:
        await press(pilot, "f5", "y")
        await until_screen(pilot, ReviewScreen)
        await press(pilot, "f5", "y")
        await until(pilot, engine.is_held.is_set)
        await until(pilot, lambda: "done: Add to Outlook: Kick-off" in screen_text(pilot.app))

    assert snap_compare(make_app(engine), terminal_size=(80, 24), run_before=write)


def test_the_summary_of_a_run(snap_compare: SnapCompare) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await press(pilot, "f5", "y")
        await until_screen(pilot, ReviewScreen)
        await press(pilot, "f5", "y")
        await until_screen(pilot, SummaryDialog)

    assert snap_compare(make_app(FakeEngine(sample_script())), terminal_size=(80, 24), run_before=run)


def app_to_sign_in_with(accounts: FakeAccounts) -> LpcApp:
    return still_app(make_ports(sign_in=accounts))


@at_both_sizes
def test_who_is_signed_in_where(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    async def show(pilot: Pilot[None]) -> None:
        await press(pilot, "escape", "down", "enter")
        await at_rest(pilot)

    assert snap_compare(make_app(), terminal_size=size, run_before=show)


@at_both_sizes
def test_a_sign_in_waits_for_the_code_to_be_typed(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    async def sign_in(pilot: Pilot[None]) -> None:
        await press(pilot, "escape", "down", "f3")
        dialog = await until_screen(pilot, SignInDialog)
        await until(pilot, lambda: bool(dialog.query_one("#copy-code").display))

    assert snap_compare(app_to_sign_in_with(FakeAccounts()), terminal_size=size, run_before=sign_in)


@at_both_sizes
def test_a_sign_in_waits_for_the_browser(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    async def sign_in(pilot: Pilot[None]) -> None:
        await press(pilot, "escape", "down", "f3")
        dialog = await until_screen(pilot, SignInDialog)
        await until(pilot, lambda: bool(dialog.query_one("#sign-in-answer").display))

    question = Question(text="If the browser runs on another computer, paste the address it ended at: ")
    accounts = FakeAccounts(BROWSER, question)
    assert snap_compare(app_to_sign_in_with(accounts), terminal_size=size, run_before=sign_in)
