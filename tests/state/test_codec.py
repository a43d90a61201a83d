"""Values, items and refusals as JSON text: nothing is lost on the way, nothing strange gets in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.errors import StateError
from lpc_tui.model.items import AllDay, Fields, Guard, Item, Side, Timed, Value, frozen
from lpc_tui.model.links import Refusal
from lpc_tui.state.codec import (
    dump_fields,
    dump_item,
    dump_refusal,
    dump_refusals,
    load_fields,
    load_item,
    load_refusal,
    load_refusals,
)

TEXTS = st.text(alphabet=st.characters(), max_size=20) | st.sampled_from(
    ["\x00", "a\x00b", "\ud83d", "\udc00x", "\x1b[31m", "\u202e", "名前", '{"timed": []}']
)
INSTANTS = st.datetimes(timezones=st.just(UTC))
TIMES = st.builds(
    lambda end, minutes: Timed(end - timedelta(minutes=minutes), end),
    INSTANTS.filter(lambda instant: instant.year > 1),
    st.integers(0, 100_000),
)
DAYS = st.builds(
    lambda first, days: AllDay(first, first + timedelta(days=days)),
    st.dates(max_value=date.max - timedelta(days=400)),
    st.integers(0, 300),
)
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    TEXTS,
    st.dates(),
    INSTANTS,
    TIMES,
    DAYS,
    st.lists(TEXTS, max_size=3).map(tuple),
)
FIELDS: st.SearchStrategy[Fields] = st.dictionaries(TEXTS, VALUES, max_size=5).map(frozen)
ITEMS = st.builds(
    Item,
    id=TEXTS,
    fields=FIELDS,
    version=TEXTS,
    modified=st.none() | INSTANTS,
    is_private=st.booleans(),
    guards=st.dictionaries(TEXTS, st.sampled_from(Guard), max_size=2),
    series_id=TEXTS,
    has_guests=st.booleans(),
    spreads=st.booleans(),
    is_away=st.booleans(),
    link=TEXTS,
)
REFUSALS = st.builds(Refusal, TEXTS, TEXTS, st.lists(TEXTS, max_size=3).map(tuple))


@given(FIELDS)
def test_fields_come_back_as_they_were(fields: Fields) -> None:
    back = load_fields(dump_fields(fields))
    assert back == fields
    assert {name: type(value) for name, value in back.items()} == {
        name: type(value) for name, value in fields.items()
    }


@given(ITEMS)
def test_items_come_back_as_they_were(item: Item) -> None:
    assert load_item(dump_item(item)) == item


CONTACT = Item(
    "c1",
    frozen(
        {
            "last_name": "Ó Dálaigh",
            "company": None,
            "birthday": date(1604, 2, 29),
            "email_entries": ('{"name":"A","address":"a@example.org"}', '{"name":"","address":""}'),
            "business_phone_entries": (),
            "home_phone_entries": ("+44 20 7946 0000", ""),
        }
    ),
    is_private=True,
    is_away=True,
)
TASK = Item(
    "t1",
    frozen(
        {
            "due": date(2028, 2, 29),
            "start": date.min,
            "completed": date.max,
            "reminder": datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=UTC),
            "is_done": False,
            "priority": 0,
        }
    ),
    modified=datetime(2026, 3, 11, 9, 30, tzinfo=timezone(timedelta(hours=14))),
)


@pytest.mark.parametrize("item", [CONTACT, TASK], ids=["contact", "task"])
def test_contacts_and_tasks_come_back_with_every_value_of_its_own_kind(item: Item) -> None:
    back = load_item(dump_item(item))
    assert back == item
    for name, value in item.fields.items():
        assert type(back.fields[name]) is type(value)


@given(REFUSALS, REFUSALS)
def test_refusals_come_back_as_they_were(one: Refusal, other: Refusal) -> None:
    assert load_refusal(dump_refusal(one)) == one
    both = ((Side.OUTLOOK, one), (Side.SALESFORCE, other))
    assert load_refusals(dump_refusals(both)) == both


def test_no_refusal_is_no_text() -> None:
    assert dump_refusal(None) is None
    assert load_refusal(None) is None
    assert dump_refusals(()) is None
    assert load_refusals(None) == ()


@given(ITEMS)
def test_the_text_can_be_stored_as_utf_8_whatever_it_holds(item: Item) -> None:
    text = dump_item(item)
    assert text.isascii()
    assert "\x00" not in text


def test_the_order_of_the_fields_does_not_matter() -> None:
    assert dump_fields({"a": 1, "b": 2}) == dump_fields({"b": 2, "a": 1})


DAMAGED_VALUES = [
    "1.5",
    "[1]",
    "{}",
    '{"timed": ["2026-01-01T00:00:00+00:00"]}',
    '{"timed": {}}',
    '{"timed": "ab"}',
    '{"timed": 5}',
    '{"days": ["2026-02-30", "2026-03-01"]}',
    '{"days": null}',
    '{"day": "yesterday"}',
    '{"at": 5}',
    '{"list": 5}',
    '{"strange": 1}',
    '{"day": "2026-01-01", "at": "2026-01-01T00:00:00+00:00"}',
]
DAMAGED_TEXTS = ["", "nonsense", "[]", "null", "5", '"text"', '{"a": 1', "\x00", '{"a":' * 50_000]


def damaged_items() -> list[str]:
    return [
        '{"f": {}}',
        '{"id": "1"}',
        '{"id": 5, "f": {}}',
        '{"id": ["1"], "f": {}}',
        '{"id": "1", "f": []}',
        '{"id": "1", "f": {}, "m": "noon"}',
        '{"id": "1", "f": {}, "m": 5}',
        '{"id": "1", "f": {}, "v": 5}',
        '{"id": "1", "f": {}, "g": {"body": "strange"}}',
        '{"id": "1", "f": {}, "g": []}',
        '{"id": "1", "f": {}, "is": 5}',
    ]


@pytest.mark.parametrize("load", [load_fields, load_item, load_refusal, load_refusals])
@pytest.mark.parametrize("text", DAMAGED_TEXTS, ids=lambda text: repr(text[:12]))
def test_what_is_not_ours_is_refused(load: Callable[[str], object], text: str) -> None:
    with pytest.raises(StateError):
        load(text)


@pytest.mark.parametrize("value", DAMAGED_VALUES)
def test_a_damaged_value_is_refused(value: str) -> None:
    with pytest.raises(StateError):
        load_fields(f'{{"a": {value}}}')
    with pytest.raises(StateError):
        load_item(f'{{"id": "1", "f": {{"a": {value}}}}}')


@pytest.mark.parametrize("text", damaged_items())
def test_a_damaged_item_is_refused(text: str) -> None:
    with pytest.raises(StateError):
        load_item(text)


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"fingerprint": "f", "words": "w"}',
        '{"fingerprint": "f", "words": "w", "fields": 5}',
        "[]",
        "null",
    ],
)
def test_a_damaged_refusal_is_refused(body: str) -> None:
    with pytest.raises(StateError):
        load_refusal(body)
    with pytest.raises(StateError):
        load_refusals(f'{{"outlook": {body}}}')


def test_a_refusal_of_no_side_is_refused() -> None:
    with pytest.raises(StateError):
        load_refusals('{"elsewhere": {"fingerprint": "f", "words": "w", "fields": []}}')
