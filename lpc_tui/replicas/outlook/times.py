"""Graph's times as canonical ones, and back: instants in UTC, whole days as dates.

Graph writes a local time with seven decimals beside the name of its zone, and ends a whole-day event at the midnight after
it. Facts: https://learn.microsoft.com/graph/api/resources/datetimetimezone. Instants are read to the whole second: neither
people nor Salesforce know fractions.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import tz_win, win_tz

from lpc_tui.model.items import AllDay, Timed, When
from lpc_tui.replicas.wire import JsonObject

__all__ = [
    "graph_zone_name",
    "read_due",
    "read_instant",
    "read_moment",
    "read_when",
    "utc_text",
    "written_day",
    "written_moment",
    "written_when",
]

_DAY = timedelta(days=1)
_MIDNIGHT = "T00:00:00"
_SECONDS = len("2026-03-27T08:00:00")
_EASTERNMOST = timedelta(hours=13)
"""But for a few islands, zones lie from UTC-10 to UTC+13."""


def read_when(record: JsonObject, zone: tzinfo) -> When:
    """The time of an event; `zone` is the person's, for whole days whose own zone is unknown.

    Raises:
        ValueError, KeyError: it has none that can be read.
    """
    if record.get("isAllDay"):
        return _read_days(record, zone)
    return Timed(read_moment(record["start"]), read_moment(record["end"]))


def read_instant(text: str | None) -> datetime | None:
    """An `Edm.DateTimeOffset`, which Graph gives in UTC; None where there is none."""
    return datetime.fromisoformat(text[:_SECONDS]).replace(tzinfo=UTC) if text else None


def read_due(value: JsonObject, zone: tzinfo) -> date:
    """The date of a task that is due, which the service keeps as a midnight, and shows as an instant: of UTC, where it is
    that; of `zone`, the person's, where it is that; else of whatever zone it was written in, which nobody knows any more.

    Raises:
        ValueError, KeyError: it has none that can be read.
    """
    moment = read_moment(value)
    for place in (UTC, zone):
        local = moment.astimezone(place)
        if (local.hour, local.minute) == (0, 0):
            return local.date()
    return (moment + _EASTERNMOST).date()


def written_day(day: date, zone_name: str) -> JsonObject:
    """A date as the midnight that begins it in `zone_name` (a Windows name)."""
    return {"dateTime": f"{day}{_MIDNIGHT}", "timeZone": zone_name}


def written_moment(instant: datetime) -> JsonObject:
    """An instant, in UTC."""
    return {"dateTime": utc_text(instant)[:-1], "timeZone": "UTC"}


def written_when(when: When, zone_name: str) -> JsonObject:
    """The properties that put an event at `when`: always all three, so that no half of an old time stays.

    Whole days go out as midnights of `zone_name` (a Windows name), as the service demands: both in one zone, the end after
    the last day. Instants go out in UTC.
    """
    if isinstance(when, AllDay):
        start, end = written_day(when.first, zone_name), written_day(when.end, zone_name)
    else:
        start, end = written_moment(when.start), written_moment(when.end)
    return {"start": start, "end": end, "isAllDay": isinstance(when, AllDay)}


def utc_text(instant: datetime) -> str:
    """An instant as Graph's query strings take it, with `Z`: a `+` there would be a space."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def graph_zone_name(zone: ZoneInfo) -> str:
    """The Windows name of a zone, which every mailbox takes; IANA names are refused by some, so else it is UTC."""
    return tz_win.get(zone.key, "UTC")


def _read_days(record: JsonObject, zone: tzinfo) -> AllDay:
    own = _zone(record.get("originalStartTimeZone") or "")
    first = _day(record["start"], (own, zone))
    after = _day(record["end"], (own, zone))
    return AllDay(first, max(first, after - _DAY))


def _day(value: JsonObject, zones: tuple[tzinfo | None, ...]) -> date:
    """The date as it is written, at midnight; at another hour, the date it is in the first zone where that is midnight."""
    text: str = value["dateTime"]
    if text[10:_SECONDS] != _MIDNIGHT and len(text) > len("2026-03-27"):
        moment = read_moment(value)
        for zone in zones:
            local = moment.astimezone(zone) if zone else moment
            if (local.hour, local.minute) == (0, 0):
                return local.date()
    return date.fromisoformat(text[:10])


def read_moment(value: JsonObject) -> datetime:
    """The UTC instant of a local time beside the name of its zone; raises ValueError, KeyError where it is none."""
    local = datetime.fromisoformat(value["dateTime"][:_SECONDS])
    name = value.get("timeZone") or "UTC"
    if name == "UTC":
        return local.replace(tzinfo=UTC)
    zone = _zone(name)
    if zone is None:
        raise ValueError(f"unknown time zone {name!r}")
    return local.replace(tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo | None:
    """The zone of a Windows or IANA name; None for another, as `tzone://Microsoft/Custom`."""
    if name in {"UTC", "tzone://Microsoft/Utc"}:
        return UTC
    try:
        return ZoneInfo(win_tz.get(name, name))
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return None
    except KeyError:
        return None
