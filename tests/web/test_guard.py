"""`lpc-tui web` over HTTP: who gets in, what a window is, that nothing is left behind. `tests/browser` has a browser."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from lpc_tui.web.server import UiServer, listen

_PATIENCE_S = 60.0
STAND_IN = [
    sys.executable,
    "-c",
    """
import os, sys
out = sys.stdout.buffer
data = repr((sys.argv, dict(os.environ))).encode()
out.write(b"__GANGLION__\\nD" + len(data).to_bytes(4, "big") + data)
out.flush()
sys.stdin.buffer.read(1)
""",
]
"""A UI that shows what it was given, and stays until it is told something: to end."""


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """A browser without cookies, and the address."""
    with listen() as listening:
        server, is_over = UiServer(STAND_IN, listening), asyncio.Event()
        task = asyncio.create_task(server.run(is_over))
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_PATIENCE_S)) as browser:
            yield browser, server.address
            is_over.set()
            await asyncio.wait_for(task, _PATIENCE_S)


def root_of(address: str) -> str:
    return address.rsplit("/", 2)[0]


async def test_the_address_leads_to_the_page_and_names_where_the_browser_came_from() -> None:
    async with serving() as (browser, address), browser.get(address, headers={"Host": "localhost:9"}) as page:
        token = address.rsplit("/", 2)[1]
        assert page.status == 200
        assert f'data-session-websocket-url="ws://localhost:9/{token}/ws"' in await page.text()
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in page.headers


async def test_without_the_token_there_is_nothing() -> None:
    async with serving() as (browser, address):
        for path in ("/", "/ws", "/static/js/textual.js", "/download/x", "/wrong/", "/wrong/ws"):
            async with browser.get(root_of(address) + path) as answer:
                assert answer.status == 404, path
                assert "Open the address that lpc-tui web has printed" in await answer.text(), path


async def test_another_name_or_page_is_refused_in_spite_of_the_token() -> None:
    foreign = (
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "[::1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    )
    async with serving() as (browser, address):
        for path, headers in itertools.product(("", "ws", "static/js/textual.js"), foreign):
            async with browser.get(address + path, headers=headers) as answer:
                assert answer.status in {400, 403}, (path, headers)


async def test_a_websocket_needs_the_token_and_the_page_it_came_from() -> None:
    async with serving() as (browser, address):
        root = root_of(address)
        for url, origin in [
            (f"{root}/ws", root),
            (f"{address}ws", "http://evil.example"),
            (f"{address}ws", None),
        ]:
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await browser.ws_connect(url, headers={"Origin": origin} if origin else {})


async def test_a_window_is_a_process_that_knows_no_token_and_ends_with_the_server() -> None:
    async with serving() as (browser, address):
        window = await browser.ws_connect(f"{address}ws", headers={"Origin": root_of(address)})
        shown = (await window.receive_bytes()).decode()
        assert "TEXTUAL_DRIVER" in shown
        assert address.rsplit("/", 2)[1] not in shown
        last = asyncio.create_task(window.receive())
    assert (await last).type is aiohttp.WSMsgType.CLOSE


@pytest.fixture
def command(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`lpc-tui web`, as a person starts it."""
    environ = {**os.environ, "LPC_TUI_HOME": str(tmp_path)}
    given = [sys.executable, "-m", "lpc_tui", "web"]
    with subprocess.Popen(
        given, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield process
        process.kill()


async def test_the_command_shows_the_ui_and_ends_by_ctrl_c(command: subprocess.Popen[str]) -> None:
    assert command.stdout is not None
    address = command.stdout.readline().removeprefix("Open ").strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{43}/", address)
    async with aiohttp.ClientSession() as browser:
        window = await browser.ws_connect(
            f"{address}ws?width=80&height=24", headers={"Origin": root_of(address)}
        )
        seen = ""
        while "LinkPoint Assist" not in seen:
            seen += (await asyncio.wait_for(window.receive_bytes(), _PATIENCE_S)).decode()
        command.send_signal(signal.SIGINT)
        while not window.closed:
            await asyncio.wait_for(window.receive(), _PATIENCE_S)
    assert command.wait(_PATIENCE_S) == 0
    assert "Traceback" not in command.stdout.read()
