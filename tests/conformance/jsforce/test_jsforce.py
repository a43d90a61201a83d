"""jsforce on Node against the sandbox's org: what scenarios.js drives, each in a process and an org of its own."""

import os
import subprocess
from pathlib import Path

import pytest

from lpc_tui.sandbox.server import Sandbox

SCENARIOS = Path(__file__).with_name("scenarios.js")

PATIENCE_S = 60
"""Far more than any scenario needs; a client that waits for an answer for ever is a failure."""

DRIVEN = {
    "identity": "identity, versions",
    "one-record": "one record: create, retrieve, update, destroy",
    "collections": "collections: create, retrieve, update, destroy, failing alone",
    "collections-all-or-none": "collections: all or none",
    "collections-beyond-200": "collections: 450 records in its own slices",
    "query-pages": "query: batch size, queryMore, autoFetch",
    "query-builder": "query: find, sort, limit, count, update of what is found",
    "describe": "describe, describeGlobal",
    "deleted-and-updated": "deleted, updated, queryAll",
    "upsert": "upsert by external id, one and many",
    "composite": "composite with references",
    "limits": "limits, and the usage header",
    "errors": "errors: 400, 401, 404 with the service's codes",
    "session-refresh": "a refused session is refreshed and the call repeated",
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.conformance("jsforce", driven), id=name)
        for name, driven in DRIVEN.items()
    ],
)
def test_jsforce(name: str, sandbox: Sandbox) -> None:
    environment = os.environ | {
        "ORG_URL": sandbox.salesforce_url,
        "ORG_TOKEN": sandbox.salesforce_token,
        "NODE_EXTRA_CA_CERTS": str(sandbox.ca_file),
    }
    run = subprocess.run(
        ["node", str(SCENARIOS), name],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert run.returncode == 0, run.stderr
