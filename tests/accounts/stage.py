"""A profile, a sandbox and a clock, for tests of signing in; and a person who does what is asked in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lpc_tui.accounts.interface import Challenge, Question
from lpc_tui.accounts.keyring_box import Backend
from lpc_tui.accounts.profile import ProfileAccounts, open_accounts
from lpc_tui.engine.interface import Cancel
from lpc_tui.model.items import Side
from lpc_tui.paths import Paths, paths_of
from lpc_tui.sandbox.sample import empty_worlds
from lpc_tui.sandbox.server import Sandbox
from lpc_tui.sandbox.signin.desk import SignInDesk
from lpc_tui.settings import Settings
from lpc_tui.settings_check import with_changes

WHO = "robin.vogel@contoso.example"


@dataclass
class MovedClock:
    """Stands still until it is moved; waiting on it takes no time."""

    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)
    is_waiting_endless: bool = False
    """Waits on the loop do not end before the test does."""

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)

    async def sleep(self, seconds: float) -> None:
        if self.is_waiting_endless:
            await asyncio.Event().wait()
        self.pause(seconds)
        await asyncio.sleep(0)

    def pause(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.move(seconds=seconds)


class FakeKeyring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


@dataclass
class Stage:
    """Everything a sign-in touches."""

    sandbox: Sandbox
    clock: MovedClock
    paths: Paths
    environ: dict[str, str] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    """Settings beside those that lead to the sandbox."""
    keyring: Backend | None = None
    challenges: list[Challenge] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return with_changes(
            Settings(),
            {
                "outlook.graph_url": self.sandbox.graph_url,
                "outlook.authority": self.sandbox.authority,
                "outlook.client_id": "sandbox",
                "salesforce.instance_url": self.sandbox.salesforce_url,
                "salesforce.client_id": "sandbox",
                **self.changes,
            },
        )

    def accounts(self, callback_port: int | None = None) -> ProfileAccounts:
        """The profile's accounts, as another process would open them."""
        return open_accounts(
            self.settings,
            self.paths,
            self.environ,
            clock=self.clock,
            sleep=self.clock.sleep,
            pause=self.clock.pause,
            find_keyring=lambda: self.keyring,
            callback_port=callback_port,
        )

    def desk(self, side: Side) -> SignInDesk:
        return self.sandbox.microsoft_desk if side is Side.OUTLOOK else self.sandbox.salesforce_desk

    def approving(self, side: Side) -> Callable[[Challenge], None]:
        """A person who types the code and agrees at once."""

        def tell(challenge: Challenge) -> None:
            self.challenges.append(challenge)
            self.desk(side).approve(challenge.code)

        return tell

    async def signed_in(self, side: Side) -> ProfileAccounts:
        """The accounts after a sign-in by device code."""
        accounts = self.accounts()
        await accounts.login(side, self.approving(side), nothing_to_ask, Cancel())
        return accounts

    def kept_text(self) -> str:
        """What is in the file of the secrets."""
        return (self.paths.secrets_dir / "secrets.json").read_text()


async def nothing_to_ask(question: Question) -> str:
    raise AssertionError(question)


def nothing_to_tell(challenge: Challenge) -> None:
    raise AssertionError(challenge)


@contextmanager
def stage_in(home: Path) -> Iterator[Stage]:
    clock = MovedClock()
    worlds = empty_worlds(clock=clock, seed=1)
    with Sandbox(worlds.mailbox, worlds.org) as sandbox:
        yield Stage(sandbox, clock, paths_of(None, {"LPC_TUI_HOME": str(home)}))
