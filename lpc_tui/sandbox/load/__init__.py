"""Fills the sandbox from a person's own exports, to rehearse the first sync on a copy of their data.

`.ics` and `.vcf` files fill the mailbox, Salesforce's CSV exports the org. Content that cannot be read is named in the
report and skipped; only a path that cannot be read is an error.
"""

from lpc_tui.sandbox.load.files import load_files
from lpc_tui.sandbox.load.report import FileReport, LoadReport, Skipped

__all__ = ["FileReport", "LoadReport", "Skipped", "load_files"]
