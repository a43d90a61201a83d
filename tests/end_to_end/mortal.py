"""`lpc-tui`, killed at a commit of its state file: what the kill tests start as a process of its own.

    python -m tests.end_to_end.mortal before|after NUMBER ARGUMENT...

runs the real command line with these arguments and sends itself a SIGKILL right before or right after the commit of that
number, the first being 1. A run with fewer commits gets through.
"""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
import sys
from typing import Any
from unittest import mock

from lpc_tui.__main__ import main


def mortal(moment: str, number: int) -> type[sqlite3.Connection]:
    """A kind of connection, the `number`-th commit over all of which is the end."""
    commits = itertools.count(1)

    class Mortal(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            is_last = sql == "COMMIT" and next(commits) == number
            if is_last and moment == "before":
                _die()
            cursor = super().execute(sql, parameters)
            if is_last:
                _die()
            return cursor

    return Mortal


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    _, moment, number, *arguments = sys.argv
    kind = mortal(moment, int(number))
    connect = sqlite3.connect
    sys.argv = ["lpc-tui", *arguments]
    with mock.patch.object(
        sqlite3, "connect", lambda *args, **kwargs: connect(*args, factory=kind, **kwargs)
    ):
        main()
