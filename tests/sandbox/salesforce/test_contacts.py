"""Contacts: required name, forms, derived fields, switches of the org, merging and deleting."""

import pytest

from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from tests.sandbox.salesforce.client import EVENT, Client, message, refusal


@pytest.mark.parametrize("fields", [{"FirstName": "Jo"}, {"LastName": "  "}, {"LastName": None}])
def test_the_last_name_is_required(api: Client, fields: dict[str, object]) -> None:
    response = api.post("sobjects/Contact", fields)
    assert refusal(response) == (400, "REQUIRED_FIELD_MISSING")
    assert message(response) == "Required fields are missing: [LastName]"
    assert response.json()[0]["fields"] == ["LastName"]


@pytest.mark.parametrize("email", ["jo", "jo@", "jo@example", "/o=ExchangeLabs/cn=jo", "a b@example.com"])
def test_the_email_is_checked_for_form(api: Client, email: str) -> None:
    response = api.post("sobjects/Contact", {"LastName": "Doe", "Email": email})
    assert refusal(response) == (400, "INVALID_EMAIL_ADDRESS")
    assert message(response) == f"Email: invalid email address: {email}"


def test_name_and_address_are_derived(api: Client) -> None:
    record_id = api.create(
        "Contact", FirstName="Jo", LastName="Doe", MailingCity="Bonn", MailingStreet="A 1\nB"
    )
    record = api.record("Contact", record_id)
    assert record["Name"] == "Jo Doe"
    assert (record["MailingAddress"]["city"], record["MailingAddress"]["street"]) == ("Bonn", "A 1\nB")
    assert record["OtherAddress"] is None
    assert (
        refusal(api.patch(f"sobjects/Contact/{record_id}", {"Name": "X"}))[1]
        == "INVALID_FIELD_FOR_INSERT_UPDATE"
    )


def test_middle_name_and_suffix_are_the_orgs_choice(api: Client, org: Org) -> None:
    fields = {"FirstName": "Jo", "MiddleName": "K", "LastName": "Doe", "Suffix": "Jr."}
    response = api.post("sobjects/Contact", fields)
    assert message(response) == "No such column 'MiddleName' on sobject of type Contact"
    org.options = OrgOptions(middle_name_and_suffix=True)
    assert api.record("Contact", api.create("Contact", **fields))["Name"] == "Jo K Doe Jr."


def test_a_merge_names_its_winner_and_moves_the_children(api: Client, org: Org) -> None:
    winner, loser = (api.create("Contact", LastName=name) for name in ("Winner", "Loser"))
    event = api.create("Event", **EVENT, WhoId=loser)
    org.merge("Contact", winner, loser)
    assert refusal(api.get(f"sobjects/Contact/{loser}")) == (404, "ENTITY_IS_DELETED")
    gone = api.query("SELECT Id, MasterRecordId FROM Contact WHERE IsDeleted = true", "queryAll")
    assert [(row["Id"], row["MasterRecordId"]) for row in gone] == [(loser, winner)]
    assert api.record("Event", event)["WhoId"] == winner


def test_deleting_touches_the_activities(api: Client) -> None:
    contact = api.create("Contact", LastName="Doe")
    event = api.create("Event", **EVENT, WhoId=contact)
    api.delete(f"sobjects/Contact/{contact}")
    assert api.record("Event", event)["WhoId"] is None
