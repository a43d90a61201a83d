"""Series: which days a pattern falls on, exceptions, deletions and their boundaries."""

from typing import Any

import pytest

from lpc_tui.sandbox.common import JsonObject
from tests.sandbox.graph.conftest import MARCH, GraphClient, timed, weekly

YEARS = {"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2030-12-30T00:00:00Z"}


def series(first: str, pattern: JsonObject, **span: Any) -> JsonObject:
    recurrence = {"pattern": pattern, "range": {"type": "noEnd", "startDate": first, **span}}
    return timed("Series", first, recurrence=recurrence)


def days(graph: GraphClient, master: JsonObject, window: dict[str, str] = YEARS) -> list[str]:
    body = graph.get(f"/me/events/{master['id']}/instances", None, **window, **{"$top": "1000"})
    return [occurrence["start"]["dateTime"][:10] for occurrence in body["value"]]


@pytest.mark.parametrize(
    ("first", "pattern", "expected"),
    [
        pytest.param(
            "2026-03-02",
            {"type": "daily", "interval": 3},
            ["2026-03-02", "2026-03-05", "2026-03-08", "2026-03-11"],
            id="daily",
        ),
        pytest.param(
            "2026-03-02",
            {"type": "weekly", "interval": 2, "daysOfWeek": ["monday", "sunday"], "firstDayOfWeek": "monday"},
            ["2026-03-02", "2026-03-08", "2026-03-16", "2026-03-22"],
            id="weekly-from-monday",
        ),
        pytest.param(
            "2026-03-02",
            {"type": "weekly", "interval": 2, "daysOfWeek": ["monday", "sunday"], "firstDayOfWeek": "sunday"},
            ["2026-03-02", "2026-03-15", "2026-03-16", "2026-03-29"],
            id="weekly-from-sunday",
        ),
        pytest.param(
            "2026-01-31",
            {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
            ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"],
            id="the-31st-falls-on-the-last",
        ),
        pytest.param(
            "2026-03-10",
            {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["tuesday"], "index": "second"},
            ["2026-03-10", "2026-04-14", "2026-05-12", "2026-06-09"],
            id="second-tuesday",
        ),
        pytest.param(
            "2026-03-31",
            {
                "type": "relativeMonthly",
                "interval": 1,
                "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                "index": "last",
            },
            ["2026-03-31", "2026-04-30", "2026-05-29", "2026-06-30"],
            id="last-working-day",
        ),
        pytest.param(
            "2024-02-29",
            {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 29, "month": 2},
            ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"],
            id="leap-day",
        ),
        pytest.param(
            "2026-11-26",
            {
                "type": "relativeYearly",
                "interval": 1,
                "daysOfWeek": ["thursday"],
                "index": "fourth",
                "month": 11,
            },
            ["2026-11-26", "2027-11-25", "2028-11-23", "2029-11-22"],
            id="thanksgiving",
        ),
    ],
)
def test_the_days_of_a_pattern(
    graph: GraphClient, first: str, pattern: JsonObject, expected: list[str]
) -> None:
    master = graph.post("/me/events", series(first, pattern, type="numbered", numberOfOccurrences=4))
    window = {**YEARS, "startDateTime": "2024-01-01T00:00:00Z", "endDateTime": "2028-12-30T00:00:00Z"}
    found = days(graph, master, window) + days(
        graph, master, {**YEARS, "startDateTime": "2028-12-30T00:00:00Z"}
    )
    assert found == expected


DAILY = {"type": "daily", "interval": 1}


def test_a_series_with_an_end_date_includes_it(graph: GraphClient) -> None:
    master = graph.post("/me/events", series("2026-03-02", DAILY, type="endDate", endDate="2026-03-04"))
    assert days(graph, master) == ["2026-03-02", "2026-03-03", "2026-03-04"]


def test_a_start_off_the_pattern_moves_to_the_first_real_occurrence(graph: GraphClient) -> None:
    body = series("2026-03-04", {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]})
    master = graph.post("/me/events", body)
    assert master["start"]["dateTime"] == "2026-03-09T08:00:00.0000000"
    assert master["recurrence"]["range"]["startDate"] == "2026-03-09"


def test_a_series_without_any_occurrence_is_refused(graph: GraphClient) -> None:
    pattern = {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}
    body = series("2026-03-04", pattern, type="endDate", endDate="2026-03-06")
    assert graph.refused("POST", "/me/events", json=body) == (400, "ErrorRecurrenceHasNoOccurrence")


def test_unused_fields_read_as_zero_and_no_date(graph: GraphClient) -> None:
    read = graph.post("/me/events", series("2026-03-02", DAILY))["recurrence"]
    assert read["pattern"]["dayOfMonth"] == read["pattern"]["month"] == 0
    assert (read["pattern"]["index"], read["pattern"]["firstDayOfWeek"]) == ("first", "sunday")
    assert (read["range"]["endDate"], read["range"]["numberOfOccurrences"]) == ("0001-01-01", 0)


def test_the_wall_clock_holds_across_a_clock_change(graph: GraphClient) -> None:
    master = graph.post("/me/events", weekly("2026-03-23"))
    window = {"startDateTime": "2026-03-20T00:00:00Z", "endDateTime": "2026-04-03T00:00:00Z"}
    found = graph.get(f"/me/events/{master['id']}/instances", None, **window)["value"]
    assert [one["start"]["dateTime"][:16] for one in found] == ["2026-03-23T08:00", "2026-03-30T07:00"]
    prefer = 'outlook.timezone="W. Europe Standard Time"'
    local = graph.get(f"/me/events/{master['id']}/instances", prefer, **window)["value"]
    assert {one["start"]["dateTime"][11:16] for one in local} == {"09:00"}


@pytest.mark.parametrize(
    ("pattern", "span", "code"),
    [
        pytest.param({"type": "weekly", "interval": 1}, {}, "ErrorPropertyValidationFailure", id="no-days"),
        pytest.param({"type": "daily"}, {}, "ErrorPropertyValidationFailure", id="no-interval"),
        pytest.param({"type": "daily", "interval": 0}, {}, "ErrorPropertyValidationFailure", id="interval-0"),
        pytest.param(
            {"type": "absoluteMonthly", "interval": 1}, {}, "ErrorPropertyValidationFailure", id="no-day"
        ),
        pytest.param(
            {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 2},
            {},
            "ErrorPropertyValidationFailure",
            id="no-month",
        ),
        pytest.param(
            DAILY, {"startDate": "2026-03-03"}, "ErrorPropertyValidationFailure", id="other-start-date"
        ),
        pytest.param(DAILY, {"type": "endDate"}, "ErrorPropertyValidationFailure", id="no-end-date"),
        pytest.param(
            DAILY,
            {"type": "endDate", "endDate": "2026-03-01"},
            "ErrorPropertyValidationFailure",
            id="end-before-start",
        ),
        pytest.param(DAILY, {"type": "numbered"}, "ErrorPropertyValidationFailure", id="no-number"),
        pytest.param(
            DAILY, {"type": "endDate", "endDate": "4500-09-02"}, "ErrorRecurrenceEndDateTooBig", id="too-late"
        ),
        pytest.param(
            DAILY, {"recurrenceTimeZone": "Mars"}, "TimeZoneNotSupportedException", id="unknown-zone"
        ),
        pytest.param(DAILY, {"startDate": "2026-03-02T09:00:00"}, "RequestBodyRead", id="date-with-a-time"),
        pytest.param({"type": "fortnightly", "interval": 1}, {}, "RequestBodyRead", id="unknown-type"),
    ],
)
def test_a_recurrence_the_service_refuses(
    graph: GraphClient, pattern: JsonObject, span: JsonObject, code: str
) -> None:
    assert graph.refused("POST", "/me/events", json=series("2026-03-02", pattern, **span)) == (400, code)


def march(graph: GraphClient) -> list[JsonObject]:
    """The calendar view of March."""
    found: list[JsonObject] = graph.get("/me/calendarView", None, **MARCH)["value"]
    return found


def test_lists_hold_masters_and_views_hold_occurrences(graph: GraphClient) -> None:
    master = graph.post("/me/events", weekly())
    assert [(event["id"], event["type"]) for event in graph.get("/me/events")["value"]] == [
        (master["id"], "seriesMaster")
    ]
    found = march(graph)
    assert {event["type"] for event in found} == {"occurrence"}
    assert {event["seriesMasterId"] for event in found} == {master["id"]}
    assert len({event["iCalUId"] for event in [*found, master]}) == 6


def test_a_patched_occurrence_becomes_an_exception_with_the_same_id(graph: GraphClient) -> None:
    graph.post("/me/events", weekly())
    third = march(graph)[2]
    path = f"/me/events/{third['id']}"
    changed = graph.patch(
        path, {"subject": "Moved", **{n: timed(day="2026-03-18")[n] for n in ("start", "end")}}
    )
    assert (changed["id"], changed["type"]) == (third["id"], "exception")
    found = march(graph)
    assert [event["start"]["dateTime"][8:10] for event in found] == ["02", "09", "18", "23", "30"]
    assert [event["subject"] for event in found].count("Moved") == 1
    original = graph.get(path, None, **{"$select": "originalStart"})["originalStart"]
    assert original == "2026-03-16T08:00:00Z"
    assert "originalStart" not in graph.get(path)


def test_an_exception_is_seen_where_it_was_moved_to(graph: GraphClient) -> None:
    monthly = {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 10}
    graph.post("/me/events", series("2026-03-10", monthly))
    april = {"startDateTime": "2026-04-01T00:00:00Z", "endDateTime": "2026-05-01T00:00:00Z"}
    (moved,) = graph.get("/me/calendarView", None, **april)["value"]
    times = {name: timed(day="2026-03-25")[name] for name in ("start", "end")}
    graph.patch(f"/me/events/{moved['id']}", times)
    assert [event["start"]["dateTime"][:10] for event in march(graph)] == ["2026-03-10", "2026-03-25"]
    assert graph.get("/me/calendarView", None, **april)["value"] == []


@pytest.mark.parametrize("day", ["2026-03-09", "2026-03-23", "2026-03-25", "2026-03-01"])
def test_an_occurrence_cannot_cross_its_neighbours(graph: GraphClient, day: str) -> None:
    graph.post("/me/events", weekly())
    third = march(graph)[2]
    body = {name: timed(day=day)[name] for name in ("start", "end")}
    refusal = graph.refused("PATCH", f"/me/events/{third['id']}", json=body)
    assert refusal == (400, "ErrorOccurrenceCrossingBoundary")


def test_a_new_time_of_the_series_drops_exceptions_and_restores_deletions(graph: GraphClient) -> None:
    master = graph.post("/me/events", weekly())
    found = march(graph)
    graph.patch(f"/me/events/{found[1]['id']}", {"subject": "Special"})
    graph.delete(f"/me/events/{found[2]['id']}")
    path = f"/me/events/{master['id']}"
    listed = graph.get(path, None, **{"$select": "cancelledOccurrences", "$expand": "exceptionOccurrences"})
    assert listed["cancelledOccurrences"] == [f"OID.{master['id']}.2026-03-16"]
    assert [one["subject"] for one in listed["exceptionOccurrences"]] == ["Special"]
    graph.patch(path, {"subject": "New name"})
    assert [event["subject"] for event in march(graph)] == ["New name", "Special", "New name", "New name"]
    later = {name: {**weekly()[name], "dateTime": f"2026-03-02T{hour}:30:00"} for name, hour in
             (("start", "14"), ("end", "15"))}  # fmt: skip
    graph.patch(path, later)
    found = march(graph)
    assert [event["type"] for event in found] == ["occurrence"] * 5
    assert {event["subject"] for event in found} == {"New name"}


def test_an_occurrence_has_no_recurrence_of_its_own(graph: GraphClient) -> None:
    graph.post("/me/events", weekly())
    body = {"recurrence": weekly()["recurrence"]}
    refusal = graph.refused("PATCH", f"/me/events/{march(graph)[0]['id']}", json=body)
    assert refusal == (400, "ErrorInvalidRequest")


def test_a_series_turns_into_a_single_event_and_back(graph: GraphClient) -> None:
    master = graph.post("/me/events", weekly())
    path = f"/me/events/{master['id']}"
    assert graph.patch(path, {"recurrence": None})["type"] == "singleInstance"
    assert len(march(graph)) == 1
    assert graph.patch(path, {"recurrence": weekly()["recurrence"]})["type"] == "seriesMaster"
    assert len(march(graph)) == 5
