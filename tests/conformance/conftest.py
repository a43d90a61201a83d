"""Strangers' clients against the sandbox: fresh worlds behind https, and at the end a table of what was driven.

`make conformance` runs these tests in an environment of its own. They are no part of `make test`, since their clients
are heavy: Microsoft's `msgraph-sdk`, and `jsforce` on Node.
"""

import datetime as dt
from collections.abc import Iterator

import pytest

from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.sample import Worlds, empty_worlds
from lpc_tui.sandbox.server import Sandbox

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
"""A Monday, four weeks before Europe's clocks change."""

EXTERNAL_ID = "Outlook_Id__c"
"""The custom field by which upserts know a record."""

_CLIENT, _DRIVEN = "client", "driven"


def pytest_configure(config: pytest.Config) -> None:
    """Let the clients warn of themselves: Microsoft's own generated code is full of what it calls deprecated."""
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note what the `conformance` mark says the test drives, for the table."""
    mark = item.get_closest_marker("conformance")
    if mark is not None:
        client, driven = mark.args
        item.user_properties += [(_CLIENT, client), (_DRIVEN, driven)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each client drove, and how it went."""
    rows = []
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            told = dict(report.user_properties)
            if _CLIENT in told:
                rows.append((str(told[_CLIENT]), str(told[_DRIVEN]), outcome))
    if not rows:
        return
    terminalreporter.section("what was driven")
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in sorted(rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        terminalreporter.write_line("  ".join(cells).rstrip())


@pytest.fixture
def worlds() -> Worlds:
    """An empty mailbox in Berlin, and an empty org with an external id field."""
    org = Org(clock=_now, seed=1, options=OrgOptions(external_id_field=EXTERNAL_ID))
    return Worlds(empty_worlds(clock=_now, seed=1).mailbox, org)


def _now() -> dt.datetime:
    return NOW


@pytest.fixture
def sandbox(worlds: Worlds) -> Iterator[Sandbox]:
    with Sandbox(worlds.mailbox, worlds.org, tls=True) as sandbox:
        yield sandbox
