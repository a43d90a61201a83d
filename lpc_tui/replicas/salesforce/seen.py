"""What one run was shown of each record: so that its own writes are told from other people's without reading them again.

Filled by every reading and every read-back of this replica; asked by `catching_up`. Kept for the length of a run, and as
digests: nothing of what anybody said is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from lpc_tui.replicas.salesforce.records import value_at
from lpc_tui.replicas.wire import JsonObject

__all__ = ["Seen", "stamp_of"]


class Seen:
    """The last that was shown of each living record."""

    def __init__(self, compared: Sequence[str]) -> None:
        """`compared` are the fields that tell one state of a record from another: all that a listing can show quickly."""
        self._compared = compared
        self._shown: dict[str, tuple[datetime, int]] = {}

    def add(self, rows: Iterable[JsonObject]) -> None:
        """Take in what is being handed to the engine."""
        self._shown.update({row["Id"]: (stamp_of(row), self._digest(row)) for row in rows})

    def since(self, start: datetime) -> Mapping[str, datetime]:
        """The records last written since then, to when that was."""
        return {id_: stamp for id_, (stamp, _) in self._shown.items() if stamp >= start}

    def is_as_shown(self, row: JsonObject) -> bool:
        """Whether the row is as it was last shown; its long text is not compared, but for its stamp."""
        known = self._shown.get(row["Id"])
        return known is not None and known[1] == self._digest(row)

    def _digest(self, row: JsonObject) -> int:
        return hash(tuple(value_at(row, path) for path in self._compared))


def stamp_of(row: JsonObject, name: str = "SystemModstamp") -> datetime:
    """An instant of a row, aware UTC."""
    return datetime.fromisoformat(row[name]).astimezone(UTC)
