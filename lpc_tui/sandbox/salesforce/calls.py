"""A REST call and its answer as values, apart from HTTP.

The server makes one from each request, composite and batch from each part.

Route handlers take a `Call` and an org and return an `Answer`; they raise SalesforceError to refuse.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.salesforce.errors import SalesforceError, json_parser_error
from lpc_tui.sandbox.salesforce.org import Org


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request below `/services/data/vXX.X/`."""

    method: str
    segments: tuple[str, ...]
    """The path below the version, each segment percent-decoded."""
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: object = None
    """The JSON body; None if there was none."""
    version: float
    origin: str
    """Scheme, host and port that the caller used, for the absolute addresses in answers."""

    @property
    def root(self) -> str:
        """The path of this version's resources."""
        return f"/services/data/v{self.version:.1f}"

    def json_object(self) -> JsonObject:
        """The body, which must be an object. Raises JSON_PARSER_ERROR."""
        if not isinstance(self.body, dict):
            raise json_parser_error("Expected a JSON object at [line:1, column:1]")
        return self.body

    def only_params(self, *allowed: str) -> None:
        """Refuse query parameters that the resource does not have. Raises INVALID_INPUT."""
        unknown = sorted(set(self.params) - set(allowed))
        if unknown:
            raise SalesforceError(400, "INVALID_INPUT", f"Unrecognized parameter: {unknown[0]}")

    def param(self, name: str) -> str:
        """A query parameter that must be there. Raises MISSING_ARGUMENT."""
        if name not in self.params:
            raise SalesforceError(400, "MISSING_ARGUMENT", f"Missing required parameter: {name}")
        return self.params[name]

    def flag(self, name: str) -> bool:
        """A query parameter that is `true` or `false`, false if absent. Raises INVALID_INPUT."""
        value = self.params.get(name, "false")
        if value not in ("true", "false"):
            raise SalesforceError(400, "INVALID_INPUT", f"{name} must be true or false: {value}")
        return value == "true"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers; the server adds the headers that every answer has."""

    status: int
    body: object = None
    """JSON, or None for no body."""
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Org, Call], Answer]


def members(body: JsonObject, allowed: Mapping[str, type]) -> JsonObject:
    """A body's members after a check of their names and JSON types. Raises JSON_PARSER_ERROR."""
    for name, value in body.items():
        if name not in allowed:
            raise json_parser_error(f'Unrecognized field "{name}" at [line:1, column:1]')
        if not isinstance(value, allowed[name]):
            raise json_parser_error(f"Cannot deserialize value of {name} at [line:1, column:1]")
    return body
