"""What all parts of a mailbox share: its clock, its revision, and the log from which delta queries are answered.

Every write takes a fresh revision. A folder's log holds, for each item that ever was in it, the revision of its latest
change there, oldest change first; an item that has left the folder stays in the log, so that its absence can be told.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from lpc_tui.sandbox.common import Clock, JsonObject
from lpc_tui.sandbox.graph.errors import precondition_failed
from lpc_tui.sandbox.graph.ids import IdMint

Entry = tuple[int, int]
"""An item as a folder knew it: its serial and its generation there."""


class Ledger:
    """The mailbox's counter, clock, ids and change logs."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self.clock = clock
        self.seed = seed
        self.ids = IdMint(seed)
        self.revision = 0
        self.token_epoch = 0
        self._last_serial = 0
        self._logs: dict[str, dict[Entry, int]] = {}

    def now(self) -> datetime:
        """The mailbox's own time."""
        return self.clock()

    def next_serial(self) -> int:
        """The number of a new item."""
        self._last_serial += 1
        return self._last_serial

    def record(self, folder: str, entry: Entry) -> int:
        """Note that an item of `folder` was added, changed or removed; returns the revision of the change."""
        self.revision += 1
        log = self._logs.setdefault(folder, {})
        log.pop(entry, None)
        log[entry] = self.revision
        return self.revision

    def changes(self, folder: str, after: int) -> Iterator[tuple[int, Entry]]:
        """The entries of `folder` changed after revision `after`, oldest change first."""
        newest_first: list[tuple[int, Entry]] = []
        for entry, revision in reversed(self._logs.get(folder, {}).items()):
            if revision <= after:
                break
            newest_first.append((revision, entry))
        return reversed(newest_first)

    def change_key(self, revision: int) -> str:
        """The change key an item has after its change at `revision`; it tells nothing else."""
        return hashlib.blake2b(f"{self.seed}/{revision}".encode(), digest_size=15).hexdigest().upper()

    def etag(self, revision: int) -> str:
        """The etag an item has after its change at `revision`."""
        return f'W/"{self.change_key(revision)}"'

    def check_match(self, if_match: str | None, revision: int) -> None:
        """Raises 412 where `If-Match` was sent and is not the etag of the item's latest change."""
        if if_match not in (None, "*", self.etag(revision)):
            raise precondition_failed()

    def dump(self) -> JsonObject:
        """Everything but the clock, as JSON."""
        return {
            "seed": self.seed,
            "revision": self.revision,
            "token_epoch": self.token_epoch,
            "last_serial": self._last_serial,
            "logs": {
                folder: [[*entry, revision] for entry, revision in log.items()]
                for folder, log in self._logs.items()
            },
        }

    @classmethod
    def restore(cls, dump: JsonObject, clock: Clock) -> "Ledger":
        """The ledger a dump was made of."""
        ledger = cls(clock, dump["seed"])
        ledger.revision = dump["revision"]
        ledger.token_epoch = dump["token_epoch"]
        ledger._last_serial = dump["last_serial"]
        ledger._logs = {
            folder: {(serial, generation): revision for serial, generation, revision in entries}
            for folder, entries in dump["logs"].items()
        }
        return ledger
