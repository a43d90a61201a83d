"""What a profile remembers: links, pending items, watermarks, the journal and the history of runs.

`Store` is the async door: it owns one thread, in which the one connection lives, so that a commit never blocks the caller's
loop, and no transaction is open across an await. What can be done behind it is in `records`, what it is made of in `rows`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from lpc_tui.state.database import connect, scratch, told
from lpc_tui.state.records import Records
from lpc_tui.state.rows import RunRecord

__all__ = ["Store", "read_latest_runs"]

T = TypeVar("T")


class Store:
    """The state file of a profile, from any loop."""

    def __init__(self, path: Path, *, is_scratch: bool = False) -> None:
        """Args: path: of the state file; is_scratch: work on a copy in memory and leave the file alone (a dry run)."""
        self._path = path
        self._is_scratch = is_scratch
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="state")
        self._records: Records | None = None

    async def run(self, work: Callable[[Records], T]) -> T:
        """Do `work` in the store's thread.

        Raises:
            StateError: the file cannot be used.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, work)

    def _do(self, work: Callable[[Records], T]) -> T:
        with told(self._path):
            if self._records is None:
                self._records = Records((scratch if self._is_scratch else connect)(self._path))
            return work(self._records)

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _close(self) -> None:
        if self._records is not None:
            self._records.close()
            self._records = None


def read_latest_runs(path: Path) -> list[RunRecord]:
    """See `Records.latest_runs`; none where there is no file. Blocks, and may be called while a run goes on.

    Raises:
        StateError: the file cannot be used.
    """
    if not path.exists():
        return []
    with told(path), closing(Records(connect(path, is_in_use=True))) as records:
        return records.latest_runs()
