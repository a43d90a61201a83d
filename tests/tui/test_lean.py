"""What the first frames and the keys cost the line, counted in paints: bytes are counted by `make bench-ui`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from textual.geometry import Size
from textual.screen import Screen

from lpc_tui.settings_values import Theme
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.widgets.fields import Box, Edited
from tests.tui.harness import make_app


@contextmanager
def paints(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is drawn from here on: the kind of each update of the terminal."""
    drawn: list[str] = []
    display = LpcApp._display

    def noted(app: LpcApp, screen: Screen[object], renderable: object) -> None:
        if renderable is not None:
            drawn.append(type(renderable).__name__)
        display(app, screen, renderable)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(LpcApp, "_display", noted)
        yield drawn


async def test_the_first_frame_is_painted_whole_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with paints(monkeypatch) as drawn:
        async with make_app().run_test(size=(80, 24)) as pilot:
            await pilot.pause()
    assert drawn.count("LayoutUpdate") == 1


async def test_a_layout_paints_what_it_moves_and_not_the_whole_screen_once_more() -> None:
    """Textual asks for one when a dialog has opened, too."""
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        asked = []
        for is_layout in (True, False):
            app.main._repaint_required = False
            app.main.refresh(layout=is_layout)
            asked.append(app.main._repaint_required)
        assert asked == [False, True]


async def test_other_colours_repaint_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = app.main.styles.background
        with paints(monkeypatch) as drawn:
            app.choose_theme(Theme.LIGHT)
            await pilot.pause()
        assert app.main.styles.background != before
        assert "LayoutUpdate" in drawn


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_the_first_frame_has_the_classes_of_its_size(size: tuple[int, int]) -> None:
    app = make_app()
    classes: list[frozenset[str]] = []
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        classes.append(app.main.classes)
        await pilot.resize_terminal(*Size(100, 33))
        assert app.main.classes == {"-wide", "-tall"}
        await pilot.resize_terminal(*size)
        assert app.main.classes == classes[0]


async def test_a_tick_is_painted_together_with_its_mark() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        box = app.main.query(Box).first()
        box.focus()
        await pilot.pause()
        with app.prevent(Edited):  # as long as nobody has answered
            shown = []
            for _ in range(2):
                box.action_tick()
                shown.append((box.value, box.is_dirty))
        assert shown == [(True, True), (False, False)]
