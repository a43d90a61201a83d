"""What a calendarView/delta tells of one change: with all the traps of the real one.

A series is told whole: the master in full, its occurrences in the window abbreviated, its exceptions in full; a deleted
occurrence is missing there and nowhere mentioned. Whatever is not in the window any more is `@removed` with the reason
`deleted`, whether it was deleted or only moved. Facts: https://learn.microsoft.com/graph/api/event-delta
"""

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import delta
from lpc_tui.sandbox.graph.calendars import StoredCalendar
from lpc_tui.sandbox.graph.events import EventBook
from lpc_tui.sandbox.graph.ids import IdMint, Kind
from lpc_tui.sandbox.graph.ledger import Entry
from lpc_tui.sandbox.graph.shape import Shape
from lpc_tui.sandbox.graph.stored_event import Span, StoredEvent


class CalendarTeller:
    """Tells the changes of one calendar within one window."""

    def __init__(
        self, events: EventBook, ids: IdMint, calendar: StoredCalendar, window: Span, shape: Shape
    ) -> None:
        self._events = events
        self._ids = ids
        self._calendar = calendar
        self._window = window
        self._shape = shape

    def tell(self, entry: Entry, leave_out_removed: bool) -> list[JsonObject]:
        """The items of one entry of the calendar's log."""
        serial, generation = entry
        event = self._events.by_serial(serial)
        is_here = event is not None and event.calendar == self._calendar.serial
        if event is not None and is_here and event.generation == generation:
            shown = self._show(event)
            if shown:
                return shown
        elif is_here and self._shape.immutable_ids:
            # It went and came back: under its immutable id it is the same item, told by its newer entry.
            return []
        return [] if leave_out_removed else [delta.removed("event", self._id_of(entry))]

    def _show(self, event: StoredEvent) -> list[JsonObject]:
        view = self._events.view
        if not event.is_series:
            return [_typed(view.show(event, None, self._shape))] if event.overlaps(self._window) else []
        days = event.days_in(self._window)
        if not days:
            return []
        told = [_typed(view.show(event, None, self._shape))]
        for day in days:
            if day.isoformat() in event.exceptions:
                told.append(_typed(view.show(event, day, self._shape)))
            else:
                told.append(view.show_abbreviated(event, day, self._shape))
        return told

    def _id_of(self, entry: Entry) -> str:
        if self._shape.immutable_ids:
            return self._ids.immutable(Kind.EVENT, entry[0])
        return self._ids.regular(Kind.EVENT, *entry)


def _typed(item: JsonObject) -> JsonObject:
    return {"@odata.type": "#microsoft.graph.event", **item}
