"""Contact JSON to items and back: names, companies, person accounts, what is on no list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.items import Fields, Guard, Process, Side, Value, frozen
from lpc_tui.model.text import utf16_length
from lpc_tui.replicas.salesforce.contact_records import SELECTED, ContactRecords, with_last_name
from lpc_tui.replicas.salesforce.picklists import Entry, Picklists
from lpc_tui.replicas.salesforce.schema import FieldAccess, Schema
from lpc_tui.replicas.wire import JsonObject
from tests.replicas.salesforce.conftest import BERLIN

NOW = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
WRITABLE = {name: FieldAccess(255, True, "." not in name) for name in SELECTED if name != "IsPersonAccount"}
WRITABLE["Account.Name"] = FieldAccess(0, False, False)
RECORDS = ContactRecords("005me", Schema(WRITABLE), BERLIN, "https://acme.my.salesforce.com")

CODES = {
    f"{prefix}{part}Code": FieldAccess(10, True, True)
    for prefix in ("Mailing", "Other")
    for part in ("State", "Country")
}
COUNTRIES = (Entry("DE", "Germany"), None, Entry("US", "United States"), Entry("AU", "Australia"))
STATES = (
    Entry("CA", "California", frozenset({2})),
    Entry("WA", "Washington", frozenset({2})),
    Entry("WA", "Western Australia", frozenset({3})),
)
LISTED = replace(
    RECORDS,
    schema=Schema({**WRITABLE, **CODES}),
    picklists=Picklists({"MailingCountryCode": COUNTRIES, "MailingStateCode": STATES}),
)


def fields(**values: Value) -> Fields:
    return frozen(values)


def stored(body: JsonObject) -> JsonObject:
    return {"Id": "0031", "OwnerId": "005me", "Account": None, **body}


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: dict[str, st.SearchStrategy[Value]] = {
    spec.name: st.none() | st.dates(date(1700, 1, 1)) if spec.name == "birthday" else TEXT
    for spec in shared_fields(Process.CONTACT)
    if spec.is_written_on(Side.SALESFORCE)
}


@given(st.fixed_dictionaries(VALUES))
def test_what_is_sent_is_what_is_shown_again(values: dict[str, Value]) -> None:
    sent = RECORDS.settable(frozen(values))
    item = RECORDS.item(stored(RECORDS.new_record(sent, NOW)), NOW)
    assert RECORDS.shows(sent, item)
    assert item.fields["birthday"] == values["birthday"]
    again = RECORDS.new_record(RECORDS.settable(item.fields), NOW)
    assert RECORDS.shows(item.fields, RECORDS.item(stored(again), NOW))


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (fields(first_name="Jo", last_name="Doe"), fields(first_name="Jo", last_name="Doe")),
        (fields(first_name="Jo", last_name=" "), fields(first_name="", last_name="Jo")),
        (fields(first_name=None, company="Acme", email="a@b.example"), {"last_name": "Acme"}),
        (fields(email="a@b.example"), {"last_name": "a@b.example"}),
        (fields(company="x" * 200), {"last_name": "x" * 80}),
        (fields(job_title="CEO"), {}),
    ],
)
def test_each_new_contact_has_a_last_name_if_anything_can_be_one(given_: Fields, expected: Fields) -> None:
    named = with_last_name(given_)
    assert {name: named[name] for name in expected} == expected
    assert with_last_name(named) == named
    assert utf16_length(str(named.get("last_name") or "")) <= 80


def test_a_last_name_that_is_emptied_is_replaced_by_what_else_there_is() -> None:
    before = fields(first_name="Jo", last_name="Doe")
    body = RECORDS.change(RECORDS.changing(fields(last_name=""), before), before, NOW)
    assert body == {"FirstName": None, "LastName": "Jo"}


def test_the_company_is_told_only_by_an_account_and_never_written() -> None:
    item = RECORDS.item({"Id": "0031", "Account": {"attributes": {}, "Name": "Acme"}}, NOW)
    assert item.fields["company"] == "Acme"
    assert "company" not in RECORDS.item({"Id": "0031", "Account": None}, NOW).fields
    assert "company" not in item.guards
    assert RECORDS.new_record(RECORDS.settable(fields(last_name="Doe", company="Acme")), NOW) == {
        "LastName": "Doe"
    }


def test_no_field_of_a_person_account_is_ours_to_write() -> None:
    item = RECORDS.item(stored({"LastName": "Doe", "IsPersonAccount": True}), NOW)
    assert set(item.guards) >= {spec.name for spec in shared_fields(Process.CONTACT)}
    assert set(item.guards.values()) == {Guard.READ_ONLY}
    assert not RECORDS.item(stored({"LastName": "Doe", "IsPersonAccount": False}), NOW).guards


@pytest.mark.parametrize(
    ("sent", "beside", "expected"),
    [
        ({"business_country": "germany"}, {}, {"MailingCountryCode": "DE"}),
        ({"business_country": "Utopia"}, {}, {}),
        ({"business_state": "WA"}, {"business_country": "Australia"}, {"MailingStateCode": "WA"}),
        ({"business_state": "California"}, {"business_country": "Australia"}, {}),
        ({"business_state": "California"}, {}, {}),
        # The administrator calls the country "USA": only one country has such a state.
        ({"business_state": "California"}, {"business_country": "USA"}, {"MailingStateCode": "CA"}),
        ({"business_state": "WA"}, {"business_country": "USA"}, {}),
        ({"business_state": "California", "business_country": "USA"}, {}, {}),
        ({"business_country": None}, {"business_state": "California"}, {}),
        (
            {"business_country": None, "business_state": ""},
            {"business_state": "California"},
            {"MailingCountryCode": None, "MailingStateCode": None},
        ),
    ],
)
def test_places_are_written_by_code_or_not_at_all(
    sent: dict[str, Value], beside: dict[str, Value], expected: JsonObject
) -> None:
    kept = LISTED.changing(frozen(sent), frozen(beside))
    assert LISTED.change(kept, frozen(beside), NOW) == expected
    assert LISTED.left_out(frozen(sent), frozen(beside)).keys() == sent.keys() - kept.keys()


def test_a_country_that_is_switched_off_keeps_its_position() -> None:
    body = {
        "fields": [
            {
                "name": "MailingCountryCode",
                "type": "picklist",
                "picklistValues": [
                    {"active": False, "value": "XX", "label": "Atlantis", "validFor": None},
                    {"active": True, "value": "US", "label": "United States", "validFor": None},
                ],
            },
            {
                "name": "MailingStateCode",
                "type": "picklist",
                "picklistValues": [
                    {"active": True, "value": "CA", "label": "California", "validFor": "QAAA"}
                ],
            },
            {"name": "Email", "type": "email", "picklistValues": []},
        ]
    }
    picklists = Picklists.from_describe(body)
    assert picklists.find("MailingCountryCode", "Atlantis") is None
    state = picklists.state("Mailing", "california", "us")
    assert state is not None
    assert state.value == "CA"
