"""`POST /$batch`: up to 20 requests in one, each answered by the same router as a request of its own.

Facts: https://learn.microsoft.com/graph/json-batching
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.errors import GraphError
from lpc_tui.sandbox.graph.request import NO_BODY, GraphAnswer, GraphRequest, parse_address

MOST_PARTS = 20

AnswerPart = Callable[[GraphRequest], GraphAnswer]

_WITH_BODY = ("POST", "PATCH", "PUT")


@dataclass(frozen=True, slots=True)
class _Part:
    id: str
    method: str
    url: str
    headers: dict[str, str]
    body: object
    depends_on: tuple[str, ...]


def answer_batch(request: GraphRequest, answer_part: AnswerPart, random: Random) -> GraphAnswer:
    """Run all parts, then answer them in no particular order; raises 400 for the whole where its form is wrong."""
    parts = _read_parts(request.json_body())
    answers: dict[str, JsonObject] = {}
    for part in _in_order(parts):
        if any(answers[needed]["status"] >= 400 for needed in part.depends_on):
            answers[part.id] = _failed_dependency(part)
        else:
            answers[part.id] = _run(part, request, answer_part)
    responses = list(answers.values())
    random.shuffle(responses)
    return GraphAnswer(200, {"responses": responses})


def carried_by(content: bytes) -> tuple[str, ...]:
    """The requests that a batch's body carries, for the request log; none if it cannot be read."""
    try:
        return tuple(f"{part['method'].upper()} {part['url']}" for part in json.loads(content)["requests"])
    except (ValueError, AttributeError, KeyError, TypeError):
        return ()


def _read_parts(body: JsonObject) -> list[_Part]:
    given = body.get("requests")
    if not isinstance(given, list) or not given:
        raise _refused("Invalid batch payload format.")
    if len(given) > MOST_PARTS:
        raise _refused(f"Number of batch request steps exceeds the maximum value of {MOST_PARTS}.")
    parts = [_read_part(entry) for entry in given]
    names = [part.id.lower() for part in parts]
    if len(set(names)) < len(names):
        raise _refused("Batch request ids must be unique, regardless of case.")
    for part in parts:
        unknown = [needed for needed in part.depends_on if needed.lower() not in names]
        if unknown:
            raise _refused(
                f"The dependsOn of request id : {part.id} names an unknown request '{unknown[0]}'."
            )
    by_name = {part.id.lower(): part.id for part in parts}
    return [
        _Part(
            part.id,
            part.method,
            part.url,
            part.headers,
            part.body,
            tuple(by_name[needed.lower()] for needed in part.depends_on),
        )
        for part in parts
    ]


def _read_part(entry: object) -> _Part:
    if not isinstance(entry, dict):
        raise _refused("Invalid batch payload format.")
    name, method, url = entry.get("id"), entry.get("method"), entry.get("url")
    if not isinstance(name, str) or not name:
        raise _refused("Every batch request needs an id, as a string.")
    if not isinstance(method, str) or not isinstance(url, str) or not url:
        raise _refused(f"Request id : {name} needs a method and a url.")
    if "://" in url.split("?")[0]:
        raise _refused(f"The url of request id : {name} must be relative to the version root.")
    headers = entry.get("headers") or {}
    depends_on = entry.get("dependsOn") or []
    if not isinstance(headers, dict) or not isinstance(depends_on, list):
        raise _refused("Invalid batch payload format.")
    lowered = {str(key).lower(): str(value) for key, value in headers.items()}
    body = entry.get("body", NO_BODY)
    if method.upper() in _WITH_BODY and (body is NO_BODY or "content-type" not in lowered):
        raise _refused(f"Write request id : {name} does not contain Content-Type header or body.")
    return _Part(name, method.upper(), url, lowered, body, tuple(str(needed) for needed in depends_on))


def _in_order(parts: list[_Part]) -> list[_Part]:
    """The parts so that each comes after what it depends on; raises 400 for a circle."""
    ordered: list[_Part] = []
    waiting = parts
    while waiting:
        done = {part.id for part in ordered}
        ready = [part for part in waiting if done.issuperset(part.depends_on)]
        if not ready:
            raise _refused("The dependsOn of the batch's requests form a circle.")
        ordered += ready
        waiting = [part for part in waiting if part not in ready]
    return ordered


def _run(part: _Part, request: GraphRequest, answer_part: AnswerPart) -> JsonObject:
    segments, options = parse_address(part.url if part.url.startswith("/") else f"/{part.url}")
    answer = answer_part(
        GraphRequest(
            part.method, segments, options, part.headers, request.root, part.body, request.permissions
        )
    )
    response: JsonObject = {"id": part.id, "status": answer.status, "headers": {**answer.headers}}
    if answer.body is not None:
        response["headers"]["Content-Type"] = "application/json"
        response["body"] = answer.body
    return response


def _failed_dependency(part: _Part) -> JsonObject:
    return {
        "id": part.id,
        "status": 424,
        "headers": {"Content-Type": "application/json"},
        "body": {
            "error": {"code": "FailedDependency", "message": "A request this one depends on has failed."}
        },
    }


def _refused(message: str) -> GraphError:
    return GraphError(400, "BadRequest", message)
