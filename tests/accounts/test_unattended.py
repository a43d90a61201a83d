"""Salesforce without anybody at the keyboard: a signed assertion, client credentials, a token from the environment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from lpc_tui.accounts import orgs
from lpc_tui.accounts.interface import Question
from lpc_tui.engine.interface import Cancel
from lpc_tui.errors import LpcError, SettingsError, SignInError
from lpc_tui.model.items import Side
from lpc_tui.sandbox.signin.connected_apps import SANDBOX_APP
from tests.accounts.keys import key_pair
from tests.accounts.stage import WHO, Stage, nothing_to_ask, nothing_to_tell

SALESFORCE = Side.SALESFORCE


@pytest.fixture
def key_file(stage: Stage, tmp_path: Path) -> Path:
    """A private key whose public one the app holds; the profile signs in with it."""
    private, public = key_pair()
    file = tmp_path / "key.pem"
    file.write_bytes(private)
    stage.sandbox.salesforce_desk.register(replace(SANDBOX_APP, certificate=public))
    stage.changes = {
        "salesforce.auth": "jwt",
        "salesforce.username": WHO,
        "salesforce.private_key_file": str(file),
    }
    return file


async def test_a_key_signs_in_by_itself(stage: Stage, key_file: Path) -> None:
    accounts = stage.accounts()
    status = accounts.status(SALESFORCE)
    assert (status.is_signed_in, status.who, status.kept_in) == (True, WHO, f"the private key {key_file}")
    source, key = accounts.token_source(SALESFORCE), accounts.account_key(SALESFORCE)
    first = await asyncio.to_thread(source)
    assert await asyncio.to_thread(stage.accounts().token_source(SALESFORCE)) == first, "one for all runs"
    stage.sandbox.salesforce_desk.revoke_all()
    source.refused(first)
    assert await asyncio.to_thread(source) != first
    assert accounts.account_key(SALESFORCE) == stage.accounts().account_key(SALESFORCE) == key


async def test_login_with_a_key_asks_nothing_and_tells_who(stage: Stage, key_file: Path) -> None:
    status = await stage.accounts().login(SALESFORCE, nothing_to_tell, nothing_to_ask, Cancel())
    assert (status.is_signed_in, status.who, status.method) == (True, WHO, "JWT with a private key")


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (None, SettingsError, "cannot be read"),
        (b"key-canary", SettingsError, "no RSA private key"),
        (b"-----BEGIN PRIVATE KEY-----\nkey-canary\n-----END PRIVATE KEY-----\n", SettingsError, "no RSA"),
    ],
)
def test_a_key_that_cannot_be_used(
    stage: Stage, key_file: Path, content: bytes | None, error: type[LpcError], words: str
) -> None:
    key_file.unlink()
    if content is not None:
        key_file.write_bytes(content)
    with pytest.raises(error, match=words) as refusal:
        stage.accounts().token_source(SALESFORCE)()
    assert "key-canary" not in str(refusal.value)


async def test_a_user_who_is_not_admitted_is_told_whom_to_ask(stage: Stage, key_file: Path) -> None:
    _, public = key_pair()
    stage.sandbox.salesforce_desk.register(replace(SANDBOX_APP, certificate=public, is_preauthorized=False))
    with pytest.raises(SignInError, match=r"hasn't approved.*administrator"):
        await asyncio.to_thread(stage.accounts().token_source(SALESFORCE))


class Typist:
    """Types a client secret when asked for it."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self.asked: list[Question] = []

    async def ask(self, question: Question) -> str:
        self.asked.append(question)
        return self._secret


async def test_a_client_secret_is_asked_for_once_and_kept(stage: Stage) -> None:
    stage.changes = {"salesforce.auth": "client_credentials"}
    typist = Typist("sandbox-secret")
    with pytest.raises(SignInError, match=r"Not signed in.*LPC_TUI_SALESFORCE_CLIENT_SECRET"):
        await asyncio.to_thread(stage.accounts().token_source(SALESFORCE))
    await stage.accounts().login(SALESFORCE, nothing_to_tell, typist.ask, Cancel())
    assert [question.is_secret for question in typist.asked] == [True]
    accounts = stage.accounts()
    source, key = accounts.token_source(SALESFORCE), accounts.account_key(SALESFORCE)
    first = await asyncio.to_thread(source)
    stage.sandbox.salesforce_desk.revoke_all()
    source.refused(first)
    assert await asyncio.to_thread(source) != first
    assert accounts.account_key(SALESFORCE) == key


async def test_a_wrong_client_secret_is_not_kept(stage: Stage) -> None:
    stage.changes = {"salesforce.auth": "client_credentials"}
    with pytest.raises(SignInError, match="consumer secret"):
        await stage.accounts().login(SALESFORCE, nothing_to_tell, Typist("wrong").ask, Cancel())
    assert not stage.paths.secrets_dir.exists()


async def test_a_client_secret_in_the_environment_is_kept_nowhere(stage: Stage) -> None:
    stage.changes = {"salesforce.auth": "client_credentials"}
    stage.environ = {"LPC_TUI_SALESFORCE_CLIENT_SECRET": "sandbox-secret"}
    accounts = stage.accounts()
    assert "LPC_TUI_SALESFORCE_CLIENT_SECRET" in accounts.status(SALESFORCE).kept_in
    assert await asyncio.to_thread(accounts.token_source(SALESFORCE))
    await accounts.login(SALESFORCE, nothing_to_tell, nothing_to_ask, Cancel())
    assert "sandbox-secret" not in stage.kept_text()


async def test_a_token_is_all_there_is_where_the_settings_say_so(stage: Stage) -> None:
    stage.changes = {"salesforce.auth": "token"}
    accounts = stage.accounts()
    with pytest.raises(SignInError, match="LPC_TUI_SALESFORCE_TOKEN is not set"):
        accounts.token_source(SALESFORCE)()
    with pytest.raises(SignInError, match="LPC_TUI_SALESFORCE_TOKEN"):
        accounts.account_key(SALESFORCE)
    assert "LPC_TUI_SALESFORCE_TOKEN" in accounts.status(SALESFORCE).trouble
    with pytest.raises(SettingsError, match="nothing to sign in with"):
        await accounts.login(SALESFORCE, nothing_to_tell, nothing_to_ask, Cancel())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"salesforce.instance_url": ""}, "salesforce.instance_url is empty"),
        ({"salesforce.client_id": ""}, "salesforce.client_id is empty. Have your org's administrator"),
        ({"salesforce.instance_url": "https://acme.lightning.force.com"}, "address of the org's web pages"),
    ],
)
async def test_a_setting_that_every_way_needs(stage: Stage, changes: dict[str, str], words: str) -> None:
    stage.changes = changes
    with pytest.raises(SettingsError, match=words):
        await stage.accounts().login(SALESFORCE, nothing_to_tell, nothing_to_ask, Cancel())


@pytest.fixture
def login_host(stage: Stage, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The settings name a host that stands for all orgs; the one that a token is for is told with it."""
    monkeypatch.setattr(orgs, "_LOGIN_HOSTS", frozenset({"127.0.0.1"}))
    return stage.sandbox.salesforce_url


async def test_behind_a_login_host_a_key_signs_in_once_and_the_org_is_remembered(
    stage: Stage, login_host: str
) -> None:
    accounts = stage.accounts()
    assert await asyncio.to_thread(accounts.instance_url) == login_host
    token = await asyncio.to_thread(accounts.token_source(SALESFORCE))
    later = stage.accounts()
    assert await asyncio.to_thread(later.instance_url) == login_host
    assert await asyncio.to_thread(later.token_source(SALESFORCE)) == token
    asked = [each.path for each in stage.sandbox.salesforce_log.entries]
    assert asked.count("/services/oauth2/token") == 1


async def test_a_token_from_the_environment_needs_the_orgs_own_address(stage: Stage, login_host: str) -> None:
    stage.environ = {"LPC_TUI_SALESFORCE_TOKEN": "given"}
    with pytest.raises(SettingsError, match="the org's own address"):
        await asyncio.to_thread(stage.accounts().instance_url)


async def test_a_person_who_has_not_signed_in_behind_a_login_host_is_told_so(
    stage: Stage, login_host: str
) -> None:
    stage.changes["salesforce.auth"] = "device"
    with pytest.raises(SignInError, match="Not signed in"):
        await asyncio.to_thread(stage.accounts().instance_url)
