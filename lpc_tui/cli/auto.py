"""`lpc-tui auto`: the Auto Background Sync, in the foreground or as a systemd user unit."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from lpc_tui.cli.context import context_of
from lpc_tui.paths import Paths

if TYPE_CHECKING:
    from lpc_tui.auto.schedule import Attempt
    from lpc_tui.auto.units import Service
    from lpc_tui.engine.interface import Cancel, RunResult
    from lpc_tui.model.items import Process
    from lpc_tui.settings import Settings

__all__ = ["app"]

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
            past=lambda: _past(paths),
            run=lambda settings, processes, stopped: _run(paths, settings, processes, stopped),
            say=_say,
            clock=lambda: datetime.now(UTC),
            sleep=sleep,
            zone=get_localzone(),
        )
        with on_stop_signals(stop):
            await watch(host, cancel)

    with hold(paths.state_dir / "auto.lock", f"lpc-tui auto run, process {os.getpid()}"):
        _say(f"The Auto Background Sync of the profile {paths.profile} is running. Ctrl-C stops it.", False)
        asyncio.run(serve())


@app.command()
def install(ctx: typer.Context) -> None:
    """Run the Auto Background Sync as a systemd user unit, from now on and after each login."""
    from lpc_tui.settings_file import load

    paths = context_of(ctx).paths
    settings = load(paths.config_file)
    service = _service(paths)
    service.install()
    typer.echo(f"Installed and started: {service.path}")
    if not settings.auto_sync.enabled:
        typer.echo("It waits until you enable it: lpc-tui config set auto_sync.enabled true", err=True)
    typer.echo("To keep it running while you are logged out: loginctl enable-linger")


@app.command()
def uninstall(ctx: typer.Context) -> None:
    """Stop the systemd user unit and remove it; the settings stay as they are."""
    service = _service(context_of(ctx).paths)
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

    from lpc_tui.auto.schedule import turns
    from lpc_tui.settings_file import load
    from lpc_tui.values import stamp_text

    paths = context_of(ctx).paths
    settings = load(paths.config_file)
    now, zone = datetime.now(UTC), get_localzone()
    plan = turns(settings, _past(paths), now, zone)
    service, is_running = _service(paths), _is_running(paths)
    if as_json:
        document = {
            "enabled": settings.auto_sync.enabled,
            "running": is_running,
            "unit": str(service.path) if service.is_installed else None,
            "processes": {
                str(turn.process): {
                    "next": None if turn.at is None else turn.at.isoformat().replace("+00:00", "Z"),
                    "reason": turn.why_not or None,
                }
                for turn in plan
            },
        }
        typer.echo(json.dumps(document))
        return
    typer.echo(f"Auto Background Synchronization: {'enabled' if settings.auto_sync.enabled else 'off'}")
    typer.echo(f"Running now: {'yes' if is_running else 'no'}")
    typer.echo(f"Unit: {service.path if service.is_installed else 'not installed'}")
    for turn in plan:
        when = turn.why_not if turn.at is None else ("now" if turn.at <= now else stamp_text(turn.at, zone))
        typer.echo(f"{turn.process.label}: {when}")
    if settings.auto_sync.enabled and not is_running:
        typer.echo("Nothing syncs until it runs: lpc-tui auto install, or lpc-tui auto run.", err=True)


def _is_running(paths: Paths) -> bool:
    """Whether a background sync of this profile runs, as a service or in a terminal."""
    from lpc_tui.errors import LockedError
    from lpc_tui.state.lock import hold

    lock = paths.state_dir / "auto.lock"
    if not lock.exists():
        return False
    try:
        with hold(lock, "lpc-tui auto status"):
            return False
    except LockedError:
        return True


def _service(paths: Paths) -> Service:
    from lpc_tui.auto.units import Service

    return Service(paths.profile, (sys.executable, "-m", "lpc_tui"), os.environ)


def _past(paths: Paths) -> Mapping[Process, Attempt]:
    from lpc_tui.auto.schedule import last_attempts
    from lpc_tui.state.store import read_latest_runs

    return last_attempts(read_latest_runs(paths.state_file))


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
