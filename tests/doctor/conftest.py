"""A profile whose two services are a sandbox, for examinations over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lpc_tui.accounts.interface import Question
from lpc_tui.accounts.profile import open_accounts
from lpc_tui.doctor.examine import examine
from lpc_tui.doctor.findings import Finding
from lpc_tui.engine.interface import Cancel
from lpc_tui.model.items import Side
from lpc_tui.paths import Paths, paths_of
from lpc_tui.sandbox.common import OUTLOOK_TOKEN
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.server import Sandbox
from lpc_tui.settings_file import load, save
from lpc_tui.settings_values import Value

NOW = datetime(2026, 3, 20, 9, 30, 15, tzinfo=UTC)


@dataclass
class Patient:
    """A profile, its services, and what the examination finds in them."""

    paths: Paths
    sandbox: Sandbox
    environ: dict[str, str]
    skew: timedelta = timedelta(0)
    """How far this computer's clock is behind the services'."""
    findings: list[Finding] = field(default_factory=list)

    def set(self, **changes: Value) -> None:
        """Change settings; `__` stands for a dot."""
        save(self.paths.config_file, {key.replace("__", "."): value for key, value in changes.items()})

    async def examined(self, limit_s: float = 30.0) -> dict[str, Finding]:
        """What is found, by check; of several of one check, the last."""
        found = examine(
            self.paths,
            environ=self.environ,
            clock=lambda: NOW - self.skew,
            limit_s=limit_s,
            find_keyring=lambda: None,
        )
        self.findings = [each async for each in found]
        return {each.check: each for each in self.findings}

    async def sign_in(self, side: Side) -> None:
        """Sign in by device code, as a person who agrees at once; the tokens in the environment are gone then."""
        self.environ.clear()
        sandbox = self.sandbox
        desk = sandbox.microsoft_desk if side is Side.OUTLOOK else sandbox.salesforce_desk
        accounts = open_accounts(
            load(self.paths.config_file),
            self.paths,
            self.environ,
            clock=lambda: NOW,
            sleep=_no_wait,
            find_keyring=lambda: None,
        )
        await accounts.login(side, lambda challenge: desk.approve(challenge.code), _no_answer, Cancel())


async def _no_wait(_seconds: float) -> None:
    """The sandbox does not mind being asked at once."""


async def _no_answer(_question: Question) -> str:
    return ""


def patient_of(
    home: Path, options: OrgOptions | None = None, *, outlook_token: str = OUTLOOK_TOKEN, is_tls: bool = False
) -> Patient:
    """A profile in `home`, signed in to a sandbox that is yet to be started, by tokens in the environment."""
    world = Mailbox(clock=lambda: NOW), Org(clock=lambda: NOW, options=options)
    served = Sandbox(*world, outlook_token=outlook_token, tls=is_tls)
    environ = {
        "LPC_TUI_OUTLOOK_TOKEN": served.outlook_token,
        "LPC_TUI_SALESFORCE_TOKEN": served.salesforce_token,
    }
    return Patient(paths_of(environ={"LPC_TUI_HOME": str(home)}), served, environ)


@pytest.fixture
def options() -> OrgOptions:
    """How the org is set up; a test that needs another one parametrizes it."""
    return OrgOptions()


@pytest.fixture
def patient(tmp_path: Path, options: OrgOptions) -> Iterator[Patient]:
    """A healthy profile."""
    patient = patient_of(tmp_path / "home", options)
    with patient.sandbox as served:
        patient.set(outlook__graph_url=served.graph_url, outlook__authority=served.authority)
        patient.set(salesforce__instance_url=served.salesforce_url)
        yield patient
