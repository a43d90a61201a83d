"""`lpc-tui fields`: which field of one service becomes which of the other."""

from __future__ import annotations

import json
import shutil
from typing import Annotated

import typer

from lpc_tui.cli.processes import named_processes
from lpc_tui.model.items import Process

__all__ = ["fields"]


def fields(
    process: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROCESS]...", help="calendar, contact, task; none: all.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the map as one JSON document.")] = False,
) -> None:
    """Print the field map: which fields are synced, what each side holds of them, and which way they travel."""
    from lpc_tui.cli import field_view

    processes = named_processes(process or ()) or list(Process)
    if as_json:
        typer.echo(json.dumps(field_view.as_json(processes), indent=2))
        return
    width = shutil.get_terminal_size().columns
    typer.echo("\n".join(field_view.KEY))
    for each in processes:
        typer.echo("\n".join(("", *field_view.field_lines(each, width))))
