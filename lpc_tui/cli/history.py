"""`lpc-tui history`: what past runs did, item by item."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from lpc_tui.cli.context import context_of

if TYPE_CHECKING:
    from lpc_tui.reports.interface import HistoryEntry, Reports

__all__ = ["history"]

_PAGE = 500
"""Writes that are held at once; a run may have made ten thousand."""


def history(
    ctx: typer.Context,
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN",
            help="A run's id or the beginning of it; last: the latest one. None: the list of runs.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="Runs to list, the newest ones.")
    ] = 20,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, one run or write a line, and nothing else.")
    ] = False,
) -> None:
    """List past runs, or what one of them wrote: item by item, what was before and what it was changed to.

    Exit codes: 0 found; 1 nothing has run yet; 2 there is no such run.
    """
    from tzlocal import get_localzone

    from lpc_tui.cli.history_view import entry_lines, heading_lines, run_lines
    from lpc_tui.reports.as_json import entry_as_json, run_as_json
    from lpc_tui.settings_file import load
    from lpc_tui.wiring import make_reports

    paths = context_of(ctx).paths
    reports, zone = make_reports(load(paths.config_file), paths), get_localzone()
    if run is not None:
        chosen = reports.run(run)
        entries = _entries(reports, chosen.run)
        if as_json:
            typer.echo(json.dumps(run_as_json(chosen)))
            for entry in entries:
                typer.echo(json.dumps(entry_as_json(entry)))
            return
        for line in heading_lines(chosen, zone):
            typer.echo(line)
        for entry in entries:
            typer.echo("\n".join(entry_lines(entry, zone)))
        return
    runs = reports.runs(limit=limit + 1)
    if not runs:
        typer.echo("Nothing has run yet. The first sync: lpc-tui sync", err=True)
        raise typer.Exit(1)
    for each in runs[:limit]:
        typer.echo(json.dumps(run_as_json(each)) if as_json else "\n".join(run_lines(each, zone)))
    if not as_json:
        more = "; there are more: --limit" if len(runs) > limit else ""
        typer.echo(f"What one of them did: lpc-tui history RUN, or lpc-tui history last{more}", err=True)


def _entries(reports: Reports, run: str) -> Iterator[HistoryEntry]:
    """All writes of a run, a page at a time."""
    offset = 0
    while page := reports.operations(run, offset=offset, limit=_PAGE):
        yield from page
        offset += len(page)
