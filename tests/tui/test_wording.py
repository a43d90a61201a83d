"""The line a person reads for each event."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lpc_tui.engine.events import (
    Counts,
    Event,
    Noticed,
    OperationEvent,
    Outcome,
    Phase,
    PhaseStarted,
    ProcessFinished,
    Progress,
    RunFinished,
    RunStarted,
    Status,
)
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action
from lpc_tui.wording import Level, counts_words, describe, field_label, level_of, listed
from tests.tui.hostile import FORBIDDEN, HOSTILE, ascii_id

CALENDAR = Process.CALENDAR


def operation(
    status: Status, item: str = "Kick-off", fields: tuple[str, ...] | None = None, reason: str | None = None
) -> OperationEvent:
    return OperationEvent(
        process=CALENDAR,
        side=Side.OUTLOOK,
        action=Action.CREATE,
        status=status,
        item=item,
        fields=fields,
        reason=reason,
    )


@pytest.mark.parametrize(
    ("event", "line", "level"),
    [
        (
            RunStarted(
                run="r1",
                processes=(CALENDAR, Process.TASK),
                dry_run=True,
                at=datetime(2026, 3, 2, tzinfo=UTC),
            ),
            "Sync started: Calendar and Task (dry run: nothing is written)",
            Level.INFO,
        ),
        (PhaseStarted(process=CALENDAR, phase=Phase.READ), "Calendar: reading both sides", Level.INFO),
        (
            PhaseStarted(process=CALENDAR, phase=Phase.APPLY, total=1200),
            "Calendar: writing (1,200 writes)",
            Level.INFO,
        ),
        (
            Progress(process=CALENDAR, phase=Phase.READ, done=1000, total=5000),
            "Calendar: reading both sides, 1,000 of 5,000",
            Level.INFO,
        ),
        (operation(Status.DONE), "Calendar: done: Add to Outlook: Kick-off", Level.GOOD),
        (
            operation(Status.FAILED, fields=("subject",), reason="Subject is too long"),
            "Calendar: FAILED: Add to Outlook: Kick-off [Subject] (Subject is too long)",
            Level.ERROR,
        ),
        (operation(Status.PREVENTED), "Calendar: prevented: Add to Outlook: Kick-off", Level.WARNING),
        (
            ProcessFinished(
                process=CALENDAR,
                counts=Counts(
                    created={Side.OUTLOOK: 3}, updated={Side.SALESFORCE: 2}, linked=4, unchanged=1000
                ),
                requests={Side.OUTLOOK: 2},
            ),
            "Calendar: 3 added to Outlook, 2 updated in Salesforce, 4 linked, 1,000 unchanged. "
            "Requests: 2 to Outlook and 0 to Salesforce.",
            Level.INFO,
        ),
        (
            Noticed(text="Outlook asks for a pause", level="warning"),
            "Warning: Outlook asks for a pause",
            Level.WARNING,
        ),
        (
            RunFinished(run="r1", outcome=Outcome.OK, exit_code=0, elapsed_s=3.21),
            "Sync finished 3.2 s after its start: all done",
            Level.GOOD,
        ),
    ],
)
def test_each_event_has_its_line_and_level(event: Event, line: str, level: Level) -> None:
    assert describe(event) == line
    assert level_of(event) is level


def test_no_counts_is_nothing_to_do() -> None:
    assert counts_words(Counts()) == "nothing to do"


def test_lists_read_as_people_write_them() -> None:
    assert [listed(words) for words in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_a_field_has_its_label_even_if_unknown() -> None:
    assert field_label(CALENDAR, "show_as") == "Show time as"
    assert field_label(Process.TASK, "nonsense") == "nonsense"


@pytest.mark.parametrize("text", HOSTILE, ids=ascii_id)
def test_foreign_text_in_a_line_is_one_inert_line(text: str) -> None:
    for event in (operation(Status.FAILED, item=text, reason=text, fields=(text,)), Noticed(text=text)):
        line = describe(event)
        assert not any(ch in line for ch in FORBIDDEN)
        assert len(line) < 1_000
