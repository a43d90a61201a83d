"""The routes of calendars and events."""

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import listing, odata, times
from lpc_tui.sandbox.graph.calendars import CALENDAR
from lpc_tui.sandbox.graph.errors import invalid_query
from lpc_tui.sandbox.graph.event_schema import EVENT
from lpc_tui.sandbox.graph.events import Sighting
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.graph.request import GraphAnswer, GraphRequest
from lpc_tui.sandbox.graph.routing import Route
from lpc_tui.sandbox.graph.shape import Shape

_WINDOW = frozenset({"startDateTime", "endDateTime"})
_EXPANDABLE = frozenset({"singleValueExtendedProperties"})
_NOT_IN_VIEWS = frozenset({"createdDateTime", "lastModifiedDateTime"})
_REFUSED_BY_DELTA = ("$orderby", "$filter", "$select", "$expand", "$search", "$top", "$skip", "$count")


class EventRoutes:
    """Answers everything about calendars and events from one mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def routes(self) -> list[Route]:
        """All routes of this class."""
        routes: list[Route] = [
            ("GET", "me/calendars", self.list_calendars),
            ("GET", "me/calendar", self.get_calendar),
            ("GET", "me/calendars/{calendar}", self.get_calendar),
            ("GET", "me/calendarView/delta", self.get_delta),
            ("GET", "me/calendars/{calendar}/calendarView/delta", self.get_delta),
        ]
        for home in ("me", "me/calendar", "me/calendars/{calendar}"):
            routes += [
                ("GET", f"{home}/events", self.list_events),
                ("POST", f"{home}/events", self.create_event),
                ("GET", f"{home}/events/{{event}}", self.get_event),
                ("PATCH", f"{home}/events/{{event}}", self.update_event),
                ("DELETE", f"{home}/events/{{event}}", self.delete_event),
                ("GET", f"{home}/events/{{event}}/instances", self.list_instances),
                ("GET", f"{home}/calendarView", self.list_view),
            ]
        return routes

    def list_calendars(self, request: GraphRequest, _caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, odata.LIST_OPTIONS - {"$expand"})
        return listing.answer_list(
            request, self._mailbox.calendars(), CALENDAR, lambda calendar, shape: shape.cut(calendar)
        )

    def get_calendar(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        calendar = self._mailbox.calendar(caught.get("calendar"))
        return listing.answer_item(request, CALENDAR, lambda shape: shape.cut(calendar))

    def list_events(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, odata.LIST_OPTIONS)
        book = self._mailbox.events_book
        if request.segments[1] == "events":
            return self._answer_sightings(request, book.everywhere())
        return self._answer_sightings(
            request, book.in_calendar(self._mailbox.calendar_shelf.find(caught.get("calendar")))
        )

    def create_event(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        shelf = self._mailbox.calendar_shelf
        shelf.writable(shelf.find(caught.get("calendar")))
        body = request.json_body()
        shape = request.preferences.shape
        created = self._mailbox.create_event(body, caught.get("calendar"), shape)
        return listing.answer_created(request, created)

    def get_event(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        return listing.answer_item(
            request,
            EVENT,
            lambda shape: self._mailbox.event(caught["event"], shape, caught.get("calendar")),
            expandable=_EXPANDABLE | {"calendar", "exceptionOccurrences"},
        )

    def update_event(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        body = request.json_body()
        return listing.answer_item(
            request,
            EVENT,
            lambda shape: self._mailbox.update_event(
                caught["event"], body, request.if_match, shape, caught.get("calendar")
            ),
        )

    def delete_event(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        self._mailbox.delete_event(caught["event"], request.if_match, caught.get("calendar"))
        return GraphAnswer(204)

    def list_instances(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, odata.LIST_OPTIONS | _WINDOW)
        window = times.read_window(request.options.get("startDateTime"), request.options.get("endDateTime"))
        event, day = self._mailbox.events_book.find(caught["event"])
        days = event.days_in(window) if event.is_series and day is None else []
        return self._answer_sightings(request, [(event, each) for each in days])

    def list_view(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, odata.LIST_OPTIONS | _WINDOW)
        window = times.read_window(request.options.get("startDateTime"), request.options.get("endDateTime"))
        calendar = self._mailbox.calendar_shelf.find(caught.get("calendar"))
        found = self._mailbox.events_book.in_window(calendar, window)
        return self._answer_sightings(request, found, unselectable=_NOT_IN_VIEWS)

    def get_delta(self, request: GraphRequest, caught: dict[str, str]) -> GraphAnswer:
        for name in _REFUSED_BY_DELTA:
            if name in request.options:
                raise invalid_query(
                    "The following parameters are not supported with change tracking over the 'CalendarView' resource: "
                    "'$orderby, $filter, $select, $expand, $search, $top'. Express page size preferences using the "
                    "Prefer: odata.maxpagesize= header instead."
                )
        token = listing.delta_token(request, _WINDOW)
        options = request.options
        window = (
            None if token else times.read_window(options.get("startDateTime"), options.get("endDateTime"))
        )
        page = self._mailbox.delta(
            calendar_id=caught.get("calendar"),
            window=window,
            token=token,
            page_size=listing.page_size(request),
            shape=request.preferences.shape,
        )
        return listing.answer_delta(request, page)

    def _answer_sightings(
        self, request: GraphRequest, found: list[Sighting], unselectable: frozenset[str] = frozenset()
    ) -> GraphAnswer:
        view = self._mailbox.events_book.view

        def show(sighting: Sighting, shape: Shape) -> JsonObject:
            return view.show(sighting[0], sighting[1], shape)

        return listing.answer_list(
            request, found, EVENT, show, expandable=_EXPANDABLE, unselectable=unselectable
        )
