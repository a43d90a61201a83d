"""What the service answered, and queries with their pages, as values. Made by `connection`, read by all that ask it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from lpc_tui.errors import LpcError, ProtocolError
from lpc_tui.replicas.salesforce.composite import Part
from lpc_tui.replicas.wire import JsonObject

__all__ = ["LARGE_PAGES", "Answer", "QueryPage", "query_page", "query_part", "told"]

LARGE_PAGES: Final[Mapping[str, str]] = MappingProxyType({"Sforce-Query-Options": "batchSize=2000"})
"""The header that asks for as many records to a page as the service gives."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said, and when by its own clock."""

    body: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class QueryPage:
    """A part of a query's result."""

    records: Sequence[JsonObject]
    total: int
    """Of the whole query."""
    next_path: str
    """Empty on the last page."""
    at: datetime
    """The service's clock when it answered."""


def told(answer: Answer | LpcError) -> Answer:
    """The answer; raises the error that there is instead."""
    if isinstance(answer, LpcError):
        raise answer
    return answer


def query_part(name: str, soql: str, *, include_deleted: bool = False, refers: bool = False) -> Part:
    """A query as a part of a composite call; the rest as `Connection.query` and `Part` have it."""
    resource = "queryAll" if include_deleted else "query"
    return Part(name, "GET", resource, {"q": soql}, LARGE_PAGES, refers=refers)


def query_page(answer: Answer) -> QueryPage:
    """The page that a query was answered.

    Raises:
        ProtocolError: it is none.
    """
    body = answer.body
    try:
        next_path = "" if body["done"] else body["nextRecordsUrl"]
        page = QueryPage(body["records"], body["totalSize"], next_path, answer.at)
    except (KeyError, TypeError) as error:
        raise ProtocolError("Salesforce's answer to a query cannot be understood.") from error
    if next_path and not str(next_path).startswith("/"):
        # Behind the host's name it would make another one of it, which must not get the token.
        raise ProtocolError("Salesforce sends us to another host, which is not followed.")
    return page
