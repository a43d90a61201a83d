"""One appointment as neither service has it, and what each service holds of it.

Both forms of a draft agree in everything that a two-way sync maps: the plain text is what Outlook shows of its HTML,
the absolute reminder is the relative one, all-day ends are exclusive here and inclusive there.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.bodies import as_text, stored_html
from lpc_tui.sandbox.sample.cast import Contact

_SHOW_AS = {"oof": "OutOfOffice", "free": "Free", "workingElsewhere": "Free"}
_LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An appointment."""

    subject: str
    start: dt.datetime
    """In the zone it was made in; for an all-day one midnight of its first day."""

    minutes: int
    """How long; whole days for an all-day one."""

    is_all_day: bool = False
    location: str = ""
    text: str = ""
    html: str = ""
    """Instead of `text`."""

    show_as: str = "busy"
    """Outlook's word."""

    sensitivity: str = "normal"
    """Outlook's word."""

    reminder: int | None = None
    """Minutes before the start."""

    categories: tuple[str, ...] = ()
    guests: tuple[Contact, ...] = ()

    @property
    def end(self) -> dt.datetime:
        """Exclusive; by the clock on the wall for an all-day one."""
        if self.is_all_day:
            return self.start + dt.timedelta(minutes=self.minutes)
        return (self.start.astimezone(dt.UTC) + dt.timedelta(minutes=self.minutes)).astimezone(
            self.start.tzinfo
        )

    @property
    def body(self) -> JsonObject:
        """The body as Graph takes it."""
        if self.html:
            return {"contentType": "html", "content": self.html}
        return {"contentType": "text", "content": self.text}

    def to_graph(self) -> JsonObject:
        """The Graph event."""
        event: JsonObject = {
            "subject": self.subject[:_LONGEST_SUBJECT],
            "body": self.body,
            "start": _graph_time(self.start),
            "end": _graph_time(self.end),
            "isAllDay": self.is_all_day,
            "showAs": self.show_as,
            "sensitivity": self.sensitivity,
            "isReminderOn": self.reminder is not None,
            "categories": list(self.categories),
        }
        if self.reminder is not None:
            event["reminderMinutesBeforeStart"] = self.reminder
        if self.location:
            event["location"] = {"displayName": self.location}
        if self.guests:
            event["attendees"] = [
                {"type": "required", "emailAddress": {"name": guest.name, "address": guest.email}}
                for guest in self.guests
            ]
        return event

    def to_salesforce(self, now: dt.datetime) -> JsonObject:
        """The Salesforce Event; a reminder that was due before `now` has switched itself off there."""
        fields: JsonObject = {
            "Subject": self.subject[:_LONGEST_SUBJECT],
            "IsAllDayEvent": self.is_all_day,
            "StartDateTime": _salesforce_time(self.start, self.is_all_day),
            "EndDateTime": _salesforce_time(
                self.end - dt.timedelta(days=1) if self.is_all_day else self.end, self.is_all_day
            ),
            "ShowAs": _SHOW_AS.get(self.show_as, "Busy"),
            "IsPrivate": self.sensitivity in {"private", "confidential"},
        }
        if self.location:
            fields["Location"] = self.location
        if shown := as_text(stored_html(self.body)).replace("\r\n", "\n").strip():
            fields["Description"] = shown
        if self.reminder is not None:
            rings = self.start.astimezone(dt.UTC) - dt.timedelta(minutes=self.reminder)
            fields["ReminderDateTime"] = f"{rings:%Y-%m-%dT%H:%M:%SZ}"
            fields["IsReminderSet"] = rings > now
        return fields


def _graph_time(moment: dt.datetime) -> JsonObject:
    zone = moment.tzinfo
    assert isinstance(zone, ZoneInfo)
    return {"dateTime": moment.replace(tzinfo=None).isoformat(), "timeZone": zone.key}


def _salesforce_time(moment: dt.datetime, is_all_day: bool) -> str:
    """An instant in UTC; of an all-day event the date as a midnight in UTC, through no zone."""
    utc = moment.replace(tzinfo=dt.UTC) if is_all_day else moment.astimezone(dt.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%SZ}"
