"""A client that follows the delta by its rules ends with exactly the calendar view, whatever people do meanwhile."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.errors import GraphError
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.graph.shape import Shape
from tests.sandbox.graph.conftest import NOW, timed, weekly

WINDOW = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
DAYS = st.integers(-10, 50).map(lambda offset: (NOW + timedelta(days=offset)).date().isoformat())
PICKS = st.integers(0, 10_000)


class Mirror:
    """What a client knows: items by id, occurrences under their master."""

    def __init__(self) -> None:
        self.singles: dict[str, JsonObject] = {}
        self.series: dict[str, dict[str, JsonObject]] = {}

    def take(self, items: list[JsonObject]) -> None:
        for item in items:
            if "@removed" in item or item["type"] in ("singleInstance", "seriesMaster"):
                self.singles.pop(item["id"], None)
                self.series.pop(item["id"], None)
            if "@removed" in item:
                continue
            if item["type"] == "singleInstance":
                self.singles[item["id"]] = item
            elif item["type"] == "seriesMaster":
                self.series[item["id"]] = {}
            else:
                self.series[item["seriesMasterId"]][item["id"]] = item

    def shown(self) -> dict[str, tuple[object, object]]:
        items = [*self.singles.values(), *(one for found in self.series.values() for one in found.values())]
        return {item["id"]: (item["start"], item["end"]) for item in items}


class DeltaMachine(RuleBasedStateMachine):
    """People edit two calendars; a client follows one of them in pages of any size."""

    @initialize(immutable=st.booleans())
    def begin(self, immutable: bool) -> None:
        self.mailbox = Mailbox(clock=lambda: NOW)
        self.shape = Shape(immutable_ids=immutable)
        self.home, self.away = (calendar["id"] for calendar in self.mailbox.calendars()[:2])
        self.mirror = Mirror()
        self.token: str | None = None
        self.is_complete = False

    def pick(self, number: int) -> JsonObject | None:
        """One of the events and masters of both calendars."""
        events = self.mailbox.events()
        return events[number % len(events)] if events else None

    def pick_occurrence(self, number: int) -> JsonObject | None:
        shown = [one for one in self.mailbox.calendar_view(*WINDOW) if one["type"] != "singleInstance"]
        return shown[number % len(shown)] if shown else None

    @rule(day=DAYS)
    def create_single(self, day: str) -> None:
        self.mailbox.create_event(timed(day=day))

    @rule(first=st.sampled_from(["2026-02-02", "2026-03-16", "2026-04-06"]))
    def create_series(self, first: str) -> None:
        self.mailbox.create_event(weekly(first))

    @rule(number=PICKS, day=DAYS)
    def move_in_time(self, number: int, day: str) -> None:
        if (event := self.pick(number)) and event["type"] == "singleInstance":
            self.mailbox.update_event(event["id"], {name: timed(day=day)[name] for name in ("start", "end")})

    @rule(number=PICKS, day=DAYS)
    def move_occurrence(self, number: int, day: str) -> None:
        if occurrence := self.pick_occurrence(number):
            try:
                times = {name: timed(day=day)[name] for name in ("start", "end")}
                self.mailbox.update_event(occurrence["id"], times)
            except GraphError as error:
                assert error.code == "ErrorOccurrenceCrossingBoundary"  # noqa: PT017  any other is a fault

    @rule(number=PICKS)
    def rename(self, number: int) -> None:
        if event := self.pick(number):
            self.mailbox.update_event(event["id"], {"subject": str(number)})

    def teardown(self) -> None:
        self.read_a_whole_round(2)

    @rule(number=PICKS)
    def delete(self, number: int) -> None:
        if event := self.pick(number):
            self.mailbox.delete_event(event["id"])

    @rule(number=PICKS)
    def delete_occurrence(self, number: int) -> None:
        if occurrence := self.pick_occurrence(number):
            self.mailbox.delete_event(occurrence["id"])

    @rule(number=PICKS, is_away=st.booleans())
    def move_between_calendars(self, number: int, is_away: bool) -> None:
        if event := self.pick(number):
            self.mailbox.move_event(event["id"], self.away if is_away else self.home)

    @rule()
    def restart(self) -> None:
        self.mailbox = Mailbox.restore(self.mailbox.dump(), clock=lambda: NOW)

    @rule()
    def lose_the_token(self) -> None:
        self.mailbox.expire_delta_tokens()
        self.token, self.mirror = None, Mirror()

    @rule(size=st.integers(1, 4))
    def read_one_page(self, size: int) -> None:
        window = None if self.token else WINDOW
        page = self.mailbox.delta(window=window, token=self.token, page_size=size, shape=self.shape)
        self.mirror.take(page.items)
        self.token, self.is_complete = page.token, page.is_complete

    @rule(size=st.integers(1, 4))
    def read_a_whole_round(self, size: int) -> None:
        self.read_one_page(size)
        while not self.is_complete:
            self.read_one_page(size)
        view = self.mailbox.calendar_view(*WINDOW, shape=self.shape)
        assert self.mirror.shown() == {item["id"]: (item["start"], item["end"]) for item in view}

    @invariant()
    def nobody_was_written_to(self) -> None:
        assert self.mailbox.outbox == []


DeltaMachine.TestCase.settings = settings(
    max_examples=30, stateful_step_count=50, deadline=None, derandomize=True
)
TestDeltaMirror = DeltaMachine.TestCase
