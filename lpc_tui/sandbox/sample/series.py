"""What repeats: two series in Outlook, one of them in another zone across a change of its clocks, one in Salesforce."""

import datetime as dt

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.series import SeriesPattern
from lpc_tui.sandbox.sample.drafts import Draft
from lpc_tui.sandbox.sample.story import FUTURE_DAYS, HOME, NEW_YORK, PAST_DAYS

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = dt.timedelta(days=7)


def add_series(mailbox: Mailbox, org: Org, *, today: dt.date) -> None:
    """Create all three; some occurrences of the first are in Salesforce too, as the single events they are there."""
    _add_weekly_round(mailbox, org, today)
    _add_across_clock_change(mailbox, today)
    _add_lightning(org, today)


def _add_weekly_round(mailbox: Mailbox, org: Org, today: dt.date) -> None:
    """A weekly series with one occurrence moved and renamed, and one cancelled."""
    monday = _next_weekday(today - dt.timedelta(days=PAST_DAYS), 0)
    draft = Draft(
        subject="Sales team weekly",
        start=dt.datetime.combine(monday, dt.time(9, 30), HOME),
        minutes=45,
        location="Head office, room 4.12",
        text="Round table, then the pipeline.",
        reminder=15,
    )
    last = today + dt.timedelta(days=FUTURE_DAYS)
    master = mailbox.create_event(draft.to_graph() | {"recurrence": _weekly(draft, last)})
    coming = _next_weekday(today + dt.timedelta(days=1), 0)
    moved = dt.datetime.combine(coming + _WEEK, dt.time(14), HOME)
    exception = Draft(subject="Sales team weekly (with finance)", start=moved, minutes=60)
    changes = exception.to_graph()
    mailbox.update_event(
        _occurrence(mailbox, master, coming + _WEEK),
        {name: changes[name] for name in ("subject", "start", "end")},
    )
    mailbox.delete_event(_occurrence(mailbox, master, coming + 2 * _WEEK))
    for weeks in (-3, -2, -1, 0, 3):
        start = dt.datetime.combine(coming + weeks * _WEEK, dt.time(9, 30), HOME)
        twin = Draft(
            subject=draft.subject,
            start=start,
            minutes=draft.minutes,
            location=draft.location,
            text=draft.text,
            reminder=draft.reminder,
        )
        org.insert("Event", twin.to_salesforce(org.now))


def _add_across_clock_change(mailbox: Mailbox, today: dt.date) -> None:
    """A series at 15:00 in New York, from three weeks before its clocks change to three weeks after."""
    change = _next_clock_change(today)
    thursday = _next_weekday(change - 3 * _WEEK, 3)
    draft = Draft(
        subject="Call with the New York office",
        start=dt.datetime.combine(thursday, dt.time(15), NEW_YORK),
        minutes=30,
        location="Video",
        reminder=10,
    )
    mailbox.create_event(draft.to_graph() | {"recurrence": _weekly(draft, change + 3 * _WEEK)})


def _add_lightning(org: Org, today: dt.date) -> None:
    friday = _next_weekday(today - dt.timedelta(days=14), 4)
    draft = Draft(
        subject="Pipeline review",
        start=dt.datetime.combine(friday, dt.time(11), HOME),
        minutes=60,
        location="Head office, room 2.01",
    )
    org.create_lightning_series(draft.to_salesforce(org.now), SeriesPattern(frequency="WEEKLY", count=8))


def _weekly(draft: Draft, last: dt.date) -> JsonObject:
    day = draft.start.date()
    return {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": [_DAYS[day.weekday()]]},
        "range": {"type": "endDate", "startDate": day.isoformat(), "endDate": last.isoformat()},
    }


def _occurrence(mailbox: Mailbox, master: JsonObject, day: dt.date) -> str:
    """The id of the occurrence on that day."""
    begin = dt.datetime.combine(day, dt.time(), HOME)
    found: str = mailbox.instances(master["id"], begin, begin + dt.timedelta(days=1))[0]["id"]
    return found


def _next_weekday(day: dt.date, weekday: int) -> dt.date:
    """The first such day of the week from `day` on."""
    return day + dt.timedelta(days=(weekday - day.weekday()) % 7)


def _next_clock_change(today: dt.date) -> dt.date:
    """The day New York's clocks change next, at least 35 days after the beginning of the sample."""
    day = today
    noon = dt.time(12)
    while True:
        before = dt.datetime.combine(day - dt.timedelta(days=1), noon, NEW_YORK).utcoffset()
        if before != dt.datetime.combine(day, noon, NEW_YORK).utcoffset():
            return day
        day += dt.timedelta(days=1)
