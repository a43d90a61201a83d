"""Events that repeat: as a Graph series with its exceptions where Graph can express it, else spelled out.

A series that Graph has no words for (several rules, extra dates, hours, a zone that nothing known resembles, changes
to this and all later occurrences) becomes single events within a span around today.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import recurring_ical_events
from icalendar import Calendar, Component

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.errors import GraphError
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.load.events import read_event, read_span, text_of
from lpc_tui.sandbox.load.meetings import put_event
from lpc_tui.sandbox.load.recurrence import Rule, graph_recurrence
from lpc_tui.sandbox.load.report import FileReport, UnreadableError
from lpc_tui.sandbox.load.zones import Zones

PAST_DAYS = 400
FUTURE_DAYS = 800
_MOST_OCCURRENCES = 3_000
_CHUNK = dt.timedelta(days=1800)
"""The service's own windows end at 1,825 days."""

Key = dt.date
"""An occurrence by its original start: an instant in UTC, or a date for an all-day series."""


@dataclass(slots=True)
class Group:
    """What a file says about one event: itself, and the occurrences of it that differ."""

    masters: list[Component] = field(default_factory=list)
    overrides: list[Component] = field(default_factory=list)

    @property
    def first(self) -> Component:
        """The component that names the group."""
        return (self.masters or self.overrides)[0]


def groups_of(events: Iterable[Component]) -> list[Group]:
    """Events by their UID, in the order of the file; one without a UID stands alone, as do twins that do not repeat."""
    groups: list[Group] = []
    by_uid: dict[str, Group] = {}
    for event in events:
        uid = text_of(event, "UID")
        group = by_uid.get(uid) if uid else None
        if group is None:
            group = Group()
            groups.append(group)
            if uid:
                by_uid[uid] = group
        (group.overrides if event.get("RECURRENCE-ID") is not None else group.masters).append(event)
    return groups


class SeriesLoader:
    """Puts the events of one calendar into the mailbox."""

    def __init__(
        self,
        mailbox: Mailbox,
        zones: Zones,
        owner: str,
        calendar: Component,
        report: FileReport,
        today: dt.date,
    ) -> None:
        self._mailbox = mailbox
        self._zones = zones
        self._owner = owner
        self._timezones = calendar.walk("VTIMEZONE")
        self._report = report
        self._today = today

    def load(self, group: Group) -> None:
        """Load one group; raises UnreadableError, GraphError, or whatever the library raises for broken content."""
        masters = _latest(group.masters)
        if not masters:
            for override in group.overrides:
                self._put_single(override)
        for position, master in enumerate(masters):
            if _is_cancelled(master):
                raise UnreadableError("it was cancelled")
            if _repeats(master):
                self._load_series(master, [] if position else group.overrides)
            else:
                self._put_single(master)

    def _put_single(self, component: Component) -> None:
        if _is_cancelled(component):
            raise UnreadableError("it was cancelled")
        put_event(self._mailbox, read_event(component, self._zones), self._owner)
        self._report.events += 1

    def _load_series(self, master: Component, overrides: list[Component]) -> None:
        body = read_event(master, self._zones)
        recurrence = self._recurrence(master, overrides)
        if recurrence is None:
            self._spell_out(master, overrides, "Outlook has no such pattern")
            return
        try:
            created = put_event(self._mailbox, body | {"recurrence": recurrence}, self._owner)
        except GraphError as error:
            self._spell_out(master, overrides, f"Outlook would refuse the series: {error}")
            return
        self._report.series += 1
        self._change_occurrences(created["id"], master, overrides)

    def _recurrence(self, master: Component, overrides: list[Component]) -> JsonObject | None:
        """The series in Graph's words; None if it has none for it."""
        rules: list[Rule] = _each(master, "RRULE")
        if len(rules) != 1 or master.get("RDATE") is not None or master.get("EXRULE") is not None:
            return None
        if any("RANGE" in getattr(each.get("RECURRENCE-ID"), "params", ()) for each in overrides):
            return None
        start = read_span(master, self._zones).start
        if not isinstance(start, dt.datetime):
            return graph_recurrence(rules[0], start, self._zones.default)
        zone = self._zones.named(start)
        return graph_recurrence(rules[0], start.astimezone(zone).replace(tzinfo=None), zone) if zone else None

    def _change_occurrences(self, series_id: str, master: Component, overrides: list[Component]) -> None:
        """Delete the series' cancelled occurrences, change those that differ.

        A change older than the series itself does not bring back what the series has since left out.
        """
        is_all_day = read_span(master, self._zones).is_all_day
        removed = [self._key(value, is_all_day) for value in _exdates(master)]
        changed = {
            self._key(_original_start(override), is_all_day): override for override in _latest(overrides)
        }
        ids = self._occurrence_ids(series_id, [*removed, *changed], is_all_day)
        changed = {
            key: override
            for key, override in changed.items()
            if _sequence(override) >= _sequence(master) or (key in ids and key not in removed)
        }
        for key in dict.fromkeys(removed):
            if key in ids and key not in changed:
                self._mailbox.delete_event(ids[key])
        for key, override in changed.items():
            try:
                self._change_occurrence(ids.get(key), override)
            except (UnreadableError, GraphError) as error:
                self._report.skip(f"VEVENT {text_of(override, 'SUMMARY')}, one occurrence", str(error))

    def _change_occurrence(self, occurrence_id: str | None, override: Component) -> None:
        if _is_cancelled(override):
            if occurrence_id is not None:
                self._mailbox.delete_event(occurrence_id)
            return
        body = read_event(override, self._zones)
        if occurrence_id is not None:
            before = self._mailbox.event(occurrence_id)
            try:
                self._mailbox.update_event(occurrence_id, _writable(body, before))
            except GraphError:
                # Exchange keeps occurrences in their order and an attendee's copy as it came; a file need not.
                self._mailbox.delete_event(occurrence_id)
            else:
                return
        put_event(self._mailbox, body, self._owner)
        self._report.events += 1
        self._report.note(
            f"VEVENT {body['subject']}, one occurrence",
            "not possible within the series; loaded as a single event",
        )

    def _key(self, value: dt.date, is_all_day: bool) -> Key:
        """Which occurrence a date or time of the file means."""
        if isinstance(value, dt.datetime):
            return value.date() if is_all_day else self._zones.aware(value).astimezone(dt.UTC)
        return value

    def _occurrence_ids(self, series_id: str, keys: list[Key], is_all_day: bool) -> dict[Key, str]:
        """The ids of the occurrences that start then; a date finds the occurrence of that day."""
        if not keys:
            return {}
        days = [key.date() if isinstance(key, dt.datetime) else key for key in keys]
        earliest = dt.datetime.combine(min(days) - dt.timedelta(days=2), dt.time(), dt.UTC)
        latest = dt.datetime.combine(max(days) + dt.timedelta(days=2), dt.time(), dt.UTC)
        ids: dict[Key, str] = {}
        while earliest < latest:
            for each in self._mailbox.instances(series_id, earliest, min(earliest + _CHUNK, latest)):
                instant = dt.datetime.fromisoformat(each["start"]["dateTime"][:19]).replace(tzinfo=dt.UTC)
                ids.setdefault(instant.date() if is_all_day else instant, each["id"])
                ids.setdefault(self._day(each, instant), each["id"])
            earliest += _CHUNK
        return ids

    def _day(self, occurrence: JsonObject, instant: dt.datetime) -> dt.date:
        """The local day of an occurrence."""
        if occurrence["isAllDay"]:
            return instant.date()
        return instant.astimezone(self._zones.default).date()

    def _spell_out(self, master: Component, overrides: list[Component], why: str) -> None:
        """Load the occurrences around today as single events; raises UnreadableError if there are none or too many."""
        begin = self._today - dt.timedelta(days=PAST_DAYS)
        end = self._today + dt.timedelta(days=FUTURE_DAYS)
        if _is_relentless(master):
            raise UnreadableError("it repeats more often than hourly")
        alone = Calendar()
        for component in (*self._timezones, master, *overrides):
            alone.add_component(component)
        found = recurring_ical_events.of(alone).between(begin, end)
        if not found:
            raise UnreadableError(f"{why}, and nothing of it falls between {begin} and {end}")
        for occurrence in found[:_MOST_OCCURRENCES]:
            self._put_single(occurrence)
        if len(found) > _MOST_OCCURRENCES:
            self._report.skip(
                f"VEVENT {text_of(master, 'SUMMARY')}", f"only {_MOST_OCCURRENCES} occurrences loaded"
            )
        self._report.note(
            f"VEVENT {text_of(master, 'SUMMARY')}", f"{why}; loaded as single events from {begin} to {end}"
        )


def _writable(body: JsonObject, before: JsonObject) -> JsonObject:
    """What an override may change of an occurrence: not its guests, and not its text where it says the same."""
    changed = {name: value for name, value in body.items() if name not in {"attendees", "organizer"}}
    if changed.get("location") is None:
        changed["location"] = {"displayName": ""}
    return {name: value for name, value in changed.items() if before.get(name) != value}


def _latest(components: list[Component]) -> list[Component]:
    """Of components that say the same thing twice, the one with the highest SEQUENCE; others as they are."""
    by_key: dict[str, Component] = {}
    for component in components:
        recurrence_id = component.get("RECURRENCE-ID")
        key = repr(component.get("DTSTART")) if recurrence_id is None else str(_original_start(component))
        known = by_key.get(key)
        if known is None or _sequence(component) >= _sequence(known):
            by_key[key] = component
    return list(by_key.values())


def _sequence(component: Component) -> int:
    text = text_of(component, "SEQUENCE")
    return int(text) if text.isdigit() else 0


def _is_cancelled(component: Component) -> bool:
    return text_of(component, "STATUS").upper() == "CANCELLED"


def _repeats(component: Component) -> bool:
    return component.get("RRULE") is not None or component.get("RDATE") is not None


def _is_relentless(master: Component) -> bool:
    """Whether a rule runs by the minute or second: walking it up to today could take forever."""
    return any(
        str(rule.get("FREQ", [""])[0]).upper() in {"MINUTELY", "SECONDLY"} for rule in _each(master, "RRULE")
    )


def _exdates(master: Component) -> list[dt.date]:
    return [each.dt for value in _each(master, "EXDATE") for each in getattr(value, "dts", ())]


def _original_start(override: Component) -> dt.date:
    """Which occurrence a component replaces; raises UnreadableError if its RECURRENCE-ID is broken."""
    value = getattr(override.get("RECURRENCE-ID"), "dt", None)
    if not isinstance(value, dt.date):
        raise UnreadableError("the RECURRENCE-ID of an occurrence cannot be read")
    return value


def _each(component: Component, name: str) -> list[Any]:
    value = component.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
