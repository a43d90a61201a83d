"""What the room's own HTTP never does: send a secret unencrypted, elsewhere, or with somebody else's password."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lpc_tui.accounts.http import HttpSession
from lpc_tui.errors import LpcError, ProtocolError, SettingsError, ThrottledError, UnreachableError
from lpc_tui.sandbox.sample import empty_worlds
from lpc_tui.sandbox.server import Sandbox
from tests.accounts.stage import MovedClock


@dataclass
class Answering:
    """A server that gives one answer to everything."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    seen: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def answering() -> Iterator[Answering]:
    plan = Answering()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            plan.seen.append({**dict(self.headers), "path": self.path})
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(plan.status)
            for name, value in plan.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(plan.body)))
            self.end_headers()
            self.wfile.write(plan.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        plan.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield plan
        server.shutdown()


def _ask(url: str) -> None:
    with HttpSession(url) as http:
        http.ask("POST", f"{url}/token", form={"refresh_token": "canary"})


@pytest.mark.parametrize("url", ["http://example.com", "http://10.0.0.1", "ftp://127.0.0.1", "https://"])
def test_no_secret_goes_out_unencrypted(url: str) -> None:
    with pytest.raises(SettingsError, match="not encrypted"):
        _ask(url)
    with HttpSession("http://127.0.0.1:1") as http, pytest.raises(SettingsError):
        http.ask("POST", url)


@pytest.mark.parametrize(
    ("status", "headers", "body", "error", "words"),
    [
        (307, {"Location": "http://127.0.0.1:1/elsewhere"}, b"", ProtocolError, "not followed"),
        (200, {}, b"<html>canary: log in to the wifi</html>", ProtocolError, "captive portal"),
        (200, {}, b'["canary"]', ProtocolError, "not a sign-in service's"),
        (400, {}, b'{"error": "canary', ProtocolError, "not a sign-in service's"),
        (429, {"Retry-After": "17"}, b"{}", ThrottledError, "for 17 s"),
        (429, {}, b"{}", ThrottledError, "left alone"),
        (503, {}, b"canary", UnreachableError, "HTTP 503"),
    ],
)
def test_an_answer_that_says_nothing_about_the_sign_in(
    answering: Answering, status: int, headers: dict[str, str], body: bytes, error: type[LpcError], words: str
) -> None:
    answering.status, answering.headers, answering.body = status, headers, body
    with pytest.raises(error, match=words) as refusal:
        _ask(answering.url)
    assert "canary" not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
    assert len(answering.seen) == 1, "nothing is sent twice"


def test_a_certificate_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = empty_worlds(clock=MovedClock(), seed=1)
    with Sandbox(worlds.mailbox, worlds.org, tls=True, tls_folder=tmp_path) as sandbox:
        with HttpSession(sandbox.authority) as http, pytest.raises(UnreachableError, match="certificate"):
            http.ask("GET", sandbox.authority)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(sandbox.ca_file))
        with HttpSession(sandbox.authority) as http:
            discovery = http.ask("GET", f"{sandbox.authority}/v2.0/.well-known/openid-configuration")
    assert discovery.status == 200


def test_no_password_comes_out_of_a_netrc_file(
    answering: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    _ask(answering.url)
    assert "Authorization" not in answering.seen[0]
