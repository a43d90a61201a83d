"""How tests come to the review, and to a row of it."""

from __future__ import annotations

from textual.pilot import Pilot

from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.screens.run_dialogs import StartDialog
from lpc_tui.tui.widgets.review_table import ReviewTable
from tests.tui.harness import press, until_screen

__all__ = ["go_to", "to_review"]


async def to_review(pilot: Pilot[None]) -> ReviewScreen:
    """Start a sync by keyboard, up to its first review."""
    await press(pilot, "f5")
    await until_screen(pilot, StartDialog)
    await press(pilot, "y")
    return await until_screen(pilot, ReviewScreen)


async def go_to(pilot: Pilot[None], review: ReviewScreen, key: str) -> None:
    """Put the cursor on the row of `key`."""
    table = review.query_one(ReviewTable)
    table.cursor = [row.key for row in table.rows].index(key)
    await pilot.pause()
