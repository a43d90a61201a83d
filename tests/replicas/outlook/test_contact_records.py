"""Contact JSON as items, and fields as contact JSON."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.model.field_map import CONTACT, shared_fields
from lpc_tui.model.items import EMPTY, Item, Process, Value, frozen
from lpc_tui.replicas.outlook.contact_records import (
    EXTENDED,
    ContactReader,
    chosen_names,
    created_record,
    updated_record,
)
from lpc_tui.replicas.outlook.dialect import MARK
from lpc_tui.sandbox.common import JsonObject

READER = ContactReader(include_private=False)
EX = {
    "name": "Ada (home)",
    "address": "/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=ada",
}


def mail(address: str, name: str = "") -> JsonObject:
    return {"name": name or address, "address": address}


RECORD: JsonObject = {
    "@odata.etag": 'W/"1"',
    "id": "AAk=",
    "lastModifiedDateTime": "2026-03-01T08:00:00Z",
    "parentFolderId": "AAf=",
    "displayName": "Dr. Ada King Lovelace",
    "fileAs": "Lovelace, Ada King",
    "title": "Dr.",
    "givenName": "Ada",
    "middleName": "King",
    "surname": "Lovelace",
    "generation": None,
    "companyName": "Engines",
    "jobTitle": "Analyst",
    "department": None,
    "emailAddresses": [EX, mail("ada@engine.example", "Ada"), mail("second@engine.example")],
    "businessPhones": ["+44 20 1", "+44 20 2"],
    "mobilePhone": "+44 7 1",
    "homePhones": [],
    "businessAddress": {"street": "1 Row\r\nBack door", "city": "London", "countryOrRegion": "UK"},
    "otherAddress": {},
    "birthday": "1815-12-10T11:59:00Z",
    "assistantName": None,
    "personalNotes": "a\r\nb",
    EXTENDED: [],
}
BEFORE = READER.item(RECORD).fields


def item(**properties: Any) -> Item:
    return READER.item({**RECORD, **properties})


def patched(fields: dict[str, Value], **properties: Any) -> JsonObject:
    """What to PATCH to a contact with these properties."""
    return updated_record(frozen(fields), item(**properties).fields)


def test_a_whole_contact() -> None:
    assert item() == Item(
        id="AAk=",
        fields={
            **{spec.name: "" for spec in CONTACT},
            "salutation": "Dr.",
            "first_name": "Ada",
            "middle_name": "King",
            "last_name": "Lovelace",
            "company": "Engines",
            "job_title": "Analyst",
            "email": "ada@engine.example",
            "business_phone": "+44 20 1",
            "mobile_phone": "+44 7 1",
            "business_street": "1 Row\nBack door",
            "business_city": "London",
            "business_country": "UK",
            "birthday": date(1815, 12, 10),
            "notes": "a\nb",
            "email_entries": (
                '{"name":"Ada (home)","address":"' + EX["address"] + '"}',
                '{"name":"Ada","address":"ada@engine.example"}',
                '{"name":"second@engine.example","address":"second@engine.example"}',
            ),
            "business_phone_entries": ("+44 20 1", "+44 20 2"),
            "home_phone_entries": (),
        },
        version='W/"1"',
        modified=datetime(2026, 3, 1, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("shown", "is_private"),
    [
        ([], False),
        ([{"id": "Integer 0x36", "value": "0"}], False),
        ([{"id": "Integer 0x36", "value": "1"}], False),
        ([{"id": "Integer 0x36", "value": "2"}], True),
        ([{"id": "integer 0x0036", "value": "3"}], True),
        ([{"id": "String 0x36", "value": "2"}], False),
        ([{"id": "Integer 0x36", "value": "hidden"}], True),
        (None, True),  # never asked
    ],
)
def test_private_contacts_leave_without_a_word(shown: list[JsonObject] | None, *, is_private: bool) -> None:
    record = {**RECORD, EXTENDED: shown} if shown is not None else {**RECORD}
    if shown is None:
        del record[EXTENDED]
    closed = READER.item(record)
    assert closed.is_private is is_private
    assert (closed.fields == EMPTY) is is_private
    assert ContactReader(include_private=True).item(record).fields == BEFORE


@pytest.mark.parametrize(
    ("birthday", "shown"),
    [
        ("1974-07-22T11:59:00Z", date(1974, 7, 22)),
        ("1974-07-22T00:00:00Z", date(1974, 7, 22)),
        ("1974-07-22T23:59:59Z", date(1974, 7, 22)),
        (None, None),
    ],
)
def test_a_birthday_is_the_date_in_utc(birthday: str | None, shown: date | None) -> None:
    assert item(birthday=birthday).fields["birthday"] == shown


def test_a_birthday_without_a_year_cannot_be_told() -> None:
    assert "birthday" not in item(birthday="1604-07-22T11:59:00Z").fields


@pytest.mark.parametrize(
    ("entries", "address"),
    [
        ([], ""),
        ([EX], ""),
        ([mail("", "no address"), mail("a@x.example")], "a@x.example"),
        ([{"name": None, "address": None}], ""),
    ],
)
def test_the_first_smtp_address_is_the_e_mail(entries: list[JsonObject], address: str) -> None:
    assert item(emailAddresses=entries).fields["email"] == address


@pytest.mark.parametrize(
    ("entries", "email", "written"),
    [
        ([], "n@x.example", [mail("n@x.example")]),
        ([], "", []),
        ([mail("a@x.example")], "n@x.example", [mail("n@x.example")]),
        ([mail("a@x.example", "Ada")], "n@x.example", [mail("n@x.example", "Ada")]),
        (
            [mail("a@x.example"), mail("b@x.example")],
            "n@x.example",
            [mail("n@x.example"), mail("b@x.example")],
        ),
        ([mail("a@x.example"), mail("b@x.example")], "", [mail("b@x.example")]),
        ([mail("a@x.example"), mail("b@x.example")], "B@x.example", [mail("B@x.example")]),
        ([EX, mail("a@x.example")], "n@x.example", [EX, mail("n@x.example")]),
        ([EX], "n@x.example", [mail("n@x.example"), EX]),
        ([EX, mail("a@x.example")], "", [EX]),
    ],
)
def test_the_whole_list_is_written_with_only_the_first_address_changed(
    entries: list[JsonObject], email: str, written: list[JsonObject]
) -> None:
    assert patched({"email": email}, emailAddresses=entries) == {"emailAddresses": written}


def test_phones_likewise() -> None:
    assert patched({"business_phone": "+1"}) == {"businessPhones": ["+1", "+44 20 2"]}
    assert patched({"business_phone": ""}) == {"businessPhones": ["+44 20 2"]}
    assert patched({"home_phone": "+1"}) == {"homePhones": ["+1"]}
    assert patched({"home_phone": "{1}"}, homePhones=["{2}"]) == {"homePhones": ["{1}"]}


def test_an_address_is_always_sent_whole() -> None:
    assert patched({"business_city": "Paris", "business_street": "a\nb"}) == {
        "businessAddress": {
            "street": "a\r\nb",
            "city": "Paris",
            "state": "",
            "postalCode": "",
            "countryOrRegion": "UK",
        }
    }


def test_what_is_emptied_is_null() -> None:
    assert patched({"job_title": "", "notes": "", "birthday": None, "mobile_phone": ""}) == {
        "jobTitle": None,
        "personalNotes": None,
        "birthday": None,
        "mobilePhone": None,
    }


def test_a_create_carries_its_mark_and_nothing_empty() -> None:
    fields = {spec.name: spec.empty for spec in shared_fields(Process.CONTACT)}
    filled: dict[str, Value] = {
        "last_name": "Babbage",
        "birthday": date(1791, 12, 26),
        "email": "c@x.example",
    }
    assert created_record(frozen({**fields, **filled, "notes": "a\nb"}), "mark-1") == {
        "surname": "Babbage",
        "birthday": "1791-12-26T11:59:00Z",
        "emailAddresses": [mail("c@x.example")],
        "personalNotes": "a\r\nb",
        EXTENDED: [{"id": MARK, "value": "mark-1"}],
    }


line = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20)
_ODD: dict[str, st.SearchStrategy[Value]] = {
    "email": st.sampled_from(["n@x.example", "second@engine.example", "ADA@engine.example"]),
    "birthday": st.none() | st.dates(date(1700, 1, 1), date(4000, 1, 1)),
    "notes": st.lists(line, max_size=3).map("\n".join),
    "business_phone": st.sampled_from(["+1", "0 30/1", "+44 20 2"]),
    "home_phone": st.sampled_from(["+1", "{}", ""]),
}


@given(
    st.fixed_dictionaries(
        {}, optional={spec.name: _ODD.get(spec.name, line) for spec in shared_fields(Process.CONTACT)}
    )
)
def test_an_update_says_what_changes_and_is_read_as_it(fields: dict[str, Value]) -> None:
    shown = READER.item({**RECORD, **patched(fields)}).fields
    kept = {spec.name for spec in shared_fields(Process.CONTACT)}
    assert {name: shown[name] for name in kept} == {
        **{name: BEFORE[name] for name in kept},
        **fields,
    }
    entries = shown["email_entries"]
    assert isinstance(entries, tuple)
    addresses = [json.loads(entry)["address"] for entry in entries]
    assert addresses[0] == EX["address"]
    assert "second@engine.example" in addresses


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        ({}, {}),
        ({"displayName": "Ada Lovelace", "fileAs": "Engines"}, {"fileAs": "Engines"}),
        ({"displayName": "Countess", "fileAs": "LOVELACE, Ada"}, {"displayName": "Countess"}),
        ({"displayName": "Ada Lovelace (Engines)", "fileAs": "Lovelace, Ada King; Engines"}, {}),
        ({"displayName": "Ada", "fileAs": None}, {"displayName": "Ada"}),
        ({"displayName": "ada@engine.example", "fileAs": ""}, {}),
    ],
)
def test_a_name_that_somebody_chose_is_told_from_a_generated_one(names: JsonObject, kept: JsonObject) -> None:
    assert chosen_names({**RECORD, **names}) == kept


@pytest.mark.parametrize(
    "fields",
    [
        {"birthday": "1815-12-10"},
        {"birthday": datetime(1815, 12, 10, tzinfo=UTC)},
        {"last_name": 1},
        {"email": ()},
        {"business_city": 1},
        {"email_entries": "x"},
    ],
)
def test_what_a_contact_cannot_hold_is_not_sent(fields: dict[str, Value]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields)).removesuffix("_entries")):
        updated_record(fields, EMPTY)
