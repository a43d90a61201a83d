"""Every screen at three sizes: what it shows, and that a resize loses nothing of it.

A picture is a text; look at it before accepting it (`make snapshots`).
"""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.screen import Screen

from tests.tui.every_screen import screens_of_ours
from tests.tui.picture import picture
from tests.tui.tours import TOURS, Tour

SIZES = ((100, 30), (160, 50))
"""Beside 80x24, in which every tour begins."""


class Picture(SingleFileSnapshotExtension):
    """A text file a picture."""

    _write_mode = WriteMode.TEXT
    _file_extension = "txt"


@pytest.mark.parametrize("tour", TOURS, ids=lambda tour: tour.name)
async def test_tour(tour: Tour, snapshot: SnapshotAssertion) -> None:
    app = tour.app()
    pictures = snapshot.use_extension(Picture)

    async with app.run_test(size=(80, 24)) as pilot:

        async def stop(name: str, screen: type[Screen[Any]]) -> None:
            await pilot.pause()
            assert type(app.screen) is screen
            first = picture(app)
            assert first == pictures(name=f"{name}-80x24")
            for columns, lines in SIZES:
                await pilot.resize_terminal(columns, lines)
                await pilot.pause()
                assert picture(app) == pictures(name=f"{name}-{columns}x{lines}")
            await pilot.resize_terminal(80, 24)
            await pilot.pause()
            assert picture(app) == first, "the screen is another one after it was larger"

        await tour.walk(pilot, stop)


def test_no_screen_is_forgotten() -> None:
    toured = "\n".join(inspect.getsource(tour.walk) for tour in TOURS)
    forgotten = [each.__name__ for each in screens_of_ours() if f'", {each.__name__})' not in toured]
    assert not forgotten, "a tour has to stop at each screen"
