"""The settings file changes, breaks, vanishes or cannot be written while the person edits: told plainly, edits kept."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from lpc_tui.settings_file import load
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.screens.clash import ClashScreen
from lpc_tui.tui.screens.help import HelpScreen
from lpc_tui.tui.screens.main import MainScreen
from lpc_tui.tui.screens.question import Question
from lpc_tui.tui.store import FileStore
from tests.tui.harness import MemoryStore, at_rest, make_app, press, screen_text, until, until_screen

PAST = "sync.calendar.past_days"
FUTURE = "sync.calendar.future_days"
TASK_PAST = "sync.task.past_days"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "profile"
    folder.mkdir()
    file = folder / "config.toml"
    file.write_text("# mine\n[sync.calendar]\npast_days = 14\n")
    return file


def write(path: Path, text: str) -> None:
    path.write_text(text)


def text_of(path: Path) -> str:
    return path.read_text()


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()] if folder.exists() else []


def remove(path: Path) -> None:
    path.unlink()


def protect(path: Path) -> None:
    path.chmod(0o444)


def asked(app: LpcApp) -> str:
    return str(app.screen.query_one("#dialog-text", Static).render())


async def look(pilot: Pilot[None]) -> None:
    """As the clock makes the app do twice a second."""
    app = pilot.app
    assert isinstance(app, LpcApp)
    app.look_at_settings()
    await at_rest(pilot)


async def edit(app: LpcApp, pilot: Pilot[None], key: str, *typed: str) -> None:
    assert app.main.focus_setting(key)
    await press(pilot, *typed)


async def test_a_clash_shows_what_was_what_is_and_what_is_mine_and_is_decided_setting_by_setting() -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        await edit(app, pilot, PAST, "9")
        await edit(app, pilot, TASK_PAST, "8")
        await edit(app, pilot, FUTURE, "7")
        store.change({PAST: 60, TASK_PAST: 61, "safety.max_deletes": 3})
        await look(pilot)
        await until_screen(pilot, ClashScreen)
        shown = screen_text(app)
        assert "Calendar: Synchronize Past Days" in shown
        assert "was 30              ( ) file: 60            (x) mine: 9" in shown
        assert "was 30              ( ) file: 61            (x) mine: 8" in shown
        assert "Future" not in shown.split("Changed on both sides")[1].split("As marked")[0]
        await press(pilot, "space", "c")
        assert dict(app.settings_binding.staging.changes) == {TASK_PAST: 8, FUTURE: 7}
        assert app.settings_binding.staging.value(PAST) == 60


@pytest.mark.parametrize(("key", "kept"), [("f", {}), ("m", {PAST: 9}), ("escape", {PAST: 9})])
async def test_a_clash_is_decided_for_all_at_once(key: str, kept: dict[str, int]) -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        await edit(app, pilot, PAST, "9")
        store.change({PAST: 60})
        await look(pilot)
        await until_screen(pilot, ClashScreen)
        await press(pilot, key)
        assert app.screen is app.main
        assert dict(app.settings_binding.staging.changes) == kept


async def test_a_file_that_changes_again_while_it_is_asked_about_is_asked_about_anew() -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        await edit(app, pilot, PAST, "9")
        store.change({PAST: 60})
        await look(pilot)
        await until_screen(pilot, ClashScreen)
        store.change({PAST: 90})
        await look(pilot)
        await until(pilot, lambda: "file: 90" in screen_text(app))
        assert "was 30              ( ) file: 90            (x) mine: 9" in screen_text(app)
        await press(pilot, "f")
        assert app.screen is app.main
        assert app.settings_binding.staging.value(PAST) == 90


async def test_help_in_a_clash_tells_the_setting_under_the_cursor() -> None:
    store = MemoryStore()
    app = make_app(store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        await edit(app, pilot, PAST, "9")
        store.change({PAST: 60})
        await look(pilot)
        await until_screen(pilot, ClashScreen)
        await press(pilot, "f1")
        await until_screen(pilot, HelpScreen)
        assert f"In the file  {PAST}" in screen_text(app)


async def test_a_file_that_breaks_is_shown_with_its_line_and_the_edits_are_kept(path: Path) -> None:
    app = make_app(store=FileStore(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await edit(app, pilot, FUTURE, "7")
        write(path, '# mine\n[sync.calendar]\npast_days = "many"\n')
        await look(pilot)
        shown = str(app.main.query_one("#problem-text", Static).render())
        assert 'line 3: sync.calendar.past_days: "many" is not allowed; allowed: a whole number' in shown
        assert "Your edits are kept here, unsaved." in shown
        await press(pilot, "f2", "ctrl+q")
        await until_screen(pilot, Question)
        assert "cannot be saved" in asked(app)
        assert "Save and quit" not in screen_text(app)
        await press(pilot, "b")
        write(path, "# mine\n[sync.calendar]\npast_days = 21\n")
        await look(pilot)
        assert dict(app.settings_binding.staging.changes) == {FUTURE: 7}
        await press(pilot, "f2")
        await until(pilot, lambda: load(path).sync.calendar.future_days == 7)
        assert text_of(path).startswith("# mine\n[sync.calendar]\npast_days = 21\n")


async def test_a_file_that_vanishes_leaves_what_it_held_as_edits(path: Path) -> None:
    app = make_app(store=FileStore(path))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await edit(app, pilot, FUTURE, "7")
        shutil.rmtree(path.parent)
        await look(pilot)
        assert dict(app.settings_binding.staging.changes) == {FUTURE: 7}
        await look(pilot)
        assert "The settings file is gone." in screen_text(app)
        assert dict(app.settings_binding.staging.changes) == {PAST: 14, FUTURE: 7}
        await press(pilot, "f2")
        await until(pilot, path.exists)
        await until(pilot, lambda: not app.settings_binding.staging.is_dirty)
        assert load(path).sync.calendar.past_days == 14
        assert load(path).sync.calendar.future_days == 7


async def test_a_file_that_an_editor_replaces_is_not_taken_for_gone(path: Path) -> None:
    app = make_app(store=FileStore(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await edit(app, pilot, FUTURE, "7")
        remove(path)
        await look(pilot)
        write(path, "[sync.calendar]\npast_days = 60\n")
        await look(pilot)
        assert app.screen is app.main
        assert app.settings_binding.staging.value(PAST) == 60
        assert dict(app.settings_binding.staging.changes) == {FUTURE: 7}


async def test_applying_into_a_vanished_folder_says_so_and_works_the_second_time(path: Path) -> None:
    app = make_app(store=FileStore(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await edit(app, pilot, FUTURE, "7")
        shutil.rmtree(path.parent)
        await press(pilot, "f2")
        await until_screen(pilot, Question)
        assert "is gone.\nWhat it held is kept here as unsaved edits. Apply again" in asked(app)
        assert names_in(path.parent) == []
        await press(pilot, "enter", "f2")
        await until(pilot, path.exists)
        assert load(path).sync.calendar.past_days == 14


def failing(number: int) -> Callable[..., None]:
    def fail(*_args: object, **_named: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch, number: int) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing(number))
        yield


REFUSALS = (
    (errno.ENOSPC, "no space left on device", "Make room there, then save again"),
    (errno.EDQUOT, "quota exceeded", "Make room there, then save again"),
    (errno.EROFS, "read-only file system", "Set LPC_TUI_HOME to a folder on a file system"),
    (errno.EACCES, "permission denied", "must be yours to write"),
)


async def test_a_disk_that_takes_no_write_is_told_with_the_remedy_and_nothing_is_half_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = text_of(path)
    app = make_app(store=FileStore(path))
    async with app.run_test(size=(100, 30)) as pilot:
        await edit(app, pilot, FUTURE, "7")
        for number, words, remedy in REFUSALS:
            with full_disk(monkeypatch, number):
                await press(pilot, "f2")
                await until_screen(pilot, Question)
                for told in (words, remedy, "Your edits are kept here, unsaved."):
                    assert told in asked(app)
                await press(pilot, "enter")
                await until_screen(pilot, MainScreen)
            assert text_of(path) == before
            assert names_in(path.parent) == ["config.toml"]
            assert dict(app.settings_binding.staging.changes) == {FUTURE: 7}
        await press(pilot, "f2")
        await until(pilot, lambda: not app.settings_binding.staging.is_dirty)
        assert load(path).sync.calendar.future_days == 7


async def test_a_file_marked_read_only_is_left_alone(path: Path) -> None:
    protect(path)
    app = make_app(store=FileStore(path))
    async with app.run_test(size=(100, 30)) as pilot:
        await edit(app, pilot, FUTURE, "7")
        await press(pilot, "f2")
        await until_screen(pilot, Question)
        assert "is marked read-only" in screen_text(app)
        await press(pilot, "enter")
        assert text_of(path) == "# mine\n[sync.calendar]\npast_days = 14\n"
        assert app.settings_binding.staging.is_dirty


def test_a_file_that_stays_the_same_is_looked_at_and_not_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileStore(path)
    seen = store.fingerprint()
    monkeypatch.setattr(Path, "read_bytes", failing(errno.EIO))
    assert store.fingerprint() == seen
    monkeypatch.undo()
    write(path, "# other\n")
    assert store.fingerprint() != seen


def test_a_file_that_was_put_back_as_it_was_is_the_same(path: Path) -> None:
    store = FileStore(path)
    seen, content = store.fingerprint(), text_of(path)
    path.unlink()
    assert store.fingerprint() != seen
    write(path, content)
    assert store.fingerprint() == seen
