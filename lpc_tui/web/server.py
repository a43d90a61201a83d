"""Serves the terminal UI with textual-serve, behind `guard`: for each window of a browser one process, as in a terminal.

`cli.web` runs it. The token stays in this process: neither the command line nor the environment of a UI has it.
"""

from __future__ import annotations

import asyncio
import secrets
import shlex
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from lpc_tui.web.guard import add_headers, guard

__all__ = ["UiServer", "listen"]

_HOST = "127.0.0.1"
_HEARTBEAT_S = 15.0
_SIZE = {"width": 80, "height": 24}
"""Of a window whose browser does not say."""
_GRACE_S = 5.0
"""For the UIs to end by themselves when the server does."""


@contextmanager
def listen(port: int = 0) -> Iterator[socket.socket]:
    """A socket on the loopback address for the time of a block; 0: at any free port. Raises `OSError`."""
    with socket.create_server((_HOST, port)) as listening:
        yield listening


class UiServer(Server):
    """Serves one command that shows a Textual app."""

    def __init__(self, command: Sequence[str], listening: socket.socket) -> None:
        self._listening = listening
        self._token = secrets.token_urlsafe(32)
        self._windows: set[asyncio.Task[object]] = set()
        super().__init__(
            f"exec {shlex.join(command)}", host=_HOST, port=self.bound_port, title="LinkPoint Assist"
        )

    @property
    def bound_port(self) -> int:
        """Where it listens."""
        port: int = self._listening.getsockname()[1]
        return port

    @property
    def address(self) -> str:
        """What to open in a browser; whoever knows it is in."""
        return f"http://{_HOST}:{self.bound_port}/{self._token}/"

    async def run(self, until: asyncio.Event) -> None:
        """Serve until the event is set; then end every UI."""
        app = web.Application(middlewares=[guard(self._token)])
        app.on_response_prepare.append(add_headers)
        app.add_subapp(f"/{self._token}/", await self._make_app())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE_S)
        await runner.setup()
        try:
            await web.SockSite(runner, self._listening).start()
            await until.wait()
        finally:
            await self._close_windows()
            await runner.cleanup()

    async def _close_windows(self) -> None:
        for window in self._windows:
            window.cancel()
        if self._windows:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.gather(*self._windows, return_exceptions=True), _GRACE_S)

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: `cli.web` has its own words."""

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page; its addresses are those by which the browser came, which `ssh -L` may have changed."""
        self.public_url = f"http://{request.host}"
        page: web.StreamResponse = await super().handle_index(request)
        return page

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """One window, for as long as it is open, and its process, until that has ended."""
        window = asyncio.current_task()
        assert window is not None
        self._windows.add(window)
        try:
            return await self._serve_window(request)
        finally:
            self._windows.discard(window)

    async def _serve_window(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT_S)
        await socket.prepare(request)

        async def close() -> None:
            await socket.close()

        ui = _Ui(
            self.command,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        width, height = (to_int(request.query.get(name, ""), size) for name, size in _SIZE.items())
        try:
            await ui.start(width, height)
            await self._process_messages(socket, ui)
        except asyncio.CancelledError:
            await close()
        finally:
            await ui.stop()
        return socket


class _Ui(AppService):
    """The process of one window. The library does not wait for its end, and a server that ends would leave it behind."""

    async def stop(self) -> None:
        await super().stop()
        if self._process is None:
            return
        try:
            await asyncio.wait_for(self._process.wait(), _GRACE_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
