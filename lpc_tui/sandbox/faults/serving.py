"""Carries out the faults that befall requests: a middleware before each service. `parts` has those of single parts.

The service behind it stays the real thing. What a fault says in the service's place has the service's own form, but for
`Garble`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.faults import kinds
from lpc_tui.sandbox.faults.kinds import RequestFault, Service
from lpc_tui.sandbox.faults.schedule import Asked, Faults
from lpc_tui.sandbox.hosting import body_of, hang_up, replaying

__all__ = ["FREE_PLACES", "FaultyService", "Refusal", "Sleep", "refusal_of", "too_many_at_once"]

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
Effect: TypeAlias = Callable[[RequestFault], None]
"""Does to a service's world what a fault says that is no answer."""

FREE_PLACES: ContextVar[list[int] | None] = ContextVar("free_places", default=None)
"""How many parts of the batch under way still find a place, as the only element; None: nobody counts them."""

_CODES: dict[Service, dict[int, tuple[str, str]]] = {
    "graph": {
        401: ("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."),
        403: ("ErrorAccessDenied", "Access is denied. Check credentials and try again."),
        404: ("ErrorItemNotFound", "The specified object was not found in the store."),
        410: ("SyncStateNotFound", "The sync state generation is not found; the sync state has been lost."),
        429: ("ApplicationThrottled", "Application is over its MailboxConcurrency limit."),
        500: ("InternalServerError", "An internal server error occurred. The operation failed."),
        503: ("serviceNotAvailable", "The service is temporarily unavailable. Please try again later."),
        504: ("GatewayTimeout", "The server did not answer in time."),
    },
    "salesforce": {
        401: ("INVALID_SESSION_ID", "Session expired or invalid"),
        403: ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        404: ("NOT_FOUND", "The requested resource does not exist"),
        500: ("UNKNOWN_EXCEPTION", "An unexpected error occurred."),
        503: ("SERVER_UNAVAILABLE", "The server is temporarily unavailable."),
    },
}
_OTHER_CODE: dict[Service, tuple[str, str]] = {
    "graph": ("UnknownError", "The request could not be carried out."),
    "salesforce": ("UNKNOWN_EXCEPTION", "The request could not be carried out."),
}
_TOO_MANY_AT_ONCE: dict[Service, tuple[int, str, str]] = {
    "graph": (429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit."),
    "salesforce": (
        403,
        "REQUEST_LIMIT_EXCEEDED",
        "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
    ),
}
_EFFECTS = (kinds.DeadDeltaTokens, kinds.DailyLimit)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusing answer in the terms of both services."""

    status: int
    code: str
    message: str
    retry_after: float | None = None
    after_work: bool = False

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"Retry-After": f"{self.retry_after:g}"}


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer that was kept instead of sent, or made up."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes

    async def send_by(self, send: Send, *, keep: int | None = None) -> None:
        """Send it; with `keep` only as many bytes of the content as that, though more were promised."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        content = self.content if keep is None else self.content[:keep]
        await send({"type": "http.response.body", "body": content, "more_body": keep is not None})


@dataclass
class FaultyService:
    """Stands before one service, which it leaves alone while no fault strikes."""

    app: ASGIApp
    service: Service
    faults: Faults
    clock: Callable[[], datetime]
    """The service's; for the `Date` header."""
    effect: Effect
    sleep: Sleep
    """How latency is waited for."""
    _under_way: int = field(default=0, init=False)
    """Places taken by the requests that are being answered."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await body_of(receive)
        receive = replaying(body, receive)
        struck = self.faults.strike(_asked(self.service, scope))
        parts = _parts(scope, body)
        limit = next((each for each in struck if isinstance(each, kinds.Concurrency)), None)
        wanted = 1 if limit is None else min(max(parts, 1), limit.most)
        free = wanted if limit is None else max(limit.most - self._under_way, 0)
        if limit is not None and free < wanted and not parts:
            await self._refused(too_many_at_once(self.service, limit.retry_after)).send_by(send)
            return
        token = FREE_PLACES.set([free] if free < wanted else None)
        self._under_way += wanted
        try:
            await self._bring_about(struck)
            await self._answer(_ending(struck), scope, receive, send)
        finally:
            self._under_way -= wanted
            FREE_PLACES.reset(token)

    async def _bring_about(self, struck: Sequence[RequestFault]) -> None:
        """What happens beside the answer."""
        for fault in struck:
            if isinstance(fault, kinds.Latency):
                await self.sleep(fault.seconds)
            elif isinstance(fault, _EFFECTS):
                self.effect(fault)

    async def _answer(self, fault: RequestFault | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the fault has it, or as the service does."""
        match fault:
            case kinds.Drop():
                if fault.after_work:
                    await self._done(scope, receive)
                await hang_up(receive, send)
            case kinds.Status():
                if fault.after_work:
                    await self._done(scope, receive)
                await self._refused(refusal_of(self.service, fault)).send_by(send)
            case kinds.ExpiredToken():
                code, message = _CODES[self.service][401]
                await self._refused(Refusal(401, code, message)).send_by(send)
            case kinds.Garble():
                if fault.after_work:
                    await self._done(scope, receive)
                headers = {"Location": fault.location} if fault.location else {}
                page = self._made(fault.status, fault.content_type, fault.body.encode(), headers)
                await page.send_by(send)
            case kinds.Truncate():
                await self._truncated(fault, await self._done(scope, receive), receive, send)
            case _:
                await self.app(scope, receive, send)

    async def _truncated(self, fault: kinds.Truncate, whole: _Answer, receive: Receive, send: Send) -> None:
        kept = int(len(whole.content) * fault.keep)
        if fault.is_noticed and whole.content:
            await whole.send_by(send, keep=kept)
            await hang_up(receive, send, is_sudden=False)
            return
        headers = [(name, value) for name, value in whole.headers if name != b"content-length"]
        headers.append((b"content-length", str(kept).encode()))
        await _Answer(whole.status, headers, whole.content[:kept]).send_by(send)

    async def _done(self, scope: Scope, receive: Receive) -> _Answer:
        """The service's own answer, kept."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        content = b"".join(message.get("body", b"") for message in messages)
        return _Answer(int(messages[0]["status"]), list(messages[0]["headers"]), content)

    def _refused(self, refusal: Refusal) -> _Answer:
        error: object = [{"message": refusal.message, "errorCode": refusal.code}]
        if self.service == "graph":
            error = {"error": {"code": refusal.code, "message": refusal.message}}
        return self._made(refusal.status, "application/json", json.dumps(error).encode(), refusal.headers)

    def _made(
        self, status: int, content_type: str, content: bytes, headers: dict[str, str] | None = None
    ) -> _Answer:
        shown = {
            "Content-Type": content_type,
            "Content-Length": str(len(content)),
            "Date": format_datetime(self.clock(), usegmt=True),
            **(headers or {}),
        }
        return _Answer(
            status, [(name.lower().encode(), value.encode()) for name, value in shown.items()], content
        )


def refusal_of(service: Service, fault: kinds.Status) -> Refusal:
    """What the fault has the service say."""
    code, message = _CODES[service].get(fault.status, _OTHER_CODE[service])
    return Refusal(
        fault.status, fault.code or code, fault.message or message, fault.retry_after, fault.after_work
    )


def too_many_at_once(service: Service, retry_after: float | None = None) -> Refusal:
    """What the service says to a request that finds no place."""
    return Refusal(*_TOO_MANY_AT_ONCE[service], retry_after=retry_after)


def _ending(struck: Sequence[RequestFault]) -> RequestFault | None:
    """The fault that decides on the answer; the first of them."""
    beside = (kinds.Latency, kinds.Concurrency, *_EFFECTS)
    return next((each for each in struck if not isinstance(each, beside)), None)


def _asked(service: Service, scope: Scope) -> Asked:
    path, query = (
        scope["raw_path"].decode("ascii", "replace"),
        scope["query_string"].decode("ascii", "replace"),
    )
    headers = dict(scope["headers"])
    token = headers.get(b"authorization", b"").decode("latin-1").rpartition(" ")[2]
    return Asked(service, scope["method"], f"{path}?{query}" if query else path, token)


def _parts(scope: Scope, body: bytes) -> int:
    """How many parts a Graph batch has; 0 for any other request."""
    if not scope["path"].endswith("/$batch"):
        return 0
    try:
        batch: JsonObject = json.loads(body)
        return len(batch["requests"])
    except (ValueError, KeyError, TypeError):
        return 0
