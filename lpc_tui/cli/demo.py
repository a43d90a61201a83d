"""`lpc-tui demo`: the terminal UI on an embedded sandbox, in a profile of its own.

The sandbox runs as a child process and keeps its data in the profile's state folder, so that a second demo goes on where
the first stopped. The UI and the engine see two URLs in `config.toml` and two tokens in the environment, as with the real
services.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urljoin, urlsplit

import typer

from lpc_tui.cli.context import context_of
from lpc_tui.cli.loading import Load, More, files_to_load, report_lines
from lpc_tui.cli.ui import has_screen
from lpc_tui.errors import LockedError, SettingsError, UsageError
from lpc_tui.paths import Paths, paths_of

if TYPE_CHECKING:
    from lpc_tui.sandbox.process import SandboxProcess

__all__ = ["PROFILE", "demo", "sandbox_for"]

PROFILE: Final = "demo"

_CLIENT_ID: Final = "sandbox"
_ACCOUNTS_NOTE: Final = (
    "The demo reaches its practice servers with fixed tokens from the environment, so nobody has to sign in. You can"
    " practise it all the same: the page to open is on this computer and needs no password. What a sign-in gives is kept"
    " with the demo, and not used while those tokens are set; --reset forgets it."
)


def demo(
    ctx: typer.Context,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget the demo's data, links, sign-ins and settings first.")
    ] = False,
    load: Load = None,
    more: More = None,
    conflicts: Annotated[
        bool,
        typer.Option("--conflicts", help="Begin with fresh sample data, some of which needs your decision."),
    ] = False,
) -> None:
    """Open the terminal UI on practice servers with sample data; nothing to sign up for.

    Both services run on this computer, and what you change stays in a profile named "demo", apart from your own. The next
    demo goes on where you stopped; --reset begins anew. With --load, the servers hold your own exports instead: rehearse
    the first sync on a copy. It replaces the data and links of the demo, not its settings; so does --conflicts.
    """
    files = files_to_load(load, more)
    if files and conflicts:
        raise UsageError(
            "--conflicts is about the sample data, and --load replaces that.", "Give one of the two."
        )
    is_plain = context_of(ctx).is_plain
    if not is_plain and not has_screen():
        raise UsageError(
            "The demo opens the terminal UI, and there is no terminal here.",
            "For the servers alone: lpc-tui sandbox serve.",
        )
    from lpc_tui.cli.ui import open_ui

    paths = paths_of(PROFILE)
    with _the_only_demo(paths):
        if reset:
            _forget(paths.config_file)
            _forget_sign_ins(paths)
        is_fresh = reset or conflicts or bool(files)
        with (
            sandbox_for(paths, files, is_fresh=is_fresh, conflicts=conflicts) as sandbox,
            _tokens_of(sandbox),
        ):
            if is_plain:
                from lpc_tui.cli.plain.menu import open_plain

                open_plain(paths)
                return
            report = sandbox.load_report
            open_ui(
                PROFILE,
                notes=tuple(report_lines(report)) if report is not None else (),
                accounts_note=_ACCOUNTS_NOTE,
            )


@contextmanager
def sandbox_for(
    paths: Paths, load: Sequence[Path] = (), *, is_fresh: bool = False, conflicts: bool = False
) -> Iterator[SandboxProcess]:
    """The demo's sandbox for the time of a block, with its URLs in the profile's settings.

    With `is_fresh` the data of an earlier demo is forgotten; links never outlive the data they were made with. `conflicts`
    lets some of the fresh sample data need a decision.

    Raises:
        SettingsError: the profile's settings file is not usable; nothing was started.
        SandboxError: the sandbox cannot start.
        LockedError: a run holds the profile whose links are to be forgotten.
    """
    from lpc_tui.sandbox.process import SandboxProcess
    from lpc_tui.settings_file import load as load_settings
    from lpc_tui.settings_file import save
    from lpc_tui.state.lock import hold

    settings = load_settings(paths.config_file)
    state_file = paths.state_dir / "sandbox.db"
    if is_fresh:
        _forget_database(state_file)
    with SandboxProcess.start(
        state_file=state_file,
        load=load,
        graph_port=_port_again(settings.outlook.graph_url),
        salesforce_port=_port_again(settings.salesforce.instance_url),
        conflicts=conflicts,
    ) as sandbox:
        if not sandbox.is_restored:
            with hold(paths.lock_file, "lpc-tui demo"):
                _forget_database(paths.state_file)
        save(paths.config_file, _settings_for(sandbox))
        yield sandbox


def _settings_for(sandbox: SandboxProcess) -> Mapping[str, str]:
    """Where the practice servers are, and the app they know: signing in can be practised, too."""
    return {
        "outlook.graph_url": sandbox.graph_url,
        "outlook.authority": urljoin(sandbox.graph_url, "/common"),
        "outlook.client_id": _CLIENT_ID,
        "salesforce.instance_url": sandbox.salesforce_url,
        "salesforce.client_id": _CLIENT_ID,
    }


@contextmanager
def _the_only_demo(paths: Paths) -> Iterator[None]:
    """Two demos would share data, links and settings."""
    from lpc_tui.state.lock import hold

    try:
        paths.make_folders()
    except OSError as error:
        raise SettingsError(
            f"The demo's folders cannot be made: {error}.", "Set LPC_TUI_HOME to a folder of yours."
        ) from error
    with ExitStack() as held:
        try:
            held.enter_context(hold(paths.state_dir / "demo.lock", f"process {os.getpid()}"))
        except LockedError as error:
            raise LockedError(
                "The demo is open already, in another terminal.", "Go on there, or close it first."
            ) from error
        yield


@contextmanager
def _tokens_of(sandbox: SandboxProcess) -> Iterator[None]:
    """The sandbox's tokens in the environment, as a person would give those of the real services."""
    tokens = {
        "LPC_TUI_OUTLOOK_TOKEN": sandbox.outlook_token,
        "LPC_TUI_SALESFORCE_TOKEN": sandbox.salesforce_token,
    }
    before: Mapping[str, str | None] = {name: os.environ.get(name) for name in tokens}
    os.environ.update(tokens)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _port_again(url: str) -> int:
    """The port of the last demo, if it is free: what was read so far is remembered by address. Else 0, for any."""
    address = urlsplit(url)
    if address.hostname != "127.0.0.1" or not address.port:
        return 0
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.hostname, address.port))
        except OSError:
            return 0
    return address.port


def _forget_sign_ins(paths: Paths) -> None:
    """Forget what was practised. The practice servers, which are not up yet, need not be told."""
    from lpc_tui.accounts.vault import Vault
    from lpc_tui.model.items import Side

    vault = Vault(paths.secrets_dir)
    for side in Side:
        vault.forget(side)


def _forget_database(path: Path) -> None:
    """Remove a SQLite file and what SQLite keeps beside it."""
    for end in ("", "-wal", "-shm"):
        _forget(path.with_name(path.name + end))


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be removed: {error.strerror}.", "Remove it by hand, then start the demo again."
        ) from error
