"""Our app over an engine that does nothing but announce: so many events a second, for so long.

`python -m tests.benchmarks.ui.flooded RATE SECONDS FOLDER`; Start Sync begins it, the log file in FOLDER is written as ever.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from lpc_tui.engine.events import (
    Counts,
    OperationEvent,
    Outcome,
    Phase,
    PhaseStarted,
    Progress,
    RunFinished,
    RunStarted,
    Status,
)
from lpc_tui.engine.interface import Cancel, Emit, Reviewer, RunResult
from lpc_tui.logfile import LogFile
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Action
from lpc_tui.tui.app import LpcApp
from lpc_tui.tui.collector import calm, settle
from tests.tui.harness import make_ports

_TICK_S = 0.02


class FloodEngine:
    """Every fifth event is progress, every hundredth a failure, as of a run that writes."""

    def __init__(self, rate: int, seconds: float) -> None:
        self._rate = rate
        self._seconds = seconds

    async def run(
        self,
        processes: Sequence[Process],
        *,
        review: Reviewer,
        emit: Emit,
        cancel: Cancel | None = None,
        is_dry_run: bool = False,
    ) -> RunResult:
        emit(RunStarted(run="run-1", processes=tuple(processes), dry_run=is_dry_run, at=datetime.now(UTC)))
        total = int(self._rate * self._seconds)
        emit(PhaseStarted(process=Process.CALENDAR, phase=Phase.APPLY, total=total))
        loop = asyncio.get_running_loop()
        begun, told = loop.time(), 0
        while told < total:
            await asyncio.sleep(_TICK_S)
            due = min(int((loop.time() - begun) * self._rate), total)
            for number in range(told, due):
                self._announce(emit, number, total)
            told = due
        counts = {Process.CALENDAR: Counts(created={Side.OUTLOOK: total})}
        emit(RunFinished(run="run-1", outcome=Outcome.OK, exit_code=0, elapsed_s=self._seconds))
        return RunResult("run-1", Outcome.OK, 0, counts, {})

    def _announce(self, emit: Emit, number: int, total: int) -> None:
        if number % 5 == 0:
            emit(Progress(process=Process.CALENDAR, phase=Phase.APPLY, done=number, total=total))
            return
        is_refused = number % 100 == 1
        emit(
            OperationEvent(
                process=Process.CALENDAR,
                side=Side.OUTLOOK,
                action=Action.CREATE,
                status=Status.FAILED if is_refused else Status.DONE,
                item=f"Meeting {number} with Acme about the offer",
                outlook_id=f"AAMk{number}",
                reason="The service would not take it." if is_refused else None,
            )
        )

    async def close(self) -> None:
        """There is nothing to close."""


if __name__ == "__main__":
    ports = make_ports(FloodEngine(int(sys.argv[1]), float(sys.argv[2])))
    log_file = Path(sys.argv[3]) / "lpc-tui.log"
    with calm():  # as `cli.ui` runs it
        settle()
        LpcApp(replace(ports, log_file=log_file, open_log=lambda: LogFile(log_file))).run()
