"""The app over a scripted engine and settings kept in memory or in a file, with a frozen clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from lpc_tui.accounts.interface import Accounts, AccountStatus
from lpc_tui.engine.interface import Engine
from lpc_tui.model.items import Side
from lpc_tui.places.interface import Places
from lpc_tui.reports.interface import Reports
from lpc_tui.settings import Settings
from lpc_tui.settings_check import with_changes
from lpc_tui.settings_values import Value
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.ports import Account, AutoService, AutoView, Ports, SettingsStore
from tests.tui.fake_accounts import FakeAccounts
from tests.tui.fake_engine import FakeEngine
from tests.tui.fake_places import FakePlaces, nothing_found
from tests.tui.fake_reports import sample_reports
from tests.tui.samples import NOW, sample_script

__all__ = [
    "MemoryStore",
    "at_rest",
    "make_app",
    "make_ports",
    "press",
    "screen_text",
    "settled",
    "still_app",
    "until",
    "until_screen",
]


_PATIENCE_S = 20.0
_A_MOMENT_S = 0.01
_WAITING_GROUPS = frozenset({"flow", "settings", "sync", "wizard"})
"""Workers that wait for the person, perhaps."""

OneScreen = TypeVar("OneScreen", bound=Screen[Any])


class MemoryStore:
    """A settings file that is no file."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.saves: list[dict[str, Value]] = []
        self._version = 0

    @property
    def path(self) -> Path:
        return Path("/home/ada/.config/lpc-tui/config.toml")

    def load(self) -> tuple[Settings, str]:
        return self.settings, self.fingerprint()

    def save(self, changes: Mapping[str, Value], expected: str) -> Settings:
        assert expected == self.fingerprint()
        self.saves.append(dict(changes))
        return self.change(changes)

    def change(self, changes: Mapping[str, Value]) -> Settings:
        """As another program would."""
        self.settings = with_changes(self.settings, changes)
        self._version += 1
        return self.settings

    def fingerprint(self) -> str:
        return str(self._version)


ACCOUNTS = (
    Account(
        side=Side.OUTLOOK,
        address="https://graph.microsoft.com/v1.0",
        status=AccountStatus(
            side=Side.OUTLOOK,
            is_signed_in=True,
            who="ada@acme.example",
            method="Device code",
            kept_in="the system keyring (SecretService)",
            expires=NOW + timedelta(hours=1),
        ),
    ),
    Account(
        side=Side.SALESFORCE,
        address="https://acme.my.salesforce.com",
        status=AccountStatus(side=Side.SALESFORCE, is_signed_in=False, method="Device code"),
    ),
)


class FakeAuto:
    """A background sync that a test installs."""

    def __init__(self) -> None:
        self.is_running = False

    def view(self, settings: Settings) -> AutoView:
        words = (
            "Calendar: 2026-03-12 09:30" if settings.auto_sync.enabled else "The Auto Background Sync is off."
        )
        return AutoView(is_running=self.is_running, lines=(words,))

    def install(self) -> str:
        self.is_running = True
        return "/home/ada/.config/systemd/user/lpc-tui-auto.service"


class FakeRebuild:
    """A rebuild that a test carries out."""

    def __init__(self, *warnings: str) -> None:
        self.warnings = warnings
        self.nothing = "Calendar: nothing is linked; there is nothing to forget."
        self.question = "Forget 3 links?"
        self.done_at: datetime | None = None

    def carry_out(self, at: datetime) -> str:
        self.done_at = at
        return "Calendar: 3 links forgotten."


def make_ports(
    engine: Engine | None = None,
    store: SettingsStore | None = None,
    reports: Reports | None = None,
    accounts: Sequence[Account] = ACCOUNTS,
    sign_in: Accounts | None = None,
    places: Places | None = None,
    notes: tuple[str, ...] = (),
    auto: AutoService | None = None,
) -> Ports:
    """Ports over a scripted engine."""
    chosen = engine or FakeEngine(sample_script())

    async def open_engine(_settings: Settings) -> Engine:
        return chosen

    store = store or MemoryStore()
    return Ports(
        settings=store,
        open_engine=open_engine,
        reports=lambda _settings: reports or sample_reports(),
        accounts=lambda _settings: accounts,
        open_accounts=lambda _settings: sign_in or FakeAccounts(),
        open_places=lambda _settings: places or FakePlaces(),
        state_mark=lambda: "",
        linked=lambda _process: 0,
        rebuild=lambda _process: nullcontext(FakeRebuild()),
        examine=nothing_found,
        auto=auto or FakeAuto(),
        zone=UTC,
        clock=lambda: NOW,
        places=(("Settings", str(store.path)), ("State", "/home/ada/.local/share/lpc-tui/state.db")),
        notes=notes,
    )


def still_app(ports: Ports) -> LpcApp:
    """The app over these ports, still: it never polls by itself and moves nothing."""
    app = LpcApp(ports, poll_s=None)
    app.animation_level = "none"
    return app


def make_app(engine: Engine | None = None, store: SettingsStore | None = None) -> LpcApp:
    """The still app over a scripted engine."""
    return still_app(make_ports(engine, store))


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Let the app work until something holds; fails if it does not within `_PATIENCE_S`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _PATIENCE_S
    while not holds():
        assert loop.time() < deadline, "it did not come to that"
        await pilot.pause(_A_MOMENT_S)  # leaves the processor to threads
    await pilot.pause()


async def at_rest(pilot: Pilot[None]) -> None:
    """Let everything come to its end, also what one worker starts when it ends; nothing may be waiting for the person."""
    workers = pilot.app.workers
    await until(pilot, lambda: all(each.is_finished for each in workers))


async def settled(pilot: Pilot[None]) -> None:
    """Let everything that is fetched in the background arrive."""
    workers = pilot.app.workers
    await until(
        pilot,
        lambda: not any(each.is_running for each in workers if each.group not in _WAITING_GROUPS),
    )


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one after the other, letting the app answer each."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


async def until_screen(pilot: Pilot[None], kind: type[OneScreen]) -> OneScreen:
    """Let the app work until a screen of this kind is on top, and laid out."""

    def is_shown() -> bool:
        screen = pilot.app.screen
        return isinstance(screen, kind) and any(each.size.area for each in screen.walk_children(Widget))

    await until(pilot, is_shown)
    screen = pilot.app.screen
    assert isinstance(screen, kind)
    return screen


def screen_text(app: App[None]) -> str:
    """What the terminal shows, as text."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())
