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

__all__ = ["graph_zone_name", "read_instant", "read_when", "utc_text", "written_when"]

_DAY = timedelta(days=1)
_MIDNIGHT = "T00:00:00"
_SECONDS = len("2026-03-27T08:00:00")


def read_when(record: JsonObject, zone: tzinfo) -> When:
    """The time of an event; `zone` is the person's, for whole days whose own zone is unknown.

    Raises:
        ValueError, KeyError: it has none that can be read.
    """
    if record.get("isAllDay"):
        return _read_days(record, zone)
    return Timed(_moment(record["start"]), _moment(record["end"]))


def read_instant(text: str | None) -> datetime | None:
    """An `Edm.DateTimeOffset`, which Graph gives in UTC; None where there is none."""
    return datetime.fromisoformat(text[:_SECONDS]).replace(tzinfo=UTC) if text else None


def written_when(when: When, zone_name: str) -> JsonObject:
    """The properties that put an event at `when`: always all three, so that no half of an old time stays.

    Whole days go out as midnights of `zone_name` (a Windows name), as the service demands: both in one zone, the end after
    the last day. Instants go out in UTC.
    """
    if isinstance(when, AllDay):
        start, end, zone_name = f"{when.first}{_MIDNIGHT}", f"{when.end}{_MIDNIGHT}", zone_name
    else:
        start, end, zone_name = utc_text(when.start)[:-1], utc_text(when.end)[:-1], "UTC"
    return {
        "start": {"dateTime": start, "timeZone": zone_name},
        "end": {"dateTime": end, "timeZone": zone_name},
        "isAllDay": isinstance(when, AllDay),
    }


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
        moment = _moment(value)
        for zone in zones:
            local = moment.astimezone(zone) if zone else moment
            if (local.hour, local.minute) == (0, 0):
                return local.date()
    return date.fromisoformat(text[:10])


def _moment(value: JsonObject) -> datetime:
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
