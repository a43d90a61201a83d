"""Opens the terminal UI on a profile, with everything it needs from the rest of the program.

`app` calls it without a command, `demo` once the sandbox is up. Textual is imported here, inside the function, and the
services' libraries only when a run begins: the first frame waits for neither.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lpc_tui.errors import SettingsError, UsageError
from lpc_tui.paths import DEFAULT_PROFILE, Paths, paths_of

if TYPE_CHECKING:
    from lpc_tui.accounts.interface import Accounts
    from lpc_tui.auto.standing import ProfileAuto
    from lpc_tui.doctor.findings import Finding
    from lpc_tui.engine.interface import Engine
    from lpc_tui.model.items import Process
    from lpc_tui.places.interface import Places
    from lpc_tui.reports.interface import Reports
    from lpc_tui.settings import Settings
    from lpc_tui.settings_check import KeyPath, SettingsProblem
    from lpc_tui.tui.ports import Account, AutoService, Ports, Rebuild

__all__ = ["has_screen", "key_lines", "key_problems", "open_ui", "ports_of"]


def has_screen() -> bool:
    """Whether there is a terminal to draw on. Textual draws through stderr: with that in a file, nothing would be seen."""
    return _is_in_browser() or all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def _is_in_browser() -> bool:
    """Whether `lpc-tui web` shows this process in a browser, through pipes."""
    return "TEXTUAL_DRIVER" in os.environ


def open_ui(profile: str | None = None, notes: Sequence[str] = (), accounts_note: str = "") -> bool:
    """Run the terminal UI until the person quits; its log opens with `notes`, its accounts with `accounts_note`.

    Returns whether they left it for the demo.

    Raises:
        UsageError: there is no terminal, or the profile's name is none.
        SettingsError: the profile's folders cannot be made.
    """
    if not has_screen():
        raise UsageError(
            "The terminal UI needs a terminal, and there is none here.",
            "Without one: lpc-tui sync --yes, and lpc-tui --help.",
        )
    from lpc_tui.tui.terminal import ABLE, prepare, terminal_of

    terminal = ABLE if _is_in_browser() else terminal_of(os.environ, sys.stderr.encoding)
    if terminal.is_dumb:
        raise UsageError(
            "This terminal cannot move its cursor (TERM is not set, or dumb).", "Use lpc-tui --plain in it."
        )
    prepare(terminal, os.environ)
    paths = paths_of(profile)
    try:
        paths.make_folders()
    except OSError as error:
        raise SettingsError(
            f"The profile's folders cannot be made: {error}.", "Set LPC_TUI_HOME to a folder of yours."
        ) from error
    from lpc_tui.tui.collector import calm
    from lpc_tui.tui.heap import share_heap

    share_heap()
    with calm():
        from lpc_tui.tui.app import LpcApp

        ports = ports_of(paths, notes=notes, accounts_note=accounts_note)
        app = LpcApp(ports, terminal=terminal, encoding=sys.stderr.encoding)
        app.run(mouse=app.uses_mouse)
        return app.wants_demo


def ports_of(
    paths: Paths,
    environ: Mapping[str, str] = os.environ,
    *,
    notes: Sequence[str] = (),
    accounts_note: str = "",
) -> Ports:
    """What the UI is given for this profile."""
    from datetime import UTC, datetime

    from tzlocal import get_localzone

    from lpc_tui.logfile import LogFile
    from lpc_tui.tui.ports import Ports
    from lpc_tui.tui.store import FileStore

    async def open_engine(settings: Settings) -> Engine:
        import asyncio

        from lpc_tui import wiring

        await asyncio.to_thread(wiring.preload)
        return wiring.make_engine(settings, paths, environ=environ)

    def open_accounts(settings: Settings) -> Accounts:
        from lpc_tui.accounts import profile

        return profile.open_accounts(settings, paths, environ)

    def reports(settings: Settings) -> Reports:
        from lpc_tui import wiring

        return wiring.make_reports(settings, paths)

    def open_places(settings: Settings) -> Places:
        from lpc_tui import wiring
        from lpc_tui.places.open import open_places

        wiring.preload()
        return open_places(settings, open_accounts(settings), clock=lambda: datetime.now(UTC))

    return Ports(
        settings=FileStore(paths.config_file, also=key_problems),
        open_engine=open_engine,
        reports=reports,
        accounts=lambda settings: _accounts(settings, open_accounts(settings), environ),
        open_accounts=open_accounts,
        open_places=open_places,
        state_mark=lambda: _state_mark(paths),
        linked=lambda process: _linked(paths, process),
        rebuild=lambda process: _rebuild(paths, process),
        examine=lambda: _examined(paths, environ),
        auto=_auto(paths, environ),
        zone=get_localzone(),
        clock=lambda: datetime.now(UTC),
        profile="" if paths.profile == DEFAULT_PROFILE else paths.profile,
        places=(
            ("Settings", str(paths.config_file)),
            ("State", str(paths.state_file)),
            ("Log", str(paths.log_file)),
        ),
        log_file=paths.log_file,
        open_log=lambda: LogFile(paths.log_file),
        notes=tuple(notes),
        accounts_note=accounts_note,
        is_new=not (paths.config_file.exists() or paths.state_file.exists()),
    )


def key_problems(settings: Settings) -> Iterable[tuple[KeyPath, SettingsProblem]]:
    """What is wrong with the keys of a person's own, without looking at all the UI's modules where there are none."""
    if not settings.ui.keys.by_id:
        return ()
    from lpc_tui.tui.keymap import problems

    return problems(settings)


def key_lines() -> Iterable[str]:
    """Every action of the UI that has keys: its id, its keys, what it does."""
    from lpc_tui.tui.keymap import bindings

    for bound in bindings().values():
        yield f"{bound.id:<28} {','.join(bound.keys):<24} {bound.description}".rstrip()


def _auto(paths: Paths, environ: Mapping[str, str]) -> AutoService:
    """The background sync of the profile, as the UI sees it."""
    from datetime import UTC, datetime

    from tzlocal import get_localzone

    from lpc_tui.tui.ports import AutoView

    zone = get_localzone()

    def open_auto() -> ProfileAuto:
        from lpc_tui.auto.standing import ProfileAuto
        from lpc_tui.cli.auto import LPC_TUI

        return ProfileAuto(paths, environ, LPC_TUI, clock=lambda: datetime.now(UTC), zone=zone)

    class Service:
        def view(self, settings: Settings) -> AutoView:
            from lpc_tui.auto.standing import standing_lines

            standing = open_auto().standing(settings)
            lines = standing_lines(standing, datetime.now(UTC), zone)
            return AutoView(is_running=standing.is_running, lines=tuple(lines))

        def install(self) -> str:
            service = open_auto().service
            service.install()
            return str(service.path)

    return Service()


def _accounts(settings: Settings, accounts: Accounts, environ: Mapping[str, str]) -> Sequence[Account]:
    from lpc_tui.accounts.interface import TOKEN_VARIABLES
    from lpc_tui.model.items import Side
    from lpc_tui.tui.ports import Account

    def account(side: Side, address: str, *details: tuple[str, str]) -> Account:
        variable = TOKEN_VARIABLES[side]
        return Account(
            side=side,
            address=address,
            status=accounts.status(side),
            token_variable=variable if environ.get(variable, "").strip() else "",
            details=details,
        )

    salesforce = settings.salesforce
    org = [("API version", salesforce.api_version)]
    if salesforce.external_id_field:
        org.append(("External id", salesforce.external_id_field))
    return (
        account(Side.OUTLOOK, settings.outlook.graph_url),
        account(Side.SALESFORCE, salesforce.instance_url, *org),
    )


def _state_mark(paths: Paths) -> str:
    from lpc_tui.state.lookups import mark_of

    return mark_of(paths.state_file)


def _linked(paths: Paths, process: Process) -> int:
    from lpc_tui.state.rebuild import standing_of

    return standing_of(paths.state_file, process).links if paths.state_file.exists() else 0


@contextmanager
def _rebuild(paths: Paths, process: Process | None) -> Iterator[Rebuild]:
    from lpc_tui.state.forgetting import Forgetting, SettingAside
    from lpc_tui.state.lock import hold

    with hold(paths.lock_file, f"Rebuild History, process {os.getpid()}"):
        yield SettingAside(paths.state_file) if process is None else Forgetting(paths.state_file, process)


async def _examined(paths: Paths, environ: Mapping[str, str]) -> AsyncGenerator[Finding, None]:
    import asyncio
    from contextlib import aclosing

    def load() -> None:
        import lpc_tui.doctor.examine  # noqa: F401 - only to have it imported, in a thread
        from lpc_tui import wiring

        wiring.preload()

    await asyncio.to_thread(load)
    from lpc_tui.doctor.examine import examine

    async with aclosing(examine(paths, environ=environ)) as findings:
        async for finding in findings:
            yield finding
