"""Several calls in one: `/composite` with references between its parts, and `/composite/batch` without.
Reached through `routes`.

Source: REST API Developer Guide, "Composite" and "Batch".
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.salesforce.calls import Answer, Call, members
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import LATEST_VERSION, OLDEST_VERSION

MOST_PARTS = 25
MOST_HEAVY_PARTS = 5
"""Queries and collections among the parts of a composite."""

Dispatch = Callable[[Org, Call], Answer]

_PART = {"method": str, "url": str, "referenceId": str, "body": object, "httpHeaders": dict}
_BATCH_PART = {"method": str, "url": str, "richInput": object}
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
"""Of a composite's parts; their case counts."""
_INHERITED = frozenset({"accept", "authorization", "content-type"})
"""Headers that a part has of the call as a whole, and must not name."""
_REFERENCE_ID = re.compile(r"[A-Za-z0-9]\w*")
_REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])*)\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_VERSION = re.compile(r"v(\d\d\.\d)")


class _Halted(Exception):
    """One part of an all-or-none composite failed."""


def composite(org: Org, call: Call, dispatch: Dispatch) -> Answer:
    """POST /composite: parts run in order and may name earlier answers as `@{ref.path}`."""
    call.only_params()
    body = members(
        call.json_object(), {"allOrNone": bool, "collateSubrequests": bool, "compositeRequest": list}
    )
    parts = [members(_part(part), _PART) for part in body.get("compositeRequest", [])]
    _check_parts(parts)
    is_all_or_none = body.get("allOrNone", False)
    answers: list[JsonObject] = []
    try:
        with org.all_or_none():
            _run_parts(org, call, dispatch, parts, answers, is_all_or_none=is_all_or_none)
    except _Halted:
        answers = _halted(parts, answers)
    return Answer(200, {"compositeResponse": answers})


def batch(org: Org, call: Call, dispatch: Dispatch) -> Answer:
    """POST /composite/batch: parts that know nothing of each other; each counts against the daily allowance."""
    call.only_params()
    body = members(call.json_object(), {"haltOnError": bool, "batchRequests": list})
    parts = [members(_part(part), _BATCH_PART) for part in body.get("batchRequests", [])]
    _check_number(parts)
    org.usage.spend(org.now, len(parts) - 1)
    results: list[JsonObject] = []
    for part in parts:
        if body.get("haltOnError") and any(result["statusCode"] >= 400 for result in results):
            error = SalesforceError(
                412, "BATCH_PROCESSING_HALTED", "Batch processing halted per request from client"
            )
            results.append({"statusCode": error.status, "result": [error.to_json()]})
            continue
        answer = dispatch_url(
            org, dispatch, part, "/services/data/" + part["url"], part.get("richInput"), call
        )
        results.append({"statusCode": answer.status, "result": answer.body})
    has_errors = any(result["statusCode"] >= 400 for result in results)
    return Answer(200, {"hasErrors": has_errors, "results": results})


def carried_by(content: bytes) -> tuple[str, ...]:
    """The calls that a composite or batch body carries, for the request log; none if it cannot be read."""
    try:
        body = json.loads(content)
        parts = body.get("compositeRequest") or body.get("batchRequests") or ()
        return tuple(f"{part['method'].upper()} {part['url']}" for part in parts)
    except (ValueError, AttributeError, KeyError, TypeError):
        return ()


def dispatch_url(
    org: Org, dispatch: Dispatch, part: Mapping[str, Any], url: str, body: object, outer: Call
) -> Answer:
    """Answer one part, addressed by a path with its version."""
    split = urlsplit(url)
    segments = tuple(unquote(segment) for segment in split.path.strip("/").split("/"))
    version = _VERSION.fullmatch(segments[2]) if len(segments) > 2 else None
    if version is None or not OLDEST_VERSION <= float(version.group(1)) <= LATEST_VERSION:
        error = SalesforceError(404, "NOT_FOUND", "The requested resource does not exist")
        return Answer(error.status, [error.to_json()])
    try:
        org.check_part(part["method"].upper(), url)
    except SalesforceError as error:
        return Answer(error.status, [error.to_json()])
    return dispatch(
        org,
        Call(
            method=part["method"].upper(),
            segments=segments[3:],
            params=dict(parse_qsl(split.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in part.get("httpHeaders", {}).items()},
            body=body,
            version=float(version.group(1)),
            origin=outer.origin,
        ),
    )


def _part(part: object) -> JsonObject:
    if not isinstance(part, dict) or "method" not in part or "url" not in part:
        raise SalesforceError(400, "MISSING_ARGUMENT", "Each subrequest needs a method and a url")
    return part


def _check_number(parts: list[JsonObject]) -> None:
    if not parts:
        raise SalesforceError(400, "MISSING_ARGUMENT", "No subrequests specified")
    if len(parts) > MOST_PARTS:
        raise SalesforceError(
            400, "LIMIT_EXCEEDED", f"Request limit exceeded: at most {MOST_PARTS} subrequests are allowed"
        )


def _check_parts(parts: list[JsonObject]) -> None:
    _check_number(parts)
    names = [part.get("referenceId", "") for part in parts]
    for name in names:
        if not _REFERENCE_ID.fullmatch(name) or names.count(name) > 1:
            raise SalesforceError(
                400, "INVALID_INPUT", f"referenceId must be unique, of letters, digits and _: '{name}'"
            )
    for part in parts:
        if part["method"] not in _METHODS:
            raise SalesforceError(400, "INVALID_INPUT", f"Invalid method: {part['method']}")
        if _INHERITED.intersection(map(str.lower, part.get("httpHeaders", {}))):
            raise SalesforceError(
                400, "INVALID_INPUT", "Accept, Authorization and Content-Type are those of the whole call"
            )
    if sum(_is_heavy(part["url"]) for part in parts) > MOST_HEAVY_PARTS:
        raise SalesforceError(
            400,
            "LIMIT_EXCEEDED",
            f"At most {MOST_HEAVY_PARTS} subrequests may be queries or sObject collections",
        )


def _is_heavy(url: str) -> bool:
    segments = urlsplit(url).path.strip("/").split("/")[3:]
    return segments[:1] in (["query"], ["queryAll"]) or segments[:2] == ["composite", "sobjects"]


def _run_parts(
    org: Org,
    call: Call,
    dispatch: Dispatch,
    parts: list[JsonObject],
    answers: list[JsonObject],
    *,
    is_all_or_none: bool,
) -> None:
    done: dict[str, object] = {}
    for part in parts:
        answer = _answer_part(org, call, dispatch, part, done)
        answers.append(
            {
                "body": answer.body,
                "httpHeaders": dict(answer.headers),
                "httpStatusCode": answer.status,
                "referenceId": part["referenceId"],
            }
        )
        if answer.status < 400:
            done[part["referenceId"]] = answer.body
        elif is_all_or_none:
            raise _Halted


def _answer_part(
    org: Org, call: Call, dispatch: Dispatch, part: JsonObject, done: Mapping[str, object]
) -> Answer:
    try:
        url = str(_resolved(part["url"], done))
        body = _resolved(part.get("body"), done)
    except SalesforceError as error:
        return Answer(error.status, [error.to_json()])
    if not url.startswith("/services/data/") or _is_nested(url):
        refusal = SalesforceError(
            400, "INVALID_INPUT", f"This resource cannot be called within composite: {url}"
        )
        return Answer(refusal.status, [refusal.to_json()])
    return dispatch_url(org, dispatch, part, url, body, call)


def _is_nested(url: str) -> bool:
    segments = urlsplit(url).path.strip("/").split("/")[3:]
    return segments[:1] == ["composite"] and segments[1:2] != ["sobjects"]


def _resolved(value: object, done: Mapping[str, object]) -> object:
    """A value with its references filled in; a string that is nothing but a reference takes the answer's own type."""
    if isinstance(value, dict):
        return {key: _resolved(item, done) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, done) for item in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole:
        return _referred(whole, done)
    return _REFERENCE.sub(lambda match: _as_text(_referred(match, done)), value)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _referred(match: re.Match[str], done: Mapping[str, object]) -> object:
    name, path = match.groups()
    value: Any = done.get(name)
    for key, index in _STEP.findall(path):
        if key and isinstance(value, dict) and key in value:
            value = value[key]
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            value = None
    if value is None:
        raise SalesforceError(
            400,
            "PROCESSING_HALTED",
            f"Invalid reference specified. No value for {name}{path} found in {name}",
        )
    return value


def _halted(parts: list[JsonObject], answers: list[JsonObject]) -> list[JsonObject]:
    """The answers of a rolled-back composite: the failed part's own, and for all others that they were halted."""
    error = SalesforceError(
        400,
        "PROCESSING_HALTED",
        "The transaction was rolled back since another operation in the same transaction failed.",
    )
    failed = answers[-1]
    return [
        failed
        if part["referenceId"] == failed["referenceId"]
        else {
            "body": [error.to_json()],
            "httpHeaders": {},
            "httpStatusCode": error.status,
            "referenceId": part["referenceId"],
        }
        for part in parts
    ]
