"""What the laws come to for contacts alone, over real HTTP: merges, whose contacts, accounts, names, what stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lpc_tui.engine.events import Status
from lpc_tui.model.items import Process, Side
from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from tests.end_to_end.hands import fields_for
from tests.end_to_end.pairs import ASKING, LOOKING, TODAY, Pair, paired, run, stays_quiet
from tests.end_to_end.rehearsal import Rehearsal, rehearsing

Json = dict[str, Any]

each_side = pytest.mark.parametrize("side", Side)


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path, process=Process.CONTACT) as playing:
        playing.options = {"prevent": {"delete_from_salesforce": False}}
        yield playing


# Merged contacts (law 4)


def merge(rehearsal: Rehearsal, master: str, loser: str) -> None:
    """Somebody merges two contacts in Salesforce."""
    rehearsal.times.advance(minutes=1)
    rehearsal.worlds.org.merge("Contact", master, loser)


def only_in_salesforce(rehearsal: Rehearsal, name: str) -> str:
    """A contact that does not take part: somebody else's."""
    org = rehearsal.worlds.org
    with org.acting_as(org.colleague):
        return org.insert("Contact", {"LastName": name})


async def test_a_linked_contact_merged_into_an_unlinked_one_goes_on_with_that(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    master = only_in_salesforce(rehearsal, "Master")
    rehearsal.worlds.org.update(
        "Contact", master, {"OwnerId": rehearsal.worlds.org.me, "Email": "kickoff@example.com"}
    )
    merge(rehearsal, master, pair.ids[Side.SALESFORCE])
    await run(rehearsal)
    (outlook,) = rehearsal.hands(Side.OUTLOOK).shows()
    assert outlook == pair.ids[Side.OUTLOOK]
    assert pair.shows(Side.OUTLOOK, "last_name") == "Master"
    assert list(rehearsal.hands(Side.SALESFORCE).shows()) == [master]
    await stays_quiet(rehearsal)
    after = Pair(rehearsal, {Side.OUTLOOK: outlook, Side.SALESFORCE: master})
    value = after.rewrite(Side.OUTLOOK, "job_title")
    await run(rehearsal)
    assert after.shows(Side.SALESFORCE, "job_title") == value


async def test_an_unlinked_contact_merged_into_a_linked_one_changes_nothing_but_what_the_merge_did(
    rehearsal: Rehearsal,
) -> None:
    pair = await paired(rehearsal)
    loser = only_in_salesforce(rehearsal, "Loser")
    merge(rehearsal, pair.ids[Side.SALESFORCE], loser)
    await stays_quiet(rehearsal, requests=LOOKING)
    pair.edit(Side.SALESFORCE, job_title="From the loser")
    await run(rehearsal)
    assert pair.shows(Side.OUTLOOK, "job_title") == "From the loser"
    await stays_quiet(rehearsal)


@pytest.mark.parametrize("deleted", ["master", "loser"])
async def test_two_linked_contacts_merged_wait_until_one_of_their_doubles_is_deleted(
    rehearsal: Rehearsal, deleted: str
) -> None:
    master, loser = await paired(rehearsal, "Meister"), await paired(rehearsal, "Schmidt")
    merge(rehearsal, master.ids[Side.SALESFORCE], loser.ids[Side.SALESFORCE])
    for _ in range(2):
        result = await run(rehearsal, 1)
        assert result.counts[Process.CONTACT].writes == 0
        waiting = [*rehearsal.told(Status.CONFLICT), *rehearsal.told(Status.SKIPPED)]
        assert [str(told.reason)[:6] for told in waiting] == ["Merged"]
    assert master.is_there(Side.OUTLOOK)
    assert loser.is_there(Side.OUTLOOK)
    gone, left = (master, loser) if deleted == "master" else (loser, master)
    gone.delete(Side.OUTLOOK)
    await run(rehearsal)
    await run(rehearsal)
    assert list(rehearsal.hands(Side.OUTLOOK).shows()) == [left.ids[Side.OUTLOOK]]
    assert list(rehearsal.hands(Side.SALESFORCE).shows()) == [master.ids[Side.SALESFORCE]]
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []


async def test_a_chain_of_merges_is_followed_to_its_end(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    org = rehearsal.worlds.org
    further = [only_in_salesforce(rehearsal, name) for name in ("Second", "Third")]
    for each in further:
        org.update("Contact", each, {"OwnerId": org.me})
    merge(rehearsal, further[0], pair.ids[Side.SALESFORCE])
    merge(rehearsal, further[1], further[0])
    await run(rehearsal)
    assert list(rehearsal.hands(Side.OUTLOOK).shows()) == [pair.ids[Side.OUTLOOK]]
    assert pair.shows(Side.OUTLOOK, "last_name") == "Third"
    await stays_quiet(rehearsal)


async def test_merged_into_somebody_elses_contact_it_sleeps(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    master = only_in_salesforce(rehearsal, "Master")
    merge(rehearsal, master, pair.ids[Side.SALESFORCE])
    await stays_quiet(rehearsal, requests=LOOKING)
    pair.edit(Side.OUTLOOK, job_title="Buyer")
    await stays_quiet(rehearsal, requests=LOOKING)
    assert pair.is_there(Side.OUTLOOK)


# Whose contacts (law 5)


async def test_a_wider_and_a_narrower_scope_delete_and_double_nothing(rehearsal: Rehearsal) -> None:
    org = rehearsal.worlds.org
    mine = await paired(rehearsal, "Mine")
    with org.acting_as(org.colleague):
        rehearsal.hands(Side.SALESFORCE).add(**fields_for(Process.CONTACT, "Theirs", TODAY))
    await stays_quiet(rehearsal)
    rehearsal.options["scope"] = "all"
    await run(rehearsal)
    outlook = rehearsal.hands(Side.OUTLOOK)
    assert len(outlook.named("Theirs")) == 1
    await stays_quiet(rehearsal)
    for scope in ("mine", "all", "mine"):
        rehearsal.options["scope"] = scope
        await stays_quiet(rehearsal, requests=LOOKING)
    assert sorted(str(fields["last_name"]) for fields in outlook.shows().values()) == ["Mine", "Theirs"]
    assert mine.is_there(Side.SALESFORCE)


async def test_a_campaigns_members_come_and_go_and_nothing_is_deleted(rehearsal: Rehearsal) -> None:
    org = rehearsal.worlds.org
    salesforce, outlook = rehearsal.hands(Side.SALESFORCE), rehearsal.hands(Side.OUTLOOK)
    ids = [salesforce.add(**fields_for(Process.CONTACT, name, TODAY)) for name in ("One", "Two", "Three")]
    campaign = org.insert("Campaign", {"Name": "Spring"})
    members = [
        org.insert("CampaignMember", {"CampaignId": campaign, "ContactId": contact}) for contact in ids[:2]
    ]
    rehearsal.options |= {"scope": "campaign", "campaign": "Spring"}
    await run(rehearsal)
    assert sorted(str(fields["last_name"]) for fields in outlook.shows().values()) == ["One", "Two"]
    await stays_quiet(rehearsal, requests=LOOKING)
    org.delete("CampaignMember", members[0])
    rehearsal.times.advance(days=1)
    await stays_quiet(rehearsal, requests=LOOKING)
    assert len(outlook.natives()) == 2
    org.insert("CampaignMember", {"CampaignId": campaign, "ContactId": ids[0]})
    org.insert("CampaignMember", {"CampaignId": campaign, "ContactId": ids[2]})
    rehearsal.times.advance(days=1)
    await run(rehearsal)
    assert len(outlook.natives()) == 3
    await stays_quiet(rehearsal, requests=LOOKING)


async def test_a_teams_contacts_come_and_go_and_nothing_is_deleted(rehearsal: Rehearsal) -> None:
    org = rehearsal.worlds.org
    outlook = rehearsal.hands(Side.OUTLOOK)
    account = org.insert("Account", {"Name": "ACME"})
    with org.acting_as(org.colleague):
        contact = org.insert("Contact", {"LastName": "Theirs", "AccountId": account})
    member = org.insert("AccountTeamMember", {"AccountId": account, "UserId": org.me})
    await run(rehearsal)
    assert outlook.natives() == []
    rehearsal.options["scope"] = "team"
    await run(rehearsal)
    assert len(outlook.named("Theirs")) == 1
    org.delete("AccountTeamMember", member)
    rehearsal.times.advance(days=1)
    await stays_quiet(rehearsal, requests=LOOKING)
    assert len(outlook.named("Theirs")) == 1
    assert rehearsal.hands(Side.SALESFORCE).is_there(contact)


async def test_leads_are_not_synced_and_a_converted_one_is_a_new_contact(rehearsal: Rehearsal) -> None:
    org = rehearsal.worlds.org
    org.insert("Lead", {"LastName": "Lead", "Company": "ACME"})
    await stays_quiet(rehearsal, requests=LOOKING)
    assert rehearsal.hands(Side.OUTLOOK).natives() == []
    rehearsal.hands(Side.SALESFORCE).add(**fields_for(Process.CONTACT, "Lead", TODAY))
    await run(rehearsal)
    assert len(rehearsal.hands(Side.OUTLOOK).named("Lead")) == 1


# Company and account


async def test_the_company_follows_the_account_and_is_never_emptied(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal, fields={"company": "Old & Sons"})
    record = rehearsal.hands(Side.SALESFORCE).native(pair.ids[Side.SALESFORCE])
    assert record["AccountId"] is None
    await stays_quiet(rehearsal)
    pair.edit(Side.SALESFORCE, job_title="Buyer")
    await run(rehearsal)
    assert pair.shows(Side.OUTLOOK, "company") == "Old & Sons"
    pair.edit(Side.SALESFORCE, company="ACME")
    await run(rehearsal)
    assert pair.shows(Side.OUTLOOK, "company") == "ACME"
    await stays_quiet(rehearsal)
    pair.edit(Side.SALESFORCE, company="")
    await stays_quiet(rehearsal)
    assert pair.shows(Side.OUTLOOK, "company") == "ACME"


async def test_a_matched_contact_that_gets_an_account_later_gets_its_company(rehearsal: Rehearsal) -> None:
    fields = fields_for(Process.CONTACT, "Kickoff", TODAY)
    item = rehearsal.hands(Side.OUTLOOK).add(**fields, company="Old & Sons")
    copy = rehearsal.hands(Side.SALESFORCE).add(**fields)
    await run(rehearsal)
    pair = Pair(rehearsal, {Side.OUTLOOK: item, Side.SALESFORCE: copy})
    pair.edit(Side.SALESFORCE, company="ACME")
    await run(rehearsal)
    assert pair.shows(Side.OUTLOOK, "company") == "ACME"
    await stays_quiet(rehearsal)


async def test_two_companies_from_the_start_are_agreed_to_differ(rehearsal: Rehearsal) -> None:
    fields = fields_for(Process.CONTACT, "Kickoff", TODAY)
    item = rehearsal.hands(Side.OUTLOOK).add(**fields, company="Old & Sons")
    copy = rehearsal.hands(Side.SALESFORCE).add(**fields, company="ACME")
    await run(rehearsal)
    await stays_quiet(rehearsal)
    pair = Pair(rehearsal, {Side.OUTLOOK: item, Side.SALESFORCE: copy})
    assert pair.shows(Side.OUTLOOK, "company") == "Old & Sons"
    pair.edit(Side.OUTLOOK, company="Older & Sons")
    await stays_quiet(rehearsal, requests=ASKING)
    pair.edit(Side.SALESFORCE, company="ACME Ltd")
    await run(rehearsal)
    assert pair.shows(Side.OUTLOOK, "company") == "ACME Ltd"


@pytest.mark.parametrize("is_matched", [False, True])
@pytest.mark.parametrize("accounts", [0, 1, 2])
async def test_a_new_contact_gets_an_account_only_if_asked_for_and_exactly_one_has_the_name(
    rehearsal: Rehearsal, is_matched: bool, accounts: int
) -> None:
    rehearsal.options["match_account"] = is_matched
    ids = [rehearsal.worlds.org.insert("Account", {"Name": "ACME"}) for _ in range(accounts)]
    rehearsal.worlds.org.insert("Account", {"Name": "ACME Ltd"})
    pair = await paired(rehearsal, fields={"company": "ACME"})
    record = rehearsal.hands(Side.SALESFORCE).native(pair.ids[Side.SALESFORCE])
    assert record["AccountId"] == (ids[0] if is_matched and accounts == 1 else None)
    assert pair.shows(Side.OUTLOOK, "company") == "ACME"
    await stays_quiet(rehearsal)


# Names


@pytest.mark.parametrize(
    ("fields", "last_name"),
    [
        ({"first_name": "Cher"}, "Cher"),
        ({"company": "ACME"}, "ACME"),
        ({"email": "info@example.com"}, "info@example.com"),
    ],
    ids=["given name only", "company only", "e-mail only"],
)
async def test_a_contact_without_a_last_name_gets_one_in_salesforce_and_none_in_outlook(
    rehearsal: Rehearsal, fields: dict[str, str], last_name: str
) -> None:
    outlook = rehearsal.hands(Side.OUTLOOK)
    item = outlook.add(**fields)
    await run(rehearsal)
    ((copy, shown),) = rehearsal.hands(Side.SALESFORCE).shows().items()
    assert shown["last_name"] == last_name
    before = outlook.native(item)
    for _ in range(2):
        await stays_quiet(rehearsal)
    pair = Pair(rehearsal, {Side.OUTLOOK: item, Side.SALESFORCE: copy})
    pair.edit(Side.SALESFORCE, job_title="Singer")
    await run(rehearsal)
    assert {**outlook.native(item), **_stamps(before), "jobTitle": None} == before
    pair.edit(Side.OUTLOOK, last_name="Sarkisian")
    await run(rehearsal)
    assert pair.shows(Side.SALESFORCE, "last_name") == "Sarkisian"
    await stays_quiet(rehearsal)
    assert await rehearsal.differences() == []


def _stamps(native: Json) -> Json:
    return {name: native[name] for name in ("@odata.etag", "changeKey", "lastModifiedDateTime")}


async def test_a_last_name_emptied_in_outlook_does_not_empty_salesforces(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    pair.edit(Side.OUTLOOK, last_name="")
    await rehearsal.sync()
    assert pair.shows(Side.SALESFORCE, "last_name")
    assert pair.is_there(Side.OUTLOOK)
    await stays_quiet(rehearsal)


@pytest.mark.parametrize("has_them", [False, True])
async def test_an_org_without_middle_names_and_suffixes_leaves_outlooks_alone(
    tmp_path: Path, has_them: bool
) -> None:
    options = OrgOptions(middle_name_and_suffix=has_them)
    with rehearsing(tmp_path, process=Process.CONTACT, org=options) as rehearsal:
        fields = {"middle_name": "King", "suffix": "Jr"}
        pair = await paired(rehearsal, fields=fields)
        if has_them:
            assert pair.shows(Side.SALESFORCE, "middle_name") == "King"
        await stays_quiet(rehearsal)
        pair.edit(Side.SALESFORCE, job_title="Buyer")
        await run(rehearsal)
        assert [pair.shows(Side.OUTLOOK, name) for name in fields] == ["King", "Jr"]
        await stays_quiet(rehearsal)


# What one side cannot hold stays on the other


async def test_further_entries_and_what_has_no_counterpart_stay_when_other_fields_are_synced(
    rehearsal: Rehearsal,
) -> None:
    mailbox = rehearsal.worlds.mailbox
    pair = await paired(rehearsal)
    addresses = [{"name": f"Ada {n}", "address": f"ada{n}@example.com"} for n in range(3)]
    kept = {
        "emailAddresses": addresses,
        "businessPhones": ["+49 30 1", "+49 30 2"],
        "homePhones": ["+49 40 1", "+49 40 2"],
        "categories": ["Friends"],
        "homeAddress": {"street": "1 High St", "city": "Oxford"},
        "businessAddress": {"street": "1 Low St", "city": "Oxford", "countryOrRegion": "UK"},
        "nickName": "Addie",
        "spouseName": "William",
    }
    mailbox.update_contact(pair.ids[Side.OUTLOOK], kept)
    await run(rehearsal)
    await stays_quiet(rehearsal)
    pair.edit(Side.SALESFORCE, email="new@example.com", business_phone="+49 30 9", business_city="Cambridge")
    await run(rehearsal)
    after = mailbox.contact(pair.ids[Side.OUTLOOK])
    assert [each["address"] for each in after["emailAddresses"]] == [
        "new@example.com",
        "ada1@example.com",
        "ada2@example.com",
    ]
    assert after["emailAddresses"][1:] == addresses[1:]
    assert after["businessPhones"] == ["+49 30 9", "+49 30 2"]
    assert after["homePhones"] == kept["homePhones"]
    assert after["businessAddress"] == {"street": "1 Low St", "city": "Cambridge", "countryOrRegion": "UK"}
    for name in ("categories", "homeAddress", "nickName", "spouseName"):
        assert after[name] == kept[name]
    await stays_quiet(rehearsal)


async def test_a_first_address_cleared_in_salesforce_does_not_take_the_others_along(
    rehearsal: Rehearsal,
) -> None:
    pair = await paired(rehearsal)
    addresses = [{"name": f"Ada {n}", "address": f"ada{n}@example.com"} for n in range(2)]
    rehearsal.worlds.mailbox.update_contact(pair.ids[Side.OUTLOOK], {"emailAddresses": addresses})
    await run(rehearsal)
    pair.edit(Side.SALESFORCE, email="")
    await run(rehearsal)
    left = rehearsal.worlds.mailbox.contact(pair.ids[Side.OUTLOOK])["emailAddresses"]
    assert addresses[1] in left
    await run(rehearsal)
    await stays_quiet(rehearsal)


async def test_what_salesforce_keeps_for_itself_stays(rehearsal: Rehearsal) -> None:
    pair = await paired(rehearsal)
    pair.edit(Side.SALESFORCE, company="ACME")
    rehearsal.worlds.org.update("Contact", pair.ids[Side.SALESFORCE], {"LeadSource": "Web"})
    await run(rehearsal)
    before = rehearsal.hands(Side.SALESFORCE).native(pair.ids[Side.SALESFORCE])
    pair.edit(Side.OUTLOOK, job_title="Buyer", company="Somewhere else")
    await run(rehearsal)
    after = rehearsal.hands(Side.SALESFORCE).native(pair.ids[Side.SALESFORCE])
    assert after["Title"] == "Buyer"
    for name in ("AccountId", "LeadSource", "OwnerId"):
        assert after[name] == before[name]
    await stays_quiet(rehearsal)


@each_side
async def test_phones_that_salesforce_reformats_are_no_edit(rehearsal: Rehearsal, side: Side) -> None:
    def formatted(sobject: str, record: JsonObject) -> JsonObject:
        digits = "".join(filter(str.isdigit, str(record.get("Phone") or "")))
        is_ours = sobject == "Contact" and len(digits) == 10
        return {**record, "Phone": f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"} if is_ours else record

    rehearsal.worlds.org.rewrite_hook = formatted
    pair = await paired(rehearsal, origin=side, fields={"business_phone": "2125550187"})
    assert pair.shows(Side.SALESFORCE, "business_phone") == "(212) 555-0187"
    for _ in range(2):
        await stays_quiet(rehearsal)
    pair.edit(side, job_title="Buyer")
    await run(rehearsal)
    kept = "2125550187" if side is Side.OUTLOOK else "(212) 555-0187"
    assert pair.shows(Side.OUTLOOK, "business_phone") == kept
    pair.edit(Side.OUTLOOK, business_phone="2125550199")
    await run(rehearsal)
    assert pair.shows(Side.SALESFORCE, "business_phone") == "(212) 555-0199"
    assert pair.shows(Side.OUTLOOK, "business_phone") == "2125550199"
    await stays_quiet(rehearsal)


async def test_long_notes_and_long_names_are_not_cut_in_outlook(rehearsal: Rehearsal) -> None:
    long = {"notes": "x" * 40_000, "job_title": "Vice " * 40, "business_street": "Long Street " * 40}
    pair = await paired(rehearsal, fields=long)
    await stays_quiet(rehearsal)
    pair.edit(Side.SALESFORCE, notes="short", job_title="Buyer", mobile_phone="+49 170 1")
    await run(rehearsal)
    assert pair.shows(Side.OUTLOOK, "mobile_phone") == "+49 170 1"
    assert str(pair.shows(Side.OUTLOOK, "notes")) == long["notes"]
    assert str(pair.shows(Side.OUTLOOK, "job_title")).strip() == long["job_title"].strip()
    await stays_quiet(rehearsal)


@each_side
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
async def test_a_birthday_is_a_date_everywhere(
    rehearsal: Rehearsal, side: Side, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tzlocal.get_localzone", lambda: ZoneInfo(zone))
    for day in (date(1980, 2, 29), date(1999, 12, 31), date(1955, 1, 1)):
        pair = await paired(rehearsal, f"Born {day}", origin=side, fields={"birthday": day})
        assert [pair.shows(each, "birthday") for each in Side] == [day, day]
    pair.edit(side.other, birthday=date(2000, 6, 15))
    await run(rehearsal)
    assert pair.shows(side, "birthday") == date(2000, 6, 15)
    pair.edit(side.other, birthday=None)
    await run(rehearsal)
    assert pair.shows(side, "birthday") is None
    await stays_quiet(rehearsal)


# Matching (law 8)


async def test_contacts_with_the_same_address_are_linked_whatever_their_names(rehearsal: Rehearsal) -> None:
    rehearsal.hands(Side.OUTLOOK).add(first_name="Bob", last_name="Doe", email="Bob@Example.com")
    rehearsal.hands(Side.SALESFORCE).add(first_name="Bob", last_name="Doe", email="bob@example.com")
    result = await run(rehearsal)
    counts = result.counts[Process.CONTACT]
    assert (counts.linked, counts.created) == (1, dict.fromkeys(Side, 0))
    await stays_quiet(rehearsal)


async def test_namesakes_with_nothing_else_in_common_are_two_people(rehearsal: Rehearsal) -> None:
    for side, phone in zip(Side, ("+49 30 1", "+49 30 2"), strict=True):
        rehearsal.hands(side).add(first_name="John", last_name="Smith", business_phone=phone)
    await run(rehearsal)
    assert [len(rehearsal.hands(side).natives()) for side in Side] == [2, 2]
    await stays_quiet(rehearsal)


# Law 11


async def test_a_contact_that_salesforce_will_not_delete_is_told_once_and_stays(rehearsal: Rehearsal) -> None:
    """Contacts that cases or contracts hang on are not deletable."""
    pair = await paired(rehearsal)
    other = await paired(rehearsal, "Other")
    org = rehearsal.worlds.org
    plain = org.delete

    def delete(sobject: str, record_id: str) -> None:
        if record_id == pair.ids[Side.SALESFORCE]:
            message = "Your attempt to delete Kickoff could not be completed: it is associated with 1 case."
            raise SalesforceError(400, "DELETE_FAILED", message)
        plain(sobject, record_id)

    org.delete = delete  # type: ignore[method-assign]  # the sandbox has no cases
    for each in (pair, other):
        each.delete(Side.OUTLOOK)
    await run(rehearsal, 1)
    (told,) = rehearsal.told(Status.FAILED)
    assert "associated with 1 case" in str(told.reason)
    assert not other.is_there(Side.SALESFORCE)
    await stays_quiet(rehearsal, 1)
    assert pair.is_there(Side.SALESFORCE)
    assert not rehearsal.hands(Side.OUTLOOK).natives()


@each_side
async def test_a_contact_that_was_private_before_it_was_seen_is_left_alone_beside_its_double(
    rehearsal: Rehearsal, side: Side
) -> None:
    outlook = rehearsal.hands(Side.OUTLOOK)
    item = outlook.add(**fields_for(Process.CONTACT, "Doe", TODAY))
    outlook.mark_private(item)
    if side is Side.SALESFORCE:
        rehearsal.hands(side).add(**fields_for(Process.CONTACT, "Other", TODAY + timedelta(days=1)))
    result = await run(rehearsal)
    created = result.counts[Process.CONTACT].created
    assert created == {Side.OUTLOOK: int(side is Side.SALESFORCE), Side.SALESFORCE: 0}
    assert not rehearsal.hands(Side.SALESFORCE).named("Doe")
