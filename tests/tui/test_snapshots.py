"""Pictures of the states a person would recognise. Look at them before accepting new ones (`make snapshots`)."""

from __future__ import annotations

from typing import Protocol

import pytest
from textual.pilot import Pilot

from lpc_tui.engine.events import Phase
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_dialogs import SummaryDialog
from tests.tui.fake_engine import FakeEngine
from tests.tui.harness import make_app, press, until, until_screen
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
        await press(pilot, "tab", "o", "down")

    engine = FakeEngine(contacts_script())
    assert snap_compare(make_app(engine), terminal_size=(80, 24), run_before=decide)


def test_writing_with_the_log_open(snap_compare: SnapCompare) -> None:
    engine = FakeEngine(sample_script(), hold_at=Phase.APPLY)

    async def write(pilot: Pilot[None]) -> None:
        await press(pilot, "f5", "y")
        await until_screen(pilot, ReviewScreen)
        await press(pilot, "f5", "y")
        await until(pilot, engine.is_held.is_set)
        app = pilot.app
        assert isinstance(app, LpcApp)
        await until(pilot, lambda: app.run_control.state.done == 1)

    assert snap_compare(make_app(engine), terminal_size=(80, 24), run_before=write)


def test_the_summary_of_a_run(snap_compare: SnapCompare) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await press(pilot, "f5", "y")
        await until_screen(pilot, ReviewScreen)
        await press(pilot, "f5", "y")
        await until_screen(pilot, SummaryDialog)

    assert snap_compare(make_app(FakeEngine(sample_script())), terminal_size=(80, 24), run_before=run)
