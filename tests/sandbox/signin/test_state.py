"""Sign-ins over a restart, and a sandbox that is tried by hand."""

import json
from pathlib import Path
from random import Random

import pytest
import requests

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.persistence import StateFile
from lpc_tui.sandbox.process import SandboxProcess
from lpc_tui.sandbox.sample import Worlds
from lpc_tui.sandbox.server import Sandbox
from lpc_tui.sandbox.signin.salesforce import SalesforceDesk
from tests.sandbox.signin.conftest import Microsoft, Salesforce


def test_what_was_issued_is_good_after_a_restart_and_what_was_revoked_is_not(
    sandbox: Sandbox, microsoft: Microsoft, salesforce: Salesforce
) -> None:
    outlook, org = microsoft.sign_in(), salesforce.sign_in()
    revoked = salesforce.sign_in()
    sandbox.salesforce_desk.revoke(revoked["access_token"])
    with Sandbox(sandbox.mailbox, sandbox.org) as restarted:
        for before, after in (
            (sandbox.microsoft_desk, restarted.microsoft_desk),
            (sandbox.salesforce_desk, restarted.salesforce_desk),
        ):
            after.load(json.loads(json.dumps(before.dump())))
            assert after.dump() == before.dump()
        assert Microsoft(restarted).call(outlook["access_token"], "/me").status_code == 200
        assert Microsoft(restarted).refresh(outlook["refresh_token"]).status_code == 200
        assert Salesforce(restarted).get(org["access_token"]).status_code == 200
        assert Salesforce(restarted).get(revoked["access_token"]).status_code == 401


def test_a_sign_in_outlives_the_process_that_serves(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    form = {"client_id": "sandbox", "client_secret": "sandbox-secret", "grant_type": "client_credentials"}
    with SandboxProcess.start(state_file=state) as served:
        url = f"{served.salesforce_url}/services/oauth2/token"
        token = requests.post(url, data=form, timeout=5).json()["access_token"]
    with SandboxProcess.start(state_file=state) as served:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{served.salesforce_url}/services/data/v62.0/limits"
        assert requests.get(url, headers=headers, timeout=5).status_code == 200


def test_a_state_file_with_damaged_sign_ins_is_named(tmp_path: Path, worlds: Worlds) -> None:
    path = tmp_path / "state.sqlite"
    dumps = {"mailbox": worlds.mailbox.dump(), "org": worlds.org.dump(), "salesforce": {"no": "tokens"}}
    file = StateFile(path)
    file.save({name: json.dumps(dump) for name, dump in dumps.items()})
    file.close()
    with pytest.raises(SandboxError, match="not what this version writes"):
        SandboxProcess.start(state_file=path)


def test_using_a_token_is_nothing_to_save(sandbox: Sandbox, salesforce: Salesforce) -> None:
    before = sandbox.salesforce_desk.revision
    token = salesforce.sign_in()["access_token"]
    signed_in = sandbox.salesforce_desk.revision
    assert signed_in > before
    salesforce.get(token)
    assert sandbox.salesforce_desk.revision == signed_in


def test_no_two_codes_are_the_same(worlds: Worlds) -> None:
    desk = SalesforceDesk(worlds.org, random=Random(1))
    begun = [desk.start_device({"client_id": "sandbox"}, "") for _ in range(3)]
    assert len({each["device_code"] for each in begun}) == 3
    assert [each["user_code"] for each in begun] == desk.pending()


def test_the_fixed_tokens_work_beside_what_is_signed_in_for(
    sandbox: Sandbox, microsoft: Microsoft, salesforce: Salesforce
) -> None:
    microsoft.sign_in()
    sandbox.microsoft_desk.revoke_all()
    assert microsoft.call(sandbox.outlook_token, "/me/contacts").status_code == 200
    assert salesforce.get(sandbox.salesforce_token).status_code == 200


def test_what_is_signed_in_for_goes_into_no_request_log(
    sandbox: Sandbox, microsoft: Microsoft, salesforce: Salesforce
) -> None:
    token = salesforce.sign_in()["access_token"]
    salesforce.post(f"/services/oauth2/revoke?token={token}")
    logged = " ".join(entry.path for entry in sandbox.salesforce_log.entries)
    assert "/services/oauth2/revoke" in logged
    assert token not in logged
