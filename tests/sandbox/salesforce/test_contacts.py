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


class TestListsOfCountriesAndStates:
    @pytest.fixture(autouse=True)
    def lists(self, org: Org) -> None:
        org.options = OrgOptions(state_and_country_picklists=True)

    def test_describe_tells_which_states_go_with_which_country(self, api: Client) -> None:
        fields = {each["name"]: each for each in api.get("sobjects/Contact/describe").json()["fields"]}
        states = fields["MailingStateCode"]
        assert (states["dependentPicklist"], states["controllerName"]) == (True, "MailingCountryCode")
        assert [(each["value"], each["label"], each["validFor"]) for each in states["picklistValues"]][
            1:3
        ] == [
            ("WA", "Western Australia", "gAAA"),
            ("CA", "California", "IAAA"),
        ]
        assert fields["MailingCountryCode"]["picklistValues"][1]["label"] == "Germany"

    @pytest.mark.parametrize(
        "sent",
        [
            {"MailingCountryCode": "US", "MailingStateCode": "WA"},
            {"MailingCountry": "united states", "MailingState": "Washington"},
            {"MailingCountry": "US", "MailingState": "WA"},
        ],
    )
    def test_codes_and_texts_follow_each_other(self, api: Client, sent: dict[str, object]) -> None:
        record = api.record("Contact", api.create("Contact", LastName="Doe", **sent))
        shown = {name: record[f"Mailing{name}"] for name in ("Country", "CountryCode", "State", "StateCode")}
        assert shown == {
            "Country": "United States",
            "CountryCode": "US",
            "State": "Washington",
            "StateCode": "WA",
        }
        assert record["MailingAddress"]["countryCode"] == "US"

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"MailingCountry": "Utopia"}, "MailingCountry"),
            ({"MailingCountryCode": "XX"}, "MailingCountryCode"),
            ({"MailingCountry": "Germany", "MailingState": "Washington"}, "MailingState"),
            ({"MailingState": "Washington"}, "MailingState"),
        ],
    )
    def test_what_is_on_no_list_is_refused(self, api: Client, sent: dict[str, object], field: str) -> None:
        response = api.post("sobjects/Contact", {"LastName": "Doe", **sent})
        assert refusal(response) == (400, "FIELD_INTEGRITY_EXCEPTION")
        assert response.json()[0]["fields"] == [field]

    def test_a_country_that_is_cleared_takes_its_state_along(self, api: Client) -> None:
        contact = api.create("Contact", LastName="Doe", MailingCountryCode="US", MailingStateCode="NY")
        assert api.patch(f"sobjects/Contact/{contact}", {"MailingCountryCode": None}).status_code == 204
        record = api.record("Contact", contact)
        assert (record["MailingCountry"], record["MailingState"], record["MailingStateCode"]) == (None,) * 3


def test_a_picklist_that_the_org_restricts_takes_nothing_else(api: Client, org: Org) -> None:
    assert api.create("Contact", LastName="Doe", Salutation="Sir")
    org.options = OrgOptions(restricted_picklists=frozenset({"Contact.Salutation"}))
    response = api.post("sobjects/Contact", {"LastName": "Doe", "Salutation": "Sir"})
    assert refusal(response) == (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")


def test_a_duplicate_rule_alerts_and_names_itself_and_the_match(api: Client, org: Org) -> None:
    org.options = OrgOptions(duplicate_rule="Standard_Contact_Duplicate_Rule")
    first = api.create("Contact", LastName="Doe", Email="jo@example.com")
    response = api.post("sobjects/Contact", {"LastName": "Joe", "Email": "JO@example.com"})
    assert refusal(response) == (400, "DUPLICATES_DETECTED")
    result = response.json()[0]["duplicateResult"]
    assert result["duplicateRule"] == "Standard_Contact_Duplicate_Rule"
    assert result["matchResults"][0]["matchRecords"][0]["record"]["Id"] == first
    assert result["allowSave"] is True
    assert api.create("Contact", LastName="Joe")
