"""Events reach the UI in few, ordered batches; fewer in a flood, fewer still while the terminal does not keep up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lpc_tui.engine.events import Event, Noticed, Phase, Progress
from lpc_tui.model.items import Process
from lpc_tui.tui.bridge import FLOOD_PERIOD_S, MOST_AT_ONCE, PERIOD_S, SLOWEST_S, EventBridge


class Bench:
    """A bridge whose timer is turned by hand, before a terminal that keeps up or does not."""

    def __init__(self) -> None:
        self.batches: list[list[Event]] = []
        self.calls: list[tuple[float, Callable[[], None]]] = []
        self.is_backed_up = False
        self.bridge = EventBridge(
            self._take, lambda delay, call: self.calls.append((delay, call)), lambda: self.is_backed_up
        )

    def _take(self, events: Sequence[Event]) -> None:
        self.batches.append(list(events))

    def tick(self) -> list[float]:
        """Turn the timer; returns the delays that were asked for meanwhile."""
        calls, self.calls = self.calls, []
        for _, call in calls:
            call()
        return [delay for delay, _ in self.calls]

    def second_of(self, rate: int) -> list[int]:
        """A second of so many events, as time passes; returns the sizes of the batches."""
        due: float | None = None
        for number in range(rate):
            now = number / rate
            if due is not None and now >= due:
                delays = self.tick()
                due = now + delays[0] if delays else None
            self.bridge.emit(Noticed(text=str(number)))
            if due is None:
                due = now + self.calls[0][0]
        return [len(batch) for batch in self.batches]


def progress(done: int) -> Progress:
    return Progress(process=Process.CALENDAR, phase=Phase.APPLY, done=done, total=10_000)


def test_a_few_events_are_told_ten_times_a_second_and_a_flood_four_times() -> None:
    assert len(Bench().second_of(100)) in {9, 10}
    flood = Bench()
    sizes = flood.second_of(10_000)
    assert len(sizes) <= 4 * (10_000 // 4 // MOST_AT_ONCE + 1)
    assert max(sizes) <= MOST_AT_ONCE
    flood.bridge.flush()
    told = [event for batch in flood.batches for event in batch]
    assert told == [Noticed(text=str(number)) for number in range(10_000)]


def test_many_events_at_once_are_handed_over_piece_by_piece_with_time_for_keys_between() -> None:
    bench = Bench()
    for number in range(2 * MOST_AT_ONCE + 1):
        bench.bridge.emit(Noticed(text=str(number)))
    assert [delay for delay, _ in bench.calls] == [PERIOD_S]
    assert bench.tick() == [0]
    assert bench.tick() == [0]
    assert bench.tick() == []
    assert [len(batch) for batch in bench.batches] == [MOST_AT_ONCE, MOST_AT_ONCE, 1]


def test_while_the_terminal_does_not_keep_up_nothing_is_shown_and_then_all_of_it() -> None:
    bench = Bench()
    bench.is_backed_up = True
    bench.bridge.emit(Noticed(text="first"))
    delays = [bench.tick()[0] for _ in range(6)]
    assert delays == [0.2, 0.4, 0.8, SLOWEST_S, SLOWEST_S, SLOWEST_S]
    bench.bridge.emit(Noticed(text="second"))
    assert not bench.batches
    bench.is_backed_up = False
    assert bench.tick() == []
    assert bench.batches == [[Noticed(text="first"), Noticed(text="second")]]
    for _ in range(4):
        bench.bridge.emit(Noticed(text="later"))
        bench.tick()
    bench.bridge.emit(Noticed(text="later"))
    assert [delay for delay, _ in bench.calls] == [PERIOD_S]


def test_a_flood_is_over_when_few_events_come_again() -> None:
    bench = Bench()
    for number in range(100):
        bench.bridge.emit(Noticed(text=str(number)))
    bench.tick()
    delays = []
    for _ in range(3):
        bench.bridge.emit(Noticed(text="later"))
        delays.append(bench.calls[0][0])
        bench.tick()
    assert delays == [FLOOD_PERIOD_S, FLOOD_PERIOD_S / 2, PERIOD_S]


def test_of_a_phase_only_the_newest_progress_waits() -> None:
    bench = Bench()
    for done in range(10_000):
        bench.bridge.emit(progress(done))
    bench.tick()
    assert bench.batches == [[progress(9_999)]]


def test_nothing_is_scheduled_while_nothing_happens() -> None:
    bench = Bench()
    bench.bridge.emit(progress(1))
    bench.tick()
    assert bench.calls == []
    bench.bridge.flush()
    assert len(bench.batches) == 1


def test_the_end_of_a_run_hands_over_what_waits_at_once_however_slow_the_terminal_is() -> None:
    bench = Bench()
    bench.is_backed_up = True
    bench.bridge.emit(progress(1))
    bench.bridge.flush()
    assert bench.batches == [[progress(1)]]
    bench.tick()
    assert bench.calls == []
    assert len(bench.batches) == 1
