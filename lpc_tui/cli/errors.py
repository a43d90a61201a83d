"""The one place where an error meets the terminal: one line on stderr that says what to do, and the exit code.

`__main__` calls `run_cli`, or `carry_out` for the terminal UI, which need not wait for the command line to be imported. A
traceback is shown only with `--debug`; an error that is none of ours is called the bug it is.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from lpc_tui.errors import CancelledByUser, LpcError, UsageError
from lpc_tui.plain import plain

if TYPE_CHECKING:
    import typer

UNEXPECTED: Final = 1
BROKEN_PIPE: Final = 141
"""As the shell reports a program that SIGPIPE ended."""


def run_cli(app: typer.Typer, args: Sequence[str] | None = None) -> int:
    """Carry out one command line and return its exit code; `args` default to those of this process."""
    import typer
    from typer.main import get_command

    from lpc_tui.cli.arguments import globals_first
    from lpc_tui.cli.context import CliContext

    context = CliContext()

    def command() -> object:
        try:
            given = globals_first(sys.argv[1:] if args is None else args)
            return get_command(app).main(given, prog_name="lpc-tui", standalone_mode=False, obj=context)
        except typer.Abort:
            raise KeyboardInterrupt from None
        except typer.TyperException as error:
            raise UsageError(_usage(error)) from error

    return carry_out(command, lambda: context.is_debug)


def carry_out(command: Callable[[], object], is_debug: Callable[[], bool] = lambda: False) -> int:
    """Call `command`, tell of what it raises, and return the exit code: what it returns, if that is one."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            errors="backslashreplace"
        )  # a terminal that lacks a letter must not end the command
    try:
        code = command()
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        if isinstance(error, SystemExit) and not _is_broken_pipe(error):
            raise
        if is_debug():
            traceback.print_exception(error)
        return _tell(error)
    return code if isinstance(code, int) else 0


def _tell(error: BaseException) -> int:
    """Say on stderr what happened and what to do; returns the exit code."""
    if _is_broken_pipe(error):
        _discard_output()
        return BROKEN_PIPE
    match error:
        case LpcError():
            line, code = str(error), error.exit_code
        case KeyboardInterrupt():
            line, code = "cancelled.", CancelledByUser.exit_code
        case OSError():
            line, code = str(error), UNEXPECTED
        case _:
            bug = f"{type(error).__name__}: {error}"
            line, code = (
                f"a bug in lpc-tui: {bug} (`lpc-tui --debug ...` shows where, for a report)",
                UNEXPECTED,
            )
    print(f"lpc-tui: {plain(line)}", file=sys.stderr)  # noqa: T201  the one place that speaks
    return code


def _usage(error: typer.TyperException) -> str:
    message = error.format_message().rstrip(".")
    command = getattr(getattr(error, "ctx", None), "command_path", "lpc-tui")
    return f"{message}{'' if message.endswith('?') else '.'} Try `{command} --help`."


def _is_broken_pipe(error: BaseException) -> bool:
    """Whether the reader of our output has gone (`lpc-tui ... | head`); typer turns that into its own exit."""
    return isinstance(error, BrokenPipeError) or (
        isinstance(error, SystemExit) and isinstance(error.__context__, BrokenPipeError)
    )


def _discard_output() -> None:
    """Let what is still in the buffer go nowhere, or Python complains about it while it exits."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
