"""A profile whose two services are a sandbox, and the lists a person chooses from there, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lpc_tui.accounts.profile import open_accounts
from lpc_tui.paths import paths_of
from lpc_tui.places.interface import Kind, Place
from lpc_tui.places.open import ProfilePlaces, open_places
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.server import Sandbox
from lpc_tui.settings import Settings
from lpc_tui.settings_check import with_changes

NOW = datetime(2026, 3, 20, 9, 30, 15, tzinfo=UTC)


@dataclass
class World:
    """Both services, and a profile that is signed in to them by tokens in the environment."""

    sandbox: Sandbox
    home: Path
    environ: dict[str, str]

    @property
    def mailbox(self) -> Mailbox:
        return self.sandbox.mailbox

    @property
    def org(self) -> Org:
        return self.sandbox.org

    def places(self) -> ProfilePlaces:
        settings = with_changes(
            Settings(),
            {
                "outlook.graph_url": self.sandbox.graph_url,
                "salesforce.instance_url": self.sandbox.salesforce_url,
            },
        )
        paths = paths_of(environ={"LPC_TUI_HOME": str(self.home)})
        accounts = open_accounts(settings, paths, self.environ, find_keyring=lambda: None)
        return open_places(settings, accounts, clock=lambda: NOW, sleep=_no_wait)

    async def listed(self, kind: Kind, search: str = "") -> list[Place]:
        """The whole list."""
        return [place async for batch in self.places().fetch(kind, search) for place in batch.places]


async def _no_wait(_seconds: float) -> None:
    """The sandbox does not mind being asked at once."""


@pytest.fixture
def options() -> OrgOptions:
    """How the org is set up; a test that needs another one parametrizes it."""
    return OrgOptions()


@pytest.fixture
def world(tmp_path: Path, options: OrgOptions) -> Iterator[World]:
    """Both services as they are when they are new."""
    sandbox = Sandbox(Mailbox(clock=lambda: NOW), Org(clock=lambda: NOW, options=options))
    environ = {
        "LPC_TUI_OUTLOOK_TOKEN": sandbox.outlook_token,
        "LPC_TUI_SALESFORCE_TOKEN": sandbox.salesforce_token,
    }
    with sandbox as served:
        yield World(served, tmp_path, environ)
