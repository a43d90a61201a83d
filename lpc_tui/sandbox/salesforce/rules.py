"""What happens to a record between the call and the table: each object's own derivations and refusals.

`writing` hands every save to its object's rule as a `Change`; a rule may rewrite `change.row` or raise. Rules are
functions of the change alone: they store nothing, and know no HTTP.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.salesforce.store import Row
from lpc_tui.sandbox.salesforce.values import Values


@dataclass(slots=True, kw_only=True)
class Change:
    """One record about to be saved."""

    before: Row | None
    """The stored row, or None for a create."""

    given: Values
    """The fields the call gave."""

    row: Row
    """What will be stored: `before` with `given` over it. Rules write here."""

    now: datetime
    version: float
    """The API version of the call; some refusals and derivations depend on it."""

    options: OrgOptions

    lookup: Callable[[str], Row | None]
    """The live row behind an id of any object."""


Rule = Callable[[Change], None]
"""Derives or refuses; raises SalesforceError."""
