"""Saving the log to a file, by its keys: where, what, and what is said if it cannot be."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.log_book import LogLine
from lpc_tui.tui.screens.log_save import SaveLogDialog
from lpc_tui.tui.screens.question import Question
from lpc_tui.wording import Level
from tests.tui.harness import at_rest, make_ports, press, screen_text, still_app, until, until_screen
from tests.tui.hostile import CORPUS, LABEL, assert_inert, legible

NAME = "lpc-tui-log-2026-03-12-090000.txt"


def make_app(folder: Path) -> LpcApp:
    return still_app(replace(make_ports(), log_file=folder / "logs" / "lpc-tui.log"))


async def ask(pilot: Pilot[None], *words: str) -> SaveLogDialog:
    """Open the log, and ask to save it."""
    app = pilot.app
    assert isinstance(app, LpcApp)
    app.main.add_log([LogLine("08:59:00", Level.GOOD, each) for each in words])
    await press(pilot, "f6", "s")
    return await until_screen(pilot, SaveLogDialog)


def is_shown(app: LpcApp, words: str) -> bool:
    return words in screen_text(app)


async def type_path(pilot: Pilot[None], path: Path) -> None:
    field = pilot.app.screen.query_one(Input)
    field.value = str(path)
    await press(pilot, "enter")


async def test_enter_saves_beside_the_log_file_for_the_owner_alone(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(pilot, "one", "two")
        assert "2 lines, as shown in the log" in screen_text(app)
        await press(pilot, "enter")
        saved = tmp_path / "logs" / NAME
        await until(pilot, saved.exists)
        await at_rest(pilot)
        assert saved.read_text(encoding="utf-8").splitlines() == [
            "LinkPoint Assist: log, saved 2026-03-12 09:00:00 +0000. 2 of 2 lines. All levels. All processes.",
            "",
            "08:59:00 + one",
            "08:59:00 + two",
        ]
        assert saved.stat().st_mode & 0o777 == 0o600
        assert app.main.log_pane.has_keys


async def test_a_file_is_replaced_only_if_the_person_says_so(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    mine = tmp_path / "mine.txt"
    mine.write_text("precious", encoding="utf-8")
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(pilot, "one")
        await type_path(pilot, mine)
        await until_screen(pilot, Question)
        assert "There is such a file already." in screen_text(app)
        await press(pilot, "escape")
        dialog = await until_screen(pilot, SaveLogDialog)
        assert dialog.query_one(Input).value == str(mine)
        assert mine.read_text(encoding="utf-8") == "precious"
        await press(pilot, "enter")
        await until_screen(pilot, Question)
        await press(pilot, "r")
        await at_rest(pilot)
        assert mine.read_text(encoding="utf-8").endswith("08:59:00 + one\n")


async def test_what_cannot_be_saved_is_said_and_the_path_kept(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    (tmp_path / "file").touch()
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(pilot, "one")
        for path, words in (
            (tmp_path, "There is such a file already."),
            (tmp_path / "file" / "log.txt", "It could not be saved: Not a directory."),
            (Path("~nobody-of-this-name") / "log.txt", "It could not be saved: Could not determine home"),
            (tmp_path / ("x" * 300), "It could not be saved: File name too long."),
        ):
            await type_path(pilot, path)
            if path == tmp_path:
                await until_screen(pilot, Question)
                await press(pilot, "r")
                words = "It could not be saved: Is a directory."
            await until(pilot, partial(is_shown, app, words))
        await press(pilot, "escape")
        await at_rest(pilot)
        assert (tmp_path / "file").read_bytes() == b""


async def test_five_hundred_hostile_lines_are_inert_in_the_file_too(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await ask(pilot, *CORPUS)
        await press(pilot, "enter")
        saved = tmp_path / "logs" / NAME
        await until(pilot, saved.exists)
        await at_rest(pilot)
        written = saved.read_text(encoding="utf-8")
        assert_inert(written)
        assert written.count("\n") == len(CORPUS) + 2
        assert legible(CORPUS, 600) <= set(LABEL.findall(written))
