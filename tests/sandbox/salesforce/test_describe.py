"""Describe: what a client maps by, as this user of this org sees it."""

from typing import Any

from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from tests.sandbox.salesforce.client import Client, MovableClock, refusal


def fields_of(api: Client, sobject: str) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in api.get(f"sobjects/{sobject}/describe").json()["fields"]}


def test_the_fields_of_an_event(api: Client) -> None:
    fields = fields_of(api, "Event")
    assert (fields["Subject"]["type"], fields["Subject"]["length"]) == ("combobox", 255)
    assert (fields["Description"]["length"], fields["Description"]["filterable"]) == (32_000, False)
    assert [choice["value"] for choice in fields["ShowAs"]["picklistValues"]] == [
        "Busy",
        "OutOfOffice",
        "Free",
    ]
    assert (fields["ShowAs"]["restrictedPicklist"], fields["Type"]["restrictedPicklist"]) == (True, False)
    assert (fields["WhoId"]["referenceTo"], fields["WhoId"]["relationshipName"]) == (
        ["Contact", "Lead"],
        "Who",
    )
    assert (fields["EndDate"]["createable"], fields["EndDate"]["updateable"]) == (False, False)
    assert (fields["EventSubtype"]["createable"], fields["EventSubtype"]["updateable"]) == (True, False)
    assert fields["IsAllDayEvent"]["nillable"] is False


def test_all_objects_and_the_short_form(api: Client) -> None:
    names = {item["name"] for item in api.get("sobjects").json()["sobjects"]}
    assert {"Event", "Task", "Contact", "Account", "User", "Lead", "Campaign", "CampaignMember"} < names
    short = api.get("sobjects/event").json()["objectDescribe"]
    assert (short["name"], short["keyPrefix"]) == ("Event", "00U")
    assert "fields" not in short


def test_the_orgs_switches_show(api: Client, org: Org) -> None:
    assert "MiddleName" not in fields_of(api, "Contact")
    org.options = OrgOptions(
        middle_name_and_suffix=True, external_id_field="Key__c", hidden_fields=frozenset({"Event.Location"})
    )
    assert fields_of(api, "Contact")["MiddleName"]["length"] == 40
    key = fields_of(api, "Task")["Key__c"]
    assert (key["externalId"], key["unique"], key["caseSensitive"], key["custom"]) == (
        True,
        False,
        True,
        True,
    )
    assert "Location" not in fields_of(api, "Event")
    assert refusal(api.get("query", q="SELECT Location FROM Event")) == (400, "INVALID_FIELD")
    assert refusal(api.post("sobjects/Event", {"Location": "x"})) == (400, "INVALID_FIELD")


def test_an_unchanged_describe_is_not_sent_again(api: Client, org: Org, clock: MovableClock) -> None:
    path = "sobjects/Event/describe"
    seen = {"If-Modified-Since": api.get(path).headers["Date"]}
    clock.forward(minutes=5)
    assert api.call("GET", path, headers=seen).status_code == 304
    org.options = OrgOptions(middle_name_and_suffix=True)
    assert api.call("GET", path, headers=seen).status_code == 200
