"""The log pane's lines: what is planned is told in one line, what is done in one each."""

from __future__ import annotations

from lpc_tui.engine.events import Event, OperationEvent, Phase, PhaseStarted, Progress, Status
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action
from lpc_tui.tui.log_feed import LogFeed

APPLY = PhaseStarted(process=Process.CALENDAR, phase=Phase.APPLY, total=3)


def operation(side: Side, action: Action, status: Status = Status.PLANNED) -> OperationEvent:
    return OperationEvent(process=Process.CALENDAR, side=side, action=action, status=status, item="Lunch")


def test_what_is_planned_is_one_line_a_process_even_over_several_batches() -> None:
    feed = LogFeed()
    assert feed.lines([operation(Side.OUTLOOK, Action.CREATE)] * 2, "09:00:00") == []
    later: list[Event] = [
        operation(Side.OUTLOOK, Action.CREATE),
        operation(Side.OUTLOOK, Action.UPDATE, Status.CONFLICT),
        operation(Side.SALESFORCE, Action.LINK),
        APPLY,
    ]
    assert [line.words for line in feed.lines(later, "09:00:01")] == [
        "Calendar: conflict: Update Outlook: Lunch",
        "Calendar: to do: 3 x Add to Outlook, 1 x Link",
        "Calendar: writing (3 writes)",
    ]
    assert [line.words for line in feed.lines([APPLY], "09:00:02")] == ["Calendar: writing (3 writes)"]


def test_progress_has_no_line_and_what_is_done_has_one_each() -> None:
    events: list[Event] = [
        Progress(process=Process.CALENDAR, phase=Phase.APPLY, done=1, total=2),
        operation(Side.OUTLOOK, Action.CREATE, Status.DONE),
        operation(Side.OUTLOOK, Action.CREATE, Status.DONE),
    ]
    assert len(LogFeed().lines(events, "09:00:00")) == 2
