"""What describe says against what the sync wants: record types, required fields, rights and rules."""

from __future__ import annotations

from typing import Any

import pytest

from lpc_tui.doctor.findings import Finding, Status
from lpc_tui.doctor.objects import SOBJECTS, Wanted, judged, rules_judged
from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.items import Process
from lpc_tui.settings import PreventSettings

Json = dict[str, Any]


def _field(name: str, **changes: object) -> Json:
    usual = {
        "name": name,
        "type": "string",
        "length": 80,
        "nillable": True,
        "defaultedOnCreate": False,
        "createable": True,
        "updateable": True,
        "restrictedPicklist": False,
        "relationshipName": "Account" if name == "AccountId" else None,
    }
    return {**usual, **changes}


def _described(process: Process, *fields: Json, **changes: object) -> Json:
    """An object with all mapped fields, and `fields` besides or in their place."""
    names = {name for spec in shared_fields(process) for name in spec.salesforce if "." not in name}
    given = {each["name"]: each for each in fields}
    known = {name: _field(name) for name in (*sorted(names), "AccountId")}
    usual: Json = {"queryable": True, "createable": True, "updateable": True, "deletable": True}
    return {**usual, "fields": list({**known, **given}.values()), **changes}


def _judged(
    described: Json, process: Process = Process.CONTACT, mark_field: str = "", **prevent: bool
) -> dict[str, Finding]:
    wanted = Wanted(process, PreventSettings(**prevent), mark_field)
    return {each.check.rpartition(".")[2]: each for each in judged(wanted, described)}


@pytest.mark.parametrize("process", Process)
def test_an_object_without_quirks_is_in_order(process: Process) -> None:
    found = _judged(_described(process), process)
    assert {each.status for each in found.values()} == {Status.OK}
    assert set(found) == {"rights", "fields", "required", "record-types"}
    assert SOBJECTS[process] in found["rights"].words


def test_a_required_field_that_the_sync_does_not_fill_is_named() -> None:
    region = _field("Region__c", nillable=False)
    found = _judged(_described(Process.CONTACT, region))["required"]
    assert found.status is Status.WARNING
    assert found.words.endswith(": Region__c.")
    assert "sync.contact.prevent.create_in_salesforce" in found.remedy


@pytest.mark.parametrize(
    "harmless",
    [
        _field("LastName", nillable=False),
        _field("OwnerId", nillable=False),
        _field("Score__c", nillable=False, defaultedOnCreate=True),
        _field("Vip__c", nillable=False, type="boolean"),
        _field("Name", nillable=False, createable=False),
    ],
    ids=lambda field: str(field["name"]),
)
def test_a_required_field_that_is_filled_is_no_matter(harmless: Json) -> None:
    assert _judged(_described(Process.CONTACT, harmless))["required"].status is Status.OK


def test_what_a_create_needs_is_no_matter_where_creates_are_prevented() -> None:
    described = _described(Process.CONTACT, _field("Region__c", nillable=False), createable=False)
    found = _judged(described, create_in_salesforce=True)
    assert found["required"].status is Status.SKIPPED
    assert found["rights"].status is Status.OK


def test_rights_count_as_far_as_the_boxes_allow_them_to_be_used() -> None:
    described = _described(Process.CONTACT, createable=False, deletable=False)
    assert "not create Contact" in _judged(described)["rights"].words  # deletes are prevented by default
    assert "not create or delete" in _judged(described, delete_from_salesforce=False)["rights"].words
    assert _judged(_described(Process.CONTACT, queryable=False))["rights"].status is Status.PROBLEM


def test_a_field_that_can_be_read_alone_is_named() -> None:
    described = _described(Process.CONTACT, _field("Phone", createable=False, updateable=False))
    found = _judged(described, create_in_salesforce=True)["fields"]
    assert found.status is Status.WARNING
    assert found.words == "To be read, but not changed by you: Phone."
    both = _judged(described, create_in_salesforce=True, update_in_salesforce=True)
    assert both["fields"].status is Status.OK


def test_an_org_without_middle_names_is_in_order() -> None:
    described = _described(Process.CONTACT)
    described["fields"] = [
        each for each in described["fields"] if each["name"] not in {"MiddleName", "Suffix"}
    ]
    found = _judged(described)["fields"]
    assert found.status is Status.OK
    assert found.words.endswith("This org has no MiddleName and no Suffix.")


def test_the_external_id_field_is_looked_for_where_it_is_set() -> None:
    assert _judged(_described(Process.TASK), Process.TASK, "Sync__c")["external-id"].status is Status.WARNING
    with_mark = _described(Process.TASK, _field("Sync__c"))
    assert _judged(with_mark, Process.TASK, "Sync__c")["external-id"].status is Status.OK


@pytest.mark.parametrize(("is_available", "status"), [(True, Status.OK), (False, Status.WARNING)])
def test_the_default_record_type_is_named(is_available: bool, status: Status) -> None:
    infos = [
        {"name": "Master", "master": True, "available": True, "defaultRecordTypeMapping": False},
        {"name": "Partner", "master": False, "available": is_available, "defaultRecordTypeMapping": True},
    ]
    found = _judged(_described(Process.CONTACT, recordTypeInfos=infos))["record-types"]
    assert found.status is status
    assert "Partner" in found.words


def test_active_validation_rules_are_named() -> None:
    wanted = Wanted(Process.CALENDAR, PreventSettings())
    assert rules_judged(wanted, []).status is Status.OK
    found = rules_judged(wanted, [{"ValidationName": f"Rule_{number}"} for number in range(10)])
    assert found.status is Status.WARNING
    assert "Rule_0" in found.words
    assert "and 2 more" in found.words
