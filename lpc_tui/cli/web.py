"""`lpc-tui web`: the terminal UI in a browser on this computer, or through `ssh -L` on another one."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from lpc_tui.cli.context import context_of
from lpc_tui.errors import UsageError

if TYPE_CHECKING:
    from lpc_tui.web.server import UiServer

__all__ = ["web"]


def web(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen at; 0 takes any free one.")
    ] = 0,
    demo: Annotated[bool, typer.Option("--demo", help="Show the demo instead of your profile.")] = False,
) -> None:
    """Serve the terminal UI to a browser, on this computer only.

    Prints an address with a secret in it: whoever has that address is in, so hand it to nobody. Each window of the browser
    is a UI of its own. Ctrl-C ends them all.
    """
    from lpc_tui.web.server import UiServer, listen

    given = context_of(ctx)
    command = [sys.executable, "-m", "lpc_tui", "--profile", given.paths.profile, *(["demo"] if demo else [])]
    try:
        with listen(port) as listening:
            server = UiServer(command, listening)
            _tell(server.address, server.bound_port)
            asyncio.run(_serve(server))
    except OSError as error:
        raise UsageError(
            f"Nothing can listen at port {port}: {error.strerror}.", "Give another --port."
        ) from error


def _tell(address: str, port: int) -> None:
    typer.echo(f"Open {address}")
    typer.echo(f"From another computer, first: ssh -L {port}:127.0.0.1:{port} THIS-HOST")
    typer.echo("Whoever has this address is in. Ctrl-C ends it.")


async def _serve(server: UiServer) -> None:
    from lpc_tui.cli.running import on_stop_signals

    is_over = asyncio.Event()
    with on_stop_signals(is_over.set):
        await server.run(is_over)
