"""What serving either desk needs of HTTP: forms, JSON, dates, the log."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from lpc_tui.sandbox.common import Clock, JsonObject, RequestLog
from lpc_tui.sandbox.signin.replies import Form, Refusal

Endpoint = Callable[[Request], Awaitable[Response]]
Answer = Callable[[Request, Form], Response]
"""Answers a request and its posted form (empty for another body); may raise Refusal."""


def endpoint(answer: Answer, clock: Clock, log: RequestLog) -> Endpoint:
    """The ASGI side of an answer."""

    async def serve(request: Request) -> Response:
        content = await request.body()
        try:
            response = answer(request, _form(request, content))
        except Refusal as refusal:
            response = JSONResponse(refusal.body, refusal.status)
        response.headers.update(_headers(clock()))
        log.record(request.method, _target(request), response.status_code)
        return response

    return serve


def reply(body: JsonObject) -> Response:
    """200 with JSON."""
    return Response(json.dumps(body), media_type="application/json")


def page(text: str, status: int = 200) -> Response:
    """A page for a person."""
    return HTMLResponse(text, status)


def query(request: Request) -> Form:
    """The query's fields."""
    return dict(parse_qsl(request.url.query, keep_blank_values=True))


def origin(request: Request) -> str:
    """Where the client found this server: scheme, host and port."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _form(request: Request, content: bytes) -> Form:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        return {}
    return dict(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True))


def _headers(now: datetime) -> dict[str, str]:
    return {
        "Date": format_datetime(now, usegmt=True),
        "Cache-Control": "no-store, no-cache",
        "Pragma": "no-cache",
    }


def _target(request: Request) -> str:
    """The path alone: what follows it here is a secret as often as not."""
    return request.url.path
