"""sObject collections: a result a record in the order of the request, and what refuses the whole call."""

from typing import Any

import pytest

from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from tests.sandbox.salesforce.client import EVENT, Client, message, refusal


def task(**fields: object) -> dict[str, object]:
    return {"attributes": {"type": "Task"}, **fields}


def codes(results: list[dict[str, Any]]) -> list[str | None]:
    return [None if result["success"] else result["errors"][0]["statusCode"] for result in results]


def test_each_created_record_has_its_result(api: Client) -> None:
    records = [task(Subject="a"), task(Status="Nothing"), {"attributes": {"type": "Event"}, **EVENT}]
    response = api.post("composite/sobjects", {"allOrNone": False, "records": records})
    results = response.json()
    assert response.status_code == 200
    assert results[0] == {"id": results[0]["id"], "success": True, "errors": []}
    assert results[1] == {
        "success": False,
        "errors": [
            {
                "statusCode": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                "message": "Status: bad value for restricted picklist field: Nothing",
                "fields": ["Status"],
            }
        ],
    }
    assert results[2]["id"].startswith("00U")


def test_all_or_none_takes_back_the_good_ones(api: Client) -> None:
    kept = api.create("Task", Subject="kept")
    records = [task(id=kept, Subject="changed"), task(id="00T000000000000", Subject="x")]
    results = api.patch("composite/sobjects", {"allOrNone": True, "records": records}).json()
    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_CROSS_REFERENCE_KEY"]
    assert api.record("Task", kept)["Subject"] == "kept"


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (task(Nothing=1), "INVALID_FIELD"),
        (task(Subject=1), "JSON_PARSER_ERROR"),
        (task(ActivityDate="2026-01-05T00:00:00Z"), "JSON_PARSER_ERROR"),
        ({"Subject": "x"}, "JSON_PARSER_ERROR"),
        ({"attributes": {"type": "Nothing"}}, "INVALID_TYPE"),
        (5, "JSON_PARSER_ERROR"),
    ],
)
def test_one_unreadable_record_refuses_the_whole_call(api: Client, record: object, code: str) -> None:
    response = api.post("composite/sobjects", {"records": [task(Subject="good"), record]})
    assert refusal(response) == (400, code)
    assert api.query("SELECT Id FROM Task") == []


def test_updates_by_id(api: Client, org: Org) -> None:
    ids = [api.create("Task", Subject=str(number)) for number in range(5)]
    org.delete("Task", ids[1])
    records = [
        task(id=ids[0], Subject="new"),
        task(id=ids[1], Subject="new"),
        task(Subject="no id"),
        task(id="nonsense"),
        task(id=ids[2], Subject="once"),
        task(id=ids[2][:15], Subject="twice"),
        task(Id=ids[3], IsClosed=True),
    ]
    results = api.patch("composite/sobjects", {"records": records}).json()
    assert codes(results) == [
        None,
        "ENTITY_IS_DELETED",
        "MISSING_ARGUMENT",
        "MALFORMED_ID",
        "DUPLICATE_VALUE",
        "DUPLICATE_VALUE",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
    ]
    assert org.record("Task", ids[2])["Subject"] == "2"


def test_an_id_has_no_place_in_a_create(api: Client) -> None:
    results = api.post("composite/sobjects", {"records": [task(id="00T000000000000")]}).json()
    assert codes(results) == ["INVALID_FIELD_FOR_INSERT_UPDATE"]


def test_deletes_by_id(api: Client) -> None:
    ids = [api.create("Task", Subject="x"), api.create("Event", **EVENT)]
    results = api.delete(
        "composite/sobjects", ids=",".join([*ids, "00T000000000000", "nonsense"]), allOrNone="false"
    ).json()
    assert codes(results) == [None, None, "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]
    assert [result["id"] for result in results[:2]] == ids
    assert api.query("SELECT Id FROM Event") == []


def test_reading_gives_null_for_what_is_not_there(api: Client) -> None:
    ids = [api.create("Task", Subject=str(number)) for number in range(3)]
    api.delete(f"sobjects/Task/{ids[1]}")
    wanted = [ids[2], ids[1], "nonsense", ids[0]]
    by_post = api.post("composite/sobjects/Task", {"ids": wanted, "fields": ["Subject"]}).json()
    assert [item and (item["Id"], item["Subject"]) for item in by_post] == [
        (ids[2], "2"),
        None,
        None,
        (ids[0], "0"),
    ]
    assert api.get("composite/sobjects/Task", ids=",".join(wanted), fields="Subject").json() == by_post
    response = api.post("composite/sobjects/Task", {"ids": wanted, "fields": ["Nothing"]})
    assert refusal(response) == (400, "INVALID_FIELD")


def test_upserts_by_external_id(api: Client, org: Org) -> None:
    org.options = OrgOptions(external_id_field="Key__c")
    records = [task(Key__c="a", Subject="1"), task(Key__c="b"), task(Key__c="b"), task(Subject="no key")]
    path = "composite/sobjects/Task/Key__c"
    first = api.patch(path, {"records": records}).json()
    assert codes(first) == [None, "DUPLICATE_VALUE", "DUPLICATE_VALUE", "MISSING_ARGUMENT"]
    assert first[0]["created"] is True
    second = api.patch(path, {"records": [task(Key__c="a", Subject="2")]}).json()
    assert second == [{"id": first[0]["id"], "success": True, "errors": [], "created": False}]
    assert api.record("Task", first[0]["id"])["Subject"] == "2"


def test_sizes_are_bounded(api: Client) -> None:
    many = [task(Subject="x")] * 201
    assert refusal(api.post("composite/sobjects", {"records": many})) == (400, "EXCEEDED_MAX_SIZE_REQUEST")
    body = {"ids": ["00T000000000000"] * 2001, "fields": ["Id"]}
    assert refusal(api.post("composite/sobjects/Task", body)) == (400, "EXCEEDED_MAX_SIZE_REQUEST")


def test_types_may_alternate_ten_times_at_most(api: Client) -> None:
    pair = [task(Subject="x"), {"attributes": {"type": "Event"}, **EVENT}]
    assert api.post("composite/sobjects", {"records": pair * 5}).status_code == 200
    response = api.post("composite/sobjects", {"records": pair * 6})
    assert refusal(response) == (400, "LIMIT_EXCEEDED")


@pytest.mark.parametrize(
    "body", [{"records": [task()], "allOrNone": "false"}, {"records": [task()], "all": True}]
)
def test_the_bodys_own_members_are_checked(api: Client, body: dict[str, object]) -> None:
    assert refusal(api.post("composite/sobjects", body)) == (400, "JSON_PARSER_ERROR")


def test_an_empty_collection_is_refused(api: Client) -> None:
    response = api.post("composite/sobjects", {"records": []})
    assert refusal(response) == (400, "MISSING_ARGUMENT")
    assert "records" in message(response)
