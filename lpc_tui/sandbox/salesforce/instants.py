"""Dates and instants as Salesforce writes and reads them.

Stored values are the wire's own strings (`2026-01-05T10:00:00.000+0000`): of one width and always UTC, so
that comparing the strings compares the instants, and answering a query costs no formatting.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

# https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_valid_date_formats.htm
# The form without a colon is taken only with milliseconds, that is as the service itself writes it.
_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)"
    r"(?:\.(\d{1,3})(?:Z|([+-]\d\d):?(\d\d))|(?:Z|([+-]\d\d):(\d\d)))"
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def wire_instant(instant: datetime) -> str:
    """An aware instant as the service writes it, in UTC with milliseconds."""
    utc = instant.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}+0000"


def wire_second(instant: datetime) -> str:
    """The same, cut to the second: what is stored, and what system fields show."""
    return wire_instant(instant.replace(microsecond=0))


def from_wire(text: str) -> datetime:
    """The instant of a stored string."""
    return datetime.fromisoformat(text)


def parse_instant(text: str) -> datetime | None:
    """An instant as a body or a SOQL literal may give it, or None if the service would refuse the form."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, milliseconds, *offsets = match.groups()
    hours, minutes = (offsets[0], offsets[1]) if offsets[0] else (offsets[2], offsets[3])
    offset = timedelta(0)
    if hours:
        sign = -1 if hours[0] == "-" else 1
        offset = sign * timedelta(hours=int(hours[1:]), minutes=int(minutes))
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=timezone(offset)
        )
        return (local + timedelta(milliseconds=int((milliseconds or "0").ljust(3, "0")))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_date(text: str) -> date | None:
    """A date as a body or a SOQL literal may give it; anything with a time or an offset is None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def midnight(day: date) -> datetime:
    """The midnight in UTC that stands for a whole day in an all-day event."""
    return datetime.combine(day, time(0), UTC)
