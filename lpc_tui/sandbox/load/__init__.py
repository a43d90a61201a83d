"""Fills the sandbox from a person's own exports, to rehearse the first sync on a copy of their data.

`.ics` and `.vcf` files fill the mailbox, Salesforce's CSV exports the org. Content that cannot be read is named in the
report and skipped; only a path that cannot be read is an error. Enter by `files.load_files`; this package's root imports
nothing, so that whoever only shows a `report.LoadReport` stays quick to start.
"""
