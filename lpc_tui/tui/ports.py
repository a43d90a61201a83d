"""What the terminal UI needs from the rest of the program, as plain callables and protocols.

`cli.ui` fills them for real; the tests with a scripted engine and a store in memory.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lpc_tui.errors import CancelledByUser

if TYPE_CHECKING:
    from lpc_tui.accounts.interface import Accounts, AccountStatus
    from lpc_tui.doctor.findings import Finding
    from lpc_tui.engine.events import Event
    from lpc_tui.engine.interface import Engine
    from lpc_tui.model.items import Process, Side
    from lpc_tui.places.interface import Places
    from lpc_tui.reports.interface import Reports
    from lpc_tui.settings import Settings
    from lpc_tui.settings_values import Value

__all__ = ["Account", "AutoService", "AutoView", "NoLog", "Ports", "Rebuild", "RunLog", "SettingsStore"]


def _exit_at_once() -> None:
    os._exit(CancelledByUser.exit_code)


class SettingsStore(Protocol):
    """The settings file of the profile. The calls block; the UI makes them in threads."""

    @property
    def path(self) -> Path: ...

    def load(self) -> tuple[Settings, str]:
        """What the file says now (the defaults if there is none), with its fingerprint.

        Raises:
            SettingsError: the file is not usable; the message names the problems.
        """

    def save(self, changes: Mapping[str, Value], expected: str) -> Settings:
        """Write `changes` (dotted keys) into the file, all else kept, and return what it then holds.

        Raises:
            SettingsError: the file is no longer the one with the fingerprint `expected`, or it or a value is not usable;
                nothing was written.
        """

    def fingerprint(self) -> str:
        """Differs whenever the file's content does. Never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How one side is reached, and who is signed in there. Holds no secret."""

    side: Side
    address: str
    """The service's; empty if it is not set."""
    status: AccountStatus
    token_variable: str = ""
    """The environment variable whose token takes the place of a sign-in; empty if it is not set."""
    details: tuple[tuple[str, str], ...] = ()
    """Further labels and values: the calendar, the API version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoView:
    """How the Auto Background Sync stands."""

    is_running: bool
    """As a service or in some terminal."""
    lines: tuple[str, ...] = ()
    """When each process is due, or what keeps it out."""


class AutoService(Protocol):
    """The Auto Background Sync of the profile. The calls block; the UI makes them in threads."""

    def view(self, settings: Settings) -> AutoView:
        """How it stands under these settings. Raises `StateError`."""

    def install(self) -> str:
        """Have it run from now on and after each login; returns where that is written down.

        Raises:
            SettingsError: that is not possible here.
        """


class Rebuild(Protocol):
    """Forgetting what belongs together, or setting a damaged state file aside; the profile's lock is held meanwhile."""

    @property
    def warnings(self) -> Sequence[str]:
        """What the person should know before they say yes, a paragraph each; none: nothing needs to be done."""

    @property
    def nothing(self) -> str:
        """What to say where nothing needs to be done."""

    @property
    def question(self) -> str:
        """What is to be answered yes or no."""

    def carry_out(self, at: datetime) -> str:
        """Do it, and say what comes next. Blocks; called in a thread. Raises StateError."""


class RunLog(Protocol):
    """Keeps a run's events: the log file. A log that cannot be written never fails a run."""

    trouble: OSError | None
    """Why nothing is written any more."""

    def __call__(self, event: Event) -> None: ...

    def close(self) -> None: ...


class NoLog:
    """A log that keeps nothing."""

    trouble: OSError | None = None

    def __call__(self, event: Event) -> None:
        """Forget the event."""

    def close(self) -> None:
        """There is nothing to close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything the app is given."""

    settings: SettingsStore
    open_engine: Callable[[Settings], Awaitable[Engine]]
    """Made anew for each run, with the settings as saved. May import what is slow to import."""
    reports: Callable[[Settings], Reports]
    """What the state file tells under these settings. Its calls block; they are made in threads."""
    accounts: Callable[[Settings], Sequence[Account]]
    """Blocks, perhaps for seconds (a keyring); called in a thread."""
    open_accounts: Callable[[Settings], Accounts]
    """To sign in and out. May import what is slow to import; called in a thread."""
    open_places: Callable[[Settings], Places]
    """The lists to choose from. May import what is slow to import; called in a thread."""
    state_mark: Callable[[], str]
    """Differs whenever something was written to the state file. Cheap, but blocks; called in a thread. Never raises."""
    linked: Callable[[Process], int]
    """How many items of a process are linked. Blocks; called in a thread. Raises StateError."""
    rebuild: Callable[[Process | None], AbstractContextManager[Rebuild]]
    """Rebuild History of a process; None: of a damaged state file as a whole. To enter it blocks: in a thread. Raises
    StateError, and LockedError while a run goes on."""
    examine: Callable[[], AsyncGenerator[Finding, None]]
    """Looks for what is in the way of a sync, by the settings as saved. May import what is slow to import."""
    auto: AutoService
    zone: tzinfo
    """The computer's own time zone: every time on screen is in it."""
    clock: Callable[[], datetime]
    """Now, aware."""
    profile: str = ""
    """Shown in the title line; empty for the default profile."""
    places: tuple[tuple[str, str], ...] = ()
    """Where things live on this computer: label and path."""
    log_file: Path | None = None
    """Where those logs go, to be told; the log pane is saved beside it."""
    open_log: Callable[[], RunLog] = NoLog
    """Made anew for each run."""
    notes: tuple[str, ...] = ()
    """What the person should know from the start (untrusted); the log opens with it."""
    accounts_note: str = ""
    """What the person should know about the accounts of this profile."""
    is_new: bool = False
    """The profile has neither settings nor a past: the person is led to a first sync."""
    exit_at_once: Callable[[], object] = _exit_at_once
    """Ends the process without waiting for its threads: one of them may sit in a request for a minute."""
