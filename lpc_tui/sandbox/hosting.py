"""Serves ASGI apps on loopback from a thread of its own; `server.Sandbox` hosts the two services with it.

It knows nothing of what the apps serve. Starting waits for the servers' own word, not for time to pass; stopping
lets running answers finish for a moment and then closes every connection, so that a client that keeps its
connections alive holds nobody up.
"""

import asyncio
import errno
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Send

from lpc_tui.errors import SandboxError

HOST = "127.0.0.1"

_GRACE_S = 0.25
"""How long answers that are under way may take when the host stops."""

_KEEP_ALIVE_S = 300
"""Longer than any pause of a client within a run: a kept connection that closes under a POST is a lost answer."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One app to serve."""

    name: str
    """What the errors call it."""

    app: ASGIApp
    port: int = 0
    """0 takes any free port."""


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where the certificate and its key lie."""

    certificate: Path
    """PEM; also the file a client verifies against."""

    key: Path
    """PEM, readable by its owner alone."""


class Host:
    """Serves a few apps until it is stopped; made for one start and one stop, from any thread."""

    def __init__(self, listeners: Sequence[Listener], certificate: CertificateFiles | None = None) -> None:
        self._listeners = tuple(listeners)
        self._certificate = certificate
        self._ports: tuple[int, ...] = ()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    @property
    def ports(self) -> tuple[int, ...]:
        """The bound ports, in the order of the listeners; empty before `start`."""
        return self._ports

    def start(self) -> None:
        """Bind the ports and return once every app answers.

        Raises SandboxError if a port cannot be bound; nothing runs then.
        """
        sockets = _bind_all(self._listeners)
        self._ports = tuple(bound.getsockname()[1] for bound in sockets)
        started: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(sockets, started), name="sandbox-servers", daemon=True
        )
        self._thread.start()
        started.result()

    def stop(self) -> None:
        """Close every connection and port; harmless if it does not run."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        thread.join()

    def _run(self, sockets: list[socket.socket], started: Future[None]) -> None:
        """The thread's body: serve until stopped, and tell `start` how it began."""
        try:
            asyncio.run(self._serve(sockets, started))
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)
        finally:
            for bound in sockets:
                bound.close()

    async def _serve(self, sockets: list[socket.socket], started: Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        servers = [_Server(self._config(listener), self._stopping) for listener in self._listeners]
        async with asyncio.TaskGroup() as group:
            for server, bound in zip(servers, sockets, strict=True):
                group.create_task(server.serve(sockets=[bound]))
            for server in servers:
                await server.listening.wait()
            started.set_result(None)

    def _config(self, listener: Listener) -> uvicorn.Config:
        certificate = self._certificate
        return uvicorn.Config(
            listener.app,
            http="h11",
            ws="none",
            loop="asyncio",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            date_header=False,  # the services' own clock, set by the apps
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            ssl_certfile=certificate.certificate if certificate else None,
            ssl_keyfile=certificate.key if certificate else None,
        )


class _Server(uvicorn.Server):
    """A server that says when it listens, stops by an event instead of a tick, and closes kept-alive connections."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self._stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if answering := list(self.server_state.tasks):
            await asyncio.wait(answering, timeout=_GRACE_S)
        for connection in list(self.server_state.connections):
            _abort(connection)


async def hang_up(receive: Receive, send: Send, *, is_sudden: bool = True) -> None:
    """Break off the connection that an app of this host is answering; what was sent before arrives, unless `is_sudden`.

    ASGI has no word for it: uvicorn's `send` is a method of what holds the transport.
    """
    transport: asyncio.Transport = send.__self__.transport  # type: ignore[attr-defined]
    if is_sudden:
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass


async def body_of(receive: Receive) -> bytes:
    """The whole body of a request, for what stands in front of an app; the app then needs it `replaying`."""
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def replaying(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body that was read already."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


def _abort(connection: object) -> None:
    """Drop what is left of a connection: TLS would wait half a minute for a farewell that idle clients never say."""
    transport = cast(asyncio.Transport | None, getattr(connection, "transport", None))
    if transport is not None:
        transport.abort()


def _bind_all(listeners: Sequence[Listener]) -> list[socket.socket]:
    """One bound socket for each listener, or none at all."""
    with ExitStack() as undo:
        sockets = [undo.enter_context(_bind(listener)) for listener in listeners]
        undo.pop_all()
    return sockets


def _bind(listener: Listener) -> socket.socket:
    # The protocol is named because asyncio sets TCP_NODELAY only then: without it each answer waits 40 ms for an ACK.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, listener.port))
        bound.listen(socket.SOMAXCONN)
    except (OSError, OverflowError) as error:
        bound.close()
        raise SandboxError(
            f"The {listener.name} server cannot use port {listener.port}: {_reason(error)}.",
            "Choose another port, or 0 for any free one.",
        ) from error
    return bound


def _reason(error: OSError | OverflowError) -> str:
    match error:
        case OSError(errno=errno.EADDRINUSE):
            return "another program uses it"
        case OSError(errno=errno.EACCES):
            return "ports below 1024 need more rights"
        case OverflowError():
            return "ports run from 0 to 65535"
        case _:
            return error.strerror or str(error)
