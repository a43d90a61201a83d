"""How far Salesforce was read: what the next reading starts from. Opaque text to everybody else.

It holds the service's own times, never this computer's, and all that a quiet run would otherwise have to ask again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from lpc_tui.replicas.salesforce.schema import Schema

__all__ = ["DELETIONS_KEPT", "OVERLAP", "Watermark"]

OVERLAP: Final = timedelta(minutes=5)
"""How far before the watermark the next reading begins. SystemModstamp is taken when a row is written, but the row shows
only once its transaction commits; it has the precision of a second; and the watermark is the time of an answer that took a
while to make. Rows seen twice are recognised by their fields."""

DELETIONS_KEPT: Final = timedelta(days=15) - timedelta(minutes=5)
"""How far back the service's log of deletions is asked for: it keeps 15 days."""

_FORM = 1
"""Raised whenever the text below means something else: an older one is not understood, and everything is read once."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """A finished reading."""

    since: datetime
    """The service's clock when the reading began."""
    deleted_since: datetime
    """How far the log of deletions covered."""
    scope: str
    """The signature of the scope that was read."""
    user: str
    """Whose records."""
    schema: Schema

    def to_text(self) -> str:
        return json.dumps(
            {
                "form": _FORM,
                "since": self.since.isoformat(),
                "deleted_since": self.deleted_since.isoformat(),
                "scope": self.scope,
                "user": self.user,
                "fields": self.schema.to_json(),
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
            return cls(
                datetime.fromisoformat(value["since"]),
                datetime.fromisoformat(value["deleted_since"]),
                value["scope"],
                value["user"],
                Schema.from_json(value["fields"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
