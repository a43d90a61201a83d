"""The commands of `lpc-tui` and its global options.

Every command is a module of its own beside this one and is registered here by one line. Those modules must stay cheap to
import, since each call imports them all: what is heavy (Textual, O365, simple-salesforce, the sandbox's servers) they import
inside their functions.
"""

from __future__ import annotations

from typing import Annotated

import typer

from lpc_tui import __version__
from lpc_tui.cli import auto, config, sandbox
from lpc_tui.cli.context import context_of
from lpc_tui.cli.demo import demo
from lpc_tui.cli.doctor import doctor
from lpc_tui.cli.fields import fields
from lpc_tui.cli.history import history
from lpc_tui.cli.login import login, logout
from lpc_tui.cli.rebuild import rebuild
from lpc_tui.cli.sync import sync
from lpc_tui.cli.web import web
from lpc_tui.cli.why import why

app = typer.Typer(
    name="lpc-tui",
    help="LinkPoint Assist for the terminal: the two-way sync of Outlook and Salesforce.",
    epilog="Without a command, the terminal UI opens.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(demo)
app.command()(sync)
app.command()(login)
app.command()(logout)
app.command()(doctor)
app.command()(history)
app.command()(why)
app.command()(rebuild)
app.command()(fields)
app.command()(web)
app.add_typer(auto.app, name="auto")
app.add_typer(config.app, name="config")
app.add_typer(sandbox.app, name="sandbox")


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"lpc-tui {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def main(
    ctx: typer.Context,
    profile: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Keeps several people or orgs apart. Also: LPC_TUI_PROFILE."),
    ] = None,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain", help="No screen: questions and answers line by line, fit for a screen reader."
        ),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Take the global options; without a command, open the terminal UI."""
    context = context_of(ctx)
    context.profile, context.is_debug, context.is_plain = profile, debug, plain
    if ctx.invoked_subcommand is None and plain:
        from lpc_tui.cli.plain.menu import open_plain

        open_plain(context.paths)
    elif ctx.invoked_subcommand is None:
        from lpc_tui.cli.ui import open_ui

        if open_ui(context.paths.profile):
            demo(ctx)
