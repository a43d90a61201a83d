"""How far Salesforce was read: what the next reading starts from. Opaque text to everybody else.

It holds the service's own times, never this computer's, and all that a quiet run would otherwise have to ask again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self

from lpc_tui.replicas.salesforce.schema import Schema
from lpc_tui.replicas.wire import JsonObject

__all__ = ["DELETIONS_KEPT", "OVERLAP", "SECOND", "Settled", "Watermark"]

OVERLAP: Final = timedelta(minutes=5)
"""How far before the watermark the next reading begins. SystemModstamp is taken when a row is written, but the row shows
only once its transaction commits; it has the precision of a second; and the watermark is the time of an answer that took a
while to make. Rows seen twice are recognised by their fields."""

DELETIONS_KEPT: Final = timedelta(days=15) - timedelta(minutes=5)
"""How far back the service's log of deletions is asked for: it keeps 15 days."""

SECOND: Final = timedelta(seconds=1)
"""The precision of SystemModstamp."""

_FORM = 2
"""Raised whenever the text below means something else: an older one is not understood, and everything is read once."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A stretch of SystemModstamp whose records were all seen once it had passed: counted from then on, not read again."""

    start: datetime
    end: datetime
    """Inclusive, to the second."""
    records: int
    """How many living records were last written in it, and how many more were created in it and written again since."""

    def was_left_by(self, row: JsonObject) -> bool:
        """Whether a record that was written after the end surely was among these before: it was created in here."""
        created = row.get("CreatedDate")
        return created is not None and self.start <= datetime.fromisoformat(created) <= self.end

    def to_json(self) -> JsonObject:
        return {"start": self.start.isoformat(), "end": self.end.isoformat(), "records": self.records}

    @classmethod
    def from_json(cls, value: JsonObject) -> Self:
        """Back from `to_json`; raises KeyError, TypeError, ValueError for anything else."""
        start, end = (datetime.fromisoformat(value[name]) for name in ("start", "end"))
        return cls(start, end, int(value["records"]))


@dataclass(frozen=True, slots=True)
class Watermark:
    """A finished reading."""

    since: datetime
    """The service's clock when the reading began."""
    deleted_since: datetime
    """How far the log of deletions covered."""
    scope: str
    """The signature of what was read."""
    user: str
    """Whose records."""
    schema: Schema
    facts: JsonObject = field(default_factory=dict)
    """What else the process learned from the org: its words for the status of a task, the id of a campaign."""
    settled: Settled | None = None
    """What of the overlap need not be read again."""

    @property
    def overlap_start(self) -> datetime:
        """What was written before is not read again."""
        return self.since - OVERLAP

    def to_text(self) -> str:
        return json.dumps(
            {
                "form": _FORM,
                "since": self.since.isoformat(),
                "deleted_since": self.deleted_since.isoformat(),
                "scope": self.scope,
                "user": self.user,
                "fields": self.schema.to_json(),
                "facts": self.facts,
                "settled": self.settled.to_json() if self.settled else None,
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_text(cls, text: str | None) -> Self | None:
        """None if there is none, or none that this version understands."""
        try:
            value = json.loads(text or "{}")
            if value.get("form") != _FORM:
                return None
            settled = value.get("settled")
            return cls(
                datetime.fromisoformat(value["since"]),
                datetime.fromisoformat(value["deleted_since"]),
                value["scope"],
                value["user"],
                Schema.from_json(value["fields"]),
                value["facts"],
                Settled.from_json(settled) if settled else None,
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
