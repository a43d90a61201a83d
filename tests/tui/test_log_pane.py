"""The log pane, by its keys: filtered, searched, paused, copied, resized; drawn only where it changes."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseScrollUp as MouseUp
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Static

from lpc_tui.engine.events import OperationEvent, Status
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action
from lpc_tui.tui.log_book import MOST_LINES, LogLine
from lpc_tui.tui.log_feed import LogFeed
from lpc_tui.tui.messages import WhyAsked
from lpc_tui.tui.widgets.log_pane import MOST_COPIED, LogPane
from lpc_tui.tui.widgets.log_view import LogView
from lpc_tui.wording import Level
from tests.tui.harness import press, screen_text
from tests.tui.hostile import FORBIDDEN, HOSTILE

WORDS = 12
"""The cell at which the words of a line begin: cursor, time, mark and level are before."""


class LogApp(App[None]):
    """Nothing but something and a log."""

    CSS = "#log { height: 1fr; } .-log-maximized #body { display: none; }"

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Message] = []

    def compose(self) -> ComposeResult:
        yield Static("form", id="body")
        yield LogPane(Path("/home/ada/logs/lpc-tui.log"), id="log")

    @property
    def pane(self) -> LogPane:
        return self.query_one(LogPane)

    def on_why_asked(self, message: WhyAsked) -> None:
        self.asked.append(message)

    def on_log_pane_save_asked(self, message: LogPane.SaveAsked) -> None:
        self.asked.append(message)


def lines(numbers: Iterable[int], level: Level = Level.INFO, process: Process | None = None) -> list[LogLine]:
    return [LogLine("09:00:00", level, f"line {number}", process) for number in numbers]


def header(app: LogApp) -> str:
    return screen_text(app).splitlines()[1].strip()


def rows(app: LogApp) -> list[str]:
    """The rows below the header."""
    return [row.rstrip() for row in screen_text(app).splitlines()[2:]]


def shown(app: LogApp) -> list[str]:
    return [row[WORDS:] for row in rows(app) if row]


def cursor_row(app: LogApp) -> str:
    [row] = [row for row in rows(app) if row.startswith(">")]
    return row[WORDS:]


async def add(pilot: Pilot[None], new: Iterable[LogLine]) -> None:
    pilot.app.query_one(LogPane).add(new)
    await pilot.pause()


async def test_ten_thousand_lines_keep_the_newest_and_draw_a_screenful_a_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = 0
    original = LogView.render_line

    def counted(view: LogView, y: int) -> Strip:
        nonlocal drawn
        drawn += 1
        return original(view, y)

    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        monkeypatch.setattr(LogView, "render_line", counted)
        for start in range(0, MOST_LINES + 500, 500):
            app.pane.add(lines(range(start, start + 500)))
        await pilot.pause()
        assert len(app.pane.lines) == MOST_LINES
        assert shown(app)[-1] == f"line {MOST_LINES + 499}"
        assert drawn <= 21 * 8


async def test_a_new_line_redraws_no_row_that_stays() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 20)) as pilot:
        await add(pilot, lines(range(5)))
        regions: list[int] = []
        original = LogView.refresh

        def counted(view: LogView, *where: object, **how: object) -> LogView:
            regions.append(len(where))
            return original(view, *where, **how)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(LogView, "refresh", counted)
            await add(pilot, lines([5]))
        assert regions == [2], "the row with the cursor before, and the new one"


async def test_closed_it_draws_nothing_and_opened_it_shows_all_it_got(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        app.pane.close()
        await pilot.pause()

        def drawn(view: LogView, y: int) -> Strip:
            raise AssertionError((view, y))

        with monkeypatch.context() as patch:
            patch.setattr(LogView, "render_line", drawn)
            await add(pilot, lines(range(MOST_LINES + 5)))
        app.pane.open()
        await pilot.pause()
        await pilot.pause()
        assert shown(app)[-1] == f"line {MOST_LINES + 4}"


async def test_scrolled_up_nothing_in_view_moves_whatever_arrives_and_end_follows_again() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 12)) as pilot:
        await add(pilot, lines(range(100)))
        await press(pilot, "pageup", "up")
        before = rows(app)
        await add(pilot, lines(range(100, 137)))
        assert rows(app) == before
        assert "paused, 37 new lines below (End)" in header(app)
        for start in range(137, 40_137, 1_000):
            app.pane.add(lines(range(start, start + 1_000)))
        await pilot.pause()
        assert rows(app) == before
        await press(pilot, "end")
        assert "paused" not in header(app)
        assert shown(app)[-1] == "line 40136"
        await press(pilot, "home")
        assert "older lines are in /home/ada/logs/lpc-tui.log" in header(app)


async def test_going_down_to_the_end_of_a_pause_goes_on_with_what_came_meanwhile() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)) as pilot:
        await add(pilot, lines(range(20)))
        await press(pilot, "up", "up")
        await add(pilot, lines(range(20, 60)))
        await press(pilot, "down", "down")
        assert cursor_row(app) == "line 19"
        assert "40 new lines below" in header(app)
        await press(pilot, "down")
        assert cursor_row(app) == "line 20"
        assert shown(app) == [f"line {number}" for number in range(15, 21)]
        await press(pilot, "pagedown")
        assert shown(app)[0] == "line 20"
        for _ in range(8):
            await press(pilot, "pagedown")
        assert "paused" not in header(app)
        await add(pilot, lines([60]))
        assert cursor_row(app) == "line 60"


async def test_f_pauses_at_the_end_and_follows_again() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)) as pilot:
        await add(pilot, lines(range(20)))
        await press(pilot, "f")
        await add(pilot, lines([20]))
        assert shown(app)[-1] == "line 19"
        assert "paused, 1 new line below" in header(app)
        await press(pilot, "f")
        assert shown(app)[-1] == "line 20"


async def test_the_wheel_scrolls_and_pauses_and_a_click_takes_the_cursor() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 8)) as pilot:
        await add(pilot, lines(range(20)))
        await pilot.hover(LogView, offset=(5, 2))
        await pilot._post_mouse_events([MouseUp], LogView, offset=(5, 2), button=0)
        await pilot.pause()
        assert shown(app)[0] == "line 11"
        assert "paused" in header(app)
        await pilot.click(LogView, offset=(5, 1))
        assert cursor_row(app) == "line 12"


async def test_a_level_is_a_sign_not_only_a_colour() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        for level in Level:
            await add(pilot, lines([1], level))
        assert [row[WORDS - 2] for row in rows(app)[:4]] == [" ", "+", "!", "E"]
        assert "1 error  1 warning" in header(app)


async def test_a_long_line_goes_on_in_the_next_row_at_every_width() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 12)) as pilot:
        words = "Calendar: 62 added to Outlook, 105 added to Salesforce, 82 linked"
        await add(pilot, [LogLine("09:00:00", Level.INFO, words)])
        assert rows(app)[:3] == [
            ">09:00:00   Calendar: 62 added to",
            "            Outlook, 105 added to",
            "            Salesforce, 82 linked",
        ]
        await add(pilot, lines(range(40)))
        await press(pilot, "home", "down", "down")
        await pilot.resize_terminal(90, 30)
        await pilot.pause()
        assert shown(app)[0] == words
        assert cursor_row(app) == "line 1"


async def test_levels_and_processes_are_filtered_by_key_and_the_header_says_so() -> None:
    app = LogApp()
    async with app.run_test(size=(100, 12)) as pilot:
        await add(pilot, lines(range(5), Level.GOOD, Process.CALENDAR))
        await add(pilot, lines([5], Level.WARNING, Process.CONTACT))
        await add(pilot, lines([6], Level.ERROR, Process.CALENDAR))
        assert header(app).startswith("Log  l All levels  p All processes  7 lines  1 error  1 warning")
        await press(pilot, "l")
        assert shown(app) == ["line 5", "line 6"]
        assert "l Warnings and errors  p All processes  2 of 7 lines" in header(app)
        await press(pilot, "p")
        assert shown(app) == ["line 6"]
        assert "p Calendar  1 of 7 lines" in header(app)
        await press(pilot, "P", "P")
        assert "p Task  0 of 7 lines" in header(app)
        assert shown(app) == []
        await press(pilot, "up", "down", "pageup", "pagedown", "home", "end", "n", "c", "s", "enter", "space")
        assert not app.asked
        await press(pilot, "L", "p")
        assert len(shown(app)) == 7


async def test_on_a_narrow_terminal_the_header_keeps_the_filter_its_count_and_the_pause() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 12)) as pilot:
        await add(pilot, lines(range(MOST_LINES), Level.WARNING, Process.CALENDAR))
        await press(pilot, "l", "up")
        await add(pilot, lines(range(40_000)))
        said = "Log  l Warnings and errors  p All processes  10,000 of 10,000 lines  paused"
        assert header(app) == said
        await pilot.resize_terminal(100, 12)
        await pilot.pause()
        assert f"{said}, 40,000 new" in header(app)
        await press(pilot, "L")
        assert "paused, 40,000 new lines below (End)" in header(app)


async def test_the_filter_is_told_in_words_while_the_keys_go_elsewhere() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 12)) as pilot:
        await add(pilot, lines(range(5), Level.ERROR))
        await press(pilot, "l", "p")
        app.screen.set_focus(None)
        await pilot.pause()
        assert header(app) == "Log  only: Warnings and errors, Calendar  5 of 5 lines  5 errors"


async def test_the_search_marks_without_colour_and_goes_from_match_to_match() -> None:
    app = LogApp()
    async with app.run_test(size=(100, 12)) as pilot:
        await add(pilot, lines(range(30)))
        await press(pilot, "slash", *"NE 1")
        assert "/NE 1: 11" in header(app)
        await press(pilot, "enter")
        assert cursor_row(app) == "line 19"
        assert "/NE 1: 11 of 11" in header(app)
        assert [row[9] for row in rows(app) if row.endswith(("line 19", "line 20"))] == ["/", " "]
        assert any(segment.style and segment.style.underline for segment in strip_of(app, "line 19"))
        await press(pilot, "N")
        assert cursor_row(app) == "line 18"
        await press(pilot, "n", "n")
        assert cursor_row(app) == "line 1"
        await press(pilot, "escape")
        assert "/" not in header(app).replace("/ Search", "")
        await press(pilot, "slash", *"zebra", "enter")
        assert "/zebra: not found" in header(app)
        assert cursor_row(app) == "line 1"
        await press(pilot, "slash", "escape")
        assert app.pane.has_keys


def strip_of(app: LogApp, words: str) -> Strip:
    view = app.query_one(LogView)
    [y] = [y for y in range(view.size.height) if view.render_line(y).text.rstrip().endswith(words)]
    return view.render_line(y)


async def test_marked_lines_are_copied_else_the_one_with_the_cursor_or_all() -> None:
    app = LogApp()
    async with app.run_test(size=(100, 12)) as pilot:
        await add(pilot, lines(range(6), Level.GOOD))
        await press(pilot, "c")
        assert app.clipboard == "09:00:00 + line 5"
        assert "copied 1 line" in header(app)
        await press(pilot, "up", "up", "space", "space")
        assert "2 marked" in header(app)
        assert [row[9] for row in rows(app)[:6]] == [" ", " ", " ", "*", "*", " "]
        await press(pilot, "c")
        assert app.clipboard.splitlines() == ["09:00:00 + line 3", "09:00:00 + line 4"]
        await press(pilot, "C")
        assert len(app.clipboard.splitlines()) == 6
        await press(pilot, "escape")
        assert "marked" not in header(app)


async def test_a_copy_is_no_larger_than_terminals_take() -> None:
    app = LogApp()
    async with app.run_test(size=(100, 12)) as pilot:
        await add(pilot, lines(range(5_000)))
        await press(pilot, "C")
        assert len(base64.b64encode(app.clipboard.encode())) < 74_000
        assert len(app.clipboard) > MOST_COPIED - 100
        assert app.clipboard.endswith("line 4999")
        assert "of 5,000; save them for all" in header(app)


async def test_what_is_shown_is_what_is_saved() -> None:
    app = LogApp()
    async with app.run_test(size=(100, 12)) as pilot:
        await add(pilot, lines(range(3)))
        await add(pilot, lines([3], Level.ERROR))
        await press(pilot, "l", "s")
        [message] = app.asked
        assert isinstance(message, LogPane.SaveAsked)
        assert [line.words for line in message.lines] == ["line 3"]
        assert message.about == "1 of 4 lines. Warnings and errors. All processes."


async def test_one_key_asks_why_of_an_item_and_of_nothing_else() -> None:
    event = OperationEvent(
        process=Process.CONTACT,
        side=Side.OUTLOOK,
        action=Action.UPDATE,
        status=Status.FAILED,
        item="Ada",
        salesforce_id="003A",
    )
    app = LogApp()
    async with app.run_test(size=(100, 12)) as pilot:
        await add(pilot, LogFeed().lines([event], "09:00:00"))
        await press(pilot, "enter")
        [message] = app.asked
        assert isinstance(message, WhyAsked)
        assert (message.process, message.outlook_id, message.salesforce_id) == (Process.CONTACT, None, "003A")
        await add(pilot, lines([1]))
        await press(pilot, "w")
        assert len(app.asked) == 1
        assert "this line is about no item" in header(app)


async def test_its_height_is_the_persons() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.styles.height = 9
        app.pane.styles.dock = "bottom"
        await pilot.pause()
        await press(pilot, "plus", "plus", "minus")
        assert app.pane.size.height == 10
        await press(pilot, *["plus"] * 20)
        assert app.pane.size.height == 16
        await press(pilot, *["minus"] * 20)
        assert app.pane.size.height == 3
        await press(pilot, "m")
        assert app.screen.has_class("-log-maximized")
        await press(pilot, "escape")
        assert not app.screen.has_class("-log-maximized")
        await pilot.mouse_down("LogHeader")
        await pilot.hover(offset=(10, 12))
        await pilot.mouse_up(offset=(10, 12))
        assert app.pane.size.height == 12


@pytest.mark.parametrize("size", [(60, 20), (20, 6), (160, 50)])
async def test_hostile_lines_break_neither_a_row_nor_the_search(size: tuple[int, int]) -> None:
    foreign = (*HOSTILE, "x" * 32_000, "名" * 32_000, "e" + "\u0301" * 500)
    app = LogApp()
    async with app.run_test(size=size) as pilot:
        await add(pilot, [LogLine("09:00:00", Level.ERROR, each) for each in foreign])
        await press(pilot, "slash", "[", "slash", "enter")
        for _ in foreign:
            await press(pilot, "up")
            strips = app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} == {size[0]}
            text = screen_text(app).replace("\n", "")
            assert not any(each in text for each in FORBIDDEN)
