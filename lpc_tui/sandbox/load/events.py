"""One VEVENT as the body of a Graph event, without what makes it repeat.

Guests stay guests, with their answers; who organised it stays the organiser. Raises `UnreadableError` with the reason for
an event that has no place in a calendar: no start, an end before its start.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from icalendar import Component
from icalendar.error import ComponentEndMissing, IncompleteComponent, InvalidCalendar

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.load.report import UnreadableError
from lpc_tui.sandbox.load.zones import Zones

LONGEST_SUBJECT = 255
_MOST_GUESTS = 500
_MOST_REMINDER_MINUTES = 4 * 7 * 24 * 60

_SENSITIVITY = {
    "PUBLIC": "normal",
    "PERSONAL": "personal",
    "PRIVATE": "private",
    "CONFIDENTIAL": "confidential",
}
_BUSY_STATUS = {
    "FREE": "free",
    "TENTATIVE": "tentative",
    "BUSY": "busy",
    "OOF": "oof",
    "WORKINGELSEWHERE": "workingElsewhere",
}
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentativelyAccepted"}
_BROKEN = (
    ComponentEndMissing,
    IncompleteComponent,
    InvalidCalendar,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)
"""What the calendar library raises when a property is not what it should be."""


@dataclass(frozen=True, slots=True)
class Span:
    """When something takes place."""

    start: dt.date
    """A date for an all-day event, else a time with a zone."""

    end: dt.date
    """Exclusive; of the same kind as `start`."""

    @property
    def is_all_day(self) -> bool:
        """Whether it covers days rather than hours."""
        return not isinstance(self.start, dt.datetime)


def read_event(component: Component, zones: Zones) -> JsonObject:
    """The event's body, with `organizer` where the file names one; raises UnreadableError."""
    span = read_span(component, zones)
    body: JsonObject = {
        "subject": text_of(component, "SUMMARY")[:LONGEST_SUBJECT],
        "body": _body(component),
        **_times(span, zones),
        "sensitivity": sensitivity(component),
        "showAs": _show_as(component),
        "importance": importance(component),
        "categories": categories(component),
        **_reminder(component, span, zones),
    }
    if location := text_of(component, "LOCATION"):
        body["location"] = {"displayName": location}
    if guests := _guests(component):
        body["attendees"] = guests
    if organizer := _person(component.get("ORGANIZER")):
        body["organizer"] = {"emailAddress": organizer}
    return body


def read_span(component: Component, zones: Zones) -> Span:
    """When the event takes place; raises UnreadableError."""
    start, end = _moment(component, "start"), _moment(component, "end")
    if isinstance(start, dt.datetime) and isinstance(end, dt.datetime):
        return _timed(component, zones.aware(start), zones.aware(end))
    if isinstance(start, dt.datetime) or isinstance(end, dt.datetime):
        raise UnreadableError("it starts with a date and ends with a time, or the other way round")
    if end < start:
        raise UnreadableError("it ends before it starts")
    return Span(start, max(end, start + dt.timedelta(days=1)))


def _moment(component: Component, side: str) -> dt.date:
    """The component's start or end as the library reads it."""
    try:
        moment = getattr(component, side)
    except _BROKEN as error:
        raise UnreadableError(f"its {side} cannot be read: {error}") from error
    if not isinstance(moment, dt.date):
        raise UnreadableError(f"its {side} is neither a date nor a time on one")
    return moment


def _timed(component: Component, start: dt.datetime, end: dt.datetime) -> Span:
    if end < start:
        raise UnreadableError("it ends before it starts")
    midnight = dt.time()
    if (
        text_of(component, "X-MICROSOFT-CDO-ALLDAYEVENT").upper() == "TRUE"
        and start.time() == end.time() == midnight
        and end.date() > start.date()
    ):
        return Span(start.date(), end.date())
    return Span(start, end)


def graph_time(moment: dt.date, zones: Zones) -> JsonObject:
    """A time as Graph wants it: in its own zone where that has a name, else in UTC; a date as its midnight."""
    if not isinstance(moment, dt.datetime):
        return {"dateTime": f"{moment.isoformat()}T00:00:00", "timeZone": zones.default.key}
    zone = zones.named(moment)
    local = moment.astimezone(zone or dt.UTC)
    return {"dateTime": local.replace(tzinfo=None).isoformat(), "timeZone": zone.key if zone else "UTC"}


def text_of(component: Component, name: str) -> str:
    """A property's text, the first where it comes several times; empty if there is none."""
    value = component.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return "" if value is None else str(value).replace("\x00", "")


def sensitivity(component: Component) -> str:
    """Graph's four kinds; a class that no standard names is private, as RFC 5545 says."""
    named = text_of(component, "CLASS").upper()
    return _SENSITIVITY.get(named, "private") if named else "normal"


def importance(component: Component) -> str:
    """Graph's three kinds of the nine priorities."""
    named = text_of(component, "X-MICROSOFT-CDO-IMPORTANCE")
    if named in {"0", "1", "2"}:
        return ("low", "normal", "high")[int(named)]
    priority = text_of(component, "PRIORITY")
    if not priority.isdigit() or int(priority) in {0, 5}:
        return "normal"
    return "high" if int(priority) < 5 else "low"


def categories(component: Component) -> list[str]:
    """The categories' names, each once; Outlook takes no commas in them."""
    try:
        names = [str(name).strip() for name in getattr(component, "categories", ())]
    except _BROKEN:
        return []
    return list(dict.fromkeys(name.replace(",", ";") for name in names if name))


def _times(span: Span, zones: Zones) -> JsonObject:
    return {
        "isAllDay": span.is_all_day,
        "start": graph_time(span.start, zones),
        "end": graph_time(span.end, zones),
    }


def _body(component: Component) -> JsonObject:
    for value in _each(component.get("X-ALT-DESC")):
        if str(value.params.get("FMTTYPE", "")).lower() == "text/html":
            return {"contentType": "html", "content": _unescaped(str(value))}
    return {"contentType": "text", "content": text_of(component, "DESCRIPTION")}


def _unescaped(value: str) -> str:
    """The text of an X- property, which the library leaves escaped where its type is unknown."""
    return value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")


def _show_as(component: Component) -> str:
    for name in ("X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-INTENDEDSTATUS"):
        if known := _BUSY_STATUS.get(text_of(component, name).upper()):
            return known
    if text_of(component, "TRANSP").upper() == "TRANSPARENT":
        return "free"
    return "tentative" if text_of(component, "STATUS").upper() == "TENTATIVE" else "busy"


def _reminder(component: Component, span: Span, zones: Zones) -> JsonObject:
    """The earliest alarm that rings before the start; an alarm that sends mail is none."""
    start = span.start if isinstance(span.start, dt.datetime) else _midnight(span.start, zones)
    end = span.end if isinstance(span.end, dt.datetime) else _midnight(span.end, zones)
    minutes = [
        found
        for alarm in component.walk("VALARM")
        if (found := _minutes_before(alarm, start, end, zones)) is not None
        and 0 <= found <= _MOST_REMINDER_MINUTES
    ]
    if not minutes:
        return {"isReminderOn": False}
    return {"isReminderOn": True, "reminderMinutesBeforeStart": min(minutes)}


def _midnight(day: dt.date, zones: Zones) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zones.default)


def _minutes_before(alarm: Component, start: dt.datetime, end: dt.datetime, zones: Zones) -> int | None:
    if text_of(alarm, "ACTION").upper() == "EMAIL":
        return None
    trigger = alarm.get("TRIGGER")
    value = getattr(trigger, "dt", None)
    try:
        if isinstance(value, dt.timedelta):
            is_after_end = str(trigger.params.get("RELATED", "")).upper() == "END"
            rings = (end if is_after_end else start) + value
        elif isinstance(value, dt.datetime):
            rings = zones.aware(value)
        else:
            return None
        return int((start - rings).total_seconds() // 60)
    except OverflowError:
        return None


def _guests(component: Component) -> list[JsonObject]:
    guests = []
    for value in _each(component.get("ATTENDEE")):
        if person := _person(value):
            answer = _ANSWERS.get(str(value.params.get("PARTSTAT", "")).upper(), "none")
            guests.append(
                {"type": _guest_type(value), "emailAddress": person, "status": {"response": answer}}
            )
    return guests[:_MOST_GUESTS]


def _guest_type(value: Any) -> str:
    if str(value.params.get("CUTYPE", "")).upper() in {"RESOURCE", "ROOM"}:
        return "resource"
    optional = str(value.params.get("ROLE", "")).upper() in {"OPT-PARTICIPANT", "NON-PARTICIPANT"}
    return "optional" if optional else "required"


def _person(value: Any) -> JsonObject | None:
    """Name and address of a calendar user; None for one without a mail address."""
    if isinstance(value, list):
        value = value[0] if value else None
    scheme, _, address = str(value or "").partition(":")
    if scheme.lower() != "mailto" or "@" not in address:
        return None
    return {"name": str(value.params.get("CN", "")) or address, "address": address.strip()}


def _each(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def addresses_of(component: Component) -> set[str]:
    """The mail addresses of everybody who takes part, in lower case."""
    people = (_person(value) for name in ("ORGANIZER", "ATTENDEE") for value in _each(component.get(name)))
    return {person["address"].lower() for person in people if person}
