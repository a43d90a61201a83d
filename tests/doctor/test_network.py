"""The way to a service, where it needs no server to be looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from requests import Response

from lpc_tui.doctor.findings import Status
from lpc_tui.doctor.network import Probe, check_clock, check_connection, check_name
from lpc_tui.errors import SettingsError
from tests.doctor.conftest import NOW

GRAPH = "https://graph.microsoft.com/v1.0"


async def test_behind_a_proxy_names_are_the_proxys_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    (found,) = await check_name("dns", GRAPH)
    assert found.status is Status.SKIPPED


async def test_plain_http_goes_to_this_computer_alone() -> None:
    with pytest.raises(SettingsError, match="not encrypted"):
        await check_connection("connection", "http://graph.example/v1.0", lambda: NOW, lambda _probe: None)


def test_a_service_that_does_not_tell_the_time_says_nothing_of_the_clock() -> None:
    (found,) = check_clock("clock", Probe(Response(), skew=None))
    assert found.status is Status.SKIPPED


def test_two_minutes_are_still_right() -> None:
    (found,) = check_clock("clock", Probe(Response(), skew=timedelta(minutes=-2)))
    assert found.status is Status.OK
