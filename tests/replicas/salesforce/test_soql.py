"""SOQL literals: whatever a text holds, it stays one literal; ids in portions that fit into a URL."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.replicas.salesforce.event_records import SELECTED
from lpc_tui.replicas.salesforce.queries import EventQueries
from lpc_tui.replicas.salesforce.soql import id_chunks, instant, quoted, quoted_list, text_chunks
from tests.replicas.salesforce.conftest import World

HOSTILE = [
    "x' OR Subject != '",
    "\\' OR Id != null --",
    'a "quoted" \\ backslash \\\\',
    "tab\tline\nreturn\rbell\b form\f",
    "\x1b[31mred alert\x1b[0m\x07",
    "100% _under_ {0} $name [/] \x1b[31m \u202e 名前 😀",
]
_ESCAPED = {
    "\\'": "'",
    "\\\\": "\\",
    '\\"': '"',
    "\\n": "\n",
    "\\r": "\r",
    "\\t": "\t",
    "\\b": "\b",
    "\\f": "\f",
}


@given(st.text())
def test_quoted_text_is_one_literal_that_means_the_text(text: str) -> None:
    literal = quoted(text)
    inside = re.fullmatch(r"'((?:\\['\\\"nrtbf]|[^'\\])*)'", literal, re.DOTALL)
    assert inside is not None
    assert re.sub(r"\\.", lambda escape: _ESCAPED[escape[0]], inside[1], flags=re.DOTALL) == text


def test_instants_are_utc_without_an_offset_that_a_url_could_spoil() -> None:
    berlin = datetime(2026, 1, 5, 10, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    assert instant(berlin) == "2026-01-05T09:00:00Z"
    assert instant(datetime(2026, 1, 5, tzinfo=UTC)) == "2026-01-05T00:00:00Z"


def test_id_chunks_lose_nothing_and_fit_into_a_request() -> None:
    ids = [f"00U{number:015}" for number in range(5_000)]
    chunks = list(id_chunks(ids))
    assert [each for chunk in chunks for each in chunk] == ids
    longest = max(len(quote(EventQueries("005me").by_ids(chunk, SELECTED), safe="")) for chunk in chunks)
    assert longest + 4_096 < 16_384


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=255), max_size=40))
def test_text_chunks_lose_nothing_and_fit_into_a_request(texts: list[str]) -> None:
    chunks = list(text_chunks(texts))
    assert [each for chunk in chunks for each in chunk] == texts
    for chunk in chunks:
        query = f"SELECT Id,Name FROM Account WHERE Name IN {quoted_list(chunk)}"
        assert len(quote(query, safe="")) + 4_096 < 16_384


def test_hostile_text_finds_exactly_itself(world: World) -> None:
    """Through the sandbox's own SOQL parser, which is not of our making."""
    for number, text in enumerate(HOSTILE):
        world.event(f"{number} {text}.")
    for number, text in enumerate(HOSTILE):
        rows = world.org.query(f"SELECT Subject FROM Event WHERE Subject = {quoted(f'{number} {text}.')}")
        assert [row["Subject"] for row in rows] == [f"{number} {text}."]
