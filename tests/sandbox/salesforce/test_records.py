"""Single records over HTTP: what may be written and how it is stored, stamps, conditions, external ids, the bin."""

import pytest

from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from tests.sandbox.salesforce.client import EVENT, Client, MovableClock, message, refusal


def test_create_answers_the_id_and_where_it_is(api: Client) -> None:
    response = api.post("sobjects/Task", {"Subject": "x", "attributes": {"type": "Task"}})
    assert response.status_code == 201
    record_id = response.json()["id"]
    assert response.json() == {"id": record_id, "success": True, "errors": []}
    assert response.headers["Location"] == f"/services/data/v62.0/sobjects/Task/{record_id}"
    assert len(record_id) == 18
    assert record_id.startswith("00T")


def test_get_shows_all_fields_or_those_asked_for(api: Client) -> None:
    record_id = api.create("Task", Subject="x")
    attributes = {"type": "Task", "url": f"/services/data/v62.0/sobjects/Task/{record_id}"}
    assert api.record("Task", record_id)["attributes"] == attributes
    some = api.get(f"sobjects/Task/{record_id[:15]}", fields="subject,Status").json()
    assert some == {"attributes": attributes, "Subject": "x", "Status": "Not Started", "Id": record_id}
    assert refusal(api.get(f"sobjects/Task/{record_id}", fields="Nothing")) == (400, "INVALID_FIELD")


@pytest.mark.parametrize(
    ("fields", "code", "text"),
    [
        (
            {"Id": "00T000000000000AAA"},
            "INVALID_FIELD",
            "The Id field should not be specified in the sobject data.",
        ),
        ({"Nothing": 1}, "INVALID_FIELD", "No such column 'Nothing' on sobject of type Task"),
        ({"IsClosed": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: IsClosed."),
        ({"SystemModstamp": "2026-01-05T10:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "SystemModstamp"),
        ({"Subject": "x" * 256}, "STRING_TOO_LONG", "(max length=255)"),
        ({"Subject": "😀" * 128}, "STRING_TOO_LONG", "(max length=255)"),
        (
            {"Subject": 5},
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of string from VALUE_NUMBER_INT value 5",
        ),
        ({"IsReminderSet": "true"}, "JSON_PARSER_ERROR", "instance of boolean from VALUE_STRING"),
        ({"IsReminderSet": None}, "JSON_PARSER_ERROR", "instance of boolean from VALUE_NULL"),
        ({"CallDurationInSeconds": 1.5}, "JSON_PARSER_ERROR", "instance of int from VALUE_NUMBER_FLOAT"),
        ({"ActivityDate": "2026-01-05T00:00:00Z"}, "JSON_PARSER_ERROR", "instance of date from VALUE_STRING"),
        ({"ActivityDate": "2026-01-05+01:00"}, "JSON_PARSER_ERROR", "instance of date"),
        ({"ActivityDate": "2026-02-30"}, "JSON_PARSER_ERROR", "instance of date"),
        ({"ReminderDateTime": "2026-01-05T10:00:00+0000"}, "JSON_PARSER_ERROR", "instance of datetime"),
        ({"ReminderDateTime": "2026-01-05 10:00:00Z"}, "JSON_PARSER_ERROR", "instance of datetime"),
        ({"ReminderDateTime": "2026-01-05T10:00:00"}, "JSON_PARSER_ERROR", "instance of datetime"),
        (
            {"Status": "Erledigt"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "bad value for restricted picklist field: Erledigt",
        ),
        (
            {"Status": None},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "bad value for restricted picklist field: null",
        ),
        ({"ActivityDate": "1600-01-05"}, "NUMBER_OUTSIDE_VALID_RANGE", "not of required range"),
        ({"ReminderDateTime": "9999-12-31T10:00:00Z"}, "NUMBER_OUTSIDE_VALID_RANGE", "not of required range"),
        ({"WhoId": "abc"}, "MALFORMED_ID", "id value of incorrect type: abc"),
        ({"WhoId": "001000000000000AAA"}, "MALFORMED_ID", "id value of incorrect type"),
        ({"WhoId": "003000000000000AAA"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
    ],
)
def test_refused_values(api: Client, fields: dict[str, object], code: str, text: str) -> None:
    record_id = api.create("Task", Subject="untouched")
    before = api.record("Task", record_id)
    for response in (api.post("sobjects/Task", fields), api.patch(f"sobjects/Task/{record_id}", fields)):
        assert refusal(response) == (400, code)
        assert text in message(response)
    assert api.record("Task", record_id) == before
    assert len(api.query("SELECT Id FROM Task")) == 1


def test_a_refusal_names_its_fields(api: Client) -> None:
    response = api.post("sobjects/Task", {"Subject": "x" * 256})
    assert response.json()[0]["fields"] == ["Subject"]
    assert response.json()[0]["message"].startswith("Subject: data value too large: xxx")


def test_the_type_must_fit_the_reference(api: Client) -> None:
    account = api.create("Account", Name="Acme")
    assert refusal(api.post("sobjects/Task", {"WhoId": account})) == (400, "MALFORMED_ID")
    api.delete(f"sobjects/Account/{account}")
    assert refusal(api.post("sobjects/Task", {"WhatId": account})) == (400, "INVALID_CROSS_REFERENCE_KEY")


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("  x \t\n", "x"),
        ("\u00a0x\u00a0", "\u00a0x\u00a0"),
        ("   ", None),
        ("", None),
        (None, None),
        ("a\r\nb\nc", "a\r\nb\nc"),
        ("<b>&amp; 'q' \\", "<b>&amp; 'q' \\"),
        ("😀" * 127, "😀" * 127),
        ("\ud83d", "\ud83d"),
    ],
)
def test_texts_are_trimmed_and_blanks_are_null(api: Client, sent: str | None, stored: str | None) -> None:
    record_id = api.create("Task", Subject=sent)
    assert api.record("Task", record_id)["Subject"] == stored


@pytest.mark.parametrize(
    "sent",
    [
        "2026-01-05T10:00:00Z",
        "2026-01-05T11:00:00+01:00",
        "2026-01-05T10:00:00.999Z",
        "2026-01-05T10:00:00.000+0000",
        "2026-01-05T05:00:00.0-05:00",
    ],
)
def test_instants_are_stored_in_utc_to_the_second(api: Client, sent: str) -> None:
    record_id = api.create("Task", ReminderDateTime=sent)
    assert api.record("Task", record_id)["ReminderDateTime"] == "2026-01-05T10:00:00.000+0000"


def test_null_clears_and_a_missing_key_leaves(api: Client) -> None:
    record_id = api.create("Task", Subject="x", Description="y")
    assert api.patch(f"sobjects/Task/{record_id}", {"description": None}).status_code == 204
    record = api.record("Task", record_id)
    assert (record["Subject"], record["Description"]) == ("x", None)


def test_every_patch_moves_the_stamps(api: Client, clock: MovableClock) -> None:
    record_id = api.create("Task", Subject="x")
    clock.forward(seconds=90, milliseconds=700)
    api.patch(f"sobjects/Task/{record_id}", {"Subject": "x"})
    record = api.record("Task", record_id)
    assert record["CreatedDate"] == "2026-03-02T09:00:00.000+0000"
    assert record["LastModifiedDate"] == record["SystemModstamp"] == "2026-03-02T09:01:30.000+0000"


def test_automation_moves_the_modstamp_alone(api: Client, org: Org, clock: MovableClock) -> None:
    record_id = api.create("Task", Subject="x")
    clock.forward(minutes=1)
    org.touch("Task", record_id)
    record = api.record("Task", record_id)
    assert record["LastModifiedDate"] < record["SystemModstamp"]


def test_a_colleague_owns_and_edits(api: Client, org: Org) -> None:
    record_id = api.create("Task", Subject="x")
    with org.acting_as(org.colleague):
        org.update("Task", record_id, {"OwnerId": org.colleague})
    record = api.record("Task", record_id)
    assert (record["CreatedById"], record["LastModifiedById"]) == (org.me, org.colleague)
    assert api.query(f"SELECT Id FROM Task WHERE OwnerId = '{org.me}'") == []


def test_a_trigger_rewrites_what_was_saved(api: Client, org: Org) -> None:
    org.rewrite_hook = lambda sobject, record: (
        {"LastName": record["LastName"].upper()} if sobject == "Contact" else {}
    )
    record = api.record("Contact", api.create("Contact", LastName="Doe"))
    assert (record["LastName"], record["Name"]) == ("DOE", "DOE")


class TestGone:
    def test_deleted(self, api: Client) -> None:
        record_id = api.create("Task", Subject="x")
        assert api.delete(f"sobjects/Task/{record_id}").status_code == 204
        for response in (
            api.get(f"sobjects/Task/{record_id}"),
            api.patch(f"sobjects/Task/{record_id}", {}),
            api.delete(f"sobjects/Task/{record_id}"),
        ):
            assert refusal(response) == (404, "ENTITY_IS_DELETED")

    def test_purged(self, api: Client, org: Org) -> None:
        record_id = api.create("Task", Subject="x")
        api.delete(f"sobjects/Task/{record_id}")
        org.empty_recycle_bin()
        assert refusal(api.get(f"sobjects/Task/{record_id}")) == (404, "NOT_FOUND")

    def test_never_there(self, api: Client) -> None:
        path = "sobjects/Task/00T000000000000"
        assert refusal(api.get(path)) == (404, "NOT_FOUND")
        assert refusal(api.patch(path, {})) == (404, "INVALID_CROSS_REFERENCE_KEY")
        assert refusal(api.delete(path)) == (404, "INVALID_CROSS_REFERENCE_KEY")

    def test_no_id_at_all(self, api: Client) -> None:
        assert refusal(api.get("sobjects/Task/nonsense")) == (404, "NOT_FOUND")

    def test_the_case_of_an_id_counts(self, api: Client) -> None:
        for number in range(40):
            api.create("Task", Subject=str(number))
        record_id = next(item["Id"] for item in api.query("SELECT Id FROM Task") if item["Id"][14].isalpha())
        assert refusal(api.get(f"sobjects/Task/{record_id.swapcase()}"))[0] == 404

    def test_undeleted(self, api: Client, org: Org, clock: MovableClock) -> None:
        record_id = api.create("Task", Subject="x")
        api.delete(f"sobjects/Task/{record_id}")
        clock.forward(minutes=1)
        org.undelete("Task", record_id)
        assert api.record("Task", record_id)["SystemModstamp"] == "2026-03-02T09:01:00.000+0000"


class TestConditions:
    OLD = "Mon, 02 Mar 2026 08:59:59 GMT"
    SAME = "Mon, 02 Mar 2026 09:00:00 GMT"

    def test_reading(self, api: Client) -> None:
        path = f"sobjects/Task/{api.create('Task', Subject='x')}"
        assert api.call("GET", path, headers={"If-Modified-Since": self.OLD}).status_code == 200
        unchanged = api.call("GET", path, headers={"If-Modified-Since": self.SAME})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert api.call("GET", path, headers={"If-Unmodified-Since": self.OLD}).status_code == 412

    def test_patching(self, api: Client) -> None:
        path = f"sobjects/Task/{api.create('Task', Subject='x')}"
        late = api.patch(path, {"Subject": "y"}, {"If-Unmodified-Since": self.OLD})
        assert refusal(late) == (412, "PRECONDITION_FAILED")
        assert api.get(path).json()["Subject"] == "x"
        assert api.patch(path, {"Subject": "y"}, {"If-Unmodified-Since": self.SAME}).status_code == 204
        # An edit within the same second is not seen.
        assert api.patch(path, {"Subject": "z"}, {"If-Unmodified-Since": self.SAME}).status_code == 204
        assert api.patch(path, {}, {"If-Unmodified-Since": "yesterday"}).status_code == 400

    def test_deleting_does_not_mind(self, api: Client) -> None:
        path = f"sobjects/Task/{api.create('Task', Subject='x')}"
        assert api.call("DELETE", path, headers={"If-Unmodified-Since": self.OLD}).status_code == 204


class TestExternalIds:
    VALUE = "AAMk%2FA%2Bb%3D%3D%20c"

    @pytest.fixture(autouse=True)
    def field(self, org: Org) -> None:
        org.options = OrgOptions(external_id_field="Outlook_Id__c")

    def path(self, value: str = VALUE) -> str:
        return f"sobjects/Event/Outlook_Id__c/{value}"

    def test_creates_then_updates(self, api: Client) -> None:
        created = api.patch(self.path(), dict(EVENT))
        record_id = created.json()["id"]
        assert created.status_code == 201
        assert created.json() == {"id": record_id, "success": True, "errors": [], "created": True}
        updated = api.patch(self.path(), {"Subject": "new"})
        assert updated.status_code == 200
        assert updated.json() == {"id": record_id, "success": True, "errors": [], "created": False}
        assert api.at("45.0").patch(self.path(), {"Subject": "newer"}).status_code == 204
        record = api.get(self.path()).json()
        assert (record["Outlook_Id__c"], record["Subject"]) == ("AAMk/A+b== c", "newer")
        assert api.delete(self.path()).status_code == 204
        assert refusal(api.get(self.path())) == (404, "NOT_FOUND")

    def test_the_case_of_the_value_counts(self, api: Client) -> None:
        api.patch(self.path("abc"), dict(EVENT))
        assert api.patch(self.path("ABC"), dict(EVENT)).status_code == 201

    def test_several_matches_are_the_clients_to_choose(self, api: Client) -> None:
        ids = [api.create("Event", **EVENT, Outlook_Id__c="same") for _ in range(2)]
        response = api.patch(self.path("same"), {"Subject": "x"})
        assert response.status_code == 300
        assert response.json() == [f"/services/data/v62.0/sobjects/Event/{record_id}" for record_id in ids]

    def test_update_only_never_creates(self, api: Client) -> None:
        response = api.call("PATCH", self.path(), json=dict(EVENT), params={"updateOnly": "true"})
        assert refusal(response) == (404, "NOT_FOUND")

    def test_the_key_stays_out_of_the_body(self, api: Client) -> None:
        assert refusal(api.patch(self.path(), {"Outlook_Id__c": "x"})) == (400, "INVALID_FIELD")

    def test_an_unknown_field_is_not_found(self, api: Client) -> None:
        assert refusal(api.patch("sobjects/Event/Other__c/x", dict(EVENT))) == (404, "NOT_FOUND")

    def test_a_unique_one_refuses_twins(self, api: Client, org: Org) -> None:
        org.options = OrgOptions(external_id_field="Outlook_Id__c", external_id_unique=True)
        first = api.create("Event", **EVENT, Outlook_Id__c="same")
        response = api.post("sobjects/Event", {**EVENT, "Outlook_Id__c": "same"})
        assert refusal(response) == (400, "DUPLICATE_VALUE")
        assert message(response).endswith(f"duplicates value on record with id: {first[:15]}")


def test_setup_objects_are_read_only(api: Client, org: Org) -> None:
    assert refusal(api.post("sobjects/TaskStatus", {}))[1] == "INVALID_TYPE_FOR_OPERATION"
    assert refusal(api.delete(f"sobjects/User/{org.colleague}"))[1] == "INVALID_TYPE_FOR_OPERATION"
