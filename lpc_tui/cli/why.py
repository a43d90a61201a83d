"""`lpc-tui why`: why an item was or was not synced."""

from __future__ import annotations

import json
import shutil
from typing import Annotated

import typer

from lpc_tui.cli.context import context_of

__all__ = ["why"]


def why(
    ctx: typer.Context,
    item: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT|ID",
            help="A part of its subject or name, its id in Outlook or Salesforce, or the address of its page.",
            show_default=False,
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, one object a line, and nothing else.")
    ] = False,
) -> None:
    """Tell why an item was or was not synced: what decided, both sides of it, and what the sync wrote of it.

    Asks neither service: it tells what the last sync saw. Exit codes: 0 found; 1 nothing is known of it.
    """
    from tzlocal import get_localzone

    from lpc_tui.cli.why_view import answer_lines
    from lpc_tui.reports.as_json import answer_as_json
    from lpc_tui.settings_file import load
    from lpc_tui.wiring import make_reports

    paths = context_of(ctx).paths
    answer = make_reports(load(paths.config_file), paths).why(" ".join(item))
    if as_json:
        for each in answer_as_json(answer):
            typer.echo(json.dumps(each))
    else:
        width = shutil.get_terminal_size().columns
        typer.echo("\n".join(answer_lines(answer, get_localzone(), width=width)))
    if not answer.is_known:
        raise typer.Exit(1)
