"""What is said to the terminal beside the picture: title, bell, desktop message, clipboard; and what a resize keeps."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from lpc_tui.engine.events import Phase
from lpc_tui.settings import NotificationSettings, Settings
from lpc_tui.tui import app as app_module
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.drivers import BareDriver
from lpc_tui.tui.log_book import LogLine
from lpc_tui.tui.screens.review import ReviewScreen
from lpc_tui.tui.terminal import Multiplexer, Terminal
from lpc_tui.tui.widgets.log_view import LogView
from lpc_tui.wording import Level
from tests.tui.fake_engine import FakeEngine
from tests.tui.harness import MemoryStore, make_ports, press, screen_text, still_app, until, until_screen
from tests.tui.samples import sample_script


class Spied(LpcApp):
    """Remembers what would be written to the terminal."""

    CSS_PATH = str(Path(app_module.__file__).with_name("app.tcss"))

    def __init__(self, settings: Settings | None = None, terminal: Terminal | None = None) -> None:
        self.told: list[str] = []
        self.bells = 0
        engine = FakeEngine(sample_script())
        super().__init__(
            make_ports(engine, MemoryStore(settings)), poll_s=None, terminal=terminal or Terminal()
        )
        self.animation_level = "none"

    def tell_terminal(self, sequence: str) -> None:
        self.told.append(sequence)

    def bell(self) -> None:
        self.bells += 1

    @property
    def titles(self) -> list[str]:
        return [each[4:-1] for each in self.told if each.startswith("\x1b]2;") and each.endswith("\x07")]


async def one_run(app: Spied) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f5", "y")
        await until_screen(pilot, ReviewScreen)
        await press(pilot, "f5", "y")
        await until(pilot, lambda: not app.run_control.is_running)
        app.exit()
        await pilot.pause()


def notifications(**options: bool) -> Settings:
    return Settings(notifications=NotificationSettings.model_validate(options))


async def test_the_title_follows_the_run_and_is_given_back() -> None:
    app = Spied()
    await one_run(app)
    assert app.titles[0].startswith("lpc-tui: ")
    assert "lpc-tui: the plan waits for your review" in app.titles
    assert app.titles[-1] == "lpc-tui: some items need you"
    assert app.told[0] == "\x1b[22;2t"
    assert app.told[-1] == "\x1b]2;\x07\x1b[23;2t"
    assert app.bells == 1


async def test_neither_title_nor_bell_where_they_are_not_wanted() -> None:
    app = Spied(notifications(terminal_title=False, bell=False))
    await one_run(app)
    assert app.told == []
    assert app.bells == 0


async def test_another_window_has_the_focus_so_the_desktop_is_told() -> None:
    app = Spied(notifications(terminal_title=False, bell=False))
    async with app.run_test(size=(80, 24)):
        app.app_focus = False
        app.alert("lpc-tui: done\x1b[31m", has_bell=False)
    assert app.told == ["\x1b]9;lpc-tui: done␛[31m\x07"]


async def test_a_bare_terminal_is_told_nothing_that_it_does_not_know() -> None:
    app = Spied(terminal=Terminal(is_bare=True, is_ascii=True))
    await one_run(app)
    assert app.told == []


@pytest.mark.parametrize(
    ("multiplexer", "around"),
    [
        (Multiplexer.TMUX, lambda sequence: f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"),
        (Multiplexer.SCREEN, lambda sequence: f"\x1bP{sequence}\x1b\\"),
    ],
)
async def test_the_clipboard_is_reached_through_a_multiplexer(
    multiplexer: Multiplexer, around: Callable[[str], str]
) -> None:
    app = Spied(terminal=Terminal(multiplexer=multiplexer))
    async with app.run_test(size=(80, 24)):
        app.copy_to_clipboard("ä")
    assert app.told == [around(f"\x1b]52;c;{base64.b64encode('ä'.encode()).decode()}\x07")]
    assert ("set-clipboard" in app.copied_words("It")) is (multiplexer is Multiplexer.TMUX)


def test_a_long_text_goes_through_screen_in_pieces() -> None:
    app = Spied(terminal=Terminal(multiplexer=Multiplexer.SCREEN))
    app.copy_to_clipboard("x" * 2_000)
    (told,) = app.told
    pieces = told.split("\x1b\\")[:-1]
    assert len(pieces) > 1
    assert all(len(piece) <= 768 for piece in pieces)
    assert "".join(piece.removeprefix("\x1bP") for piece in pieces).endswith("\x07")


async def test_a_resize_loses_nothing() -> None:
    engine = FakeEngine(sample_script(), hold_at=Phase.APPLY)
    app = LpcApp(make_ports(engine, MemoryStore()), poll_s=None)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "tab", "space", "tab", "tab", "tab", "tab")
        focused, edits = app.focused, dict(app.settings_binding.staging.changes)
        assert edits
        for size in ((40, 12), (160, 50), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.pause()
            assert app.focused is focused
            assert dict(app.settings_binding.staging.changes) == edits
            assert focused is not None
            assert app.screen.region.contains_region(focused.region), "the focus is out of sight"


async def test_a_resize_keeps_the_line_of_the_log_in_sight() -> None:
    app = still_app(make_ports())
    async with app.run_test(size=(80, 24)) as pilot:
        app.main.add_log([LogLine("10:00:00", Level.INFO, f"Line {number:03}") for number in range(300)])
        await press(pilot, "f6", "home", *["down"] * 40)
        log = app.main.query_one(LogView)
        cursor = "Line 040"
        assert cursor in screen_text(app)
        for size in ((40, 12), (160, 50), (80, 24)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: app.size == size)  # type: ignore[misc]
            assert cursor in screen_text(app), size
            assert not log.follows


def test_a_bare_terminal_gets_no_sequence_beyond_a_vt100() -> None:
    written = "".join(
        BareDriver.known(each)
        for each in ("\x1b[>25u", "\x1b[<u", "\x1b[?2026$p", "\x1b[?1049h", "\x1b[?1006h", "\x1b]2;x\x07")
    )
    assert written == ""
    assert BareDriver.known("\x1b[1;7mA\x1b[?25l\x1b[3;4H") == "\x1b[1;7mA\x1b[?25l\x1b[3;4H"
