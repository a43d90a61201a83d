"""What the global options say, handed to every command as typer's `ctx.obj`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lpc_tui.paths import Paths, paths_of

if TYPE_CHECKING:
    import typer


@dataclass(slots=True)
class CliContext:
    """The global options of this call. Made before the arguments are parsed, so that an error can ask it for `--debug`."""

    profile: str | None = None
    """As given with `--profile`; `None`: the environment's, else the default one."""
    is_debug: bool = False
    is_plain: bool = False
    """Nothing is to be drawn: the UI is a conversation line by line."""

    @property
    def paths(self) -> Paths:
        """The places of the profile; `UsageError` for a name that is none."""
        return paths_of(self.profile)


def context_of(ctx: typer.Context) -> CliContext:
    """The global options, from within a command."""
    return ctx.ensure_object(CliContext)
