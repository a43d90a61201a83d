"""Five hundred hostile texts through everything that the command line prints and every file it writes (law 13)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from lpc_tui.cli.history_view import entry_lines, heading_lines, run_lines
from lpc_tui.cli.plain.review import item_lines, step_words
from lpc_tui.cli.plan_view import plan_lines
from lpc_tui.cli.render import Bars, JsonLines, Lines
from lpc_tui.cli.summary import Summary
from lpc_tui.cli.why_view import answer_lines
from lpc_tui.doctor.findings import Finding
from lpc_tui.doctor.findings import Status as Found
from lpc_tui.engine.events import (
    Event,
    Noticed,
    OperationEvent,
    Outcome,
    Phase,
    PhaseStarted,
    RunFinished,
    Status,
)
from lpc_tui.engine.interface import RunResult
from lpc_tui.errors import SettingsError, UnreachableError
from lpc_tui.logfile import LogFile
from lpc_tui.model.items import Process, Side
from lpc_tui.model.plan import Reason, Why
from lpc_tui.model.rules import Action
from lpc_tui.reports.interface import Answer, FieldChange, ItemRef
from lpc_tui.settings_file import load, save
from lpc_tui.settings_keys import value_of
from tests.cli.scripted import NOW, calendar_plan, conflict, creation, deletion
from tests.tui.fake_reports import explanation, operation, past_run
from tests.tui.hostile import CORPUS, LABEL, SEQUENCE, assert_inert, label_of, legible


def assert_lines_inert(lines: Iterable[str], width: int = 24) -> None:
    """One line each, nothing in them that steers, and every text to be read."""
    shown = list(lines)
    for line in shown:
        assert_inert(line, breaks="")
    assert legible(CORPUS, width) <= set(LABEL.findall("\n".join(shown)))


def operations() -> Sequence[OperationEvent]:
    return [
        OperationEvent(
            process=Process.CALENDAR,
            side=Side.OUTLOOK,
            action=Action.CREATE,
            status=Status.FAILED,
            item=text,
            fields=(text,),
            reason=text,
        )
        for text in CORPUS
    ]


def test_a_plan() -> None:
    brakes = tuple(Reason(Why.BRAKE, text) for text in CORPUS[:10])
    steps = [
        *(creation(text) for text in CORPUS[:170]),
        *(conflict(text, text, text) for text in CORPUS[170:340]),
        *(deletion(text, reason=text) for text in CORPUS[340:]),
    ]
    assert_lines_inert(plan_lines(calendar_plan(*steps, brakes=brakes), UTC, width=120, limit=1_000))


def test_the_plain_review() -> None:
    steps = [creation(text) for text in CORPUS[:250]] + [conflict(text, text, text) for text in CORPUS[250:]]
    for step in steps:
        assert_inert(step_words(step), breaks="")
    assert_lines_inert(line for step in steps for line in item_lines(step, UTC))


def test_the_summary_of_a_run(tmp_path: Path) -> None:
    summary = Summary()
    for event in operations():
        summary.emit(event)
    everything = "\n".join(CORPUS)
    result = RunResult("r", Outcome.ABORTED, 5, {}, {}, UnreachableError(everything, everything))
    for line in summary.lines(result, tmp_path):
        assert_inert(line, breaks="")


def test_the_history_and_what_a_run_wrote() -> None:
    entries = [
        replace(
            operation(at, text),
            words=text,
            changes=(FieldChange(field="subject", label="Subject", before=text, sent=text, after=text),),
        )
        for at, text in enumerate(CORPUS)
    ]
    assert_lines_inert(line for entry in entries for line in entry_lines(entry, UTC))
    for line in (*run_lines(past_run(), UTC), *heading_lines(past_run(), UTC)):
        assert_inert(line, breaks="")


def test_why() -> None:
    choices = tuple(ItemRef(process=Process.TASK, title=text, outlook_id=text) for text in CORPUS)
    assert_lines_inert(answer_lines(Answer(asked=CORPUS[0], choices=choices), UTC, width=80))
    assert_lines_inert(answer_lines(Answer(asked=CORPUS[0], reasons=CORPUS), UTC, width=80))
    told = [replace(explanation(text), sentence=text) for text in CORPUS]
    answers = [Answer(asked=text, explanation=each) for text, each in zip(CORPUS, told, strict=True)]
    assert_lines_inert(line for answer in answers for line in answer_lines(answer, UTC, width=80))


def test_the_examination(monkeypatch: pytest.MonkeyPatch) -> None:
    from lpc_tui.cli import doctor

    findings = [Finding(text, Found.PROBLEM, text, text, command=text) for text in CORPUS]
    assert_lines_inert(line for finding in findings for line in doctor._lines([finding]))


def events() -> Sequence[Event]:
    return [
        PhaseStarted(process=Process.CALENDAR, phase=Phase.READ),
        *(Noticed(text=text, level="warning") for text in CORPUS),
        *operations(),
        RunFinished(run=CORPUS[0], outcome=Outcome.OK, exit_code=0, elapsed_s=1.0),
    ]


def test_the_events_as_lines_as_bars_and_as_json() -> None:
    lines, bars, stream, aside = io.StringIO(), io.StringIO(), io.StringIO(), io.StringIO()
    for renderer in (Lines(lines), Bars(bars), JsonLines(stream, aside)):
        for event in events():
            renderer.emit(event)
        renderer.close()
    for text in (lines, aside):
        assert_lines_inert(text.getvalue().splitlines())
    told = [json.loads(line) for line in stream.getvalue().split("\n") if line]
    assert stream.getvalue().isascii()
    assert [each["item"] for each in told if each["event"] == "operation"] == list(CORPUS)
    for sequence in SEQUENCE.findall(bars.getvalue()):
        assert not LABEL.search(sequence)


def test_the_log_file(tmp_path: Path) -> None:
    with LogFile(tmp_path / "log", zone=UTC, clock=lambda: NOW) as log:
        for event in events():
            log(event)
    assert log.trouble is None
    assert_lines_inert((tmp_path / "log").read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("key", ["outlook.calendar", "sync.contact.campaign"])
def test_the_settings_file_gives_back_what_was_saved_or_refuses_it(tmp_path: Path, key: str) -> None:
    path = tmp_path / "config.toml"
    kept = 0
    for text in CORPUS:
        if not is_saved(path, key, text):
            assert label_of(text) not in path.read_text(encoding="utf-8"), "refused, and written nonetheless"
            continue
        kept += 1
        assert value_of(load(path), key) == text
        assert_inert(path.read_text(encoding="utf-8"))
    assert kept > 450


def is_saved(path: Path, key: str, text: str) -> bool:
    try:
        save(path, {key: text})
    except SettingsError:
        return False
    return True
