"""What one process has of its own when it talks to the service: its records and its questions, for one user.

Made by the process's replica once it knows the user and the org; all other rooms of this package work with it and know
neither events nor contacts nor tasks.
"""

from __future__ import annotations

from dataclasses import dataclass

from lpc_tui.replicas.salesforce.queries import Queries
from lpc_tui.replicas.salesforce.records import Records
from lpc_tui.replicas.wire import JsonObject

__all__ = ["Terms"]


@dataclass(frozen=True, slots=True)
class Terms:
    """One process, one user, one org."""

    records: Records
    queries: Queries
    scope: str
    """The signature of what is read: a watermark is good for the very same one."""
    facts: JsonObject
    """What else was learned from the org, for the watermark to remember."""

    @property
    def sobject(self) -> str:
        """The service's name of what these are."""
        return self.queries.sobject
