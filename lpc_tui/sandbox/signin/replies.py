"""What a desk says no with, the form of what it is asked, and the token it vouches for a person with.

Shared by both desks; knows neither service's words.
"""

import base64
import json
from dataclasses import dataclass

from lpc_tui.sandbox.common import JsonObject

Form = dict[str, str]
"""The fields of a posted form or of a query."""


class Refusal(Exception):
    """The desk says no, in the service's own terms."""

    def __init__(self, body: JsonObject, status: int = 400) -> None:
        super().__init__(f"{body.get('error')}: {body.get('error_description')}")
        self.body = body
        self.status = status


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where the browser goes next."""

    url: str


def unsigned_jwt(claims: JsonObject) -> str:
    """An id token. Clients that got it straight from the token endpoint read it unverified (OpenID Connect 3.1.3.7)."""
    return ".".join((encoded({"typ": "JWT", "alg": "none"}), encoded(claims), ""))


def encoded(value: JsonObject) -> str:
    """JSON as base64url without padding."""
    text = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode("ascii")
