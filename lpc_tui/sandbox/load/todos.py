"""One VTODO as the body of a To Do task."""

import datetime as dt

from icalendar import Component

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.load.events import LONGEST_SUBJECT, categories, importance, text_of
from lpc_tui.sandbox.load.report import UnreadableError
from lpc_tui.sandbox.load.zones import Zones

_STATUS = {
    "NEEDS-ACTION": "notStarted",
    "IN-PROCESS": "inProgress",
    "COMPLETED": "completed",
    "CANCELLED": "deferred",
}


def read_todo(component: Component, zones: Zones) -> JsonObject:
    """The task's body; raises UnreadableError for a to-do without any name."""
    title = text_of(component, "SUMMARY").strip()
    if not title:
        raise UnreadableError("a task needs a title")
    body: JsonObject = {
        "title": title[:LONGEST_SUBJECT],
        "status": _status(component),
        "importance": importance(component),
        "categories": categories(component),
    }
    if text := text_of(component, "DESCRIPTION"):
        body["body"] = {"contentType": "text", "content": text}
    for name, source in (("startDateTime", "DTSTART"), ("dueDateTime", "DUE")):
        if day := _day(component, source, zones):
            body[name] = {"dateTime": f"{day}T00:00:00", "timeZone": zones.default.key}
    return body


def _status(component: Component) -> str:
    if component.get("COMPLETED") is not None:
        return "completed"
    return _STATUS.get(text_of(component, "STATUS").upper(), "notStarted")


def _day(component: Component, name: str, zones: Zones) -> dt.date | None:
    """The date a to-do names, in the calendar's own zone: To Do keeps no times of day."""
    value = getattr(component.get(name), "dt", None)
    if isinstance(value, dt.datetime):
        return zones.aware(value).astimezone(zones.default).date()
    return value if isinstance(value, dt.date) else None
