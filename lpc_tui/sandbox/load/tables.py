"""Reads Salesforce's CSV exports (Account, Contact, Event, Task) into the org.

Exports of Data Loader, the weekly export and `sf data` all carry API names as headers, in any case. All files are read
before one is loaded: accounts come first, then contacts, then activities, and the export's ids are mapped to the org's
so that relations hold. Everything comes to belong to the sandbox's own user.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.load.report import FileReport, UnreadableError
from lpc_tui.sandbox.load.rows import FIELDS, read_row
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.org import Org

_LONGEST_CELL = 10_000_000
_ORDER = ("Account", "Contact", "Event", "Task")
_TELLING = {
    "Event": {"startdatetime", "isalldayevent", "activitydatetime"},
    "Task": {"status", "priority"},
    "Contact": {"lastname"},
    "Account": {"name"},
}
"""Headers that only one kind of export has, looked at in this order."""

_ID_LENGTH = 15
"""The part of an id that tells records apart; the three further characters repeat its case."""


@dataclass(frozen=True, slots=True)
class Table:
    """One export, read."""

    sobject: str
    rows: list[dict[str, str]]
    """By API name."""

    report: FileReport


def read_table(text: str, report: FileReport) -> list[Table]:
    """The export of a file; nothing, with a reason in the report, if it is none."""
    csv.field_size_limit(_LONGEST_CELL)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        report.skip(report.path.name, f"not a readable table: {error}")
        return []
    headers = [header.strip() for header in lines[0]] if lines else []
    sobject = _sobject(report.path.stem, headers)
    if sobject is None:
        report.skip(
            report.path.name, "not an export of Account, Contact, Event or Task with API names as headers"
        )
        return []
    known = {name.lower(): name for name in FIELDS[sobject]}
    names = [known.get(header.lower(), "") for header in headers]
    unknown = [header for header, name in zip(headers, names, strict=True) if not name]
    if unknown:
        report.note(f"{sobject} columns {', '.join(unknown)}", "left out")
    rows = [
        {name: cell for name, cell in zip(names, line, strict=False) if name}
        for line in lines[1:]
        if any(line)
    ]
    return [Table(sobject, rows, report)]


def load_tables(tables: Iterable[Table], org: Org) -> None:
    """Insert what the exports hold, related records before those that refer to them."""
    ids: dict[str, str] = {}
    with org.lock:
        for table in sorted(tables, key=lambda table: _ORDER.index(table.sobject)):
            for number, row in enumerate(table.rows, start=2):
                _load_row(table, number, row, ids, org)


def _load_row(table: Table, number: int, row: dict[str, str], ids: dict[str, str], org: Org) -> None:
    what = f"{table.sobject} in row {number}: {row.get('Subject') or row.get('Name') or row.get('LastName') or ''}"
    try:
        fields = read_row(table.sobject, row)
        _map_relations(fields, ids, table.report, what)
        record_id = org.insert(table.sobject, fields)
    except UnreadableError as error:
        table.report.skip(what, str(error))
    except SalesforceError as error:
        table.report.skip(what, f"Salesforce would refuse it: {error}")
    else:
        if row.get("Id"):
            ids[row["Id"][:_ID_LENGTH]] = record_id
        _count(table)


def _map_relations(fields: JsonObject, ids: dict[str, str], report: FileReport, what: str) -> None:
    """Replace the export's ids by the org's; a relation to what was not loaded is dropped."""
    for name in ("AccountId", "WhoId", "WhatId", "ReportsToId"):
        if name in fields:
            known = ids.get(fields[name][:_ID_LENGTH])
            if known is None:
                del fields[name]
                report.note(what, f"{name} refers to a record that is not among the loaded ones")
            else:
                fields[name] = known


def _count(table: Table) -> None:
    match table.sobject:
        case "Account":
            table.report.accounts += 1
        case "Contact":
            table.report.contacts += 1
        case "Event":
            table.report.events += 1
        case _:
            table.report.tasks += 1


def _sobject(stem: str, headers: list[str]) -> str | None:
    """What a file holds: by its columns, by its name where they leave it open."""
    names = {header.lower() for header in headers}
    for sobject in FIELDS:
        if sobject.lower() in stem.lower() and names & {name.lower() for name in FIELDS[sobject]} - {"id"}:
            return sobject
    for sobject, telling in _TELLING.items():
        if telling & names if sobject != "Task" else telling <= names:
            return sobject
    return None


def _delimiter(text: str) -> str:
    """The sign between the cells of the first line: a comma, or what spreadsheets of other countries write."""
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)
