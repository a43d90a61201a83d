"""`$batch`: whole refusals, parts on their own, dependencies."""

from typing import Any

import pytest

from lpc_tui.sandbox.common import JsonObject
from tests.sandbox.graph.conftest import GraphClient, timed

JSON = {"Content-Type": "application/json"}


def part(name: str, method: str = "GET", url: str = "/me/calendar", **more: Any) -> JsonObject:
    return {"id": name, "method": method, "url": url, **more}


def create(name: str, subject: str = "Review", **more: Any) -> JsonObject:
    return part(name, "POST", "/me/events", headers=JSON, body=timed(subject), **more)


def test_twenty_parts_are_answered_alone_and_out_of_order(graph: GraphClient) -> None:
    answer = graph.call(
        "POST", "/$batch", json={"requests": [create(str(number), str(number)) for number in range(20)]}
    )
    responses = answer.json()["responses"]
    assert [response["id"] for response in responses] != [str(number) for number in range(20)]
    assert {response["id"]: response["body"]["subject"] for response in responses} == {
        str(number): str(number) for number in range(20)
    }
    entry = graph.log.entries[-1]
    assert (entry.method, entry.path, entry.status, entry.parts) == ("POST", "/v1.0/$batch", 200, 20)
    assert graph.log.count() == 1


@pytest.mark.parametrize(
    "requests",
    [
        pytest.param([part(str(number)) for number in range(21)], id="twenty-one-parts"),
        pytest.param([part("a"), part("A")], id="ids-alike-but-for-case"),
        pytest.param([part("1", "POST", "/me/events", body=timed())], id="body-without-content-type"),
        pytest.param([part("1", "PATCH", "/me/events/x", headers=JSON)], id="write-without-body"),
        pytest.param([part("1", url="https://graph.microsoft.com/v1.0/me")], id="absolute-url"),
        pytest.param([part("1", dependsOn=["9"])], id="unknown-dependency"),
        pytest.param([part("1", dependsOn=["2"]), part("2", dependsOn=["1"])], id="circle"),
        pytest.param([{"id": 1, "method": "GET", "url": "/me"}], id="id-not-a-string"),
        pytest.param([], id="empty"),
    ],
)
def test_a_wrong_form_refuses_the_whole(graph: GraphClient, requests: list[JsonObject]) -> None:
    assert graph.refused("POST", "/$batch", json={"requests": requests}) == (400, "BadRequest")


def test_parts_fail_alone_and_nothing_is_rolled_back(graph: GraphClient) -> None:
    answers = graph.batch(create("ok"), part("bad", "POST", "/me/events", headers=JSON, body={"x": 1}))
    assert (answers["ok"]["status"], answers["bad"]["status"]) == (201, 400)
    assert answers["bad"]["body"]["error"]["code"] == "RequestBodyRead"
    assert len(graph.get("/me/events")["value"]) == 1


def test_a_part_whose_dependency_failed_is_not_run(graph: GraphClient) -> None:
    answers = graph.batch(
        create("3", dependsOn=["2"]),
        part("1", url="/me/events/garbage"),
        create("2", dependsOn=["1"]),
        create("4"),
    )
    assert {name: answer["status"] for name, answer in answers.items()} == {
        "1": 400,
        "2": 424,
        "3": 424,
        "4": 201,
    }
    assert len(graph.get("/me/events")["value"]) == 1


def test_dependent_parts_run_in_their_order(graph: GraphClient) -> None:
    event = graph.post("/me/events", timed())
    url = f"/me/events/{event['id']}"
    answers = graph.batch(
        part("delete", "DELETE", url, dependsOn=["read"]),
        part("read", url=url),
        part("late", url=url, dependsOn=["delete"]),
    )
    assert {name: answer["status"] for name, answer in answers.items()} == {
        "read": 200,
        "delete": 204,
        "late": 404,
    }
    assert "body" not in answers["delete"]


def test_outer_headers_do_not_reach_the_parts(graph: GraphClient) -> None:
    event = graph.post("/me/events", timed(), Prefer='IdType="ImmutableId"')
    url = f"/me/events/{event['id']}"
    answer = graph.call(
        "POST",
        "/$batch",
        json={
            "requests": [part("1", url=url), part("2", url=url, headers={"Prefer": 'IdType="ImmutableId"'})]
        },
        headers={"Prefer": 'IdType="ImmutableId"'},
    )
    ids = {response["id"]: response["body"]["id"] for response in answer.json()["responses"]}
    assert ids["1"] != event["id"]
    assert ids["2"] == event["id"]


def test_a_part_takes_if_match_and_a_cut_next_link(graph: GraphClient) -> None:
    events = [graph.post("/me/events", timed(str(number))) for number in range(3)]
    link = graph.get("/me/events", **{"$top": "2"})["@odata.nextLink"]
    answers = graph.batch(
        part("page", url=link.removeprefix(graph.root)),
        part("stale", "DELETE", f"/me/events/{events[0]['id']}", headers={"If-Match": 'W/"old"'}),
    )
    assert [event["subject"] for event in answers["page"]["body"]["value"]] == ["2"]
    assert answers["stale"]["status"] == 412


def test_the_version_and_batches_have_no_place_in_a_part(graph: GraphClient) -> None:
    answers = graph.batch(
        part("1", url="/v1.0/me"), part("2", "POST", "/$batch", headers=JSON, body={"requests": []})
    )
    assert {answer["status"] for answer in answers.values()} == {400}
