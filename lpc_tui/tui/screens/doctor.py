"""The examination on screen: each finding as it comes, its remedy below it, and a key that leads to where it is carried out.

`app` opens it with what examines, and acts on the remedy it returns. What was found is foreign text, shown inert.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static
from textual.worker import Worker, WorkerState

from lpc_tui.doctor.findings import Finding, Status
from lpc_tui.model.items import Side
from lpc_tui.places.interface import Kind
from lpc_tui.tui.plain import MOST, cells, plain, wrapped
from lpc_tui.tui.remedies import Rebuilding, Remedy, rebuild_title, remedy_for
from lpc_tui.tui.screens.lean import LeanScreen
from lpc_tui.tui.terminal_app import app_of
from lpc_tui.tui.widgets.entry_list import Entry, EntryList
from lpc_tui.tui.widgets.lines import KeyLine, Line, TitleLine

__all__ = ["DoctorScreen"]

_MARKS = {
    Status.OK: "ok",
    Status.WARNING: "! warning",
    Status.PROBLEM: "x problem",
    Status.SKIPPED: "- skipped",
}
_TONES = {Status.OK: "", Status.WARNING: "warning", Status.PROBLEM: "bad", Status.SKIPPED: "muted"}
_MARK_WIDTH = max(cells(mark) for mark in _MARKS.values()) + 1


class DoctorScreen(LeanScreen[Remedy | None]):
    """Returns the remedy that the person wants to go to; None if they went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "remedy", "Go to the remedy", id="doctor.remedy"),
        Binding("n", "next_problem", "Next problem", id="doctor.next"),
        Binding("d", "toggle_details", "Details", id="doctor.details"),
        Binding("y", "copy", "Copy", id="doctor.copy"),
        Binding("ctrl+r,f5", "again", "Run again", id="doctor.again"),
        Binding("c", "stop", "Stop", id="doctor.stop"),
        Binding("escape", "back", "Back", id="doctor.back"),
    ]

    def __init__(self, examine: Callable[[], AsyncGenerator[Finding, None]]) -> None:
        super().__init__()
        self._examine = examine
        self._findings: list[Finding] = []
        self._has_details = False
        self._is_running = False
        self._was_stopped = False

    def compose(self) -> ComposeResult:
        yield TitleLine(id="title")
        yield EntryList(id="findings")
        yield Static("", id="doctor-remedy", markup=False)
        with Horizontal(id="doctor-foot"):
            yield Line(id="doctor-state")
            yield Button(f"Go to it ({self.key_of('doctor.remedy')})", id="remedy", compact=True)
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        self.query_one(TitleLine).show(Content("Examination: what may be in the way of a sync"))
        self.query_one(EntryList).focus()
        self.action_again()

    # The examination

    def action_again(self) -> None:
        """Examine from the beginning."""
        self._findings = []
        self._is_running, self._was_stopped = True, False
        self._show(0)
        self.run_worker(self._run(), name="examination", group="examine", exclusive=True, exit_on_error=False)

    async def _run(self) -> None:
        async with aclosing(self._examine()) as findings:
            async for finding in findings:
                self._findings.append(finding)
                self._show()
        self._is_running = False
        self._show()

    def action_stop(self) -> None:
        """Stop where it is; what was found stays."""
        self.workers.cancel_group(self, "examine")
        self._is_running, self._was_stopped = False, True
        self._show()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What an examination raises is no finding but a fault: the app's to show."""
        if event.state is WorkerState.ERROR:
            self.action_stop()
            self.app.post_message(event)

    # What is shown

    def _show(self, cursor: int | None = None) -> None:
        if not self.is_attached:
            return
        entries = self.query_one(EntryList)
        width = max(entries.size.width - 1, 1)
        entries.show([self._entry(finding, width) for finding in self._findings], cursor)
        self.query_one("#doctor-state", Line).show(Content(self._state_words()))
        self._show_remedy()

    def on_resize(self) -> None:
        """What is too long for a line goes on below its beginning."""
        self._show()

    def _entry(self, finding: Finding, width: int) -> Entry:
        room = max(width - _MARK_WIDTH, 1)
        lines = wrapped(plain(finding.words, MOST), room)
        if finding.remedy:
            first, *more = wrapped(plain(finding.remedy, MOST), max(room - 3, 1))
            lines += [f"-> {first}", *(f"   {line}" for line in more)]
        if self._has_details:
            lines += [f"({detail})" for detail in _details(finding)]
        marks = [_MARKS[finding.status], *[""] * (len(lines) - 1)]
        return Entry(
            [f"{mark:<{_MARK_WIDTH}}{line}" for mark, line in zip(marks, lines, strict=True)],
            _TONES[finding.status],
        )

    def _state_words(self) -> str:
        if self._is_running:
            done = len(self._findings)
            return f"Looking: {done} done so far." if done else "Looking."
        return _summary(self._findings, was_stopped=self._was_stopped)

    @on(EntryList.Moved)
    def _moved(self, event: EntryList.Moved) -> None:
        event.stop()
        self._show_remedy()

    def _show_remedy(self) -> None:
        """Whether Enter leads somewhere depends on the finding under the cursor."""
        remedy = self._remedy
        button = self.query_one("#remedy", Button)
        button.display = remedy is not None
        self.query_one("#doctor-remedy").display = remedy is not None
        if remedy is not None:
            self.query_one("#doctor-remedy", Static).update(Content(f"Enter: {_leads_to(remedy)}"))
        self.query_one(KeyLine).refresh_keys()

    @property
    def _finding(self) -> Finding | None:
        at = self.query_one(EntryList).index
        return self._findings[at] if at is not None else None

    @property
    def _remedy(self) -> Remedy | None:
        finding = self._finding
        return None if finding is None else remedy_for(finding)

    # What the person does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what leads somewhere now."""
        match action:
            case "remedy":
                return self.is_attached and self._remedy is not None
            case "stop":
                return self._is_running
            case "again":
                return not self._is_running
            case "next_problem" | "copy":
                return bool(self._findings)
            case _:
                return super().check_action(action, parameters)

    @on(EntryList.Chosen)
    def _chosen(self, event: EntryList.Chosen) -> None:
        event.stop()
        self.action_remedy()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_remedy()

    def action_remedy(self) -> None:
        if (remedy := self._remedy) is not None:
            self.dismiss(remedy)

    def action_next_problem(self) -> None:
        """To the next finding that is a problem or a warning, from the beginning after the last."""
        entries = self.query_one(EntryList)
        count = len(self._findings)
        for step in range(1, count + 1):
            at = (entries.cursor + step) % count
            if self._findings[at].status in {Status.PROBLEM, Status.WARNING}:
                entries.cursor = at
                return
        self.notify("Nothing needs to be done.")

    def action_toggle_details(self) -> None:
        self._has_details = not self._has_details
        self._show()

    def action_copy(self) -> None:
        """Copy everything, as one would send it to whoever can help."""
        lines = [line for finding in self._findings for line in _as_text(finding)]
        text = "\n".join([*lines, self._state_words()])
        app = app_of(self)
        app.copy_to_clipboard(text)
        self.notify(app.copied_words("The examination", text), markup=False)

    def action_back(self) -> None:
        self.dismiss(None)


def _summary(findings: Sequence[Finding], *, was_stopped: bool) -> str:
    counts = Counter(finding.status for finding in findings)
    bad = " and ".join(
        f"{counts[status]} {status}{'' if counts[status] == 1 else 's'}"
        for status in (Status.PROBLEM, Status.WARNING)
        if counts[status]
    )
    others = [f"{counts[Status.OK]} ok"]
    if counts[Status.SKIPPED]:
        others.append(f"{counts[Status.SKIPPED]} not looked at")
    if was_stopped:
        return f"Stopped before the end: {'; '.join(filter(None, [bad, *others]))}."
    found = f"Found {bad}" if bad else "Nothing is in the way of a sync"
    return f"{'; '.join([found, *others])}."


def _details(finding: Finding) -> Sequence[str]:
    """What was looked at, by the name that scripts know, and the setting it is about."""
    details = [f"check: {plain(finding.check)}"]
    if finding.setting:
        details.append(f"setting: {plain(finding.setting)}")
    return details


def _leads_to(remedy: Remedy) -> str:
    match remedy:
        case Side():
            return f"sign in to {remedy.label}"
        case Kind():
            return f"choose the {remedy.noun}"
        case Rebuilding():
            return rebuild_title(remedy.process)
        case _:
            return f"see the setting {plain(remedy)}"


def _as_text(finding: Finding) -> Sequence[str]:
    lines = [f"{_MARKS[finding.status]:<{_MARK_WIDTH}}{plain(finding.check)}: {plain(finding.words)}"]
    if finding.remedy:
        lines.append(f"{'':<{_MARK_WIDTH}}-> {plain(finding.remedy)}")
    return lines
