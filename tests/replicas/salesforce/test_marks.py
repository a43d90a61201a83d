"""Creates that carry their mark in an administrator's external-id field, and are found by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from lpc_tui.replicas.base import Result, Write
from lpc_tui.replicas.salesforce import SalesforceContacts
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from tests.replicas.salesforce.conftest import CLOSED, Fault, World, create, read, update, write
from tests.replicas.salesforce.test_looking import WHEN

FIELD = "Outlook_Id__c"
WITH_FIELD = OrgOptions(external_id_field=FIELD)
UNIQUE = OrgOptions(external_id_field=FIELD, external_id_unique=True)


def marked(mark: str, last_name: str = "Doe") -> Write:
    return replace(create(mark, last_name=last_name), mark=mark)


@pytest.fixture
async def contacts(world: World) -> AsyncIterator[SalesforceContacts]:
    replica = world.contacts(external_id_field=FIELD)
    yield replica
    await replica.close()


@pytest.mark.parametrize("org_options", [WITH_FIELD])
async def test_a_create_carries_its_mark_and_is_found_by_it_though_it_was_edited_since(
    world: World, contacts: SalesforceContacts
) -> None:
    since = world.clock.now
    lost, never = marked("mark-1"), marked("mark-2")
    made = (await write(contacts, lost))["mark-1"].item
    assert made is not None
    assert world.org.record("Contact", made.id)[FIELD] == "mark-1"
    world.org.update("Contact", made.id, {"LastName": "Renamed"})
    found = await contacts.find([lost, never], since, CLOSED)
    assert {key: item.id for key, item in found.items()} == {"mark-1": made.id}


@pytest.mark.parametrize("org_options", [WITH_FIELD])
async def test_a_twin_with_another_mark_is_another_create(world: World, contacts: SalesforceContacts) -> None:
    since = world.clock.now
    await write(contacts, marked("mark-1"))
    assert await contacts.find([marked("mark-2")], since, CLOSED) == {}


@pytest.mark.parametrize("org_options", [WITH_FIELD])
async def test_a_create_from_before_there_was_the_field_is_found_by_what_was_sent(
    world: World, contacts: SalesforceContacts
) -> None:
    since = world.clock.now
    before = world.contacts()
    made = (await write(before, marked("mark-1")))["mark-1"].item
    assert made is not None
    assert (await contacts.find([marked("mark-1")], since, CLOSED))["mark-1"].id == made.id
    await before.close()


@pytest.mark.parametrize("org_options", [UNIQUE])
async def test_a_mark_that_exists_means_that_the_create_happened(
    world: World, contacts: SalesforceContacts
) -> None:
    first = (await write(contacts, marked("mark-1")))["mark-1"].item
    assert first is not None
    world.clock.advance(minutes=1)
    again = await write(contacts, marked("mark-1", "Changed"), marked("mark-2"))
    assert {key: outcome.result for key, outcome in again.items()} == dict.fromkeys(again, Result.DONE)
    item = again["mark-1"].item
    assert item is not None
    assert (item.id, item.fields["last_name"]) == (first.id, "Doe")


@pytest.mark.parametrize("org_options", [UNIQUE])
async def test_a_mark_that_exists_and_cannot_be_asked_for_is_left_to_recovery(
    world: World, contacts: SalesforceContacts
) -> None:
    since = world.clock.now
    await write(contacts, marked("mark-1"))
    world.faults.add(Fault("GET", "/query", 503, "busy", times=99))
    assert (await write(contacts, marked("mark-1")))["mark-1"].result is Result.UNKNOWN
    world.faults.waiting.clear()
    assert set(await contacts.find([marked("mark-1")], since, CLOSED)) == {"mark-1"}


@pytest.mark.parametrize("org_options", [UNIQUE])
async def test_another_unique_value_that_exists_is_a_refusal(
    world: World, contacts: SalesforceContacts
) -> None:
    await contacts.look([world.contact()], CLOSED)
    words = "duplicate value found: Other__c duplicates value on record with id: 003000000000000"
    body = f'[{{"success": false, "errors": [{{"statusCode": "DUPLICATE_VALUE", "message": "{words}", "fields": []}}]}}]'
    world.faults.add(Fault("POST", "composite/sobjects", 200, body, {"content-type": "application/json"}))
    outcome = (await write(contacts, marked("mark-1")))["mark-1"]
    assert (outcome.result, outcome.words) == (Result.REFUSED, f"DUPLICATE_VALUE: {words}")


@pytest.mark.parametrize(
    "org_options",
    [
        OrgOptions(),
        OrgOptions(
            external_id_field=FIELD,
            hidden_fields=frozenset({f"{name}.{FIELD}" for name in ("Contact", "Task")}),
        ),
    ],
)
async def test_a_field_that_is_not_there_or_not_shown_is_not_used(
    world: World, contacts: SalesforceContacts
) -> None:
    since = world.clock.now
    assert (await write(contacts, marked("mark-1")))["mark-1"].result is Result.DONE
    assert set(await contacts.find([marked("mark-1")], since, CLOSED)) == {"mark-1"}


@pytest.mark.parametrize("org_options", [WITH_FIELD])
async def test_events_and_tasks_carry_marks_too_and_updates_leave_them_alone(world: World) -> None:
    events, tasks = world.replica(external_id_field=FIELD), world.tasks(external_id_field=FIELD)
    event = replace(create(subject="x", when=WHEN), mark="mark-1")
    task = replace(create(subject="x"), mark="mark-1")
    for replica, write_, name in ((events, event, "Event"), (tasks, task, "Task")):
        made = (await write(replica, write_))["new"].item
        assert made is not None
        await write(replica, update(made, subject="y"))
        assert world.org.record(name, made.id)[FIELD] == "mark-1"
        assert set(await replica.find([write_], world.clock.now, CLOSED)) == {"new"}
        await replica.close()


@pytest.mark.parametrize("org_options", [WITH_FIELD])
async def test_a_field_that_was_set_since_is_learned_by_a_full_reading(world: World) -> None:
    before = world.contacts()
    _, page = await read(before, CLOSED)
    after = world.contacts(external_id_field=FIELD, identity=await before.identify())
    _, page = await read(after, CLOSED, page.watermark)
    assert page.is_full
    await before.close()
    await after.close()
