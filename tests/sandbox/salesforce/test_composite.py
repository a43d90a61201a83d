"""Composite and batch: references, order, all or none, limits."""

from typing import Any

import pytest

from lpc_tui.sandbox.common import RequestLog
from tests.sandbox.salesforce.client import EVENT, Client, message, refusal

ROOT = "/services/data/v62.0"


def part(reference: str, method: str, url: str, body: object = None) -> dict[str, object]:
    made: dict[str, object] = {"method": method, "url": f"{ROOT}/{url}", "referenceId": reference}
    return made if body is None else {**made, "body": body}


def run(api: Client, *parts: dict[str, object], all_or_none: bool = False) -> list[dict[str, Any]]:
    response = api.post("composite", {"allOrNone": all_or_none, "compositeRequest": list(parts)})
    assert response.status_code == 200, response.text
    return list(response.json()["compositeResponse"])


def test_parts_run_in_order_and_refer_to_earlier_ones(api: Client) -> None:
    created, linked, found, read = run(
        api,
        part("person", "POST", "sobjects/Contact", {"LastName": "Doe"}),
        part("event", "POST", "sobjects/Event", {**EVENT, "WhoId": "@{person.id}"}),
        part("found", "GET", "query?q=SELECT+Id,WhoId+FROM+Event"),
        part("read", "GET", "sobjects/Contact/@{found.records[0].WhoId}?fields=LastName"),
    )
    record_id = created["body"]["id"]
    assert created == {
        "body": {"id": record_id, "success": True, "errors": []},
        "httpHeaders": {"Location": f"{ROOT}/sobjects/Contact/{record_id}"},
        "httpStatusCode": 201,
        "referenceId": "person",
    }
    assert linked["httpStatusCode"] == 201
    assert found["body"]["records"][0]["WhoId"] == record_id
    assert read["body"]["LastName"] == "Doe"


def test_writing_and_reading_back_in_one_call(api: Client) -> None:
    record_id = api.create("Task", Subject="x")
    record = {"attributes": {"type": "Task"}, "id": record_id, "Subject": " y "}
    patched, read = run(
        api,
        part("patch", "PATCH", "composite/sobjects", {"records": [record]}),
        part("read", "POST", "composite/sobjects/Task", {"ids": ["@{patch[0].id}"], "fields": ["Subject"]}),
    )
    assert patched["body"][0]["success"] is True
    assert read["body"][0]["Subject"] == "y"


def test_a_reference_to_a_failed_part_halts_its_part_alone(api: Client) -> None:
    failed, halted, fine = run(
        api,
        part("bad", "POST", "sobjects/Contact", {}),
        part("event", "POST", "sobjects/Event", {**EVENT, "WhoId": "@{bad.id}"}),
        part("fine", "POST", "sobjects/Task", {"Subject": "x"}),
    )
    assert failed["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert halted["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert fine["httpStatusCode"] == 201


def test_all_or_none_takes_everything_back(api: Client) -> None:
    done, failed, never = run(
        api,
        part("done", "POST", "sobjects/Task", {"Subject": "x"}),
        part("bad", "DELETE", "sobjects/Task/00T000000000000"),
        part("never", "POST", "sobjects/Task", {"Subject": "y"}),
        all_or_none=True,
    )
    assert failed["body"][0]["errorCode"] == "INVALID_CROSS_REFERENCE_KEY"
    for halted in (done, never):
        assert (halted["httpStatusCode"], halted["body"][0]["errorCode"]) == (400, "PROCESSING_HALTED")
    assert api.query("SELECT Id FROM Task") == []


def test_a_delete_has_no_body(api: Client) -> None:
    (deleted,) = run(api, part("d", "DELETE", f"sobjects/Task/{api.create('Task', Subject='x')}"))
    assert (deleted["httpStatusCode"], deleted["body"]) == (204, None)


def test_one_call_counts_once(api: Client) -> None:
    run(api, *(part(f"p{number}", "GET", "limits") for number in range(3)))
    assert api.get("limits").headers["Sforce-Limit-Info"] == "api-usage=2/100000"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([part(f"p{number}", "GET", "limits") for number in range(26)], "LIMIT_EXCEEDED"),
        ([part(f"p{number}", "GET", "query?q=x") for number in range(6)], "LIMIT_EXCEEDED"),
        ([part("same", "GET", "limits"), part("same", "GET", "limits")], "INVALID_INPUT"),
        ([part("", "GET", "limits")], "INVALID_INPUT"),
        ([{"referenceId": "p"}], "MISSING_ARGUMENT"),
        ([{**part("p", "GET", "limits"), "extra": 1}], "JSON_PARSER_ERROR"),
        ([], "MISSING_ARGUMENT"),
    ],
)
def test_composites_that_are_refused(api: Client, parts: list[object], code: str) -> None:
    assert refusal(api.post("composite", {"compositeRequest": parts})) == (400, code)


def test_composites_do_not_nest(api: Client) -> None:
    (nested,) = run(api, part("n", "POST", "composite", {"compositeRequest": []}))
    assert nested["body"][0]["errorCode"] == "INVALID_INPUT"


def test_a_batch_knows_no_references_and_counts_each_part(api: Client) -> None:
    requests = [
        {"method": "POST", "url": "v62.0/sobjects/Task", "richInput": {"Subject": "x"}},
        {"method": "GET", "url": "v62.0/sobjects/Task/00T000000000000"},
        {"method": "GET", "url": "v29.0/limits"},
        {"method": "GET", "url": "v62.0/query?q=SELECT+Subject+FROM+Task"},
    ]
    response = api.post("composite/batch", {"batchRequests": requests})
    body = response.json()
    assert response.headers["Sforce-Limit-Info"] == "api-usage=4/100000"
    assert body["hasErrors"] is True
    assert [result["statusCode"] for result in body["results"]] == [201, 404, 404, 200]
    assert body["results"][3]["result"]["records"][0]["Subject"] == "x"


def test_a_batch_may_halt_on_the_first_error(api: Client) -> None:
    requests = [{"method": "GET", "url": "v62.0/nothing"}, {"method": "GET", "url": "v62.0/limits"}]
    results = api.post("composite/batch", {"batchRequests": requests, "haltOnError": True}).json()["results"]
    assert results[1]["statusCode"] == 412
    assert results[1]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"


def test_a_batch_has_at_most_25_parts(api: Client) -> None:
    requests = [{"method": "GET", "url": "v62.0/limits"}] * 26
    response = api.post("composite/batch", {"batchRequests": requests})
    assert refusal(response) == (400, "LIMIT_EXCEEDED")
    assert "25" in message(response)


def test_headers_of_the_whole_call_are_not_for_parts_to_name(api: Client) -> None:
    query = part("found", "GET", "query?q=SELECT+Id+FROM+Event")
    for name in ("Authorization", "accept", "Content-Type"):
        parts = [{**query, "httpHeaders": {name: "x"}}]
        assert refusal(api.post("composite", {"compositeRequest": parts})) == (400, "INVALID_INPUT")
    assert refusal(api.post("composite", {"compositeRequest": [{**query, "method": "get"}]})) == (
        400,
        "INVALID_INPUT",
    )


def test_a_page_size_is_asked_for_by_each_part(api: Client) -> None:
    for _ in range(201):
        api.create("Task", Subject="x")
    query = part("found", "GET", "query?q=SELECT+Id+FROM+Task")
    [small] = run(api, {**query, "httpHeaders": {"Sforce-Query-Options": "batchSize=200"}})
    [large] = run(api, query)
    assert [small["body"]["done"], large["body"]["done"]] == [False, True]


def test_a_composite_writes_if_one_of_its_parts_does(api: Client, log: RequestLog) -> None:
    query = part("found", "GET", "query?q=SELECT+Id+FROM+Task")
    run(api, query)
    run(api, query, part("made", "POST", "sobjects/Task", {"Subject": "x"}))
    assert [entry.is_write for entry in log.entries] == [False, True]
    assert log.entries[1].carried == (
        f"GET {ROOT}/query?q=SELECT+Id+FROM+Task",
        f"POST {ROOT}/sobjects/Task",
    )
    assert log.count(writes_only=True) == 1
