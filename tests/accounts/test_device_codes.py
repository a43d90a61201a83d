"""Signing in by device code, on both sides, over the sandbox's HTTP: what is kept, renewed, refused and called off."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from O365.connection import Connection

from lpc_tui.accounts.http import Answer, HttpSession
from lpc_tui.accounts.interface import AccountStatus, Challenge
from lpc_tui.accounts.token_cache import KeptTokenCache
from lpc_tui.engine.interface import Cancel
from lpc_tui.errors import CancelledByUser, LpcError, SettingsError, SignInError, UnreachableError
from lpc_tui.model.items import Side
from lpc_tui.sandbox.faults import Status
from tests.accounts.stage import WHO, Stage, nothing_to_ask

SIDES = pytest.mark.parametrize("side", list(Side))


@SIDES
async def test_whoever_signs_in_is_told_who_and_where_it_is_kept(stage: Stage, side: Side) -> None:
    assert not stage.accounts().status(side).is_signed_in
    status = await stage.accounts().login(side, stage.approving(side), nothing_to_ask, Cancel())
    assert (status.is_signed_in, status.who, status.method) == (True, WHO, "Device code")
    assert status.kept_in == f"the file {stage.paths.secrets_dir / 'secrets.json'}"
    assert stage.accounts().status(side) == status, "another process sees the same"
    challenge = stage.challenges[0]
    assert challenge.code in challenge.message
    assert challenge.url in challenge.message
    assert challenge.expires_at > stage.clock()


async def test_least_rights_are_asked_for(stage: Stage) -> None:
    accounts = await stage.signed_in(Side.OUTLOOK)
    token = await asyncio.to_thread(accounts.token_source(Side.OUTLOOK))
    rights = ("calendars.readwrite", "contacts.readwrite", "tasks.readwrite", "user.read")
    assert stage.sandbox.microsoft_desk.permissions(token) == frozenset(rights)


async def test_a_national_cloud_is_named_in_the_scopes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token for one cloud is worthless in another; without a name it would be for the global one."""
    asked: list[str] = []
    ask = HttpSession.ask

    def listening(self: HttpSession, method: str, url: str, **options: Any) -> Answer:
        asked.extend((options.get("form") or {}).get("scope", "").split())
        return ask(self, method, url, **options)

    monkeypatch.setattr(HttpSession, "ask", listening)
    stage.changes = {"outlook.graph_url": "https://graph.microsoft.us/v1.0"}
    with pytest.raises(SignInError, match="AADSTS70011"):  # the sandbox is in the global cloud
        await stage.signed_in(Side.OUTLOOK)
    rights = {each for each in asked if "." in each}
    assert rights == {
        f"https://graph.microsoft.us/{right}"
        for right in ("Calendars.ReadWrite", "Contacts.ReadWrite", "Tasks.ReadWrite", "User.Read")
    }


async def test_an_outlook_token_is_renewed_ahead_of_its_end(stage: Stage) -> None:
    await stage.signed_in(Side.OUTLOOK)
    source = stage.accounts().token_source(Side.OUTLOOK)
    first = await asyncio.to_thread(source)
    stage.clock.move(minutes=50)
    assert await asyncio.to_thread(source) == first
    stage.clock.move(minutes=6)
    second = await asyncio.to_thread(source)
    assert second != first
    assert stage.sandbox.microsoft_desk.permissions(second)
    assert await asyncio.to_thread(stage.accounts().token_source(Side.OUTLOOK)) == second, "and it is kept"


@SIDES
async def test_a_refused_token_is_renewed_once_and_the_account_stays_the_same(
    stage: Stage, side: Side
) -> None:
    accounts = await stage.signed_in(side)
    source, key = accounts.token_source(side), accounts.account_key(side)
    first = await asyncio.to_thread(source)
    stage.desk(side).expire_access_tokens()
    source.refused(first)
    second = await asyncio.to_thread(source)
    assert second != first
    assert await asyncio.to_thread(source) == second
    assert accounts.account_key(side) == stage.accounts().account_key(side) == key
    assert first not in key


@SIDES
async def test_a_revoked_sign_in_loses_nothing_that_is_kept(stage: Stage, side: Side) -> None:
    accounts = await stage.signed_in(side)
    source = accounts.token_source(side)
    first = await asyncio.to_thread(source)
    kept = stage.kept_text()
    stage.desk(side).revoke_all()
    source.refused(first)
    with pytest.raises(SignInError, match=f"lpc-tui login {side}") as refusal:
        await asyncio.to_thread(source)
    assert ("AADSTS50173" if side is Side.OUTLOOK else "invalid_grant") in str(refusal.value)
    assert stage.kept_text() == kept


@SIDES
async def test_declined_in_the_browser(stage: Stage, side: Side) -> None:
    def decline(challenge: Challenge) -> None:
        stage.desk(side).decline(challenge.code)

    with pytest.raises(SignInError, match="declined"):
        await stage.accounts().login(side, decline, nothing_to_ask, Cancel())
    remedy = f"Put an access token into LPC_TUI_{side.upper()}_TOKEN, or sign in."
    status = AccountStatus(side=side, is_signed_in=False, method="Device code", remedy=remedy)
    assert stage.accounts().status(side) == status


@SIDES
async def test_nobody_comes_until_the_code_expires(stage: Stage, side: Side) -> None:
    began = stage.clock()
    with pytest.raises(SignInError, match="expired"):
        await stage.accounts().login(side, stage.challenges.append, nothing_to_ask, Cancel())
    assert stage.clock() - began <= timedelta(minutes=15)
    assert set(stage.clock.slept) == {5.0}, "as often as the service allows, and no more"


@SIDES
async def test_called_off_it_leaves_nothing_behind(stage: Stage, side: Side) -> None:
    cancel = Cancel()
    with pytest.raises(CancelledByUser):
        await stage.accounts().login(side, lambda _: cancel.request(), nothing_to_ask, cancel)
    assert not stage.paths.secrets_dir.exists()


async def test_conditional_access_is_told_in_microsofts_words(stage: Stage) -> None:
    def blocked(challenge: Challenge) -> None:
        stage.sandbox.microsoft_desk.block(challenge.code)

    with pytest.raises(SignInError, match=r"AADSTS53003: .*ask your administrator"):
        await stage.accounts().login(Side.OUTLOOK, blocked, nothing_to_ask, Cancel())


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"outlook.client_id": ""}, SettingsError, "outlook.client_id is empty. Register an app"),
        ({"outlook.client_id": "0000"}, SignInError, r"AADSTS700016: .*Check outlook.client_id"),
    ],
)
async def test_a_client_id_that_is_missing_or_unknown(
    stage: Stage, changes: dict[str, str], error: type[LpcError], words: str
) -> None:
    stage.changes = changes
    with pytest.raises(error, match=words):
        await stage.signed_in(Side.OUTLOOK)


async def test_an_unknown_tenant_is_told_in_microsofts_words(stage: Stage) -> None:
    stage.changes = {"outlook.authority": stage.sandbox.authority.replace("common", "elsewhere.example")}
    with pytest.raises(SignInError, match=r"AADSTS90002: .*Check the tenant"):
        await stage.signed_in(Side.OUTLOOK)


@SIDES
@pytest.mark.parametrize("status", [429, 503])
async def test_a_hiccup_of_the_service_does_not_end_the_waiting(
    stage: Stage, side: Side, status: int
) -> None:
    def fail_twice(challenge: Challenge) -> None:
        stage.approving(side)(challenge)
        stage.sandbox.faults.add(Status(status=status, path="*/token", until=2))

    account = await stage.accounts().login(side, fail_twice, nothing_to_ask, Cancel())
    assert account.is_signed_in


async def test_a_token_that_lasts_a_little_is_used_while_it_cannot_be_renewed(stage: Stage) -> None:
    accounts = await stage.signed_in(Side.OUTLOOK)
    source = accounts.token_source(Side.OUTLOOK)
    first = await asyncio.to_thread(source)
    stage.clock.move(minutes=57)
    stage.sandbox.stop()
    stage.clock.slept.clear()
    for _ in range(5):
        assert await asyncio.to_thread(source) == first
    assert len(stage.clock.slept) == 2, "the service is left alone for a while"
    stage.clock.move(minutes=5)
    with pytest.raises(UnreachableError):
        await asyncio.to_thread(source)


@SIDES
async def test_a_sign_in_is_bound_to_the_settings_it_was_made_with(stage: Stage, side: Side) -> None:
    await stage.signed_in(side)
    stage.changes = {f"{side}.client_id": "another"}
    accounts = stage.accounts()
    with pytest.raises(SignInError, match="other settings"):
        await asyncio.to_thread(accounts.token_source(side))
    status = accounts.status(side)
    assert not status.is_signed_in
    assert "other settings" in status.trouble


@SIDES
async def test_signing_out_forgets_and_revokes_where_that_is_offered(stage: Stage, side: Side) -> None:
    accounts = await stage.signed_in(side)
    token = await asyncio.to_thread(accounts.token_source(side))
    assert await accounts.logout(side)
    assert not await accounts.logout(side)
    assert token not in stage.kept_text()
    assert not accounts.status(side).is_signed_in
    with pytest.raises(SignInError, match="Not signed in"):
        await asyncio.to_thread(accounts.token_source(side))
    if side is Side.SALESFORCE:
        assert stage.sandbox.salesforce_desk.session(token) is None


@SIDES
async def test_signing_out_works_while_the_service_is_down(stage: Stage, side: Side) -> None:
    accounts = await stage.signed_in(side)
    stage.sandbox.stop()
    assert await accounts.logout(side)
    assert not accounts.status(side).is_signed_in


@SIDES
async def test_a_token_in_the_environment_takes_the_place_of_a_sign_in(stage: Stage, side: Side) -> None:
    await stage.signed_in(side)
    variable = f"LPC_TUI_{side.upper()}_TOKEN"
    stage.environ = {variable: " given "}
    accounts = stage.accounts()
    source = accounts.token_source(side)
    assert source() == "given"
    source.refused("given")
    assert source() == "given"
    assert accounts.status(side).kept_in == f"the environment variable {variable}"
    assert "given" not in accounts.account_key(side)


async def test_o365_works_on_the_token_cache_that_is_kept(stage: Stage) -> None:
    await stage.signed_in(Side.OUTLOOK)
    kept = json.loads(json.loads(stage.kept_text())["outlook"]["secret"])
    cache = KeptTokenCache(stage.clock, kept["cache"])
    stage.clock.move(hours=2)
    assert cache.get_refresh_token(), "an access token that has ended takes nothing else with it"
    assert cache.access_token()
    connection = Connection(("sandbox",), auth_flow_type="public", token_backend=cache, requests_delay=0)
    with connection.get_session(load_token=True) as session:
        assert session.headers["Authorization"] == f"Bearer {kept_token(kept)}"


def kept_token(kept: dict[str, Any]) -> str:
    """The access token in MSAL's own form of a cache."""
    (entry,) = kept["cache"]["AccessToken"].values()
    return str(entry["secret"])
