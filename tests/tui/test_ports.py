"""What the UI is given for a real profile."""

from __future__ import annotations

from pathlib import Path

import pytest

from lpc_tui.cli.ui import open_ui, ports_of
from lpc_tui.engine.interface import Engine
from lpc_tui.errors import SignInError, UsageError
from lpc_tui.model.items import Process
from lpc_tui.paths import Paths, paths_of
from lpc_tui.places.interface import Kind
from lpc_tui.settings import Settings
from lpc_tui.settings_check import with_changes

TOKEN = "eyJ-very-secret"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    found = paths_of("work", {"LPC_TUI_HOME": str(tmp_path)})
    found.make_folders()
    return found


def test_accounts_name_the_token_source_and_never_the_token(paths: Paths) -> None:
    ports = ports_of(paths, {"LPC_TUI_OUTLOOK_TOKEN": TOKEN})
    outlook, salesforce = ports.accounts(Settings())
    assert (outlook.status.is_signed_in, salesforce.status.is_signed_in) == (True, False)
    assert (outlook.token_variable, salesforce.token_variable) == ("LPC_TUI_OUTLOOK_TOKEN", "")
    assert TOKEN not in repr((outlook, salesforce))


def test_accounts_name_the_external_id_field(paths: Paths) -> None:
    settings = with_changes(Settings(), {"salesforce.external_id_field": "Sync_Id__c"})
    _, salesforce = ports_of(paths, {}).accounts(settings)
    assert dict(salesforce.details)["External id"] == "Sync_Id__c"


def test_nothing_is_linked_in_a_new_profile_and_no_state_file_is_made_to_tell(paths: Paths) -> None:
    assert ports_of(paths, {}).linked(Process.CALENDAR) == 0
    assert not paths.state_file.exists()


async def test_an_examination_reads_the_settings_as_they_are_saved(paths: Paths) -> None:
    paths.make_folders()
    paths.config_file.write_text("[outlook]\ngraph_url = 5\n")
    found = [each async for each in ports_of(paths, {}).examine()]
    assert "graph_url" in found[0].words
    assert found[0].status == "problem"


async def test_the_lists_want_a_sign_in(paths: Paths) -> None:
    places = ports_of(paths, {}).open_places(Settings())
    with pytest.raises(SignInError, match="Not signed in to Outlook"):
        await anext(places.fetch(Kind.CALENDAR))


def test_a_new_profile_has_no_history_and_default_settings(paths: Paths) -> None:
    ports = ports_of(paths, {})
    assert not ports.reports(Settings()).runs()
    assert ports.is_new
    assert ports.settings.load()[0] == Settings()
    assert ports.profile == "work"
    assert dict(ports.places)["Settings"] == str(paths.config_file)


async def test_the_engine_is_opened_with_the_settings_as_saved(paths: Paths) -> None:
    engine: Engine = await ports_of(paths, {}).open_engine(Settings())
    await engine.close()


def test_without_a_terminal_it_says_what_to_use_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(UsageError, match="needs a terminal"):
        open_ui()
