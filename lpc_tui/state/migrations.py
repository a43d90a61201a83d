"""The schema of the state file, one tuple of statements a version; `PRAGMA user_version` counts them.

A released entry is never changed: a later version appends.
"""

from __future__ import annotations

__all__ = ["APPLICATION_ID", "MIGRATIONS"]

APPLICATION_ID = 0x4C504354  # 'LPCT', in SQLite's application_id: a file without it is not ours

_V1 = (
    # How far each side of a process was read, and whose store it was.
    """
    CREATE TABLE replica (
        process TEXT NOT NULL,
        side TEXT NOT NULL,
        account TEXT NOT NULL,
        place TEXT NOT NULL,
        name TEXT NOT NULL,
        identity_key TEXT NOT NULL,
        watermark TEXT,
        PRIMARY KEY (process, side)
    ) STRICT
    """,
    # Pairs of items. `base` is NULL where it equals the item's fields: most of them, most of the time.
    """
    CREATE TABLE link (
        id TEXT PRIMARY KEY,
        process TEXT NOT NULL,
        outlook_id TEXT NOT NULL,
        outlook_presence TEXT NOT NULL,
        outlook_item TEXT,
        outlook_base TEXT,
        outlook_series TEXT NOT NULL,
        salesforce_id TEXT NOT NULL,
        salesforce_presence TEXT NOT NULL,
        salesforce_item TEXT,
        salesforce_base TEXT,
        salesforce_series TEXT NOT NULL,
        is_asleep INTEGER NOT NULL,
        is_pending INTEGER NOT NULL,
        refusals TEXT,
        UNIQUE (process, outlook_id),
        UNIQUE (process, salesforce_id)
    ) STRICT
    """,
    "CREATE INDEX link_pending ON link (process) WHERE is_pending",
    "CREATE INDEX link_outlook_series ON link (process, outlook_series) WHERE outlook_series <> ''",
    # Items in scope without a counterpart: a delta shows a change once, so what is pending is kept.
    """
    CREATE TABLE unlinked (
        process TEXT NOT NULL,
        side TEXT NOT NULL,
        id TEXT NOT NULL,
        item TEXT NOT NULL,
        refusal TEXT,
        PRIMARY KEY (process, side, id)
    ) STRICT
    """,
    """
    CREATE TABLE run (
        id TEXT PRIMARY KEY,
        processes TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        outcome TEXT,
        exit_code INTEGER,
        counts TEXT
    ) STRICT
    """,
    # The journal and the history in one: intent before a request, outcome after it (law 9).
    """
    CREATE TABLE operation (
        number INTEGER PRIMARY KEY,
        run TEXT NOT NULL REFERENCES run (id),
        process TEXT NOT NULL,
        side TEXT NOT NULL,
        action TEXT NOT NULL,
        step TEXT NOT NULL,
        link TEXT,
        item_id TEXT,
        source_id TEXT,
        title TEXT NOT NULL,
        fields TEXT NOT NULL,
        before TEXT,
        after TEXT,
        mark TEXT NOT NULL,
        state TEXT NOT NULL,
        words TEXT,
        sent_at TEXT NOT NULL,
        settled_at TEXT
    ) STRICT
    """,
    "CREATE INDEX operation_open ON operation (process) WHERE settled_at IS NULL",
    "CREATE INDEX operation_run ON operation (run)",
)

_V2 = (
    # 'open', 'private' (the item was, on either side, when this was written) or 'forgotten' (its text is gone since).
    "ALTER TABLE operation ADD COLUMN privacy TEXT NOT NULL DEFAULT 'open'",
    "CREATE INDEX operation_private ON operation (process) WHERE privacy = 'private'",
    "CREATE INDEX operation_item ON operation (item_id)",
    "CREATE INDEX operation_source ON operation (source_id)",
    # A quotation mark in a text is escaped in its JSON: these match keys and marks, never what somebody wrote.
    """
    UPDATE operation SET privacy = 'private'
    WHERE before LIKE '%"is_private"%' OR after LIKE '%"is_private"%'
        OR fields LIKE '%"sensitivity":"private"%' OR fields LIKE '%"sensitivity":"confidential"%'
    """,
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_V1, _V2)
