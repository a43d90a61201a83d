"""The org's own promises: it survives a dump, counts its revisions, and undoes what failed halfway."""

import json

import pytest

from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.ids import normalise, to_18
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.salesforce.series import SeriesPattern
from tests.sandbox.salesforce.client import EVENT, Client, MovableClock


def test_a_dump_is_json_and_restores_everything(clock: MovableClock) -> None:
    org = Org(
        clock=clock,
        seed=7,
        options=OrgOptions(
            external_id_field="Key__c",
            hidden_fields=frozenset({"Task.Type"}),
            restricted_picklists=frozenset({"Contact.Salutation"}),
        ),
    )
    org.create_lightning_series(EVENT, SeriesPattern(frequency="DAILY", count=3))
    org.delete("Task", org.insert("Task", {"Subject": "gone", "Key__c": "k"}))
    org.empty_recycle_bin()
    org.delete("Task", org.insert("Task", {"Subject": "in the bin"}))
    dump = json.loads(json.dumps(org.dump()))
    restored = Org.restore(dump, clock=clock)
    assert restored.dump() == dump
    assert restored.options == org.options
    assert restored.insert("Task", {}) == org.insert("Task", {})


def test_a_query_goes_on_after_a_restart(api: Client, org: Org, clock: MovableClock) -> None:
    for number in range(600):
        org.insert("Task", {"Subject": str(number)})
    page = api.get("query", q="SELECT Id, Description FROM Task").json()
    locator = page["nextRecordsUrl"].rpartition("/")[2].partition("-")[0]
    restored = Org.restore(org.dump(), clock=clock)
    assert restored.cursors.get(locator, clock()).ids[500:] == org.cursors.get(locator, clock()).ids[500:]


def test_the_revision_grows_with_changes_alone(org: Org) -> None:
    before = org.revision
    org.query("SELECT Id FROM Task")
    assert org.revision == before
    record_id = org.insert("Task", {"Subject": "x"})
    org.update("Task", record_id, {})
    org.delete("Task", record_id)
    assert org.revision == before + 3


def test_a_series_change_that_fails_halfway_changes_nothing(org: Org) -> None:
    ids = org.create_lightning_series(EVENT, SeriesPattern(frequency="DAILY", count=3))
    contact = org.insert("Contact", {"LastName": "Doe"})
    org.rewrite_hook = lambda sobject, record: {"IsPrivate": record["StartDateTime"] > "2026-03-04"}
    with pytest.raises(SalesforceError):
        org.update("Event", ids[0], {"WhoId": contact})
    assert {org.record("Event", record_id)["WhoId"] for record_id in ids} == {None}


def test_a_trigger_may_rewrite_one_field_of_a_new_event(org: Org) -> None:
    org.rewrite_hook = lambda _sobject, record: {**record, "Location": "Room 1"}
    event = org.record("Event", org.insert("Event", EVENT))
    assert (event["Location"], event["Subject"]) == ("Room 1", EVENT["Subject"])


@pytest.mark.parametrize(
    ("short", "full"), [("001A0000006Vm9r", "001A0000006Vm9rIAC"), ("000000000000000", "000000000000000AAA")]
)
def test_ids_in_both_forms(short: str, full: str) -> None:
    assert to_18(short) == full
    assert normalise(short) == normalise(full) == full
    assert normalise(full[:-1] + "Z") is None
    assert normalise(short + "!") is None
