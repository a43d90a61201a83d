"""The faults as values: one frozen model for each kind, with what it strikes and how.

The descriptions of the fields are what a person reads who wrote something else into a faults file. Values only: nothing
here counts, waits or answers.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

__all__ = [
    "Concurrency",
    "DailyLimit",
    "DeadDeltaTokens",
    "Drop",
    "DuplicateRule",
    "ExpiredToken",
    "Fault",
    "Garble",
    "Latency",
    "RecordFault",
    "RequestFault",
    "Service",
    "Status",
    "Trigger",
    "Truncate",
    "ValidationRule",
]

Service = Literal["graph", "salesforce"]
Count = Annotated[int, Field(ge=1)]
Counts = Annotated[
    tuple[Count, ...], BeforeValidator(lambda given: tuple(given) if isinstance(given, list) else given)
]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]

PROXY_PAGE = """<!DOCTYPE html>
<html><head><title>Web Gateway</title></head>
<body><h1>Your request could not be completed</h1><p>Please sign in to the network and try again.</p></body></html>
"""
"""What a proxy or a captive portal says instead of the service."""


class Fault(BaseModel):
    """What every fault has: which of the things it matches it strikes. Without any of these keys, all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    nth: Count | Counts | None = Field(default=None, description="a number from 1 on, or a list of them")
    """Exactly these of what it matches, counted from 1."""

    every: Count = Field(default=1, description="a number from 1 on")
    """Each second, third ... from `since` on; 1: each one."""

    since: Count = Field(default=1, description="a number from 1 on")
    """Not before this one."""

    until: Count | None = Field(default=None, description="a number from 1 on, not below since")
    """Not after this one."""

    for_seconds: Seconds | None = Field(default=None, description="a number of seconds")
    """For that long after it first struck, by the sandbox's clock."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.nth is not None and {"every", "since", "until"} & self.model_fields_set:
            raise ValueError("nth says which ones alone: leave out every, since and until")
        if self.until is not None and self.until < self.since:
            raise ValueError("until comes before since")
        return self

    def is_due(self, number: int) -> bool:
        """Whether the `number`-th of what it matches, from 1, is among those to be struck."""
        if self.nth is not None:
            return number in (self.nth if isinstance(self.nth, tuple) else (self.nth,))
        is_within = self.since <= number and (self.until is None or number <= self.until)
        return is_within and (number - self.since + 1) % self.every == 0


class RequestFault(Fault):
    """Befalls requests."""

    service: Service | None = Field(default=None, description='"graph" or "salesforce"')
    """None: both; their requests are counted together then."""

    method: str = Field(default="*", description='an HTTP method, such as "POST"')
    path: str = Field(default="*", description='a pattern of the path and query, such as "*/delta*"')
    """`*` stands for anything; what a path begins with is `/v1.0/` or `/services/`."""


class Status(RequestFault):
    """An answer that refuses, in the service's own form."""

    kind: Literal["status"] = "status"
    status: int = Field(default=503, ge=400, le=599, description="a status from 400 to 599")
    retry_after: Seconds | None = Field(default=None, description="a number of seconds")
    code: str = Field(default="", description="an error code of the service")
    """Empty: what the service says with that status."""
    message: str = Field(default="", description="a sentence")
    after_work: bool = Field(default=False, description="true or false")
    """Whether the work is done nevertheless."""
    of: Literal["request", "part"] = Field(default="request", description='"request" or "part"')
    """`part`: parts of a batch and records of a collection are struck, each for itself."""


class Latency(RequestFault):
    """The answer takes its time."""

    kind: Literal["latency"] = "latency"
    seconds: Seconds = Field(description="a number of seconds")


class Drop(RequestFault):
    """The connection breaks off without an answer."""

    kind: Literal["drop"] = "drop"
    after_work: bool = Field(default=False, description="true or false")


class Truncate(RequestFault):
    """The work is done, and only the beginning of the answer arrives."""

    kind: Literal["truncate"] = "truncate"
    keep: float = Field(default=0.5, ge=0, lt=1, description="a share of the answer, from 0 to below 1")
    is_noticed: bool = Field(default=False, description="true or false")
    """Whether the connection breaks off under it; else the answer claims to be whole, as a bad proxy's does."""


class Garble(RequestFault):
    """Something in between answers instead of the service: a proxy's page, unless told otherwise."""

    kind: Literal["garble"] = "garble"
    status: int = Field(default=200, ge=200, le=599, description="a status from 200 to 599")
    content_type: str = Field(default="text/html", description="a media type")
    body: str = Field(default=PROXY_PAGE, description="a text")
    location: str = Field(default="", description="an address, for a status from 300 to 399")
    """Where it sends the client instead, as captive portals do."""
    after_work: bool = Field(default=False, description="true or false")


class ExpiredToken(RequestFault):
    """The access token of the request is refused, and from then on each time it comes."""

    kind: Literal["expired_token"] = "expired_token"
    is_lasting: bool = Field(default=True, description="true or false")
    """Otherwise only the requests that are struck are refused."""


class DeadDeltaTokens(RequestFault):
    """Graph forgets every delta token and page link given out before the request."""

    kind: Literal["dead_delta_tokens"] = "dead_delta_tokens"
    service: Literal["graph"] = Field(default="graph", description='"graph"')


class Concurrency(RequestFault):
    """More requests at once than this are refused; a batch takes as many places as it has parts, up to all of them.

    Of a batch that finds too few places free, the parts beyond these are refused.
    """

    kind: Literal["concurrency"] = "concurrency"
    service: Service = Field(default="graph", description='"graph" or "salesforce"')
    most: Count = Field(default=4, description="a number from 1 on")
    retry_after: Seconds | None = Field(default=None, description="a number of seconds")


class DailyLimit(RequestFault):
    """Other tools use up the org's API requests of 24 hours, but for a few."""

    kind: Literal["daily_limit"] = "daily_limit"
    service: Literal["salesforce"] = Field(default="salesforce", description='"salesforce"')
    left: int = Field(default=0, ge=0, description="a number of requests")


class RecordFault(Fault):
    """An administrator's automation; strikes when a record of the org is saved, whoever saves it."""

    object: str = Field(description='the name of an object, such as "Contact"')
    field: str = Field(description='the API name of a field, such as "LastName"')


class ValidationRule(RecordFault):
    """Refuses records by what a field holds."""

    kind: Literal["validation_rule"] = "validation_rule"
    contains: str = Field(default="", description="a text")
    """Case does not matter; empty: the field being empty is what is refused."""
    message: str = Field(default="This value is not allowed here.", description="a sentence")
    code: str = Field(default="FIELD_CUSTOM_VALIDATION_EXCEPTION", description="an error code of the service")


class DuplicateRule(RecordFault):
    """Refuses records whose field says the same as another living record's; empty ones are nobody's duplicates."""

    kind: Literal["duplicate_rule"] = "duplicate_rule"
    name: str = Field(default="Standard Rule", description="the name of the rule")
    blocks: bool = Field(default=False, description="true or false")
    """Otherwise it alerts: a call that says so saves the record all the same."""


class Trigger(RecordFault):
    """Rewrites a field before the record is stored."""

    kind: Literal["trigger"] = "trigger"
    becomes: str = Field(description="a text, in which {value} stands for what would have been stored")
    """A value that has this form already stays as it is."""
