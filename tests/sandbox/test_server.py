"""The sandbox with both real services: URLs, tokens, logs, TLS, and a life across restarts."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.persistence import Autosave, StateFile
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.sample import Worlds, build_sample
from lpc_tui.sandbox.server import Sandbox
from tests.sandbox.conftest import NOW, TODAY

EVENT = {
    "subject": "Review",
    "start": {"dateTime": "2026-03-03T10:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-03-03T11:00:00", "timeZone": "UTC"},
}


@pytest.fixture
def sandbox(worlds: Worlds) -> Iterator[Sandbox]:
    with Sandbox(worlds.mailbox, worlds.org) as sandbox:
        yield sandbox


def _graph(sandbox: Sandbox, path: str, token: str | None = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or sandbox.outlook_token}"}
    return requests.get(f"{sandbox.graph_url}{path}", headers=headers, timeout=5)


def _query(sandbox: Sandbox, soql: str) -> requests.Response:
    return requests.get(
        f"{sandbox.salesforce_url}/services/data/v62.0/query",
        params={"q": soql},
        headers={"Authorization": f"Bearer {sandbox.salesforce_token}"},
        timeout=5,
    )


def test_both_services_answer_and_their_requests_are_counted(sandbox: Sandbox) -> None:
    sandbox.mailbox.create_event(EVENT)
    sandbox.org.insert(
        "Event", {"Subject": "Call", "StartDateTime": "2026-03-03T10:00:00Z", "DurationInMinutes": 30}
    )
    assert _graph(sandbox, "/me/events").json()["value"][0]["subject"] == "Review"
    assert _query(sandbox, "SELECT Subject FROM Event").json()["records"][0]["Subject"] == "Call"
    assert (sandbox.graph_log.count(), sandbox.salesforce_log.count()) == (1, 1)
    assert sandbox.graph_log.entries[0].path.startswith("/v1.0/me/events")
    assert sandbox.graph_log.count(writes_only=True) == 0
    sandbox.graph_log.clear()
    assert not sandbox.graph_log.entries


def test_the_tokens_of_the_two_services_are_not_each_others(sandbox: Sandbox) -> None:
    assert _graph(sandbox, "/me", token=sandbox.salesforce_token).status_code == 401
    assert sandbox.graph_log.entries[0].status == 401


def test_tls_serves_both_to_a_client_that_trusts_the_certificate(worlds: Worlds, tmp_path: Path) -> None:
    with Sandbox(worlds.mailbox, worlds.org, tls=True, tls_folder=tmp_path) as sandbox:
        assert sandbox.ca_file is not None
        assert sandbox.graph_url.startswith("https://")
        answer = requests.get(
            f"{sandbox.salesforce_url}/services/data", verify=str(sandbox.ca_file), timeout=5
        )
        assert answer.status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{sandbox.graph_url}/me", timeout=5)


def test_a_temporary_certificate_goes_with_the_sandbox(worlds: Worlds) -> None:
    with Sandbox(worlds.mailbox, worlds.org, tls=True) as sandbox:
        kept = sandbox.ca_file
        assert kept is not None
        assert kept.exists()
    assert not kept.parent.exists()


def test_a_port_in_use_names_the_service(sandbox: Sandbox, worlds: Worlds) -> None:
    port = int(sandbox.salesforce_url.rsplit(":", 1)[1])
    with pytest.raises(SandboxError, match=rf"Salesforce.*{port}"):
        Sandbox(worlds.mailbox, worlds.org, salesforce_port=port).start()


def test_a_restart_from_the_state_file_changes_nothing(worlds: Worlds, tmp_path: Path) -> None:
    build_sample(worlds.mailbox, worlds.org, seed=1, today=TODAY)
    window = (NOW - dt.timedelta(days=40), NOW + dt.timedelta(days=120))
    page = worlds.mailbox.delta(window=window, page_size=500)
    file = StateFile(tmp_path / "state.sqlite")
    with Autosave(file, {"mailbox": worlds.mailbox, "org": worlds.org}):
        pass
    file.close()

    file = StateFile(tmp_path / "state.sqlite")
    dumps = file.load()
    file.close()
    mailbox = Mailbox.restore(dumps["mailbox"], clock=lambda: NOW)
    org = Org.restore(dumps["org"], clock=lambda: NOW)

    assert mailbox.dump() == worlds.mailbox.dump()
    assert org.dump() == worlds.org.dump()
    assert mailbox.calendar_view(*window) == worlds.mailbox.calendar_view(*window)
    assert mailbox.delta(token=page.token) == worlds.mailbox.delta(token=page.token)
    changed = mailbox.events()[0]
    mailbox.update_event(changed["id"], {"subject": "After the restart"})
    assert [each["id"] for each in mailbox.delta(token=page.token).items] == [changed["id"]]
