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
    from lpc_tui.state.rows import Standing

__all__ = ["rebuild"]

_WHAT_NEXT = (
    "The next sync compares both sides afresh: items that are evidently the same are linked again, values that differ are"
    " conflicts, and what has no counterpart is added to the other side."
)


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
    from lpc_tui.state.rebuild import forget, standing_of

    standing = standing_of(path, process)
    if not standing.is_known and not standing.links:
        typer.echo(f"{process.label}: nothing is linked; there is nothing to forget.")
        return
    links = _counted(standing.links, "link")
    _say(_warnings(process, standing))
    if is_asking:
        _ask(f"Forget {links}?")
    copy = forget(path, process, datetime.now(UTC))
    typer.echo(f"{process.label}: {links} forgotten. {_WHAT_NEXT}")
    typer.echo(f"To see it first: lpc-tui sync {process} --dry-run. The state as it was: {copy}")


def _warnings(process: Process, standing: Standing) -> list[str]:
    """What a person should know before they say yes."""
    lines = [
        f"{process.label}: {_counted(standing.links, 'link')} would be forgotten. Nothing is undone, and nothing is written"
        " to Outlook or Salesforce: repair by hand first what should not be as it is."
    ]
    if standing.deletions:
        items = _counted(standing.deletions, "item")
        lines.append(f"Deleted on one side but not on the other: {items}. The next sync would add them back.")
    if standing.intents:
        writes = _counted(standing.intents, "write")
        lines.append(
            f"Interrupted, outcome unknown: {writes}. They are not forgotten: the next sync looks first what became of them."
        )
    return lines


def _set_aside(path: Path, *, is_asking: bool) -> None:
    from lpc_tui.state.rebuild import damage_of, set_aside

    damage = damage_of(path)
    if damage is None:
        raise UsageError(
            f"The state file {path} is not damaged.",
            "To forget the links of one process: lpc-tui rebuild PROCESS.",
        )
    _say(
        [
            damage.message,
            "Moved aside, nothing of it is used any more: the links of all processes, what waits, and the history.",
        ]
    )
    if is_asking:
        _ask("Move it aside?")
    place = set_aside(path, datetime.now(UTC))
    typer.echo(f"The state file is now {place}; nothing was deleted. {_WHAT_NEXT}")


def _say(lines: list[str]) -> None:
    typer.echo("\n".join(lines), err=True)


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


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
