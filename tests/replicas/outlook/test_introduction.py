"""Learning whose mailbox it is and which place is meant: one request, and every answer of its two parts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lpc_tui.errors import LpcError, ServiceError, SettingsError, SignInError
from lpc_tui.replicas.outlook.replica import OutlookReplica
from tests.replicas.outlook.conftest import Served, error

REPLICAS = [
    pytest.param(lambda served: served.replica(), 2, id="calendar"),
    pytest.param(lambda served: served.replica(calendar="Calendar"), 2, id="named calendar"),
    pytest.param(lambda served: served.tasks(), 2, id="tasks"),
    pytest.param(lambda served: served.contacts(), 0, id="contacts"),
]


@pytest.mark.parametrize(("opened", "parts"), REPLICAS)
async def test_it_takes_one_request(
    served: Served, opened: Callable[[Served], OutlookReplica], parts: int
) -> None:
    replica = opened(served)
    identity = await replica.identify()
    assert identity.account
    assert [entry.parts for entry in served.log.entries] == [parts]
    assert await replica.identify() == identity
    assert replica.requests == 1
    await replica.close()


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (403, "ErrorAccessDenied", SignInError),
        (404, "MailboxNotEnabledForRESTAPI", SignInError),
        (500, "x", ServiceError),
    ],
)
@pytest.mark.parametrize("about", ["select=id", "calendar"], ids=["person", "place"])
async def test_a_part_that_is_refused_is_told(
    served: Served, about: str, status: int, code: str, expected: type[LpcError]
) -> None:
    served.faults.part_before = lambda part: error(status, code) if about in part["url"] else None
    replica = served.replica()
    with pytest.raises(expected):
        await replica.identify()
    await replica.close()


async def test_a_place_that_is_not_there_is_a_settings_error(served: Served) -> None:
    replica = served.replica(calendar="Nowhere")
    with pytest.raises(SettingsError, match="Nowhere"):
        await replica.identify()
    await replica.close()
