"""Who may come in: whoever knows the token, from a page of this server, under a name of this computer.

The port of a loopback address is open to every user of the computer, and to every page that a browser on it shows. So each
request has to carry the token, in its path; it is compared in constant time, and a wrong one finds nothing. A host name
that is not this computer's own means a page whose name was made to lead here (DNS rebinding); a foreign origin, a page of
somebody else. No cookie is set, since browsers hand those to other ports of the same host, too.
"""

from __future__ import annotations

import secrets
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

__all__ = ["HEADERS", "add_headers", "guard"]

_OWN_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
"""Under any port: through `ssh -L` the browser has another one."""

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
        " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer: nothing is fetched from elsewhere, the address with its token is told to nobody, no page frames ours."""


def guard(token: str) -> Middleware:
    """The middleware that lets in whoever may, and answers all others before anything else is looked at."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _is_own_host(request):
            raise web.HTTPForbidden(text="This is served to its own computer only.\n", headers=HEADERS)
        if not _has_token(request, token):
            raise web.HTTPNotFound(text="Open the address that lpc-tui web has printed.\n", headers=HEADERS)
        if not _is_own_origin(request):
            raise web.HTTPForbidden(text="Another page may not use this one.\n", headers=HEADERS)
        return await handler(request)

    return check


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Put the `HEADERS` on an answer that is about to be sent."""
    response.headers.update(HEADERS)


def _has_token(request: web.Request, token: str) -> bool:
    given = request.path.split("/")[1]
    return secrets.compare_digest(given.encode(), token.encode())


def _is_own_host(request: web.Request) -> bool:
    hosts = request.headers.getall("Host", [])
    return len(hosts) == 1 and _name_of(f"http://{hosts[0]}") in _OWN_NAMES


def _is_own_origin(request: web.Request) -> bool:
    """A browser tells the origin of each websocket; of a page that a person opened it tells none."""
    origins = request.headers.getall("Origin", [])
    if not origins:
        return request.headers.get("Upgrade", "").lower() != "websocket"
    return origins == [f"http://{request.host}"]


def _name_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
