"""An event as the mailbox stores it: a single one, or a whole series with its exceptions and deletions.

Only this module knows how occurrences follow from a series. Times are kept as local wall-clock times with the zone they
were written in, so a series keeps its hour across clock changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import times
from lpc_tui.sandbox.graph.extended import Store
from lpc_tui.sandbox.graph.recurrence import Expansion

Span = tuple[datetime, datetime]
"""Start and end as instants."""


@dataclass
class StoredException:
    """What one occurrence has of its own; all else it takes from the series."""

    overrides: JsonObject
    extended: Store = field(default_factory=dict)


@dataclass
class StoredEvent:
    """One event, or one series."""

    serial: int
    calendar: int
    """The serial of the calendar it is in."""

    uid: str
    created: str
    modified: str
    organizer: JsonObject
    is_organizer: bool
    fields: JsonObject
    """The writable properties; the body as text under `html`. Replaced at each write, never changed in place."""

    extended: Store = field(default_factory=dict)
    generation: int = 0
    revision: int = 0
    is_cancelled: bool = False
    response: JsonObject = field(default_factory=dict)
    transaction_print: str = ""
    """A fingerprint of the create it came from, to tell a repeated create from another one."""

    exceptions: dict[str, StoredException] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    """The days whose occurrences were deleted."""

    _expansion: Expansion | None = field(default=None, repr=False, compare=False)
    _spans: dict[str, Span] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_series(self) -> bool:
        return self.fields["recurrence"] is not None

    @property
    def entry(self) -> tuple[int, int]:
        """What a folder's change log calls it."""
        return self.serial, self.generation

    @property
    def expansion(self) -> Expansion:
        """The days of the series."""
        if self._expansion is None:
            self._expansion = Expansion(self.fields["recurrence"])
        return self._expansion

    def forget_times(self) -> None:
        """Call after any change of times or recurrence."""
        self._expansion = None
        self._spans.clear()

    def has_day(self, day: date) -> bool:
        """Whether the series has an occurrence, plain or exception, for `day`."""
        return self.is_series and day.isoformat() not in self.removed and day in self.expansion

    def fields_of(self, day: date | None) -> JsonObject:
        """The properties of the event itself, or of an occurrence, its times included."""
        if day is None:
            return self.fields
        exception = self.exceptions.get(day.isoformat())
        overrides = exception.overrides if exception else {}
        shift = day - self.first_day
        moved = {
            name: _shifted(self.fields[name], shift) for name in ("start", "end") if name not in overrides
        }
        return {**self.fields, **moved, **overrides}

    def extended_of(self, day: date | None) -> Store:
        """The extended properties of the event itself, or of an occurrence, which inherits the series'."""
        exception = self.exceptions.get(day.isoformat()) if day else None
        return {**self.extended, **exception.extended} if exception else self.extended

    @property
    def first_day(self) -> date:
        """The local date of the start: for a series, that of its first occurrence."""
        return datetime.fromisoformat(self.fields["start"]["dateTime"]).date()

    def span(self, day: date | None = None) -> Span:
        """The instants of start and end."""
        key = day.isoformat() if day else ""
        found = self._spans.get(key)
        if found is None:
            fields = self.fields_of(day)
            found = self._spans[key] = (_instant(fields["start"]), _instant(fields["end"]))
        return found

    def original_start(self, day: date) -> datetime:
        """The instant an occurrence starts by the pattern."""
        return _instant(_shifted(self.fields["start"], day - self.first_day))

    def overlaps(self, window: Span, day: date | None = None) -> bool:
        """Whether the event or occurrence touches the window; one begun before it is still in."""
        start, end = self.span(day)
        return start < window[1] and (end > window[0] or start >= window[0])

    def days_in(self, window: Span) -> list[date]:
        """The days of the occurrences and exceptions that touch the window, in the pattern's order."""
        start, end = self.span()
        reach = (end - start) + timedelta(days=2)
        earliest = max(window[0], datetime.min.replace(tzinfo=UTC) + reach) - reach
        latest = min(window[1], datetime.max.replace(tzinfo=UTC) - reach) + timedelta(days=2)
        by_pattern = {
            day
            for day in self.expansion.between(earliest.date(), latest.date())
            if day.isoformat() not in self.removed
        }
        candidates = by_pattern | {date.fromisoformat(day) for day in self.exceptions}
        return sorted(day for day in candidates if self.overlaps(window, day))

    def local_date(self, value: JsonObject) -> date:
        """The date of a time in the zone of the series."""
        return _instant(value).astimezone(times.zone(self.fields["start"]["timeZone"])).date()

    def neighbours(self, day: date) -> Iterator[tuple[date, bool]]:
        """The actual local dates of the occurrences before (False) and after (True) that of `day`."""
        for days, is_after in ((self.expansion.before(day), False), (self.expansion.after(day), True)):
            for neighbour in days:
                if neighbour.isoformat() not in self.removed:
                    yield self.local_date(self.fields_of(neighbour)["start"]), is_after
                    break

    def dump(self) -> JsonObject:
        """The event as JSON."""
        dump = {name: getattr(self, name) for name in _PLAIN}
        dump["exceptions"] = {
            day: {"overrides": exception.overrides, "extended": exception.extended}
            for day, exception in self.exceptions.items()
        }
        return dump

    @classmethod
    def restore(cls, dump: JsonObject) -> "StoredEvent":
        """The event a dump was made of."""
        exceptions = {day: StoredException(**exception) for day, exception in dump["exceptions"].items()}
        return cls(**{name: dump[name] for name in _PLAIN}, exceptions=exceptions)


_PLAIN = (
    "serial", "calendar", "uid", "created", "modified", "organizer", "is_organizer", "fields", "extended",
    "generation", "revision", "is_cancelled", "response", "transaction_print", "removed",
)  # fmt: skip


def _instant(value: JsonObject) -> datetime:
    return times.to_utc(datetime.fromisoformat(value["dateTime"]), value["timeZone"])


def _shifted(value: JsonObject, shift: timedelta) -> JsonObject:
    if not shift:
        return value
    moved = datetime.fromisoformat(value["dateTime"]) + shift
    return {"dateTime": moved.isoformat(), "timeZone": value["timeZone"]}
