"""What a query was answered, as values: where its next page may be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lpc_tui.errors import ProtocolError
from lpc_tui.replicas.salesforce.answers import Answer, query_page

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def answer(next_page: object) -> Answer:
    return Answer({"records": [], "totalSize": 3000, "done": False, "nextRecordsUrl": next_page}, NOW)


def test_the_next_page_is_below_the_orgs_address() -> None:
    path = "/services/data/v62.0/query/01gN-2000"
    assert query_page(answer(path)).next_path == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/services/data/v62.0/query/01gN-2000",
        "@elsewhere.example/services/data",
        ".elsewhere.example/services/data",
        ":8443/services/data",
    ],
)
def test_what_would_make_another_host_of_the_address_is_not_followed(elsewhere: str) -> None:
    """A token goes to the org alone: put behind its name, all but the first of these lead elsewhere."""
    with pytest.raises(ProtocolError, match="another host"):
        query_page(answer(elsewhere))
