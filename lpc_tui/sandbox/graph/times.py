"""Graph's times: a local time with seven decimals beside the name of its zone, never an offset.

Zone names come in as Windows names or IANA names; anything else is refused. Facts:
https://learn.microsoft.com/graph/api/resources/datetimetimezone
"""

import re
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import win_tz

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.errors import GraphError, body_refused, invalid_request

_LOCAL = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})(?:T(?P<clock>\d{2}:\d{2}(?::\d{2})?)(?:\.(?P<fraction>\d{1,7}))?(?P<offset>Z|[+-]\d{2}:\d{2})?)?"
)
_FIRST_YEAR, _LAST_YEAR = 1601, 4500
"""What the store beneath can hold."""


@cache
def _iana_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones() - {"localtime", "posixrules", "Factory"})


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The zone of a Windows or IANA name; raises `TimeZoneNotSupportedException` (400) for any other text."""
    if name in win_tz:
        return ZoneInfo(win_tz[name])
    if name in _iana_names():
        return ZoneInfo(name)
    raise GraphError(
        400,
        "TimeZoneNotSupportedException",
        f"A valid TimeZone value must be specified. The following TimeZone value is not supported: '{name}'.",
    )


def windows_zone_names() -> list[str]:
    """Every Windows name `zone` takes, in order."""
    return sorted(win_tz)


def iana_zone_names() -> list[str]:
    """Every IANA name `zone` takes, in order."""
    return sorted(_iana_names())


def read_local(value: JsonObject) -> tuple[datetime, str]:
    """The naive local time and zone name of a `dateTimeTimeZone`, to the whole microsecond.

    An offset in `dateTime` is refused, `Z` passes only where the zone is UTC: this sandbox's assumption, since the
    service documents local times only.
    """
    name = value.get("timeZone") or ""
    place = zone(name)
    text = value.get("dateTime")
    match = _LOCAL.fullmatch(text) if isinstance(text, str) else None
    offset = match["offset"] if match else None
    if match is None or (offset and not (offset == "Z" and place.key in ("UTC", "Etc/UTC"))):
        raise _not_a_time(text)
    clock = match["clock"] or "00:00:00"
    try:
        moment = datetime.fromisoformat(f"{match['date']}T{clock}")
    except ValueError:
        raise _not_a_time(text) from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise _not_a_time(text)
    return moment + timedelta(microseconds=int((match["fraction"] or "0").ljust(7, "0")[:6])), name


def _not_a_time(text: object) -> GraphError:
    return GraphError(400, "InvalidDateTime", f"The DateTime string '{text}' could not be parsed.")


def to_utc(local: datetime, zone_name: str) -> datetime:
    """The instant of a local time; in the hour a clock change skips, the time the clock would have shown before it."""
    if zone_name == "UTC":
        return local.replace(tzinfo=UTC)
    return local.replace(tzinfo=zone(zone_name)).astimezone(UTC)


def local_text(local: datetime) -> str:
    """A local time with Graph's seven decimals."""
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond:06d}0"


def in_zone(instant: datetime, zone_name: str) -> JsonObject:
    """An instant as a `dateTimeTimeZone` of that zone."""
    if zone_name == "UTC":
        return {"dateTime": local_text(instant), "timeZone": "UTC"}
    return {"dateTime": local_text(instant.astimezone(zone(zone_name))), "timeZone": zone_name}


def instant_text(instant: datetime) -> str:
    """An instant as an `Edm.DateTimeOffset` in UTC, without needless decimals."""
    text = f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    return f"{text}.{instant.microsecond:06d}Z" if instant.microsecond else f"{text}Z"


def read_instant(text: str, what: str) -> datetime:
    """An ISO 8601 text as an instant; without an offset it is UTC. Raises a 400 that names `what`."""
    match = _LOCAL.fullmatch(text)
    if match:
        try:
            moment = datetime.fromisoformat(
                f"{match['date']}T{match['clock'] or '00:00:00'}{(match['offset'] or 'Z').replace('Z', '+00:00')}"
            )
            fraction = int((match["fraction"] or "0").ljust(7, "0")[:6])
            return (moment + timedelta(microseconds=fraction)).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise GraphError(
        400,
        "ErrorInvalidParameter",
        f"The value '{text}' of parameter '{what}' is invalid.",
    )


def read_date(value: object, what: str) -> date:
    """An `Edm.Date`; raises `RequestBodyRead` where it is something else, a date with a time for example."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise body_refused(f"Cannot convert the literal '{value}' of '{what}' to the expected type 'Edm.Date'.")


def read_window(start: str | None, end: str | None) -> tuple[datetime, datetime]:
    """The window of a calendar view, both ends required, at most 1825 days long."""
    if start is None or end is None:
        raise invalid_request(
            "This request requires a time window specified by the query string parameters StartDateTime and "
            "EndDateTime."
        )
    window = read_instant(start, "StartDateTime"), read_instant(end, "EndDateTime")
    if window[0] > window[1]:
        raise invalid_request("The end date must be later than the start date of the window.")
    if window[1] - window[0] > timedelta(days=1825):
        raise invalid_request(
            "The requested date range exceeds the maximum of 1825 days. Please use a smaller range."
        )
    return window
