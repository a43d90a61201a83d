"""calendarView/delta with the traps of the real one."""

from typing import Any

import pytest

from lpc_tui.sandbox.common import OUTLOOK_TOKEN, JsonObject, RequestLog
from lpc_tui.sandbox.graph.app import graph_app
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.hosting import HOST, Host, Listener
from tests.sandbox.graph.conftest import MARCH, FrozenClock, GraphClient, timed, weekly

DELTA = "/me/calendarView/delta"
BIG_PAGES = "odata.maxpagesize=500"
REMOVED = {"reason": "deleted"}


def read_round(
    graph: GraphClient, address: str, prefer: str = BIG_PAGES, **params: str
) -> tuple[list[JsonObject], str]:
    """All items of a round and its deltaLink."""
    items: list[JsonObject] = []
    page = graph.get(address, prefer, **params)
    while "@odata.nextLink" in page:
        items += page["value"]
        page = graph.get(page["@odata.nextLink"], prefer)
    return items + page["value"], page["@odata.deltaLink"]


def first_round(graph: GraphClient, prefer: str = BIG_PAGES) -> tuple[list[JsonObject], str]:
    return read_round(graph, DELTA, prefer, **MARCH)


@pytest.mark.parametrize("address", [DELTA, "/me/contacts/delta", "/me/todo/lists/delta"])
def test_delta_is_a_function_with_and_without_parentheses(graph: GraphClient, address: str) -> None:
    window = MARCH if address == DELTA else {}
    items, link = read_round(graph, f"{address}()", **window)
    assert items == read_round(graph, address, **window)[0]
    assert read_round(graph, link)[0] == []


def test_only_a_function_has_parentheses(graph: GraphClient) -> None:
    assert graph.refused("GET", "/me/events()") == (400, "BadRequest")


def test_a_round_without_changes_is_one_empty_page(graph: GraphClient) -> None:
    graph.post("/me/events", timed())
    _, link = first_round(graph)
    items, again = read_round(graph, link)
    assert items == []
    assert read_round(graph, again)[0] == []


def test_own_writes_come_back_and_the_last_state_counts(graph: GraphClient) -> None:
    _, link = first_round(graph)
    event = graph.post("/me/events", timed())
    graph.patch(f"/me/events/{event['id']}", {"subject": "Changed"})
    items, _ = read_round(graph, link)
    assert [(item["id"], item["subject"]) for item in items] == [(event["id"], "Changed")]
    assert items[0]["@odata.type"] == "#microsoft.graph.event"


def test_removed_means_deleted_or_moved_out_or_never_in(graph: GraphClient) -> None:
    gone = graph.post("/me/events", timed("Gone"))
    moved = graph.post("/me/events", timed("Moved"))
    items, link = first_round(graph)
    assert {item["subject"] for item in items} == {"Gone", "Moved"}
    graph.delete(f"/me/events/{gone['id']}")
    graph.patch(
        f"/me/events/{moved['id']}", {name: timed(day="2026-06-01")[name] for name in ("start", "end")}
    )
    outside = graph.post("/me/events", timed("Outside", "2026-07-01"))
    items, _ = read_round(graph, link)
    assert {item["id"] for item in items} == {gone["id"], moved["id"], outside["id"]}
    assert all(item["@removed"] == REMOVED for item in items)
    assert graph.get(f"/me/events/{moved['id']}")["subject"] == "Moved"


def test_a_first_round_does_not_speak_of_what_is_outside(graph: GraphClient) -> None:
    graph.post("/me/events", timed("Outside", "2026-07-01"))
    assert first_round(graph)[0] == []


def test_a_series_comes_as_its_master_in_full_and_abbreviated_occurrences(graph: GraphClient) -> None:
    master = graph.post("/me/events", weekly())
    items, _ = first_round(graph)
    assert items[0]["id"] == master["id"]
    assert items[0]["type"] == "seriesMaster"
    assert len(items) == 1 + 5
    for occurrence in items[1:]:
        assert set(occurrence) == {
            "@odata.type",
            "@odata.etag",
            "seriesMasterId",
            "type",
            "id",
            "start",
            "end",
        }
        assert occurrence["seriesMasterId"] == master["id"]
        assert occurrence["@odata.etag"] == master["@odata.etag"]


def test_a_deleted_occurrence_leaves_no_trace_but_the_repeated_series(graph: GraphClient) -> None:
    master = graph.post("/me/events", weekly())
    items, link = first_round(graph)
    graph.delete(f"/me/events/{items[2]['id']}")
    again, _ = read_round(graph, link)
    assert not any("@removed" in item for item in again)
    assert [item["id"] for item in again] == [item["id"] for item in items if item is not items[2]]
    assert again[0]["id"] == master["id"]
    assert graph.refused("GET", f"/me/events/{items[2]['id']}") == (404, "ErrorItemNotFound")


def test_an_exception_comes_in_full_with_the_rest_of_its_series(graph: GraphClient) -> None:
    graph.post("/me/events", weekly())
    items, link = first_round(graph)
    graph.patch(f"/me/events/{items[3]['id']}", {"subject": "Special"})
    again, _ = read_round(graph, link)
    assert [item["id"] for item in again] == [item["id"] for item in items]
    assert (again[3]["type"], again[3]["subject"]) == ("exception", "Special")
    assert "body" in again[3]
    assert [item["type"] for item in again[4:]] == ["occurrence", "occurrence"]


def test_a_deleted_series_is_removed_by_its_master_only(graph: GraphClient) -> None:
    master = graph.post("/me/events", weekly())
    _, link = first_round(graph)
    graph.delete(f"/me/events/{master['id']}")
    items, _ = read_round(graph, link)
    assert [(item["id"], item["@removed"]) for item in items] == [(master["id"], REMOVED)]


def test_pages_are_bounded_by_the_preference_and_never_split_a_series(graph: GraphClient) -> None:
    for number in range(5):
        graph.post("/me/events", timed(str(number)))
    graph.post("/me/events", weekly())
    page = graph.get(DELTA, "odata.maxpagesize=2", **MARCH)
    sizes = [len(page["value"])]
    while "@odata.nextLink" in page:
        page = graph.get(page["@odata.nextLink"], "odata.maxpagesize=2")
        sizes.append(len(page["value"]))
    assert sizes == [2, 2, 7]


def test_the_default_page_holds_ten(graph: GraphClient) -> None:
    for number in range(11):
        graph.post("/me/events", timed(str(number)))
    assert len(graph.get(DELTA, **MARCH)["value"]) == 10


def test_changes_between_two_pages_are_told_in_the_same_round(graph: GraphClient) -> None:
    events = [graph.post("/me/events", timed(str(number))) for number in range(3)]
    page = graph.get(DELTA, "odata.maxpagesize=2", **MARCH)
    graph.delete(f"/me/events/{events[0]['id']}")
    rest, link = read_round(graph, page["@odata.nextLink"])
    assert [item["id"] for item in rest] == [events[2]["id"], events[0]["id"]]
    assert "@removed" in rest[1]
    assert read_round(graph, link)[0] == []


@pytest.mark.parametrize("option", ["$select", "$filter", "$orderby", "$expand", "$search", "$top"])
def test_query_options_are_refused(graph: GraphClient, option: str) -> None:
    refusal = graph.refused("GET", DELTA, params={**MARCH, option: "1"})
    assert refusal == (400, "ErrorInvalidUrlQuery")


def test_parameters_beside_a_token_are_refused(graph: GraphClient) -> None:
    _, link = first_round(graph)
    refusal = graph.refused("GET", link, params=MARCH)
    assert refusal == (400, "ErrorInvalidUrlQuery")


def test_a_lost_or_foreign_token_is_gone(graph: GraphClient, mailbox: Mailbox) -> None:
    _, link = first_round(graph)
    assert graph.refused("GET", DELTA, params={"$deltatoken": "abc"}) == (410, "SyncStateNotFound")
    second = graph.get("/me/calendars")["value"][1]["id"]
    token = link.split("$deltatoken=")[1]
    elsewhere = f"{graph.root}/me/calendars/{second}/calendarView/delta?$deltatoken={token}"
    assert graph.refused("GET", elsewhere) == (410, "SyncStateNotFound")
    mailbox.expire_delta_tokens()
    assert graph.refused("GET", link) == (410, "SyncStateNotFound")
    assert first_round(graph)[0] == []


def test_tokens_and_ids_outlive_a_restart(graph: GraphClient, mailbox: Mailbox, clock: FrozenClock) -> None:
    event = graph.post("/me/events", timed())
    graph.post("/me/events", weekly())
    _, link = first_round(graph)
    restored = Mailbox.restore(mailbox.dump(), clock=clock)
    assert restored.dump() == mailbox.dump()
    restored.update_event(event["id"], {"subject": "Changed"})
    host = Host([Listener("Graph", graph_app(restored, token=OUTLOOK_TOKEN, log=RequestLog()))])
    host.start()
    try:
        items, _ = read_round(graph, link.replace(graph.host_url, f"http://{HOST}:{host.ports[0]}"))
    finally:
        host.stop()
    assert [item["subject"] for item in items] == ["Changed"]


IMMUTABLE = f'IdType="ImmutableId", {BIG_PAGES}'


def test_a_move_is_a_removal_and_the_regular_id_dies(graph: GraphClient, mailbox: Mailbox) -> None:
    event = graph.post("/me/events", timed())
    _, link = first_round(graph)
    second = graph.get("/me/calendars")["value"][1]["id"]
    moved = mailbox.move_event(event["id"], second)
    items, _ = read_round(graph, link)
    assert [(item["id"], item["@removed"]) for item in items] == [(event["id"], REMOVED)]
    assert moved["id"] != event["id"]
    assert graph.refused("GET", f"/me/events/{event['id']}") == (404, "ErrorItemNotFound")


def test_an_immutable_id_survives_the_move_and_the_way_back(graph: GraphClient, mailbox: Mailbox) -> None:
    event = graph.post("/me/events", timed(), Prefer='IdType="ImmutableId"')
    _, link = first_round(graph, IMMUTABLE)
    first, second, _ = graph.get("/me/calendars")["value"]
    mailbox.move_event(event["id"], second["id"])
    assert graph.get(f"/me/events/{event['id']}", 'IdType="ImmutableId"')["id"] == event["id"]
    items, link = read_round(graph, link, IMMUTABLE)
    assert [(item["id"], item["@removed"]) for item in items] == [(event["id"], REMOVED)]
    mailbox.move_event(event["id"], first["id"])
    items, _ = read_round(graph, link, IMMUTABLE)
    assert [(item["id"], item.get("@removed")) for item in items] == [(event["id"], None)]


def test_preferences_are_not_in_the_link(graph: GraphClient) -> None:
    graph.post("/me/events", timed())
    page: dict[str, Any] = graph.get(DELTA, 'outlook.timezone="Tokyo Standard Time"', **MARCH)
    assert page["value"][0]["start"]["timeZone"] == "Tokyo Standard Time"
    graph.patch(f"/me/events/{page['value'][0]['id']}", {"subject": "x"})
    assert graph.get(page["@odata.deltaLink"])["value"][0]["start"]["timeZone"] == "UTC"
