"""`lpc-tui sync`: one run without the UI, from a terminal or a timer."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated

import typer

from lpc_tui.cli.context import context_of
from lpc_tui.cli.processes import named_processes
from lpc_tui.errors import UsageError
from lpc_tui.model.items import Process

if TYPE_CHECKING:
    from lpc_tui.cli.render import Renderer
    from lpc_tui.engine.interface import Cancel, Engine, Reviewer, RunResult
    from lpc_tui.model.plan import Plan
    from lpc_tui.paths import Paths
    from lpc_tui.settings import Settings

__all__ = ["OneSync", "sync"]


def sync(
    ctx: typer.Context,
    process: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROCESS]...", help="calendar, contact, task; none: all.", show_default=False
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and write nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Carry the plan out without asking.")] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print the run's events as JSON, one object a line, and nothing else."),
    ] = False,
    background: Annotated[
        bool,
        typer.Option(
            "--background", help="No process named: only those whose background sync box is ticked."
        ),
    ] = False,
) -> None:
    """Sync once. Shows the plan and asks, unless --yes is given.

    Exit codes: 0 all done; 1 some items need you; 2 usage or settings; 3 sign-in; 4 another run holds the profile;
    5 a service was unreachable, run again to continue; 130 cancelled.
    """
    from lpc_tui.cli.asking import has_terminal
    from lpc_tui.settings_file import load

    named = named_processes(process or ())
    if not (yes or dry_run or has_terminal()):
        raise UsageError(
            "There is no terminal to ask on.",
            "Add --yes to carry the plan out unasked, or --dry-run to see it.",
        )
    paths = context_of(ctx).paths
    settings = load(paths.config_file)
    processes = named or [each for each in Process if not background or _is_ticked(settings, each)]
    if not processes:
        typer.echo("No process is ticked for the background sync; nothing to do.", err=True)
        return
    result = OneSync(
        paths, settings, is_asking=not (yes or dry_run), is_dry_run=dry_run, as_json=as_json
    ).run(processes)
    if result.error is not None:
        raise result.error
    raise typer.Exit(result.exit_code)


def engine_for(settings: Settings, paths: Paths) -> AbstractAsyncContextManager[Engine]:
    """The engine of a profile."""
    from lpc_tui.wiring import open_engine

    return open_engine(settings, paths)


def _is_ticked(settings: Settings, process: Process) -> bool:
    return settings.sync.of(process).include_in_background_sync


class OneSync:
    """One run at the command line, with everything that was asked for. `--plain` has a reviewer of its own."""

    def __init__(
        self, paths: Paths, settings: Settings, *, is_asking: bool, is_dry_run: bool, as_json: bool
    ) -> None:
        from tzlocal import get_localzone

        self._paths = paths
        self._settings = settings
        self._is_asking = is_asking
        self._is_dry_run = is_dry_run
        self._as_json = as_json
        self._zone: tzinfo = get_localzone()

    def run(self, processes: Sequence[Process]) -> RunResult:
        """Carry it out, and print what the person or the program reading us is to see."""
        from lpc_tui.cli.render import JsonLines, progress_on
        from lpc_tui.cli.running import exit_at_once, run_engine
        from lpc_tui.cli.summary import Summary
        from lpc_tui.logfile import LogFile

        renderer = JsonLines(sys.stdout) if self._as_json else progress_on(sys.stderr)
        summary = Summary()

        def quit_at_once() -> None:
            renderer.close()
            exit_at_once()

        with LogFile(self._paths.log_file, zone=self._zone) as log:
            try:
                result = asyncio.run(
                    run_engine(
                        lambda: engine_for(self._settings, self._paths),
                        processes,
                        review=lambda cancel: self.reviewer(renderer, cancel),
                        listeners=(renderer.emit, summary.emit, log),
                        is_dry_run=self._is_dry_run,
                        say=renderer.say,
                        quit_at_once=quit_at_once,
                    )
                )
            finally:
                renderer.close()
        if not self._as_json:
            if self._is_dry_run:
                self._show(result.plans.values(), is_error=False)
            _echo(summary.lines(result, log.path), is_error=False)
        if log.trouble is not None:
            typer.echo(f"The log file {log.path} cannot be written: {log.trouble.strerror}.", err=True)
        return result

    def reviewer(self, renderer: Renderer, cancel: Cancel) -> Reviewer:
        """Who decides about the plan."""
        from lpc_tui.cli.asking import TerminalReview, ask_on_terminal
        from lpc_tui.engine.interface import Proposal, approve_all

        if not self._is_asking:
            return approve_all

        def show(proposal: Proposal) -> None:
            renderer.pause()
            self._show(proposal.plans.values(), is_error=True)

        return TerminalReview(show, lambda question: ask_on_terminal(question, cancel))

    def _show(self, plans: Collection[Plan], *, is_error: bool) -> None:
        from lpc_tui.cli.plan_view import plan_lines

        width = shutil.get_terminal_size().columns
        for plan in plans:
            _echo(plan_lines(plan, self._zone, width=width), is_error=is_error)


def _echo(lines: Sequence[str], *, is_error: bool) -> None:
    typer.echo("\n".join(lines), err=is_error)
