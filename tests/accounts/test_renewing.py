"""Renewing when several want it at once, and when the sign-in service does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lpc_tui.errors import UnreachableError
from lpc_tui.model.items import Side
from lpc_tui.sandbox.faults import Drop
from lpc_tui.sandbox.signin.connected_apps import SANDBOX_APP
from tests.accounts.stage import FakeKeyring, Stage

SIDES = pytest.mark.parametrize("side", list(Side))


def _renewals(stage: Stage, side: Side) -> int:
    """How many questions for a token the service has answered."""
    log = stage.sandbox.graph_log if side is Side.OUTLOOK else stage.sandbox.salesforce_log
    return sum("oauth2" in each.path and each.path.endswith("/token") for each in log.entries)


@SIDES
@pytest.mark.parametrize("has_keyring", [False, True])
async def test_processes_that_want_a_token_at_once_renew_it_once(
    stage: Stage, side: Side, has_keyring: bool
) -> None:
    """A refresh token that is good once would end the sign-in at the second use."""
    stage.keyring = FakeKeyring() if has_keyring else None
    stage.sandbox.salesforce_desk.register(replace(SANDBOX_APP, rotates_refresh_tokens=True))
    await stage.signed_in(side)
    processes = [stage.accounts() for _ in range(6)]
    sources = [each.token_source(side) for each in processes]
    old = await asyncio.to_thread(sources[0])
    stage.desk(side).expire_access_tokens()
    before = _renewals(stage, side)

    def all_at_once() -> Sequence[str]:
        with ThreadPoolExecutor(len(sources)) as threads:
            list(threads.map(lambda source: source.refused(old), sources))
            return list(threads.map(lambda source: source(), sources))

    tokens = await asyncio.to_thread(all_at_once)
    assert len(set(tokens)) == 1
    assert tokens[0] != old
    assert _renewals(stage, side) == before + 1


async def test_a_renewal_is_repeated_only_while_nothing_can_have_happened(stage: Stage) -> None:
    accounts = await stage.signed_in(Side.SALESFORCE)
    source = accounts.token_source(Side.SALESFORCE)
    source.refused(await asyncio.to_thread(source))
    before = _renewals(stage, Side.SALESFORCE)
    stage.sandbox.faults.add(Drop(path="/services/oauth2/token"))
    with pytest.raises(UnreachableError):
        await asyncio.to_thread(source)
    assert _renewals(stage, Side.SALESFORCE) <= before + 1
    assert not stage.clock.slept[1:], "no waiting for a second try"


async def test_a_service_that_is_not_there_is_tried_a_few_times(stage: Stage) -> None:
    accounts = await stage.signed_in(Side.SALESFORCE)
    source = accounts.token_source(Side.SALESFORCE)
    source.refused(await asyncio.to_thread(source))
    stage.sandbox.stop()
    stage.clock.slept.clear()
    with pytest.raises(UnreachableError, match="cannot be reached"):
        await asyncio.to_thread(source)
    assert len(stage.clock.slept) == 2
    assert sum(stage.clock.slept) < 5
