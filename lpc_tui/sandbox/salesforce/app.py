"""The HTTP face of the org: one Starlette application that serves `/services/`, for `sandbox.server` to host.

It turns requests into `Call`s and answers into responses, and keeps what belongs to every request: the token,
the version, the daily allowance, size limits, the `Date` and `Sforce-Limit-Info` headers, the log. It decides
nothing about records.
"""

import hmac
import json
import re
from email.utils import format_datetime
from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from lpc_tui.sandbox.common import JsonObject, RequestLog
from lpc_tui.sandbox.salesforce.calls import Answer, Call
from lpc_tui.sandbox.salesforce.composite import parts_of
from lpc_tui.sandbox.salesforce.describe import versions
from lpc_tui.sandbox.salesforce.errors import SalesforceError, json_parser_error, not_found
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.routes import dispatch
from lpc_tui.sandbox.salesforce.schema import LATEST_VERSION, OLDEST_VERSION

LONGEST_HEAD = 16_384
"""Bytes that the URI, and URI and headers together, may have."""

FIRST_VERSION = 21.0
"""The first version whose retirement answers 410; older ones answer as if they had never been."""

_BATCHING = ("/composite", "/composite/batch")


def salesforce_app(org: Org, *, token: str, log: RequestLog) -> Starlette:
    """The application for one org. Any bearer token other than `token` is refused as an expired session."""
    endpoint = _Endpoint(org, token, log)
    return Starlette(
        routes=[
            Route("/services/data", endpoint),
            Route("/services/data/{rest:path}", endpoint),
            Route("/services/oauth2/userinfo", endpoint),
        ]
    )


class _Endpoint:
    """The ASGI application behind every route."""

    def __init__(self, org: Org, token: str, log: RequestLog) -> None:
        self._org = org
        self._token = token
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Nothing is awaited while the org is locked."""
        request = Request(scope, receive)
        content = await request.body()
        with self._org.lock:
            response = self._respond(request, content)
        parts = parts_of(content) if _path(request).rstrip("/").endswith(_BATCHING) else 0
        self._log.record(request.method, _target(request), response.status_code, parts)
        await response(scope, receive, send)

    def _respond(self, request: Request, content: bytes) -> Response:
        is_authorized = self._is_authorized(request)
        segments = [unquote(segment) for segment in _path(request).strip("/").split("/")]
        if segments[1] == "oauth2" and not is_authorized:
            # The one place that refuses a token in plain text, and with 403.
            return PlainTextResponse("Bad_OAuth_Token", 403, self._dated())
        if segments[1] == "oauth2":
            return self._json(request, Answer(200, userinfo(self._org, str(request.base_url))))
        if len(segments) == 2:
            return self._json(request, Answer(200, versions()))
        try:
            if not is_authorized:
                raise SalesforceError(401, "INVALID_SESSION_ID", "Session expired or invalid")
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
            ),
        )

    def _is_authorized(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        is_token = hmac.compare_digest(token.strip().encode(), self._token.encode())
        return scheme.lower() in ("bearer", "oauth") and is_token

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
