"""Turns the checked body of a create or update into the properties of an event as they are stored.

Pure functions on property dictionaries: no mailbox, no ids. Every rule between properties (all-day, order of start and
end, recurrence, online meetings) is here, and every violation is the service's 400.
"""

import hashlib
from datetime import datetime, time, timedelta

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import bodies, times
from lpc_tui.sandbox.graph.errors import GraphError, body_refused, invalid_request, validation_failed
from lpc_tui.sandbox.graph.event_schema import DEFAULTS
from lpc_tui.sandbox.graph.recurrence import Expansion, complete

MOST_ATTENDEES = 500
NO_TIME = "0001-01-01T00:00:00Z"
"""The time of an answer not given."""

_NOT_NULL = frozenset(
    {
        "start", "end", "isAllDay", "sensitivity", "showAs", "importance", "isReminderOn", "hideAttendees",
        "reminderMinutesBeforeStart", "responseRequested", "allowNewTimeProposals", "isOnlineMeeting",
    }
)  # fmt: skip
_BARE_LOCATION: JsonObject = {
    "displayName": "",
    "locationType": "default",
    "uniqueIdType": "unknown",
    "address": {},
    "coordinates": {},
}


def created(given: JsonObject) -> JsonObject:
    """The stored properties of a new event."""
    for name in ("start", "end"):
        if given.get(name) is None:
            raise validation_failed(f"The property '{name}' is required to create an event.")
    blank: JsonObject = {
        **DEFAULTS,
        "html": "",
        "bodyPreview": "",
        "location": _BARE_LOCATION,
        "locations": [],
        "transactionId": given.get("transactionId"),
        "onlineMeeting": None,
        "hadMeeting": False,
    }
    return updated(blank, given)


def updated(before: JsonObject, given: JsonObject) -> JsonObject:
    """The stored properties after a write of `given` (checked against the schema) to those of `before`."""
    for name in _NOT_NULL & given.keys():
        if given[name] is None:
            raise body_refused(f"The property '{name}' may not be null.")
    after = dict(before)
    plain = DEFAULTS.keys() - {"attendees", "recurrence", "isOnlineMeeting", "onlineMeetingProvider"}
    after.update({name: given[name] for name in plain & given.keys()})
    after["subject"] = after["subject"] or ""
    _set_categories(after)
    _set_times(after, given)
    _set_recurrence(after, given)
    _set_places(after, given)
    if "attendees" in given:
        answers = {_address(known): known["status"] for known in before["attendees"]}
        after["attendees"] = [_attendee(attendee, answers) for attendee in given["attendees"]]
        if len(after["attendees"]) > MOST_ATTENDEES:
            raise invalid_request(f"An event may have at most {MOST_ATTENDEES} attendees.")
    _set_body(after, given)
    return after


def _set_categories(after: JsonObject) -> None:
    if any("," in name for name in after["categories"]):
        raise validation_failed("The name of a category may not contain a comma.")


def _set_times(after: JsonObject, given: JsonObject) -> None:
    for name in ("start", "end"):
        if name in given:
            local, zone_name = times.read_local(given[name])
            after[name] = {"dateTime": local.isoformat(), "timeZone": zone_name}
    start, end = after["start"], after["end"]
    first, last = (datetime.fromisoformat(value["dateTime"]) for value in (start, end))
    if after["isAllDay"]:
        for name, moment in (("Start", first), ("End", last)):
            if moment.time() != time():
                raise invalid_request(
                    f"The Event.{name} property for an all-day event needs to be set to midnight."
                )
        if start["timeZone"] != end["timeZone"]:
            raise invalid_request("The start and end of an all-day event need to be in the same time zone.")
        if last - first < timedelta(days=1):
            raise invalid_request("The duration of an all-day event needs to be at least 24 hours.")
    if times.to_utc(first, start["timeZone"]) > times.to_utc(last, end["timeZone"]):
        raise validation_failed("The event's start must be earlier than its end.")


def _set_recurrence(after: JsonObject, given: JsonObject) -> None:
    recurrence = given.get("recurrence", after["recurrence"])
    if recurrence is None:
        after["recurrence"] = None
        return
    if not {"recurrence", "start", "end", "isAllDay"} & given.keys():
        return
    first = datetime.fromisoformat(after["start"]["dateTime"]).date()
    if "recurrence" not in given:
        recurrence = {**recurrence, "range": {**recurrence["range"], "startDate": first.isoformat()}}
    completed = complete(recurrence, first, after["start"]["timeZone"])
    times.zone(completed["range"]["recurrenceTimeZone"])
    begins = Expansion(completed).first()
    if begins is None:
        raise GraphError(400, "ErrorRecurrenceHasNoOccurrence", "The recurrence has no occurrence.")
    # Where the pattern does not fall on the start's own date, Exchange moves the series to its first real occurrence.
    completed["range"]["startDate"] = begins.isoformat()
    for name in ("start", "end"):
        moved = datetime.fromisoformat(after[name]["dateTime"]) + (begins - first)
        after[name] = {**after[name], "dateTime": moved.isoformat()}
    after["recurrence"] = completed


def _set_places(after: JsonObject, given: JsonObject) -> None:
    if "location" in given:
        place = _location(given["location"] or {})
        after["location"] = place
        after["locations"] = [place] if place["displayName"] else []
    if given.get("locations") and not (given.get("location") or {}).get("displayName"):
        after["locations"] = [_location(place) for place in given["locations"]]
        after["location"] = after["locations"][0]
    elif "locations" in given and "location" not in given:
        after["location"], after["locations"] = _BARE_LOCATION, []


def _location(given: JsonObject) -> JsonObject:
    name = given.get("displayName") or ""
    if not name:
        return {**_BARE_LOCATION, **{key: value for key, value in given.items() if value is not None}}
    known = {key: value for key, value in given.items() if value is not None}
    return {
        "locationType": "default",
        "uniqueId": name,
        "uniqueIdType": "private",
        **known,
        "displayName": name,
    }


def _address(attendee: JsonObject) -> str:
    address: str = attendee["emailAddress"]["address"]
    return address.lower()


def _attendee(given: JsonObject, answers: dict[str, JsonObject]) -> JsonObject:
    """An attendee as stored: whoever was invited before keeps the answer given."""
    address = given.get("emailAddress") or {}
    if "@" not in (address.get("address") or ""):
        raise GraphError(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
    return {
        "type": given.get("type") or "required",
        "status": answers.get(address["address"].lower(), {"response": "none", "time": NO_TIME}),
        "emailAddress": {"name": address.get("name") or address["address"], "address": address["address"]},
    }


def _set_body(after: JsonObject, given: JsonObject) -> None:
    """Writes the body and the online meeting, whose join block is part of the body.

    A body without the block disables the meeting; `isOnlineMeeting` false does nothing once it is true.
    """
    document = after["html"]
    meeting = after["onlineMeeting"]
    if "body" in given:
        document = bodies.stored_html(given["body"])
        if meeting and not bodies.has_join_blob(document, meeting["joinUrl"]):
            after.update(isOnlineMeeting=False, onlineMeetingProvider="unknown", onlineMeeting=None)
    # Asking again for a meeting that was disabled is no cure, so a past meeting leaves its mark.
    if given.get("isOnlineMeeting") and not after["hadMeeting"]:
        meeting = _online_meeting(after)
        document = bodies.with_join_blob(document, meeting["joinUrl"])
        asked = given.get("onlineMeetingProvider") or "unknown"
        after.update(
            isOnlineMeeting=True,
            onlineMeeting=meeting,
            hadMeeting=True,
            onlineMeetingProvider="teamsForBusiness" if asked == "unknown" else asked,
        )
    if document != after["html"]:
        after["html"], after["bodyPreview"] = document, bodies.preview(document)


def _online_meeting(after: JsonObject) -> JsonObject:
    text = f"{after['subject']}/{after['start']['dateTime']}/{after['transactionId']}"
    key = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    return {"joinUrl": f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{key}"}
