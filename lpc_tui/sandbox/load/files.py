"""Reads the files a person names and hands each to the reader of its kind."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.load.calendars import load_calendar
from lpc_tui.sandbox.load.cards import load_cards
from lpc_tui.sandbox.load.report import FileReport, LoadReport
from lpc_tui.sandbox.load.tables import Table, load_tables, read_table
from lpc_tui.sandbox.load.texts import decode
from lpc_tui.sandbox.salesforce.org import Org


def load_files(paths: Iterable[Path], mailbox: Mailbox, org: Org, *, today: dt.date) -> LoadReport:
    """Load every file: `.ics` and `.vcf` into the mailbox, `.csv` into the org.

    `today` is the middle of the span in which a series that Outlook cannot express is spelled out. The CSV files are
    loaded together, accounts first, so that the relations among them hold whatever their order. Raises SandboxError
    if a path cannot be read, before anything is loaded.
    """
    contents = [(path, _read(path)) for path in paths]
    report = LoadReport()
    tables: list[Table] = []
    for path, content in contents:
        file = FileReport(path)
        report.files.append(file)
        text = decode(content)
        match path.suffix.lower():
            case ".ics" | ".ical" | ".ifb" | ".icalendar":
                load_calendar(text, mailbox, file, today=today)
            case ".vcf" | ".vcard":
                load_cards(content, mailbox, file)
            case ".csv" | ".tsv":
                tables.extend(read_table(text, file))
            case _:
                file.skip(path.name, "not a calendar (.ics), contacts (.vcf) or Salesforce export (.csv)")
    load_tables(tables, org)
    return report


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SandboxError(
            f"{path} cannot be read: {error.strerror or error}.", "Check the path given to --load."
        ) from error
