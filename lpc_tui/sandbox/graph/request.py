"""A request as the routes see it, whether it came over HTTP or as a part of a batch, and the answer to it."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.errors import GraphError
from lpc_tui.sandbox.graph.prefer import Preferences, read_preferences

NO_BODY = object()
"""Where a request has none; null is a body."""


@dataclass(frozen=True, slots=True)
class GraphRequest:
    """One request below the version root."""

    method: str
    segments: tuple[str, ...]
    """The path's decoded segments, `me` first."""

    options: dict[str, str]
    """The query, decoded; a `+` in it was a space."""

    headers: dict[str, str]
    """By lower-case name; several headers of one name are joined by commas."""

    root: str
    """The address of the version root, for links: `http://host/v1.0`."""

    body: object = NO_BODY
    permissions: frozenset[str] | None = None
    """What whoever asks is allowed, as `permissions.bare` names; None: everything."""

    @property
    def preferences(self) -> Preferences:
        """What its `Prefer` headers ask for."""
        return read_preferences([self.headers.get("prefer", "")])

    @property
    def if_match(self) -> str | None:
        """The etag it insists on."""
        return self.headers.get("if-match")

    def link(self, options: dict[str, str]) -> str:
        """An absolute address of the same path with other options."""
        path = "/".join(quote(segment, safe="()'=.") for segment in self.segments)
        query = "&".join(
            f"{quote(name, safe='$')}={quote(value, safe='')}" for name, value in options.items()
        )
        return f"{self.root}/{path}?{query}"

    def json_body(self) -> JsonObject:
        """The body, which must be an object; raises the service's 400 where it is missing or something else."""
        if self.body is NO_BODY:
            raise GraphError(400, "BadRequest", "Empty Payload. JSON content expected.")
        if not isinstance(self.body, dict):
            raise GraphError(400, "BadRequest", "A JSON object was expected as the request's body.")
        return self.body


@dataclass(frozen=True, slots=True)
class GraphAnswer:
    """Status, further headers and JSON body of an answer."""

    status: int
    body: JsonObject | None = None
    headers: dict[str, str] = field(default_factory=dict)


def parse_address(path_and_query: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """The segments and options of an address below the version root; raises 400 for an option given twice."""
    parts = urlsplit(path_and_query)
    segments = tuple(unquote(segment) for segment in parts.path.split("/") if segment)
    options: dict[str, str] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        # The system options are known in any case, and so are the names of a window's ends.
        key = name.lower() if name.startswith("$") else _WINDOW.get(name.lower(), name)
        if key in options:
            raise GraphError(
                400, "RequestBroker--ParseUri", f"Query option '{name}' was specified more than once."
            )
        options[key] = value
    return segments, options


_WINDOW = {"startdatetime": "startDateTime", "enddatetime": "endDateTime"}


def parse_body(raw: bytes, content_type: str | None) -> object:
    """The JSON of an HTTP body; raises the service's error for other content or a missing Content-Type."""
    if not raw:
        return NO_BODY
    if not content_type:
        raise GraphError(
            400,
            "BadRequest",
            "A missing or empty content type header was found when trying to read a message. The content type header "
            "is required.",
        )
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise GraphError(415, "BadRequest", f"The content type '{content_type}' is not supported. Use JSON.")
    try:
        return json.loads(raw)
    except ValueError:
        raise GraphError(
            400,
            "BadRequest",
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid "
            "JSON format.",
        ) from None
