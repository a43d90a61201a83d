"""The processes as they are named on a command line: `lpc-tui sync contact task`."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from lpc_tui.errors import UsageError
from lpc_tui.model.items import Process
from lpc_tui.wording import listed

__all__ = ["named_processes"]


def named_processes(names: Sequence[str]) -> list[Process]:
    """The processes called by `names`, each once, in their usual order.

    Raises:
        UsageError: a name is none.
    """
    known = [str(each) for each in Process]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name.casefold(), known, n=1)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise UsageError(f"There is no process {name!r}.", f"{hint}The processes are {listed(known)}.")
    return [each for each in Process if each in names]
