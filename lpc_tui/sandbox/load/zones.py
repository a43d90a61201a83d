"""The time zones of a calendar file as names that Graph takes.

A file may name a zone by its IANA name, Windows' name, a path that ends in an IANA name, or define one of its own. What
has no name but keeps the same clock as a known zone gets that zone's; single events need none, they become UTC.
"""

import datetime as dt
import zoneinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON


@cache
def _known() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@lru_cache(maxsize=512)
def zone_by_name(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, a Windows name, or a path that ends in an IANA name; None for any other text."""
    name = name.strip().strip('"')
    name = WINDOWS_TO_OLSON.get(name, name)
    parts = name.strip("/").split("/")
    for length in (len(parts), 3, 2):
        candidate = "/".join(parts[-length:])
        if candidate in _known():
            return ZoneInfo(candidate)
    return None


def named_zone(zone: dt.tzinfo, around: dt.datetime) -> ZoneInfo | None:
    """The named zone that a `tzinfo` is, or keeps the same clock as in the two years after `around`; None if none does."""
    if isinstance(zone, ZoneInfo) and zone.key in _known():
        return zone
    if zone is dt.UTC:
        return ZoneInfo("UTC")
    own = zone_by_name(getattr(zone, "_tzid", "") or str(zone))
    instants = [around.astimezone(dt.UTC) + dt.timedelta(days=29 * step) for step in range(26)]
    offsets = [instant.astimezone(zone).utcoffset() for instant in instants]
    candidates = ([own] if own else []) + [ZoneInfo(name) for name in _candidates()]
    for candidate in candidates:
        if all(
            instant.astimezone(candidate).utcoffset() == o
            for instant, o in zip(instants, offsets, strict=True)
        ):
            return candidate
    return None


@cache
def _candidates() -> tuple[str, ...]:
    """One name for each of Windows' zones, UTC and Europe's most common ones first."""
    first = ("UTC", "Europe/Berlin", "Europe/London", "America/New_York")
    others = sorted(set(WINDOWS_TO_OLSON.values()) & _known() - set(first))
    return (*first, *others)


class Zones:
    """One calendar file's zones: what its times without a zone mean, and the names of its own zones."""

    def __init__(self, default: ZoneInfo) -> None:
        self.default = default
        """The zone of times that name none."""

        self._named: dict[str, ZoneInfo | None] = {}

    def named(self, moment: dt.datetime) -> ZoneInfo | None:
        """The named zone a time was written in; None for a zone of the file's own that nothing known resembles."""
        if moment.tzinfo is None:
            return self.default
        key = str(moment.tzinfo)
        if key not in self._named:
            self._named[key] = named_zone(moment.tzinfo, moment)
        return self._named[key]

    def aware(self, moment: dt.datetime) -> dt.datetime:
        """The time with a zone."""
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=self.default)
