"""The Auto Background Sync in the terminal UI: how it stands, and what is offered once it is enabled."""

from __future__ import annotations

import pytest

from lpc_tui.errors import SettingsError
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.screens.question import Question
from tests.tui.harness import (
    FakeAuto,
    MemoryStore,
    at_rest,
    make_ports,
    press,
    screen_text,
    still_app,
    until,
    until_screen,
)


def app_with(auto: FakeAuto, store: MemoryStore | None = None) -> LpcApp:
    return still_app(make_ports(store=store, auto=auto))


async def test_the_tab_tells_whether_anything_runs_it_and_when_each_process_is_due() -> None:
    auto = FakeAuto()
    app = app_with(auto)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a")
        await until(pilot, lambda: "! Nothing runs it" in screen_text(app))
        assert "The Auto Background Sync is off." in screen_text(app)


@pytest.mark.parametrize(("answer", "is_running"), [("i", True), ("n", False)])
async def test_enabled_while_nothing_runs_it_a_service_is_offered(answer: str, is_running: bool) -> None:
    auto, store = FakeAuto(), MemoryStore()
    app = app_with(auto, store)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a", "space", "f2")
        await until_screen(pilot, Question)
        assert "nothing runs it yet" in screen_text(app)
        await press(pilot, answer)
        await until(pilot, lambda: not isinstance(app.screen, Question))
        assert store.settings.auto_sync.enabled
        assert auto.is_running is is_running
        if is_running:
            await until(pilot, lambda: "It is running." in screen_text(app))
            assert "Calendar: 2026-03-12 09:30" in screen_text(app)


async def test_where_it_runs_already_nothing_is_asked() -> None:
    auto = FakeAuto()
    auto.is_running = True
    app = app_with(auto)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a", "space", "f2")
        await until(pilot, lambda: "Saved" in screen_text(app))
        await at_rest(pilot)
        assert not isinstance(app.screen, Question)


async def test_where_no_service_can_be_installed_it_says_what_to_do_instead() -> None:
    class Refusing(FakeAuto):
        def install(self) -> str:
            raise SettingsError("There is no systemd user session here.", "Start `lpc-tui auto run`.")

    app = app_with(Refusing())
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "a", "space", "f2")
        await until_screen(pilot, Question)
        await press(pilot, "i")
        await until(pilot, lambda: "There is no systemd user session here." in screen_text(app))
        assert "Start `lpc-tui auto run`." in screen_text(app)
