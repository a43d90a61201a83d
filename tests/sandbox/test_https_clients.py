"""Clients that know only https, as their users would point them at `sandbox serve --tls`: nothing of theirs is changed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from simple_salesforce.api import Salesforce

from lpc_tui.sandbox.sample import Worlds
from lpc_tui.sandbox.server import Sandbox


def test_simple_salesforce_works_over_https(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(worlds.mailbox, worlds.org, tls=True) as sandbox, requests.Session() as session:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(sandbox.ca_file))
        client: Any = Salesforce(
            session_id=sandbox.salesforce_token,
            instance_url=sandbox.salesforce_url,
            version="62.0",
            session=session,
        )
        made = client.Event.create(
            {"Subject": "Over https", "StartDateTime": "2026-03-04T10:00:00Z", "DurationInMinutes": 30}
        )
        found = client.query_all("SELECT Id, Subject FROM Event WHERE Subject = 'Over https'")
        client.Event.update(made["id"], {"Location": "Room 1"})
        assert [record["Id"] for record in found["records"]] == [made["id"]]
        assert client.Event.get(made["id"])["Location"] == "Room 1"
        assert client.Event.delete(made["id"]) == 204


def test_o365_works_over_https(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    from O365 import Account, MSGraphProtocol
    from O365.utils.token import MemoryTokenBackend

    with Sandbox(worlds.mailbox, worlds.org, tls=True) as sandbox:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(sandbox.ca_file))

        class SandboxProtocol(MSGraphProtocol):  # type: ignore[misc]  # the library has no types
            _protocol_url = sandbox.graph_url.removesuffix("v1.0")

        backend = MemoryTokenBackend()
        backend.add(
            {
                "client_id": "any",
                "scope": ["https://graph.microsoft.com/.default"],
                "token_endpoint": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
                "response": {
                    "access_token": sandbox.outlook_token,
                    "token_type": "Bearer",
                    "expires_in": 10_000_000,
                },
            }
        )
        account = Account(
            ("any",),
            auth_flow_type="public",
            token_backend=backend,
            protocol=SandboxProtocol(timezone="Europe/Berlin"),
            requests_delay=0,
        )
        calendar = account.schedule().get_default_calendar()
        assert calendar.name == "Calendar"
        event = calendar.new_event(subject="Over https")
        event.start = dt.datetime(2026, 3, 4, 10, tzinfo=ZoneInfo("Europe/Berlin"))
        event.end = dt.datetime(2026, 3, 4, 11, tzinfo=ZoneInfo("Europe/Berlin"))
        assert event.save()
        assert calendar.get_event(event.object_id).subject == "Over https"
        assert event.delete()
        account.connection.session.close()
