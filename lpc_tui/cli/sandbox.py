"""`lpc-tui sandbox`: the demo's servers alone, for trying other clients or the headless commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lpc_tui.cli.loading import Load, More, files_to_load

app = typer.Typer(help="The practice servers of the demo.", rich_markup_mode=None)

_HIGHEST_PORT = 65_535


@app.callback()
def main() -> None:
    """The practice servers of the demo: Graph and Salesforce on this computer, with sample data."""


@app.command()
def serve(
    graph_port: Annotated[
        int, typer.Option(min=0, max=_HIGHEST_PORT, help="Port of the Graph server; 0: any free one.")
    ] = 0,
    salesforce_port: Annotated[
        int, typer.Option(min=0, max=_HIGHEST_PORT, help="Port of the Salesforce server; 0: any free one.")
    ] = 0,
    load: Load = None,
    more: More = None,
    tls: Annotated[bool, typer.Option("--tls", help="Serve https, with a self-signed certificate.")] = False,
    faults: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What is to go wrong with the services: [[fault]] tables of TOML, see docs/sandbox.md.",
        ),
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The certificate, in PEM form, of the private key to sign in to Salesforce with (jwt).",
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Keep the data here over a restart. If it holds data, that is served."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The sample data and all ids are made from it.")] = 1,
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="Let some of the sample data need your decision.")
    ] = False,
) -> None:
    """Serve Microsoft Graph and Salesforce on loopback until Ctrl-C, and print how to reach them.

    Exit codes: 0 stopped (also by Ctrl-C or SIGTERM); 2 a port or a file cannot be used.
    """
    files = files_to_load(load, more)
    from lpc_tui.sandbox.serve import ServeOptions, serve

    options = ServeOptions(
        graph_port=graph_port,
        salesforce_port=salesforce_port,
        load=files,
        tls=tls,
        faults=faults,
        certificate=certificate,
        state_file=state,
        seed=seed,
        conflicts=conflicts,
    )
    serve(options, sys.stdout)
