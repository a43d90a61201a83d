"""The org's daily requests: lpc-tui stops before the last 5 % of them, between requests and never within."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lpc_tui.errors import LimitError
from lpc_tui.model.items import Item, Timed
from lpc_tui.replicas.base import Result
from lpc_tui.replicas.salesforce import SalesforceEvents
from lpc_tui.replicas.salesforce.allowance import IN_FLIGHT, READING_BACK, Allowance
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from tests.replicas.salesforce.conftest import World, create, read
from tests.replicas.salesforce.test_failures import attempt

WHEN = Timed(datetime(2026, 4, 1, 9, tzinfo=UTC), datetime(2026, 4, 1, 9, 30, tzinfo=UTC))
MOST = 1000
KEPT_FROM = 950


def use_up(world: World, used: int) -> None:
    """Other tools have sent as many requests as make it `used` in all."""
    world.org.options = OrgOptions(daily_api_requests=MOST)
    world.org.usage.spend(world.org.now, used - world.org.usage.used(world.org.now))


@pytest.mark.parametrize(
    ("header", "is_writing", "passes"),
    [
        ("api-usage=94999/100000", False, True),
        ("api-usage=95000/100000", False, False),
        ("api-usage=94980/100000", True, True),
        ("api-usage=94981/100000", True, False),
        ("per-app-api-usage=17/17(appName=x), api-usage=1/100000", False, True),
        ("api-usage=14250/15000, per-app-api-usage=0/250(appName=x)", False, False),
        ("per-app-api-usage=250/250(appName=x)", False, True),
        ("api-usage=0/0", False, True),
        ("api-usage=many", False, True),
        ("", False, True),
        (None, True, True),
    ],
)
def test_where_it_stops(header: str | None, is_writing: bool, passes: bool) -> None:
    allowance = Allowance()
    allowance.note(header)
    if passes:
        allowance.check(is_writing=is_writing)
        return
    with pytest.raises(LimitError, match=r"last 5 %") as caught:
        allowance.check(is_writing=is_writing)
    assert caught.value.exit_code == 5


def test_an_answer_that_says_nothing_changes_nothing() -> None:
    allowance = Allowance()
    allowance.note("api-usage=99/100")
    allowance.note(None)
    with pytest.raises(LimitError, match="99 of its 100 "):
        allowance.check(is_writing=False)
    allowance.note("api-usage=10/100")
    allowance.check(is_writing=True)


async def test_a_reading_stops_before_the_first_request_too_many(
    world: World, replica: SalesforceEvents
) -> None:
    use_up(world, KEPT_FROM - 1)
    await read(replica, world.scope())
    with pytest.raises(LimitError, match="950 of its 1,000 API requests"):
        await read(replica, world.scope())
    assert world.org.usage.used(world.org.now) == KEPT_FROM


async def test_a_write_is_not_begun_without_room_to_see_what_it_made(
    world: World, replica: SalesforceEvents
) -> None:
    await read(replica, world.scope())
    use_up(world, KEPT_FROM - IN_FLIGHT * (1 + READING_BACK))
    outcomes, error = await attempt(replica, create("first", subject="x", when=WHEN))
    assert error is None
    assert isinstance(outcomes["first"].item, Item)
    used = world.org.usage.used(world.org.now)
    outcomes, error = await attempt(replica, create("second", subject="y", when=WHEN))
    assert isinstance(error, LimitError)
    assert outcomes["second"].result is Result.NOT_SENT
    assert world.org.usage.used(world.org.now) == used < KEPT_FROM
    assert len(world.org.query("SELECT Id FROM Event")) == 1
