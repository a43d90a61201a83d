"""What goes wrong between a run and the services: an answer lost or garbled, a service that is busy, a sudden death.

The accidents happen in a middleware in front of both services, so that everything behind it is the real thing. It also keeps
its own record of what each run tried to write, by which `test_histories` sees that a ticked box was obeyed. A run that is to
die runs in a forked process, which the middleware kills with SIGKILL.
"""

from __future__ import annotations

import asyncio
import enum
import json
import os
import signal
import traceback
import warnings
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lpc_tui.model.items import Side
from lpc_tui.model.rules import Action
from lpc_tui.sandbox.hosting import Listener, body_of, hang_up, replaying
from lpc_tui.sandbox.sample import Worlds
from lpc_tui.sandbox.server import Sandbox

__all__ = ["Accident", "AccidentalSandbox", "Fault", "run_to_its_death"]

_LONGEST_RUN_S = 60
_BUG = 70
_ACTIONS = {"POST": Action.CREATE, "PATCH": Action.UPDATE, "PUT": Action.UPDATE, "DELETE": Action.DELETE}


class Fault(enum.StrEnum):
    """What happens to a request."""

    DROPPED = "dropped"
    """The connection breaks off without an answer."""
    UNAVAILABLE = "unavailable"
    """503, without a word on when to come again."""
    THROTTLED = "throttled"
    """429 with Retry-After; in a batch, of its first part alone. Nothing of it was done."""
    GARBLED = "garbled"
    """The work is done, and the answer is cut in the middle."""
    KILLED = "killed"
    """The run's process gets a SIGKILL."""


@dataclass(frozen=True)
class Accident:
    """A fault, and when it strikes."""

    side: Side
    nth: int
    """At which request of the run to this side, counted from 0; with `is_writing`, among those that write."""
    fault: Fault
    is_after: bool = False
    """Once the service did the work; what it says of it is lost."""
    is_lasting: bool = False
    """Whether every later request to this side meets the same."""
    is_writing: bool = False
    """Whether only requests that write count, and meet it."""

    def strikes(self, number: int) -> bool:
        return number == self.nth or (number > self.nth and self.is_lasting)


@dataclass
class _Guard:
    """Stands in front of one service."""

    sandbox: AccidentalSandbox
    side: Side
    app: ASGIApp
    seen: int = 0
    """Requests that counted for the accident."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await body_of(receive)
        if self.sandbox.is_dead:
            await hang_up(receive, send)
            return
        path = urlsplit(scope["path"]).path
        writes = [(self.side, action) for action in _writes(scope["method"], path, body)]
        self.sandbox.tried += writes
        accident = self.sandbox.accident
        if accident is None or accident.side is not self.side or (accident.is_writing and not writes):
            await self.app(scope, replaying(body, receive), send)
            return
        number, self.seen = self.seen, self.seen + 1
        if accident.strikes(number):
            await self._befall(accident, scope, body, receive, send)
        else:
            await self.app(scope, replaying(body, receive), send)

    async def _befall(
        self, accident: Accident, scope: Scope, body: bytes, receive: Receive, send: Send
    ) -> None:
        if accident.fault is Fault.THROTTLED:
            await self._throttle(scope, body, receive, send)
            return
        answer: list[Message] = []
        if accident.is_after or accident.fault is Fault.GARBLED:

            async def keep(message: Message) -> None:
                answer.append(message)

            await self.app(scope, replaying(body, receive), keep)
        match accident.fault:
            case Fault.KILLED:
                self.sandbox.kill()
                await hang_up(receive, send)
            case Fault.DROPPED:
                await hang_up(receive, send)
            case Fault.UNAVAILABLE:
                await _answer(send, 503, b"Service Unavailable")
            case Fault.GARBLED:
                whole = b"".join(message.get("body", b"") for message in answer)
                await _answer(send, int(answer[0]["status"]), whole[: len(whole) // 2])

    async def _throttle(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        parts = json.loads(body)["requests"] if scope["path"].endswith("/$batch") else []
        if len(parts) < 2:
            await _answer(send, 429, b"", retry_after=True)
            return
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        rest = json.dumps({"requests": parts[1:]}).encode()
        await self.app(scope, replaying(rest, receive), keep)
        shown = json.loads(b"".join(message.get("body", b"") for message in answer))
        refused = {
            "id": parts[0]["id"],
            "status": 429,
            "headers": {"Retry-After": "3"},
            "body": {"error": {}},
        }
        shown["responses"].append(refused)
        await _answer(send, 200, json.dumps(shown).encode())


class AccidentalSandbox(Sandbox):
    """A sandbox in which accidents happen."""

    def __init__(self, worlds: Worlds) -> None:
        super().__init__(worlds.mailbox, worlds.org)
        self.accident: Accident | None = None
        self.tried: list[tuple[Side, Action]] = []
        """What the run asked the services to write, whatever came of it."""
        self.victim: int | None = None
        self.is_dead = False
        self._guards: list[_Guard] = []

    def await_run(self, accident: Accident | None = None) -> None:
        """Begin to count for a run that this is to happen to."""
        self.accident, self.victim, self.is_dead = accident, None, False
        self.tried = []
        for guard in self._guards:
            guard.seen = 0

    def kill(self) -> None:
        """End the run's process; what it still has under way reaches no service."""
        if self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)
            self.is_dead = True

    def _listeners(self) -> tuple[Listener, Listener]:
        graph, salesforce = super()._listeners()
        outlook, other = (
            _Guard(self, side, listener.app)
            for side, listener in ((Side.OUTLOOK, graph), (Side.SALESFORCE, salesforce))
        )
        self._guards = [outlook, other]
        return replace(graph, app=outlook), replace(salesforce, app=other)


def run_to_its_death(sandbox: AccidentalSandbox, run: Callable[[], Coroutine[Any, Any, object]]) -> bool:
    """Run in a process of its own, for the sandbox to kill; whether it did.

    Raises:
        AssertionError: the run ended with an exception, or does not end.
    """
    go_read, go_write = os.pipe()
    tell_read, tell_write = os.pipe()
    with warnings.catch_warnings():
        # The server's thread is not carried over, and rests while nobody asks anything: no lock of its is held.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _live(run, go_read, tell_write)
    for end in (go_read, tell_write):
        os.close(end)
    sandbox.victim = child
    os.write(go_write, b".")
    with os.fdopen(tell_read, "rb") as told:
        words = told.read().decode()
    os.close(go_write)
    status = os.waitpid(child, 0)[1]
    sandbox.victim = None
    assert not words, words
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, f"the run was ended by signal {os.WTERMSIG(status)}"
        return True
    return False


def _live(run: Callable[[], Coroutine[Any, Any, object]], go: int, tell: int) -> None:
    """The life of the forked process; never returns."""
    signal.alarm(_LONGEST_RUN_S)
    code = 0
    try:
        os.read(go, 1)
        asyncio.run(run())
    except BaseException:
        os.write(tell, traceback.format_exc().encode())
        code = _BUG
    finally:
        os._exit(code)


async def _answer(send: Send, status: int, body: bytes, *, retry_after: bool = False) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if retry_after:
        headers.append((b"retry-after", b"3"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _writes(method: str, path: str, body: bytes) -> Iterator[Action]:
    """What a request would have its service do to items: one for each item it names."""
    if method not in _ACTIONS:
        return
    if path.endswith("/$batch"):
        for part in json.loads(body)["requests"]:
            yield from _writes(part["method"], urlsplit(part["url"]).path, b"")
    elif path.endswith("/composite"):
        for part in json.loads(body)["compositeRequest"]:
            content = json.dumps(part["body"]).encode() if "body" in part else b""
            yield from _writes(part["method"], urlsplit(part["url"]).path, content)
    elif "/composite/sobjects/" in path and method == "POST":
        return  # rows asked for by id
    elif path.endswith("/composite/sobjects") and body:
        yield from [_ACTIONS[method]] * len(json.loads(body)["records"])
    else:
        yield _ACTIONS[method]
