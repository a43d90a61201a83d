"""`lpc-tui login` and `lpc-tui logout`: sign in from a terminal that has no browser, and see who is signed in where.

What the person needs to sign in goes to stderr, the result to stdout. No secret is ever an argument: where one is needed it
is asked for, unseen, or read from stdin.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from lpc_tui.cli.context import context_of
from lpc_tui.errors import UsageError
from lpc_tui.model.items import Side
from lpc_tui.plain import plain

if TYPE_CHECKING:
    from lpc_tui.accounts.interface import Accounts, AccountStatus, Challenge, Question
    from lpc_tui.engine.interface import Cancel
    from lpc_tui.paths import Paths

__all__ = ["login", "logout"]

Named = Annotated[
    str | None, typer.Argument(metavar="[SERVICE]", help="outlook or salesforce.", show_default=False)
]


def login(
    ctx: typer.Context,
    service: Named = None,
    status: Annotated[bool, typer.Option("--status", help="Sign in nowhere; show who is signed in.")] = False,
) -> None:
    """Sign in to a service; without one, show who is signed in where.

    No browser is needed on this computer: the address and the code are for any other one.
    """
    side = _side(service)
    accounts = accounts_of(context_of(ctx).paths)
    if side is None or status:
        for each in Side if side is None else (side,):
            typer.echo(status_line(accounts.status(each)))
        return
    signed_in = asyncio.run(sign_in(accounts, side))
    who = f" as {signed_in.who}" if signed_in.who else ""
    typer.echo(plain(f"Signed in to {side.label}{who}. The sign-in is kept in {signed_in.kept_in}."))
    _warn_of_environment(side)


def logout(ctx: typer.Context, service: Named = None) -> None:
    """Sign out of a service, or of both: revoke the sign-in where the service offers that, and forget it."""
    side = _side(service)
    accounts = accounts_of(context_of(ctx).paths)
    for each in Side if side is None else (side,):
        if asyncio.run(accounts.logout(each)):
            typer.echo(f"Signed out of {each.label}.")
        else:
            typer.echo(f"Nobody was signed in to {each.label}.")
        _warn_of_what_is_left(accounts.status(each))


def accounts_of(paths: Paths) -> Accounts:
    """The accounts of the profile, under its settings. Raises SettingsError."""
    from lpc_tui.accounts.profile import open_accounts
    from lpc_tui.settings_file import load

    return open_accounts(load(paths.config_file), paths)


def _side(name: str | None) -> Side | None:
    if name is None:
        return None
    with suppress(ValueError):
        return Side(name.casefold())
    raise UsageError(f"There is no service {name!r}.", "The services are outlook and salesforce.")


def status_line(status: AccountStatus) -> str:
    """One side in one line."""
    if status.is_signed_in:
        facts = [status.who, status.method, f"kept in {status.kept_in}"]
        text = ", ".join(fact for fact in facts if fact)
    else:
        text = status.trouble or "not signed in"
        text += "" if status.missing else f" (lpc-tui login {status.side})"
    return plain(f"{status.side.label + ':':<12}{text}")


def _warn_of_what_is_left(status: AccountStatus) -> None:
    """Say what signs in without a sign-in that is kept: a token, or a key that the settings name."""
    from lpc_tui.accounts.interface import TOKEN_VARIABLES

    if TOKEN_VARIABLES[status.side] in status.kept_in:
        _warn_of_environment(status.side)
    elif status.is_signed_in:
        typer.echo(plain(f"The next run signs in by itself, with {status.kept_in}."), err=True)


def _warn_of_environment(side: Side) -> None:
    from lpc_tui.accounts.interface import TOKEN_VARIABLES

    variable = TOKEN_VARIABLES[side]
    if os.environ.get(variable, "").strip():
        typer.echo(f"{variable} is set: as long as it is, its token is what is used.", err=True)


async def sign_in(accounts: Accounts, side: Side) -> AccountStatus:
    """Lead the person at the terminal through a sign-in. Raises what `Accounts.login` does."""
    from lpc_tui.engine.interface import Cancel

    cancel = Cancel()
    with _called_off_by_signals(cancel), _Guide(sys.stderr, cancel) as guide:
        return await accounts.login(side, guide.tell, guide.ask, cancel)


@contextmanager
def _called_off_by_signals(cancel: Cancel) -> Iterator[None]:
    """The first Ctrl-C calls the sign-in off; the second ends the process, should a service keep us waiting."""
    from lpc_tui.cli.running import exit_at_once, on_stop_signals

    def on_signal() -> None:
        if cancel.is_requested:
            exit_at_once()
        cancel.request()

    with on_stop_signals(on_signal):
        yield


class _Guide:
    """Leads a person through a sign-in on a terminal, or through lines in a pipe."""

    def __init__(self, stream: TextIO, cancel: Cancel) -> None:
        self._stream = stream
        self._cancel = cancel
        self._end_waiting: Callable[[], None] | None = None

    def __enter__(self) -> _Guide:
        return self

    def __exit__(self, *_: object) -> None:
        if self._end_waiting is not None:
            self._end_waiting()

    def tell(self, challenge: Challenge) -> None:
        """Show what to do, and that it is waited for."""
        self._say(*_wrapped(plain(challenge.message)), "")
        for each in (challenge.url, challenge.code):
            if each not in challenge.message:
                self._say(f"  {plain(each)}", "")
        self._say(*qr_block(challenge.url, self._stream))
        until = challenge.expires_at.astimezone().strftime("%H:%M")
        waiting = f"Waiting for you to sign in, until {until}. Ctrl-C gives up."
        if challenge.kind == "browser" or not can_move(self._stream):
            self._say(waiting)
        else:
            self._spin(waiting)

    async def ask(self, question: Question) -> str:
        """The answer typed on the terminal; a secret may come through a pipe, too."""
        from lpc_tui.cli.asking import has_terminal, line_from_terminal

        if has_terminal():
            return await line_from_terminal(
                f"{plain(question.text).rstrip()} ", self._cancel, self._stream, is_hidden=question.is_secret
            )
        if question.is_secret:
            line: str = await asyncio.to_thread(sys.stdin.readline)
            return line.strip()
        return ""

    def _say(self, *lines: str) -> None:
        for line in lines:
            self._stream.write(line + "\n")
        self._stream.flush()

    def _spin(self, text: str) -> None:
        from rich.console import Console

        console = Console(file=self._stream, markup=False, emoji=False, highlight=False)
        # A second is often enough for a sign of life: each turn is a line over SSH.
        status = console.status(text, spinner="line", refresh_per_second=1)
        status.start()
        self._end_waiting = status.stop


def _wrapped(text: str) -> Sequence[str]:
    """The text in lines of the terminal's width; an address is not torn apart."""
    width = shutil.get_terminal_size().columns
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def can_move(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "") not in {"", "dumb", "unknown"}


def qr_block(url: str, stream: TextIO) -> Sequence[str]:
    """The QR code for `url` with an empty line after it; nothing where the terminal cannot show it whole."""
    if not can_move(stream) or "utf" not in (stream.encoding or "").lower():
        return ()
    from lpc_tui.qr import qr_lines

    try:
        lines = qr_lines(url)
    except ValueError:
        return ()
    size = shutil.get_terminal_size()
    if len(lines) > size.lines - 8 or len(lines[0]) > size.columns:
        return ()
    if os.environ.get("NO_COLOR"):
        inverse = str.maketrans(" ▀▄█", "█▄▀ ")  # on a dark terminal, what is left empty is dark
        return [*(line.translate(inverse) for line in lines), ""]
    return [*(f"\x1b[30;107m{line}\x1b[0m" for line in lines), ""]
