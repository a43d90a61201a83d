"""The log pane: bounded, in batches, following its tail."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from textual.app import App, ComposeResult
from textual.strip import Strip

from lpc_tui.tui.widgets.log_pane import MOST_LINES, LogLine, LogPane
from lpc_tui.wording import Level
from tests.tui.harness import press, screen_text


class LogApp(App[None]):
    """Nothing but a log."""

    def compose(self) -> ComposeResult:
        yield LogPane()

    @property
    def pane(self) -> LogPane:
        return self.query_one(LogPane)


def lines(numbers: Iterable[int], level: Level = Level.INFO) -> list[LogLine]:
    return [LogLine("09:00:00", level, f"line {number}") for number in numbers]


def log_lines(app: LogApp) -> list[str]:
    """The lines below the title, without the scrollbar."""
    return [line[:79].rstrip() for line in screen_text(app).splitlines()[1:]]


async def test_ten_thousand_lines_keep_the_newest_and_draw_a_screenful_a_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = 0
    original = LogPane.render_line

    def counted(pane: LogPane, y: int) -> Strip:
        nonlocal drawn
        drawn += 1
        return original(pane, y)

    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        monkeypatch.setattr(LogPane, "render_line", counted)
        for start in range(0, 10_000, 500):
            app.pane.add(lines(range(start, start + 500)))
        await pilot.pause()
        assert len(app.pane.lines) == MOST_LINES
        assert app.pane.lines[-1].words == "line 9999"
        assert "line 9999" in screen_text(app)
        assert drawn <= 20 * 3 * 10


async def test_scrolled_up_it_stays_and_says_how_much_is_new() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        app.pane.add(lines(range(100)))
        await pilot.pause()
        app.pane.focus()
        await press(pilot, "pageup", "pageup")
        before = log_lines(app)
        app.pane.add(lines(range(100, 137)))
        await pilot.pause()
        assert log_lines(app) == before
        assert "37 new lines below" in screen_text(app)
        await press(pilot, "end")
        await pilot.pause()
        assert "new lines" not in screen_text(app)
        assert "line 136" in screen_text(app)


async def test_a_level_is_a_sign_not_only_a_colour() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        for level in Level:
            app.pane.add(lines([1], level))
        await pilot.pause()
        shown = [line.strip() for line in screen_text(app).splitlines()[1:5]]
        assert [line[9] for line in shown] == [" ", "+", "!", "E"]


async def test_a_long_line_goes_on_in_the_next_row_at_every_width() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        words = "Calendar: 62 added to Outlook, 105 added to Salesforce, 82 linked"
        app.pane.add([LogLine("09:00:00", Level.INFO, words)])
        await pilot.pause()
        assert log_lines(app)[:3] == [
            "09:00:00   Calendar: 62 added to",
            "           Outlook, 105 added to",
            "           Salesforce, 82 linked",
        ]
        app.pane.add([LogLine("09:00:01", Level.INFO, f"{'x' * 27} y")] * 10)
        await pilot.pause()
        assert log_lines(app)[-1].strip() == "y", "the scrollbar took the place of a word"
        await pilot.resize_terminal(90, 30)
        await pilot.pause()
        assert words in screen_text(app)


async def test_a_log_that_was_hidden_shows_all_it_got() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        app.pane.display = False
        app.pane.add(lines(range(MOST_LINES + 5)))
        await pilot.pause()
        app.pane.display = True
        await pilot.pause()
        assert f"line {MOST_LINES + 4}" in screen_text(app)
        assert len(app.pane.lines) == MOST_LINES
