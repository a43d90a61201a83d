"""Events reach the UI in few, ordered batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lpc_tui.engine.events import Event, Noticed, Phase, Progress
from lpc_tui.model.items import Process
from lpc_tui.tui.bridge import PERIOD_S, EventBridge


class Bench:
    """A bridge whose timer is turned by hand."""

    def __init__(self) -> None:
        self.batches: list[list[Event]] = []
        self.calls: list[tuple[float, Callable[[], None]]] = []
        self.bridge = EventBridge(self._take, lambda delay, call: self.calls.append((delay, call)))

    def _take(self, events: Sequence[Event]) -> None:
        self.batches.append(list(events))

    def tick(self) -> None:
        calls, self.calls = self.calls, []
        for _, call in calls:
            call()


def progress(done: int) -> Progress:
    return Progress(process=Process.CALENDAR, phase=Phase.APPLY, done=done, total=10_000)


def test_ten_thousand_events_in_one_period_are_one_batch_from_one_timer() -> None:
    bench = Bench()
    notices = [Noticed(text=str(at)) for at in range(10_000)]
    for notice in notices:
        bench.bridge.emit(notice)
    assert [delay for delay, _ in bench.calls] == [PERIOD_S]
    bench.tick()
    assert bench.batches == [notices]


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


def test_the_end_of_a_run_hands_over_what_waits_at_once() -> None:
    bench = Bench()
    bench.bridge.emit(progress(1))
    bench.bridge.flush()
    assert bench.batches == [[progress(1)]]
    bench.tick()
    assert len(bench.batches) == 1
