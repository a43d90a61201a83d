"""Serves a mailbox over HTTP as Microsoft Graph v1.0.

`graph_app` is an ASGI application; whoever hosts it may wrap it in middleware, which then sees every request.
"""

import json
from dataclasses import replace
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lpc_tui.sandbox.common import RequestLog
from lpc_tui.sandbox.graph.batch import carried_by
from lpc_tui.sandbox.graph.errors import GraphError
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.graph.request import GraphAnswer, GraphRequest, parse_address, parse_body
from lpc_tui.sandbox.graph.service import GraphService, PartHook
from lpc_tui.sandbox.signin.microsoft import MicrosoftDesk
from lpc_tui.sandbox.signin.microsoft_routes import microsoft_routes

_VERSION = "/v1.0"
_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
_CONTENT_TYPE = (
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
)


def graph_app(
    mailbox: Mailbox,
    *,
    token: str,
    log: RequestLog,
    desk: MicrosoftDesk | None = None,
    part_hook: PartHook | None = None,
) -> Starlette:
    """The mailbox's server: takes `token`, or what `desk` issues, as bearer tokens and notes every request in `log`."""
    desk = desk or MicrosoftDesk(mailbox)
    endpoint = _Endpoint(GraphService(mailbox, part_hook), token, desk, log)
    graph = Route("/{path:path}", endpoint.answer, methods=_METHODS)
    return Starlette(routes=[*microsoft_routes(desk, log), graph])


class _Endpoint:
    def __init__(self, service: GraphService, token: str, desk: MicrosoftDesk, log: RequestLog) -> None:
        self._service = service
        self._token = token
        self._desk = desk
        self._log = log

    async def answer(self, request: Request) -> Response:
        raw = await request.body()
        target = request.scope["raw_path"].decode("ascii")
        query = request.scope["query_string"].decode("ascii")
        address = f"{target}?{query}" if query else target
        headers = _joined_headers(request)
        carried: tuple[str, ...] = ()
        try:
            permissions = self._permissions(headers)
            graph_request = replace(_read(request, address, headers, raw), permissions=permissions)
            if graph_request.segments == ("$batch",):
                carried = carried_by(raw)
            answer = self._service.answer(graph_request)
        except GraphError as error:
            answer = self._service.refuse(error, headers)
        self._log.record(request.method, address, answer.status, carried)
        return self._respond(answer, headers)

    def _permissions(self, headers: dict[str, str]) -> frozenset[str] | None:
        """What the bearer of the request's token is allowed, None for everything; raises the service's 401."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise GraphError(401, "InvalidAuthenticationToken", "Access token is empty.")
        if token == self._token:
            return None
        permissions = self._desk.permissions(token)
        if permissions is None:
            raise GraphError(
                401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."
            )
        return permissions

    def _respond(self, answer: GraphAnswer, headers: dict[str, str]) -> Response:
        sent = {**self._service.request_ids(headers), **answer.headers, "Date": self._service.http_date()}
        if answer.status == 401:
            authority = "https://login.microsoftonline.com/common/oauth2/authorize"
            sent["WWW-Authenticate"] = f'Bearer realm="", authorization_uri="{authority}"'
        if answer.body is None:
            return Response(status_code=answer.status, headers=sent)
        text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
        return Response(text, answer.status, sent, _CONTENT_TYPE)


def _read(request: Request, address: str, headers: dict[str, str], raw: bytes) -> GraphRequest:
    root = f"{request.url.scheme}://{request.url.netloc}{_VERSION}"
    path = urlsplit(address).path
    if path != _VERSION and not path.startswith(f"{_VERSION}/"):
        raise GraphError(400, "BadRequest", "Invalid version: use v1.0.")
    segments, options = parse_address(address[len(_VERSION) :])
    body = parse_body(raw, headers.get("content-type"))
    return GraphRequest(request.method, segments, options, headers, root, body)


def _joined_headers(request: Request) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
