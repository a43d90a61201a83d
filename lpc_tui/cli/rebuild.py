"""`lpc-tui rebuild`: LinkPoint's Rebuild History, and the way on when the state file is damaged.

It reaches no service and undoes nothing: what it forgets, the next sync matches afresh.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lpc_tui.cli.context import context_of
from lpc_tui.cli.processes import named_processes
from lpc_tui.errors import CancelledByUser, UsageError
from lpc_tui.model.items import Process

if TYPE_CHECKING:
    from lpc_tui.state.forgetting import Forgetting, SettingAside

__all__ = ["rebuild"]


def rebuild(
    ctx: typer.Context,
    process: Annotated[
        str | None, typer.Argument(metavar="PROCESS", help="calendar, contact or task.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Forget without asking.")] = False,
    damaged: Annotated[
        bool,
        typer.Option(
            "--damaged", help="No process: move a state file that cannot be read out of the way, as a whole."
        ),
    ] = False,
) -> None:
    """Forget which items of a process belong together; the next sync matches them afresh.

    For use after an unwanted sync, once you have repaired by hand what it did, with the auto sync switched off: nothing is
    undone, and nothing is written to Outlook or Salesforce. The history and the other processes stay as they are.
    """
    from lpc_tui.cli.asking import has_terminal
    from lpc_tui.state.lock import hold

    if damaged == (process is not None):
        raise UsageError(
            "Rebuild takes the name of a process, or --damaged.", "For example: lpc-tui rebuild calendar."
        )
    chosen = named_processes([process] if process else [])
    if not (yes or has_terminal()):
        raise UsageError("There is no terminal to ask on.", "Add --yes to forget the links unasked.")
    paths = context_of(ctx).paths
    if not paths.state_file.exists():
        typer.echo("This profile has never been synchronised; there is nothing to forget.")
        return
    with hold(paths.lock_file, f"lpc-tui rebuild, process {os.getpid()}"):
        if damaged:
            _set_aside(paths.state_file, is_asking=not yes)
        for each in chosen:
            _forget(paths.state_file, each, is_asking=not yes)


def _forget(path: Path, process: Process, *, is_asking: bool) -> None:
    from lpc_tui.state.forgetting import Forgetting

    forgetting = Forgetting(path, process)
    if not forgetting.warnings:
        typer.echo(forgetting.nothing)
        return
    _carry_out(forgetting, is_asking=is_asking)
    typer.echo(f"To see first what it would do: lpc-tui sync {process} --dry-run")


def _set_aside(path: Path, *, is_asking: bool) -> None:
    from lpc_tui.state.forgetting import SettingAside

    setting_aside = SettingAside(path)
    if not setting_aside.warnings:
        raise UsageError(
            setting_aside.nothing, "To forget the links of one process: lpc-tui rebuild PROCESS."
        )
    _carry_out(setting_aside, is_asking=is_asking)


def _carry_out(rebuild: Forgetting | SettingAside, *, is_asking: bool) -> None:
    """Raises: CancelledByUser: the answer is not yes."""
    typer.echo("\n".join(rebuild.warnings), err=True)
    if is_asking:
        _ask(rebuild.question)
    typer.echo(rebuild.carry_out(datetime.now(UTC)))


def _ask(question: str) -> None:
    """Raises: CancelledByUser: the answer is not yes."""
    import asyncio

    from lpc_tui.cli.asking import ask_on_terminal
    from lpc_tui.engine.interface import Cancel

    try:
        is_yes = asyncio.run(ask_on_terminal(question, Cancel()))
    except KeyboardInterrupt:
        typer.echo(err=True)
        is_yes = False
    if not is_yes:
        raise CancelledByUser("Nothing was changed.")
