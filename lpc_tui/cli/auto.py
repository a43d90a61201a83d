"""`lpc-tui auto`: the Auto Background Sync, in the foreground or as a systemd user unit."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from lpc_tui.cli.context import context_of
from lpc_tui.paths import Paths

if TYPE_CHECKING:
    from lpc_tui.auto.standing import AutoStanding, ProfileAuto
    from lpc_tui.engine.interface import Cancel, RunResult
    from lpc_tui.model.items import Process
    from lpc_tui.settings import Settings

__all__ = ["LPC_TUI", "app"]

LPC_TUI: Final = (sys.executable, "-m", "lpc_tui")
"""What starts this program again."""

app = typer.Typer(
    help="The Auto Background Sync: by the times and boxes of the settings, without a review.",
    no_args_is_help=True,
)


@app.command()
def run(ctx: typer.Context) -> None:
    """Sync in the background of this terminal until Ctrl-C, at the times of the settings.

    Every plan is accepted; what waits under a law goes on waiting. A process takes part once it has been synchronized by
    hand. The settings are read anew each minute.

    Exit codes: 0 stopped by you; 2 settings; 4 a background sync of this profile runs already.
    """
    from tzlocal import get_localzone

    from lpc_tui.auto.watch import Host, watch
    from lpc_tui.cli.running import exit_at_once, on_stop_signals
    from lpc_tui.engine.interface import Cancel
    from lpc_tui.settings_file import load
    from lpc_tui.state.lock import hold

    paths = context_of(ctx).paths
    load(paths.config_file)

    async def serve() -> None:
        cancel = Cancel()

        def stop() -> None:
            if cancel.is_requested:
                exit_at_once()
            cancel.request()
            _say("Stopping: finishing the current write. Press Ctrl-C again to quit at once.", True)

        async def sleep(seconds: float) -> None:
            with_end = asyncio.ensure_future(cancel.wait())
            await asyncio.wait((with_end,), timeout=seconds)
            with_end.cancel()

        host = Host(
            load=lambda: load(paths.config_file),
            past=_auto(paths).past,
            run=lambda settings, processes, stopped: _run(paths, settings, processes, stopped),
            say=_say,
            clock=lambda: datetime.now(UTC),
            sleep=sleep,
            zone=get_localzone(),
        )
        with on_stop_signals(stop):
            await watch(host, cancel)

    with hold(paths.auto_lock, f"lpc-tui auto run, process {os.getpid()}"):
        _say(f"The Auto Background Sync of the profile {paths.profile} is running. Ctrl-C stops it.", False)
        asyncio.run(serve())


@app.command()
def install(ctx: typer.Context) -> None:
    """Run the Auto Background Sync as a systemd user unit, from now on and after each login."""
    from lpc_tui.settings_file import load

    paths = context_of(ctx).paths
    settings = load(paths.config_file)
    service = _auto(paths).service
    service.install()
    typer.echo(f"Installed and started: {service.path}")
    if not settings.auto_sync.enabled:
        typer.echo("It waits until you enable it: lpc-tui config set auto_sync.enabled true", err=True)
    typer.echo("To keep it running while you are logged out: loginctl enable-linger")


@app.command()
def uninstall(ctx: typer.Context) -> None:
    """Stop the systemd user unit and remove it; the settings stay as they are."""
    service = _auto(context_of(ctx).paths).service
    if service.uninstall():
        typer.echo(f"Stopped and removed: {service.path}")
    else:
        typer.echo("It is not installed; there is nothing to remove.")


@app.command()
def status(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Tell whether it is on, whether it runs, and when each process is due.

    Exit codes: 0; 2 settings or state.
    """
    from tzlocal import get_localzone

    from lpc_tui.auto.standing import standing_lines
    from lpc_tui.settings_file import load

    paths = context_of(ctx).paths
    standing = _auto(paths).standing(load(paths.config_file))
    if as_json:
        typer.echo(json.dumps(_as_json(standing)))
        return
    typer.echo(f"Auto Background Synchronization: {'enabled' if standing.is_enabled else 'off'}")
    typer.echo(f"Running now: {'yes' if standing.is_running else 'no'}")
    typer.echo(f"Unit: {standing.unit or 'not installed'}")
    for line in standing_lines(standing, datetime.now(UTC), get_localzone()):
        typer.echo(line)
    if standing.is_enabled and not standing.is_running:
        typer.echo("Nothing syncs until it runs: lpc-tui auto install, or lpc-tui auto run.", err=True)


def _as_json(standing: AutoStanding) -> dict[str, Any]:
    return {
        "enabled": standing.is_enabled,
        "running": standing.is_running,
        "unit": standing.unit or None,
        "processes": {
            str(turn.process): {
                "next": None if turn.at is None else turn.at.isoformat().replace("+00:00", "Z"),
                "reason": turn.why_not or None,
            }
            for turn in standing.turns
        },
    }


def _auto(paths: Paths) -> ProfileAuto:
    from tzlocal import get_localzone

    from lpc_tui.auto.standing import ProfileAuto

    return ProfileAuto(paths, os.environ, LPC_TUI, clock=lambda: datetime.now(UTC), zone=get_localzone())


async def _run(paths: Paths, settings: Settings, processes: Sequence[Process], cancel: Cancel) -> RunResult:
    from lpc_tui.engine.interface import approve_all
    from lpc_tui.logfile import LogFile
    from lpc_tui.wiring import open_engine

    with LogFile(paths.log_file) as log:
        async with open_engine(settings, paths) as engine:
            return await engine.run(processes, review=approve_all, emit=log, cancel=cancel)


def _say(words: str, is_wrong: bool) -> None:
    from lpc_tui.plain import plain

    typer.echo(plain(words, 2_000), err=is_wrong)
