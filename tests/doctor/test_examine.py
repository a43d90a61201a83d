"""The examination over the sandbox's HTTP: what is in the way is found, named, and given a remedy."""

from __future__ import annotations

import base64
import json
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lpc_tui.accounts import salesforce_oauth
from lpc_tui.doctor import network
from lpc_tui.doctor.findings import Status, exit_code_of, has_problem
from lpc_tui.model.items import Side
from lpc_tui.sandbox.faults.kinds import DailyLimit, ExpiredToken, Garble, Latency
from lpc_tui.sandbox.faults.kinds import Status as Refusal
from lpc_tui.sandbox.hosting import HOST
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.signin.connected_apps import SANDBOX_APP
from tests.accounts.keys import key_pair
from tests.doctor.conftest import Patient, patient_of

WRITING = {"POST", "PATCH", "PUT", "DELETE"}


async def test_nothing_is_in_the_way_of_a_healthy_profile(patient: Patient) -> None:
    found = await patient.examined()
    wrong = [each for each in patient.findings if each.status in {Status.PROBLEM, Status.WARNING}]
    assert wrong == []
    assert exit_code_of(patient.findings) == 0
    assert "robin@example.com" in found["salesforce.sign-in"].words
    assert "the default one" in found["outlook.tasks"].words
    assert len(found) == len(patient.findings)  # each check tells one thing


async def test_an_examination_writes_nothing(patient: Patient) -> None:
    patient.paths.config_file.parent.chmod(0o700)
    before = sorted(patient.paths.config_file.parent.rglob("*"))
    await patient.examined()
    assert sorted(patient.paths.config_file.parent.rglob("*")) == before
    sandbox = patient.sandbox
    asked = [*sandbox.graph_log.entries, *sandbox.salesforce_log.entries]
    assert asked
    assert not {each.method for each in asked} & WRITING


@pytest.mark.parametrize(
    "options", [OrgOptions(hidden_fields=frozenset({"Event.Location", "Contact.Phone", "Contact.LastName"}))]
)
async def test_hidden_fields_are_named(patient: Patient) -> None:
    found = await patient.examined()
    assert found["salesforce.calendar.fields"].status is Status.WARNING
    assert "Location" in found["salesforce.calendar.fields"].words
    assert "field-level security of Event" in found["salesforce.calendar.fields"].remedy
    contact = [each for each in patient.findings if each.check == "salesforce.contact.fields"]
    assert [each.status for each in contact] == [Status.PROBLEM, Status.WARNING]
    assert "LastName" in contact[0].words
    assert "Phone" in contact[1].words
    assert found["salesforce.task.fields"].status is Status.OK
    assert exit_code_of(patient.findings) == 1


async def test_a_refused_token_is_a_matter_of_the_sign_in_and_of_that_side_alone(patient: Patient) -> None:
    patient.sandbox.faults.add(ExpiredToken(service="graph", path="*/me?*"))
    found = await patient.examined()
    assert found["outlook.sign-in"].status is Status.PROBLEM
    assert found["outlook.sign-in"].sign_in is Side.OUTLOOK
    assert found["outlook.sign-in"].command == "lpc-tui login outlook"
    assert "lpc-tui" not in found["outlook.sign-in"].remedy, "a screen has a key for it"
    assert found["outlook.calendar"].status is Status.SKIPPED
    assert "outlook.sign-in" in found["outlook.calendar"].words
    assert found["salesforce.sign-in"].status is Status.OK
    assert exit_code_of(patient.findings) == 3


async def test_a_sign_in_that_can_be_renewed_is_in_order_and_told_with_where_it_is_kept(
    patient: Patient,
) -> None:
    patient.set(outlook__client_id="sandbox", salesforce__client_id="sandbox")
    for side in Side:
        await patient.sign_in(side)
    patient.sandbox.faults.add(ExpiredToken(path="*/me?*", nth=1), ExpiredToken(path="*/userinfo", nth=1))
    found = await patient.examined()
    assert not has_problem(patient.findings)
    for side in Side:
        assert "Device code, kept in" in found[f"{side}.sign-in"].words


async def test_a_sign_in_that_is_not_taken_though_renewed_is_a_problem(patient: Patient) -> None:
    patient.set(outlook__client_id="sandbox", salesforce__client_id="sandbox")
    for side in Side:
        await patient.sign_in(side)
    patient.sandbox.faults.add(ExpiredToken(path="*/me?*"), ExpiredToken(path="*/userinfo"))
    found = await patient.examined()
    for side in Side:
        assert found[f"{side}.sign-in"].status is Status.PROBLEM
        assert found[f"{side}.sign-in"].sign_in is side
    assert exit_code_of(patient.findings) == 3


async def test_without_a_sign_in_the_rest_is_skipped_not_failed(patient: Patient) -> None:
    patient.environ.clear()
    patient.set(outlook__client_id="sandbox", salesforce__client_id="sandbox")
    found = await patient.examined()
    assert found["outlook.authority"].status is Status.OK
    for side in ("outlook", "salesforce"):
        assert found[f"{side}.connection"].status is Status.OK
        assert found[f"{side}.sign-in"].status is Status.PROBLEM
        assert found[f"{side}.sign-in"].sign_in == side
    later = [each for each in patient.findings if each.check.startswith("salesforce.calendar")]
    assert {each.status for each in later} == {Status.SKIPPED}
    assert exit_code_of(patient.findings) == 3


async def test_a_setting_that_signing_in_needs_is_named(patient: Patient) -> None:
    patient.environ.clear()
    found = await patient.examined()
    for side in Side:
        assert found[f"{side}.sign-in"].setting == f"{side}.client_id"
        assert found[f"{side}.sign-in"].sign_in is None, "that would lead nowhere"
    assert exit_code_of(patient.findings) == 2


async def test_a_folder_that_is_not_there_is_told_with_those_that_are(patient: Patient) -> None:
    patient.set(outlook__calendar="Birthdays", outlook__contact_folder="suppliers", outlook__task_list="Nope")
    found = await patient.examined()
    assert found["outlook.calendar"].status is Status.PROBLEM
    assert "Projects" in found["outlook.calendar"].remedy
    assert found["outlook.contacts"].status is Status.OK
    assert "Suppliers" in found["outlook.contacts"].words
    assert found["outlook.tasks"].status is Status.PROBLEM
    assert exit_code_of(patient.findings) == 2


async def test_a_calendar_that_may_only_be_read_is_a_warning(patient: Patient) -> None:
    patient.set(outlook__calendar="Holidays")
    found = await patient.examined()
    assert found["outlook.calendar"].status is Status.WARNING


async def test_a_service_that_cannot_be_reached_is_asked_nothing_more(patient: Patient) -> None:
    with socket.create_server((HOST, 0)) as closing:
        port = closing.getsockname()[1]
    patient.set(outlook__graph_url=f"http://{HOST}:{port}/v1.0")
    found = await patient.examined()
    assert found["outlook.connection"].status is Status.PROBLEM
    assert "refuses the connection" in found["outlook.connection"].words
    assert found["outlook.sign-in"].status is Status.SKIPPED
    assert found["salesforce.limit"].status is Status.OK
    assert exit_code_of(patient.findings) == 5


async def test_a_service_that_accepts_and_never_answers_is_told_as_such(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "TIMEOUT_S", (0.2, 0.2))
    with socket.create_server((HOST, 0)) as silent:
        patient.set(outlook__graph_url=f"http://{HOST}:{silent.getsockname()[1]}/v1.0")
        found = await patient.examined()
    assert "can be reached, but gave no answer" in found["outlook.connection"].words
    assert found["outlook.connection"].exit_code == 5


async def test_a_name_that_leads_nowhere_is_told_as_such(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    patient.set(salesforce__instance_url="https://mistyped.my.salesforce.com")
    found = await patient.examined()
    assert found["salesforce.dns"].status is Status.PROBLEM
    assert "mistyped.my.salesforce.com" in found["salesforce.dns"].words
    assert found["salesforce.connection"].status is Status.SKIPPED
    assert found["salesforce.dns"].exit_code == 5


async def test_a_certificate_that_nobody_vouches_for_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = patient_of(tmp_path / "home", is_tls=True)
    with patient.sandbox as served:
        patient.set(outlook__graph_url=served.graph_url)
        found = await patient.examined()
        assert found["outlook.connection"].status is Status.PROBLEM
        assert "its certificate was refused (self-signed certificate" in found["outlook.connection"].words
        assert "REQUESTS_CA_BUNDLE" in found["outlook.connection"].remedy
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(served.ca_file))
        found = await patient.examined()
    assert found["outlook.connection"].status is Status.OK
    assert "TLS" in found["outlook.connection"].words


@pytest.mark.parametrize(
    ("skew", "status", "told"),
    [
        (timedelta(seconds=119), Status.OK, "right to 119 s"),
        (timedelta(minutes=3), Status.WARNING, "3 min 0 s slow"),
        (timedelta(minutes=-3), Status.WARNING, "3 min 0 s fast"),
        (timedelta(minutes=5, seconds=1), Status.PROBLEM, "5 min 1 s slow"),
        (timedelta(days=400), Status.PROBLEM, "400 days slow"),
    ],
)
async def test_a_skewed_clock_is_told_by_both_services(
    patient: Patient, skew: timedelta, status: Status, told: str
) -> None:
    patient.skew = skew
    found = await patient.examined()
    for side in ("outlook", "salesforce"):
        assert found[f"{side}.clock"].status is status
        assert told in found[f"{side}.clock"].words
        assert (
            found[f"{side}.sign-in"].status is Status.OK
        )  # a wrong clock keeps nothing else from being looked at


async def test_a_version_that_is_not_offered_is_told_with_the_newest(patient: Patient) -> None:
    patient.set(salesforce__api_version="20.0")
    found = await patient.examined()
    assert found["salesforce.version"].status is Status.PROBLEM
    assert found["salesforce.version"].exit_code == 2
    assert found["salesforce.version"].setting == "salesforce.api_version"


async def test_a_missing_org_address_is_a_matter_of_the_settings(patient: Patient) -> None:
    patient.set(salesforce__instance_url="")
    found = await patient.examined()
    assert found["salesforce.address"].status is Status.PROBLEM
    assert found["salesforce.dns"].status is Status.SKIPPED
    assert exit_code_of(patient.findings) == 2


@pytest.mark.parametrize(
    ("left", "status", "code"), [(15_000, Status.WARNING, 0), (3_000, Status.PROBLEM, 5)]
)
async def test_few_requests_left_are_told(patient: Patient, left: int, status: Status, code: int) -> None:
    patient.sandbox.faults.add(DailyLimit(left=left, path="*/services/data"))
    found = await patient.examined()
    assert found["salesforce.limit"].status is status
    assert exit_code_of(patient.findings) == code


async def test_an_object_that_is_hidden_is_a_problem_of_its_process_alone(patient: Patient) -> None:
    patient.sandbox.faults.add(
        Refusal(status=404, code="NOT_FOUND", message="no such thing", path="*/sobjects/Task/describe")
    )
    found = await patient.examined()
    assert found["salesforce.task.object"].status is Status.PROBLEM
    assert found["salesforce.contact.fields"].status is Status.OK


async def test_rights_are_read_from_a_token_that_names_them(tmp_path: Path) -> None:
    patient = patient_of(
        tmp_path / "home", outlook_token=_token("Calendars.ReadWrite Contacts.Read User.Read")
    )
    with patient.sandbox as served:
        patient.set(outlook__graph_url=served.graph_url)
        found = await patient.examined()
    assert found["outlook.rights"].status is Status.PROBLEM
    assert found["outlook.rights"].words == "The sign-in lacks rights: Contacts.ReadWrite, Tasks.ReadWrite."
    assert found["outlook.rights"].exit_code == 3


async def test_no_check_is_waited_for_longer_than_its_limit(patient: Patient) -> None:
    patient.sandbox.faults.add(Latency(service="graph", seconds=0.5, path="*/calendar"))
    found = await patient.examined(limit_s=0.25)
    assert found["outlook.calendar"].status is Status.PROBLEM
    assert "no result" in found["outlook.calendar"].words
    assert found["outlook.contacts"].status is Status.SKIPPED  # it would wait for the same thread
    assert found["salesforce.limit"].status is Status.OK


async def test_a_tenant_that_does_not_exist_is_told(patient: Patient) -> None:
    patient.environ.clear()
    patient.set(outlook__authority=patient.sandbox.authority.replace("common", "nobody.example"))
    found = await patient.examined()
    assert found["outlook.authority"].status is Status.PROBLEM
    assert found["outlook.authority"].exit_code == 2


async def test_no_secret_is_told(patient: Patient) -> None:
    patient.sandbox.faults.add(ExpiredToken())
    await patient.examined()
    told = repr(patient.findings)
    for token in patient.environ.values():
        assert token not in told


def _token(rights: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"scp": rights}).encode()).rstrip(b"=").decode()
    return f"head.{claims}.signature"


async def test_the_scopes_of_a_sign_in_are_those_that_the_service_told(patient: Patient) -> None:
    """A token need not show them; the answer that it came with does."""
    patient.set(outlook__client_id="sandbox", salesforce__client_id="sandbox")
    for side in Side:
        await patient.sign_in(side)
    found = await patient.examined()
    assert "Calendars.ReadWrite, Contacts.ReadWrite" in found["outlook.rights"].words
    assert found["outlook.rights"].status is Status.OK
    assert found["salesforce.rights"].status is Status.OK
    assert "api, id, refresh_token" in found["salesforce.rights"].words


async def test_a_sign_in_that_cannot_be_renewed_is_a_warning_and_one_without_data_a_problem(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient.set(salesforce__client_id="sandbox")
    monkeypatch.setattr(salesforce_oauth, "SCOPES", "api id")
    await patient.sign_in(Side.SALESFORCE)
    found = (await patient.examined())["salesforce.rights"]
    assert (found.status, "refresh_token" in found.remedy) == (Status.WARNING, True)
    monkeypatch.setattr(salesforce_oauth, "SCOPES", "id")
    await patient.sign_in(Side.SALESFORCE)
    found = (await patient.examined())["salesforce.rights"]
    assert (found.status, found.sign_in) == (Status.PROBLEM, Side.SALESFORCE)


async def test_a_private_key_that_others_may_read_is_a_problem(patient: Patient, tmp_path: Path) -> None:
    patient.environ.pop("LPC_TUI_SALESFORCE_TOKEN")
    key, (private, public) = tmp_path / "org.key", key_pair()
    patient.sandbox.salesforce_desk.register(replace(SANDBOX_APP, certificate=public))
    patient.set(
        salesforce__auth="jwt",
        salesforce__client_id="sandbox",
        salesforce__username="robin@example.com",
        salesforce__private_key_file=str(key),
    )
    found = await patient.examined()
    assert found["salesforce.key"].setting == "salesforce.private_key_file"
    key.write_bytes(private)
    key.chmod(0o644)
    found = await patient.examined()
    assert (found["salesforce.key"].status, "0644" in found["salesforce.key"].words) == (Status.PROBLEM, True)
    key.chmod(0o600)
    found = await patient.examined()
    assert found["salesforce.key"].status is Status.OK
    assert found["salesforce.sign-in"].status is Status.OK, found["salesforce.sign-in"]


async def test_validation_rules_are_named_to_who_may_see_them(patient: Patient) -> None:
    body = json.dumps({"records": [{"ValidationName": "No_Tests"}], "totalSize": 1, "done": True})
    patient.sandbox.faults.add(Garble(path="*/tooling/query*", content_type="application/json", body=body))
    found = (await patient.examined())["salesforce.contact.rules"]
    assert (found.status, "No_Tests" in found.words) == (Status.WARNING, True)
