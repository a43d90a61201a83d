"""The connection: who gets the token, and what each kind of failure is called."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from lpc_tui.errors import (
    LpcError,
    ProtocolError,
    ServiceError,
    SettingsError,
    SignInError,
    ThrottledError,
    UnreachableError,
)
from lpc_tui.replicas.calling import TIMEOUT_S
from lpc_tui.replicas.outlook import OutlookCalendar, graph
from lpc_tui.sandbox.common import OUTLOOK_TOKEN
from tests.replicas.outlook.conftest import BERLIN, NOW, SCOPE, Served, read

JSON = {"content-type": "application/json"}


def refusal(code: str) -> bytes:
    return json.dumps({"error": {"code": code, "message": f"The words of {code}."}}).encode()


@pytest.mark.parametrize(
    ("status", "headers", "content", "kind", "words"),
    [
        (401, JSON, refusal("InvalidAuthenticationToken"), SignInError, "LPC_TUI_OUTLOOK_TOKEN"),
        (401, {}, b"", SignInError, "LPC_TUI_OUTLOOK_TOKEN"),
        (403, JSON, refusal("ErrorAccessDenied"), SignInError, "The words of ErrorAccessDenied"),
        (404, JSON, refusal("MailboxNotEnabledForRESTAPI"), SignInError, "another account|an account"),
        (400, JSON, refusal("ErrorInvalidUrlQuery"), ProtocolError, "The words of ErrorInvalidUrlQuery"),
        (302, {"location": "https://elsewhere.example/"}, b"", ProtocolError, "302"),
        (200, {"content-type": "text/html"}, b"<h1>Log in</h1>", ProtocolError, "proxy"),
        (200, JSON, b'{"value": [', ProtocolError, "cut or damaged"),
        (200, JSON, b"[]", ProtocolError, "127.0.0.1"),
        (200, JSON, b"[" * 100_000, ProtocolError, "cut or damaged"),
        (429, {**JSON, "retry-after": "3600"}, refusal("ApplicationThrottled"), ThrottledError, "3600 s"),
    ],
)
async def test_what_failures_are_called(
    served: Served, status: int, headers: dict[str, str], content: bytes, kind: type[LpcError], words: str
) -> None:
    served.faults.answers = [(status, headers, content)] * 3
    with pytest.raises(kind, match=words) as caught:
        await served.replica().identify()
    assert type(caught.value) is kind or issubclass(kind, ProtocolError)
    assert served.log.count() == 0


async def test_a_service_that_keeps_failing_is_named(served: Served) -> None:
    served.faults.answers = [(503, JSON, refusal("serviceNotAvailable"))] * 20
    with pytest.raises(ServiceError, match=r"127\.0\.0\.1 fails"):
        await served.replica().identify()
    assert 0 < sum(served.waits) <= 120


async def test_a_service_that_recovers_is_waited_for(served: Served) -> None:
    served.faults.answers = [(503, {"retry-after": "4"}, b""), (500, {}, b"<html>")]
    assert (await served.replica().identify()).name == "Calendar"
    assert served.waits[0] == 4
    assert served.notices[0].wait_s == 4


async def test_a_service_that_is_down_is_named() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    replica = OutlookCalendar(
        graph_url="http://127.0.0.1:9/v1.0", token=lambda: "token", calendar="", zone=BERLIN, sleep=sleep
    )
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1 refuses the connection"):
        await replica.identify()
    assert sum(waits) < 5
    await replica.close()


@pytest.mark.parametrize("token", ["", "  \n", "to\nken", "tökén"])
async def test_without_a_usable_token_nothing_is_sent(served: Served, token: str) -> None:
    with pytest.raises(SignInError, match="LPC_TUI_OUTLOOK_TOKEN"):
        await served.replica(token=token).identify()
    assert served.log.count() == 0


async def test_a_refused_token_is_a_sign_in(served: Served) -> None:
    replica = served.replica(token="old")
    for call in (replica.identify(), replica.look(["x"], SCOPE), read(replica)):
        with pytest.raises(SignInError, match="expired"):
            await call


async def test_the_token_is_taken_anew_for_each_request(served: Served) -> None:
    tokens = ["old", OUTLOOK_TOKEN]
    replica = OutlookCalendar(graph_url=served.url, token=lambda: tokens.pop(0), calendar="", zone=BERLIN)
    with pytest.raises(SignInError):
        await read(replica)
    tokens = [OUTLOOK_TOKEN] * 2
    assert len(await read(replica)) == 1
    await replica.close()


@pytest.mark.parametrize(
    "link",
    [
        lambda url: "https://elsewhere.example/v1.0/me",
        lambda url: url.replace("127.0.0.1", "localhost"),
        lambda url: "http://127.0.0.1:1/v1.0/me",
    ],
)
async def test_a_link_to_another_host_never_gets_the_token(
    served: Served, replica: OutlookCalendar, link: Callable[[str], str]
) -> None:
    page = json.dumps({"value": [], "@odata.nextLink": link(served.url)}).encode()
    await replica.identify()
    served.faults.answers = [(200, JSON, page)]
    before = replica.requests
    with pytest.raises(ProtocolError, match="another host"):
        await read(replica)
    assert replica.requests == before + 1


@pytest.mark.parametrize("url", ["http://graph.microsoft.com/v1.0", "graph.microsoft.com"])
def test_tokens_travel_encrypted_or_not_at_all(served: Served, url: str) -> None:
    with pytest.raises(SettingsError, match=r"outlook\.graph_url"):
        served.replica(url=url)


async def test_a_proxy_of_the_environment_is_not_asked_for_loopback(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert (await served.replica().identify()).name == "Calendar"


@pytest.mark.parametrize("host", ["graph.example", "127.0.0.1"])
def test_a_netrc_file_does_not_replace_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"machine {host} login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    session = graph._connection("token", host).session
    assert session is not None
    sent = session.prepare_request(requests.Request("GET", f"https://{host}/v1.0/me"))
    assert sent.headers["Authorization"] == "Bearer token"


async def test_the_library_logs_nothing(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    served.add("secret", sensitivity="private")
    await read(served.replica())
    with pytest.raises(SignInError):
        await served.replica(token="wrong").identify()
    assert not [record for record in caplog.records if record.name.startswith("O365")]
    assert OUTLOOK_TOKEN not in caplog.text


async def test_what_is_waited_for_is_dated_by_the_clock_given(served: Served) -> None:
    served.faults.answers = [(429, {"retry-after": "Mon, 02 Mar 2026 12:00:20 GMT"}, b"")]
    await served.replica().identify()
    assert NOW.second == 0
    assert served.waits == [20]


async def test_every_request_counts(served: Served, replica: OutlookCalendar) -> None:
    served.faults.answers = [(503, {"retry-after": "1"}, b"")]
    await replica.identify()
    await replica.look([served.add(), served.add()], SCOPE)
    assert replica.requests == 1 + served.log.count()
    assert (await replica.identify()).account
    assert replica.requests == 1 + served.log.count()


def test_the_service_library_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, lpc_tui.replicas.outlook; print([m for m in ('O365', 'requests', 'lxml') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_librarys_own_pause_and_repeats_are_off_and_every_request_has_its_time_limit() -> None:
    connection = graph._connection("token", "graph.microsoft.com")
    assert connection.requests_delay == 0
    assert connection.request_retries == 0
    assert connection.timeout == TIMEOUT_S
    assert {each.max_retries.total for each in connection.session.adapters.values()} == {0}
