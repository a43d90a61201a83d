"""The HTTP face of the org: one Starlette application that serves `/services/`, for `sandbox.server` to host.

It turns requests into `Call`s and answers into responses, and keeps what belongs to every request: the token,
the version, the daily allowance, size limits, the `Date` and `Sforce-Limit-Info` headers, the log. It decides
nothing about records.
"""

import hmac
import json
import re
from collections.abc import Collection
from email.utils import format_datetime
from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from lpc_tui.sandbox.common import JsonObject, RequestLog
from lpc_tui.sandbox.salesforce.calls import Answer, Call
from lpc_tui.sandbox.salesforce.composite import carried_by
from lpc_tui.sandbox.salesforce.describe import versions
from lpc_tui.sandbox.salesforce.errors import SalesforceError, json_parser_error, not_found
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.routes import dispatch
from lpc_tui.sandbox.salesforce.schema import LATEST_VERSION, OLDEST_VERSION
from lpc_tui.sandbox.signin.salesforce import SalesforceDesk
from lpc_tui.sandbox.signin.salesforce_routes import salesforce_routes

LONGEST_HEAD = 16_384
"""Bytes that the URI, and URI and headers together, may have."""

FIRST_VERSION = 21.0
"""The first version whose retirement answers 410; older ones answer as if they had never been."""

_API_SCOPES = frozenset({"api", "full"})
_IDENTITY_SCOPES = frozenset({"id", "openid", "profile", "email", "full"})
_BATCHING = ("/composite", "/composite/batch")


def salesforce_app(org: Org, *, token: str, log: RequestLog, desk: SalesforceDesk | None = None) -> Starlette:
    """The application for one org. A bearer token is `token` or of `desk`, or it is refused as an expired session."""
    desk = desk or SalesforceDesk(org)
    endpoint = _Endpoint(org, token, desk, log)
    return Starlette(
        routes=[
            *salesforce_routes(desk, log),
            Route("/services/data", endpoint),
            Route("/services/data/{rest:path}", endpoint),
            Route("/services/oauth2/userinfo", endpoint),
            Route("/id/{organization}/{user}", endpoint),
        ]
    )


class _Endpoint:
    """The ASGI application behind every route."""

    def __init__(self, org: Org, token: str, desk: SalesforceDesk, log: RequestLog) -> None:
        self._org = org
        self._token = token
        self._desk = desk
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Nothing is awaited while the org is locked."""
        request = Request(scope, receive)
        content = await request.body()
        scopes = self._scopes(request)  # the desk's lock is taken before the org's, never within
        with self._org.lock:
            response = self._respond(request, scopes, content)
        carried = carried_by(content) if _path(request).rstrip("/").endswith(_BATCHING) else ()
        self._log.record(request.method, _target(request), response.status_code, carried)
        await response(scope, receive, send)

    def _respond(self, request: Request, scopes: Collection[str], content: bytes) -> Response:
        segments = [unquote(segment) for segment in _path(request).strip("/").split("/")]
        if segments[0] == "id" or segments[1] == "oauth2":
            return self._tell_who(request, scopes, segments)
        if len(segments) == 2:
            return self._json(request, Answer(200, versions()))
        try:
            _check_session(scopes)
            answer = self._answer(request, segments[2], tuple(segments[3:]), content)
        except SalesforceError as error:
            answer = Answer(error.status, [error.to_json()])
        return self._json(request, answer)

    def _answer(self, request: Request, version: str, segments: tuple[str, ...], content: bytes) -> Answer:
        number = _version_number(version)
        _check_head_size(request)
        now = self._org.now
        if self._org.usage.used(now) >= self._org.options.daily_api_requests:
            raise SalesforceError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        self._org.usage.spend(now)
        return dispatch(
            self._org,
            Call(
                method=request.method,
                segments=segments,
                params=dict(parse_qsl(request.url.query, keep_blank_values=True)),
                headers=dict(request.headers),
                body=_json_body(request, content),
                version=number,
                origin=str(request.base_url).rstrip("/"),
            ),
        )

    def _tell_who(self, request: Request, scopes: Collection[str], segments: list[str]) -> Response:
        """The running user, to whoever may know; the one place that refuses a token in plain text, and with 403."""
        if not _IDENTITY_SCOPES.intersection(scopes):
            return PlainTextResponse("Bad_OAuth_Token", 403, self._dated())
        if segments[0] == "id" and segments[1:] != [self._org.organization, self._org.me]:
            return PlainTextResponse("Wrong_Org", 403, self._dated())
        base_url = str(request.base_url)
        who = identity(self._org, base_url) if segments[0] == "id" else userinfo(self._org, base_url)
        return self._json(request, Answer(200, who))

    def _scopes(self, request: Request) -> Collection[str]:
        """What the bearer of the request's token may do; nothing without a good one."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() not in ("bearer", "oauth"):
            return ()
        if hmac.compare_digest(token.encode(), self._token.encode()):
            return ("full",)
        return self._desk.session(token) or ()

    def _dated(self) -> dict[str, str]:
        return {"Date": format_datetime(self._org.now, usegmt=True)}

    def _json(self, request: Request, answer: Answer) -> Response:
        used, most = self._org.usage.used(self._org.now), self._org.options.daily_api_requests
        headers = {**self._dated(), "Sforce-Limit-Info": f"api-usage={used}/{most}", **answer.headers}
        if answer.body is None or request.method == "HEAD":
            return Response(status_code=answer.status, headers=headers)
        # In ASCII, so that half a surrogate pair that a client stored travels too.
        text = json.dumps(answer.body, separators=(",", ":"))
        return Response(text, answer.status, headers, "application/json;charset=UTF-8")


def _check_session(scopes: Collection[str]) -> None:
    """Raise the service's 401 for a dead token, or for one that is not for the API: refreshing that changes nothing."""
    if not scopes:
        raise SalesforceError(401, "INVALID_SESSION_ID", "Session expired or invalid")
    if not _API_SCOPES.intersection(scopes):
        raise SalesforceError(
            401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API"
        )


def userinfo(org: Org, base_url: str) -> JsonObject:
    """Who the token belongs to, as `/services/oauth2/userinfo` tells it."""
    user = org.record("User", org.me)
    offset = org.now.astimezone(org.zone).utcoffset()
    return {
        "sub": f"{base_url}id/{org.organization}/{org.me}",
        "user_id": org.me,
        "organization_id": org.organization,
        "preferred_username": user["Username"],
        "name": user["Name"],
        "given_name": user["FirstName"],
        "family_name": user["LastName"],
        "email": user["Email"],
        "zoneinfo": user["TimeZoneSidKey"],
        "utcOffset": int(offset.total_seconds() * 1000) if offset else 0,
        "locale": user["LocaleSidKey"],
        "language": user["LanguageLocaleKey"],
        "active": user["IsActive"],
        "urls": {
            "rest": f"{base_url}services/data/v{{version}}/",
            "sobjects": f"{base_url}services/data/v{{version}}/sobjects/",
            "query": f"{base_url}services/data/v{{version}}/query/",
        },
    }


def identity(org: Org, base_url: str) -> JsonObject:
    """The same of the address that a token answer calls `id`, in that one's words."""
    told = userinfo(org, base_url)
    return {
        "id": told["sub"],
        "asserted_user": True,
        "user_id": org.me,
        "organization_id": org.organization,
        "username": told["preferred_username"],
        "display_name": told["name"],
        "email": told["email"],
        "first_name": told["given_name"],
        "last_name": told["family_name"],
        "timezone": told["zoneinfo"],
        "active": told["active"],
        "user_type": "STANDARD",
        "language": told["language"],
        "locale": told["locale"],
        "utcOffset": told["utcOffset"],
        "urls": told["urls"],
    }


def _path(request: Request) -> str:
    """The path still percent-encoded: an external id may hold an encoded slash."""
    raw = request.scope.get("raw_path") or request.scope["path"].encode()
    return str(raw.decode("ascii", "replace"))


def _target(request: Request) -> str:
    query = request.scope["query_string"].decode("ascii", "replace")
    return f"{_path(request)}?{query}" if query else _path(request)


def _version_number(segment: str) -> float:
    """The version of a path. Raises 410 for the retired ones, NOT_FOUND for what never was."""
    match = re.fullmatch(r"v(\d\d)\.0", segment)
    number = float(match.group(1)) if match else 0.0
    if FIRST_VERSION <= number < OLDEST_VERSION:
        raise SalesforceError(410, "GONE", f"The requested API version {number} has been retired")
    if not OLDEST_VERSION <= number <= LATEST_VERSION:
        raise not_found()
    return number


def _check_head_size(request: Request) -> None:
    uri = len(_target(request))
    headers = sum(len(name) + len(value) + 4 for name, value in request.headers.raw)
    if uri > LONGEST_HEAD:
        raise SalesforceError(414, "URI_TOO_LONG", "URI Too Long")
    if uri + headers > LONGEST_HEAD:
        raise SalesforceError(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "Request Header Fields Too Large")


def _json_body(request: Request, content: bytes) -> object:
    """The JSON of a writing request, or None if it carried nothing. Raises 415 or JSON_PARSER_ERROR."""
    if not content or request.method not in ("POST", "PATCH", "PUT"):
        return None
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise SalesforceError(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            f"Content-Type header specified in HTTP request is not supported: {media_type or 'none'}",
        )
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise json_parser_error(f"{error.msg} at [line:{error.lineno}, column:{error.colno}]") from error
    except UnicodeDecodeError as error:
        raise json_parser_error("Invalid UTF-8 at [line:1, column:1]") from error


def _refuse_constant(name: str) -> object:
    raise json_parser_error(f"Unexpected character in {name} at [line:1, column:1]")
