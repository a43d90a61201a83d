"""Hosting, with stand-in apps: it must start at once, stop at once and name a port it cannot have."""

import contextlib
import datetime as dt
import http.client
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.hosting import HOST, CertificateFiles, Host, Listener
from lpc_tui.sandbox.tls import write_certificate

NOW = dt.datetime.now(dt.UTC)
"""TLS libraries judge a certificate by the machine's clock, which a test cannot inject."""


def _app(word: str) -> Starlette:
    def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse(word)

    return Starlette(routes=[Route("/", answer)])


@contextmanager
def _running(*listeners: Listener, certificate: CertificateFiles | None = None) -> Iterator[Host]:
    host = Host(listeners, certificate)
    host.start()
    try:
        yield host
    finally:
        host.stop()


def _server_threads() -> int:
    return sum(thread.name == "sandbox-servers" for thread in threading.enumerate())


def test_both_apps_answer_on_ports_of_their_own() -> None:
    with _running(Listener("A", _app("a")), Listener("B", _app("b"))) as host:
        first, second = host.ports
        assert first != second
        assert requests.get(f"http://{HOST}:{first}/", timeout=5).text == "a"
        answer = requests.get(f"http://{HOST}:{second}/", timeout=5)
        assert answer.text == "b"
        assert not {"date", "server"} & {name.lower() for name in answer.headers}


def test_a_kept_alive_connection_does_not_delay_the_stop() -> None:
    threads = _server_threads()
    host = Host([Listener("A", _app("a"))])
    host.start()
    with contextlib.closing(http.client.HTTPConnection(HOST, host.ports[0], timeout=3)) as client:
        client.request("GET", "/")
        assert client.getresponse().read() == b"a"
        kept_alive = client.sock
        host.stop()
        assert kept_alive.recv(1) == b""
    host.stop()
    assert threads == _server_threads()


def test_an_idle_tls_connection_does_not_delay_the_stop(tmp_path: Path) -> None:
    certificate = write_certificate(tmp_path, now=NOW)
    host = Host([Listener("A", _app("a"))], certificate)
    host.start()
    context = ssl.create_default_context(cafile=str(certificate.certificate))
    with (
        socket.create_connection((HOST, host.ports[0]), timeout=3) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as client,
    ):
        host.stop()
        assert client.recv(1) == b""


def test_a_port_in_use_is_named_and_nothing_is_left_running() -> None:
    with _running(Listener("A", _app("a"))) as other:
        taken = other.ports[0]
        host = Host([Listener("Free", _app("f")), Listener("Graph", _app("g"), taken)])
        with pytest.raises(SandboxError) as raised:
            host.start()
        assert str(taken) in raised.value.message
        assert "Graph" in raised.value.message
        assert "another program" in raised.value.message
        assert raised.value.hint
        host.stop()


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_port_that_cannot_exist_is_an_error_too(port: int) -> None:
    with pytest.raises(SandboxError, match="65535"):
        Host([Listener("Graph", _app("g"), port)]).start()


def test_a_port_is_free_again_after_the_stop() -> None:
    with _running(Listener("A", _app("a"))) as host:
        port = host.ports[0]
        requests.get(f"http://{HOST}:{port}/", timeout=5)
    with _running(Listener("A", _app("again"), port)):
        assert requests.get(f"http://{HOST}:{port}/", timeout=5).text == "again"


def test_the_certificate_serves_localhost_and_its_key_is_private(tmp_path: Path) -> None:
    (tmp_path / "sandbox-key.pem").write_text("an older, readable one")
    certificate = write_certificate(tmp_path, now=NOW)
    assert stat.S_IMODE(certificate.key.stat().st_mode) == 0o600
    context = ssl.create_default_context(cafile=str(certificate.certificate))
    with (
        _running(Listener("A", _app("a")), certificate=certificate) as host,
        socket.create_connection((HOST, host.ports[0]), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secured,
    ):
        assert secured.version() in {"TLSv1.2", "TLSv1.3"}
