"""Renders a run's events while it lasts: JSON lines for programs, bars or plain lines for people.

`sync` makes one renderer a run and gives the engine its `emit`. A renderer never fails a run: who stops reading is not
served any longer, nothing else. Rich is imported only once bars are drawn.
"""

from __future__ import annotations

import json
import os
import sys
from typing import IO, TYPE_CHECKING, Protocol

from lpc_tui.engine.events import Event, Noticed, Phase, PhaseStarted, ProcessFinished, Progress, as_json
from lpc_tui.model.items import Process
from lpc_tui.wording import describe, phase_words

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

__all__ = ["Bars", "JsonLines", "Lines", "Renderer", "progress_on"]


class Renderer(Protocol):
    """Shows events as they come."""

    def emit(self, event: Event) -> None:
        """Show one event; returns at once."""

    def say(self, line: str) -> None:
        """Show a line of our own beside the events, where the renderer has a place for it."""

    def pause(self) -> None:
        """Leave the terminal alone until the next event: a question is about to be asked."""

    def close(self) -> None:
        """Leave the terminal as it was; harmless if called twice."""


class JsonLines:
    """`--json`: each event as one documented JSON object a line (DESIGN.md, section 1), and nothing else.

    The lines are ASCII: foreign text cannot steer a terminal that they are shown on, and every encoding carries them.
    """

    def __init__(self, stream: IO[str], aside: IO[str] | None = None) -> None:
        """`aside` takes what is no event; by default stderr."""
        self._stream = stream
        self._aside = aside or sys.stderr
        self._is_read = True

    def emit(self, event: Event) -> None:
        if isinstance(event, Noticed):
            if not _is_end(event):
                self.say(describe(event))
            return
        if not self._is_read:
            return
        try:
            _write_line(self._stream, json.dumps(as_json(event)))
        except BrokenPipeError:
            self._is_read = False
            _discard(self._stream)

    def say(self, line: str) -> None:
        _write_line(self._aside, line)

    def pause(self) -> None:
        """Nothing to leave alone."""

    def close(self) -> None:
        """Nothing to put back."""


def _write_line(stream: IO[str], line: str) -> None:
    stream.write(line + "\n")
    stream.flush()


def _is_end(event: Noticed) -> bool:
    """Whether it tells of the error that ends the run: the command shows that one last, and once."""
    return event.level == "error" and event.process is None


def _discard(stream: IO[str]) -> None:
    """Point the stream at nothing, or the interpreter would complain of the broken pipe as it ends."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)


class Lines:
    """A line for each phase and each tenth of the writing: for logs, pipes and terminals that cannot move the cursor."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._tenths = 0

    def emit(self, event: Event) -> None:
        match event:
            case PhaseStarted():
                self._tenths = 0
                self.say(describe(event))
            case Progress(phase=Phase.APPLY, done=done, total=int(total)) if total:
                tenths = done * 10 // total
                if tenths > self._tenths:
                    self._tenths = tenths
                    self.say(describe(event))
            case Noticed() if not _is_end(event):
                self.say(describe(event))
            case _:
                pass

    def say(self, line: str) -> None:
        _write_line(self._stream, line)

    def pause(self) -> None:
        """Nothing to leave alone."""

    def close(self) -> None:
        """Nothing to put back."""


class Bars:
    """A bar for each process on a terminal, gone once the run is over; notices stay above it."""

    def __init__(self, stream: IO[str]) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        console = Console(file=stream, markup=False, emoji=False, highlight=False)
        self._progress: RichProgress = RichProgress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            redirect_stdout=False,
        )
        self._bars: dict[Process, TaskID] = {}

    def emit(self, event: Event) -> None:
        match event:
            case PhaseStarted(process=process, phase=phase, total=total):
                self._begin(process, f"{process.label}: {phase_words(phase)}", total)
            case Progress(process=process, done=done, total=total) if process in self._bars:
                self._progress.update(self._bars[process], completed=done, total=total)
            case ProcessFinished(process=process) if process in self._bars:
                self._progress.remove_task(self._bars.pop(process))
            case Noticed() if not _is_end(event):
                self.say(describe(event))
            case _:
                pass

    def say(self, line: str) -> None:
        self._progress.console.print(line, soft_wrap=True)

    def pause(self) -> None:
        self._progress.stop()

    def close(self) -> None:
        self._progress.stop()

    def _begin(self, process: Process, doing: str, total: int | None) -> None:
        """A new bar for each phase: one that was given a total cannot go back to having none."""
        if process in self._bars:
            self._progress.remove_task(self._bars[process])
        self._bars[process] = self._progress.add_task(doing, total=total)
        self._progress.start()


def progress_on(stream: IO[str]) -> Renderer:
    """Bars where the stream is a terminal that can move its cursor, plain lines elsewhere."""
    can_move = stream.isatty() and os.environ.get("TERM", "") not in {"", "dumb", "unknown"}
    return Bars(stream) if can_move else Lines(stream)
