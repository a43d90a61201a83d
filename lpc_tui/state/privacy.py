"""Taking what a person wrote in private items out of the journal, once the private box is off (law 6).

`records` calls this within its transaction.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from lpc_tui.model.items import EMPTY, Process
from lpc_tui.state.backups import forget_backups
from lpc_tui.state.codec import dump_fields
from lpc_tui.state.rows import FORGOTTEN, PRIVATE

__all__ = ["forget_private_texts"]

_NAME: Final = "(private)"
"""The title of an operation whose text is forgotten, as everywhere else in place of a private item's name."""

_MARK: Final = '%"is_private"%'
"""An item's own flag in its JSON. What somebody wrote never looks like it: there, a quotation mark is escaped."""

_MARK_PRIVATE = """
WITH
    hidden_link AS (
        SELECT outlook_id, salesforce_id FROM link
        WHERE process = :process AND is_pending AND (outlook_item LIKE :mark OR salesforce_item LIKE :mark)
    ),
    hidden (side, id) AS (
        SELECT side, id FROM unlinked WHERE process = :process AND item LIKE :mark
        UNION ALL SELECT 'outlook', outlook_id FROM hidden_link
        UNION ALL SELECT 'salesforce', salesforce_id FROM hidden_link
    )
UPDATE operation SET privacy = :private
WHERE process = :process AND privacy = 'open' AND number IN (
    SELECT number FROM hidden JOIN operation AS own ON own.item_id = hidden.id AND own.side = hidden.side
    UNION ALL
    SELECT number FROM hidden JOIN operation AS copy ON copy.source_id = hidden.id AND copy.side <> hidden.side
)
"""

_FORGET = """
UPDATE operation
SET title = :name, fields = :fields, before = NULL, after = NULL, words = NULL, privacy = :forgotten
WHERE process = :process AND privacy = 'private' AND settled_at IS NOT NULL
"""


def forget_private_texts(connection: sqlite3.Connection, process: Process) -> int:
    """Forget the texts of a process's settled operations on private items; returns of how many operations.

    Where there are any, the copies of the file that are kept beside it go as well.

    Raises:
        OSError: a copy cannot be deleted.
    """
    connection.execute(_MARK_PRIVATE, {"process": process, "mark": _MARK, "private": PRIVATE})
    values = {"process": process, "name": _NAME, "fields": dump_fields(EMPTY), "forgotten": FORGOTTEN}
    forgotten = connection.execute(_FORGET, values).rowcount
    file = connection.execute("PRAGMA database_list").fetchone()[2]
    if forgotten and file:  # a scratch copy has none
        forget_backups(Path(file))
    return forgotten
