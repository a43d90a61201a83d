"""What a process covers, and which edits take an item out of it (law 5)."""

from __future__ import annotations

from datetime import date

import pytest

from lpc_tui.model.items import EMPTY, Fields, Process, Value
from lpc_tui.model.scope import is_covered, left_by_edit
from tests.model.cases import FAR_OUTSIDE, INSIDE, OUTSIDE, WINDOW, at, on


def task(due: date | None, status: str = "notStarted") -> Fields:
    return {"subject": "Call back", "due": due, "status": status}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(task(on(0)), True, id="due today"),
        pytest.param(task(on(-30)), True, id="due on the first day"),
        pytest.param(task(on(-31)), False, id="due the day before"),
        pytest.param(task(on(365)), True, id="due on the last day"),
        pytest.param(task(on(366)), False, id="due the day after"),
        pytest.param(task(on(0), "completed"), True, id="due today and done"),
        pytest.param(task(on(-31), "inProgress"), False, id="overdue by more than the window"),
        pytest.param(task(None), True, id="no due date, open"),
        pytest.param(task(None, "waitingOnOthers"), True, id="no due date, waiting"),
        pytest.param(task(None, "completed"), False, id="no due date, done"),
    ],
)
def test_a_task_is_covered_by_its_due_date_or_while_it_is_open(fields: Fields, *, expected: bool) -> None:
    assert is_covered(Process.TASK, fields, WINDOW) is expected
    assert is_covered(Process.TASK, fields, None)


def test_an_event_is_covered_by_its_time_and_a_contact_always() -> None:
    assert is_covered(Process.CALENDAR, {"when": INSIDE}, WINDOW)
    assert not is_covered(Process.CALENDAR, {"when": OUTSIDE}, WINDOW)
    assert is_covered(Process.CALENDAR, {"when": OUTSIDE}, None)
    assert is_covered(Process.CONTACT, {"when": OUTSIDE, "birthday": on(-4000)}, WINDOW)


@pytest.mark.parametrize(
    ("process", "base", "fields", "expected"),
    [
        pytest.param(Process.CALENDAR, {"when": INSIDE}, {"when": OUTSIDE}, True, id="moved out"),
        pytest.param(Process.CALENDAR, {"when": INSIDE}, {"when": at(2)}, False, id="moved within"),
        pytest.param(Process.CALENDAR, {"when": OUTSIDE}, {"when": FAR_OUTSIDE}, False, id="moved outside"),
        pytest.param(Process.CALENDAR, {"when": OUTSIDE}, {"when": OUTSIDE}, False, id="days passed"),
        pytest.param(Process.CALENDAR, EMPTY, {"when": OUTSIDE}, False, id="never agreed on"),
        pytest.param(Process.TASK, task(on(0)), task(on(-90)), True, id="due long ago"),
        pytest.param(Process.TASK, task(None), task(None, "completed"), True, id="done, no due date"),
        pytest.param(Process.TASK, task(on(0)), task(None, "completed"), True, id="done, due date taken off"),
        pytest.param(Process.TASK, task(on(0)), task(on(0), "completed"), False, id="done, due today"),
        pytest.param(Process.TASK, task(on(-90)), task(on(-90), "completed"), False, id="done, due long ago"),
        pytest.param(Process.CONTACT, {"last_name": "A"}, {"last_name": "B"}, False, id="contact"),
    ],
)
def test_what_an_edit_took_out_of_scope(
    process: Process, base: dict[str, Value], fields: dict[str, Value], *, expected: bool
) -> None:
    assert left_by_edit(process, base, fields, WINDOW) is expected
