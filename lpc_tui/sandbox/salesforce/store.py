"""The rows of the org, with a way back: tables by object, rows by id, and savepoints for all-or-none calls.

A row is a dict of field name to wire value; keys that begin with `_` are the org's own notes and never shown.
Rows are replaced, never changed in place, so that an undo is the old row. Only `org` and its helpers write
here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

Row = dict[str, Any]


class Store:
    """All rows, deleted ones in the recycle bin included."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, Row]] = {}
        self._undo: list[tuple[str, str, Row | None]] | None = None
        self._indexes: dict[tuple[str, str], dict[object, set[str]]] = {}

    @classmethod
    def filled(cls, tables: dict[str, list[Row]]) -> Self:
        """A store with the rows that `tables` once gave."""
        store = cls()
        store._tables = {sobject: {row["Id"]: row for row in rows} for sobject, rows in tables.items()}
        return store

    def tables(self) -> dict[str, list[Row]]:
        """Every row by object: what a dump keeps."""
        return {sobject: list(table.values()) for sobject, table in self._tables.items()}

    def rows(self, sobject: str) -> list[Row]:
        """Every row of an object, deleted ones included."""
        return list(self._tables.get(sobject, {}).values())

    def get(self, sobject: str, record_id: str) -> Row | None:
        """The row with that 18-character id, deleted or not."""
        return self._tables.get(sobject, {}).get(record_id)

    def having(self, sobject: str, field: str, value: object) -> list[Row]:
        """The rows whose field has exactly that value, through an index made at the first call."""
        index = self._indexes.get((sobject, field))
        if index is None:
            index = self._indexes[sobject, field] = {}
            for row in self.rows(sobject):
                index.setdefault(row.get(field), set()).add(row["Id"])
        return [self._tables[sobject][record_id] for record_id in sorted(index.get(value, ()))]

    def put(self, sobject: str, row: Row) -> None:
        """Store a row under its Id, in place of the one before."""
        if self._undo is not None:
            self._undo.append((sobject, row["Id"], self.get(sobject, row["Id"])))
        self._set(sobject, row["Id"], row)

    def purge(self, sobject: str, record_id: str) -> None:
        """Remove a row for good; no savepoint brings it back."""
        self._set(sobject, record_id, None)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo every `put` of the block if it raises. Nests: an inner block that succeeds belongs to the outer one."""
        outer, self._undo = self._undo, []
        try:
            yield
        except BaseException:
            for sobject, record_id, before in reversed(self._undo):
                self._set(sobject, record_id, before)
            self._undo = outer
            raise
        if outer is not None:
            outer.extend(self._undo)
        self._undo = outer

    def _set(self, sobject: str, record_id: str, row: Row | None) -> None:
        table = self._tables.setdefault(sobject, {})
        before = table.get(record_id)
        for (indexed, field), index in self._indexes.items():
            if indexed == sobject:
                if before is not None:
                    index[before.get(field)].discard(record_id)
                if row is not None:
                    index.setdefault(row.get(field), set()).add(record_id)
        if row is None:
            del table[record_id]
        else:
            table[record_id] = row
