"""SOQL literals, and how many ids fit into one request.

Whatever goes into a query goes through here: SOQL knows no parameters. Text is quoted, instants and dates are bare.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from urllib.parse import quote

__all__ = ["can_be_asked_for", "day", "id_chunks", "instant", "quoted", "quoted_list", "text_chunks"]

# https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm
_ESCAPES = str.maketrans(
    {
        "\\": "\\\\",
        "'": "\\'",
        '"': '\\"',
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        "\b": "\\b",
        "\f": "\\f",
    }
)

_REQUEST_BYTES = 16_384
"""The most that URI and headers may have together (Help 000386264); beyond it the answer is 414 or 431."""

_RESERVED_BYTES = 6_144
"""Of those, what is left to the headers (tokens of 2 KB exist) and to the rest of the query."""

_BYTES_PER_ID = len("%27") + 18 + len("%27%2C")


def can_be_asked_for(text: str) -> bool:
    """Whether a query for a text can stand in a URL: half a surrogate pair, which JSON may carry, cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def quoted(text: str) -> str:
    """A string literal."""
    return f"'{text.translate(_ESCAPES)}'"


def quoted_list(texts: Iterable[str]) -> str:
    """A list of string literals, as `IN` takes it."""
    return f"({','.join(map(quoted, texts))})"


def instant(moment: datetime) -> str:
    """A date-time literal in UTC, cut to the second; `Z`, since a `+` would have to survive the URL."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def day(value: date) -> str:
    """A date literal."""
    return value.isoformat()


def id_chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids in parts, each small enough for the `IN` of one query once it is percent-encoded."""
    size = (_REQUEST_BYTES - _RESERVED_BYTES) // _BYTES_PER_ID
    for at in range(0, len(ids), size):
        yield ids[at : at + size]


def text_chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The same for texts of any length."""
    chunk: list[str] = []
    left = _REQUEST_BYTES - _RESERVED_BYTES
    for text in texts:
        size = len(quote(f"{quoted(text)},", safe=""))
        if chunk and size > left:
            yield chunk
            chunk, left = [], _REQUEST_BYTES - _RESERVED_BYTES
        chunk.append(text)
        left -= size
    if chunk:
        yield chunk
