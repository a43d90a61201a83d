"""Which contacts are in scope: one's own, all, one's account teams', a campaign's; and what joins and leaves."""

from __future__ import annotations

import pytest

from lpc_tui.errors import SettingsError
from lpc_tui.model.items import Item
from lpc_tui.replicas.base import Result
from lpc_tui.replicas.salesforce import SalesforceContacts
from tests.replicas.salesforce.conftest import CLOSED, Fault, World, create, read, update, write


def campaign(world: World, name: str = "Fair", *members: str) -> str:
    """Somebody makes a campaign with these contacts; its id."""
    campaign_id = world.org.insert("Campaign", {"Name": name})
    for member in members:
        join(world, campaign_id, member)
    return campaign_id


def join(world: World, campaign_id: str, contact_id: str) -> str:
    return world.org.insert("CampaignMember", {"CampaignId": campaign_id, "ContactId": contact_id})


def team_account(world: World, name: str = "Acme") -> tuple[str, str]:
    """An account whose team this person is in, and the membership."""
    account = world.org.insert("Account", {"Name": name, "OwnerId": world.org.colleague})
    return account, world.org.insert("AccountTeamMember", {"AccountId": account, "UserId": world.org.me})


async def sighted(replica: SalesforceContacts, contact_id: str) -> Item:
    sighting = (await replica.look([contact_id], CLOSED))[contact_id]
    assert isinstance(sighting, Item)
    return sighting


async def test_all_are_those_of_everybody(world: World) -> None:
    replica = world.contacts(whose="all")
    both = {world.contact(), world.contact(OwnerId=world.org.colleague)}
    items, _ = await read(replica, CLOSED)
    assert set(items) == both
    assert not any(item.is_away for item in items.values())
    await replica.close()


async def test_a_contact_given_away_is_away_under_mine_and_not_under_all(world: World) -> None:
    contact_id = world.contact(OwnerId=world.org.colleague)
    for whose, is_away in (("mine", True), ("all", False)):
        replica = world.contacts(whose=whose)
        assert (await sighted(replica, contact_id)).is_away is is_away
        await replica.close()


class TestTeam:
    async def test_the_contacts_of_the_teams_accounts_are_read_whoever_owns_them(self, world: World) -> None:
        account, _ = team_account(world)
        theirs = world.contact(AccountId=account, OwnerId=world.org.colleague)
        own = world.contact("Own")
        replica = world.contacts(whose="team")
        items, _ = await read(replica, CLOSED)
        assert set(items) == {theirs}
        assert (await sighted(replica, own)).is_away
        assert not (await sighted(replica, theirs)).is_away
        await replica.close()

    async def test_joining_and_leaving_a_team_is_seen_though_no_contact_changes(self, world: World) -> None:
        account, membership = team_account(world)
        left = world.contact("Left", AccountId=account)
        other = world.org.insert("Account", {"Name": "Other"})
        joined = world.contact("Joined", AccountId=other)
        replica = world.contacts(whose="team")
        world.clock.advance(hours=1)
        _, page = await read(replica, CLOSED)
        world.clock.advance(hours=1)
        world.log.clear()
        items, page = await read(replica, CLOSED, page.watermark)
        assert (items, world.log.count()) == ({}, 2)
        world.org.delete("AccountTeamMember", membership)
        world.org.insert("AccountTeamMember", {"AccountId": other, "UserId": world.org.me})
        items, _ = await read(replica, CLOSED, page.watermark)
        assert {each: item.is_away for each, item in items.items()} == {left: True, joined: False}
        await replica.close()

    async def test_an_org_without_account_teams_is_a_matter_of_settings(self, world: World) -> None:
        replica = world.contacts(whose="team")
        await replica.identify()
        body = '[{"errorCode": "INVALID_TYPE", "message": "sObject type is not supported."}]'
        world.faults.add(Fault("GET", "/query", 400, body, {"content-type": "application/json"}))
        with pytest.raises(SettingsError, match="scope"):
            await read(replica, CLOSED)
        await replica.close()


class TestCampaign:
    @pytest.mark.parametrize("by_id", [True, False])
    async def test_its_members_are_read_by_its_name_or_id(self, world: World, by_id: bool) -> None:
        member, other = world.contact(OwnerId=world.org.colleague), world.contact("Other")
        campaign_id = campaign(world, "Fair", member)
        campaign(world, "Other fair", other)
        replica = world.contacts(whose="campaign", campaign=campaign_id if by_id else "Fair")
        items, _ = await read(replica, CLOSED)
        assert set(items) == {member}
        await replica.close()

    async def test_joining_and_leaving_is_seen_though_no_contact_changes(self, world: World) -> None:
        left, joined = world.contact("Left"), world.contact("Joined")
        campaign_id = campaign(world)
        membership = join(world, campaign_id, left)
        replica = world.contacts(whose="campaign", campaign="Fair")
        world.clock.advance(hours=1)
        _, page = await read(replica, CLOSED)
        world.clock.advance(hours=1)
        world.log.clear()
        items, page = await read(replica, CLOSED, page.watermark)
        assert (items, world.log.count()) == ({}, 2)
        world.org.delete("CampaignMember", membership)
        join(world, campaign_id, joined)
        items, _ = await read(replica, CLOSED, page.watermark)
        assert {each: item.is_away for each, item in items.items()} == {left: True, joined: False}
        await replica.close()

    async def test_edits_of_members_are_read_and_those_of_others_are_not(self, world: World) -> None:
        member, other = world.contact("Member"), world.contact("Other")
        campaign(world, "Fair", member)
        replica = world.contacts(whose="campaign", campaign="Fair")
        world.clock.advance(hours=1)
        _, page = await read(replica, CLOSED)
        for each in (member, other):
            world.org.update("Contact", each, {"Title": "CEO"})
        items, _ = await read(replica, CLOSED, page.watermark)
        assert set(items) == {member}
        await replica.close()

    async def test_who_left_meanwhile_is_not_written_to(self, world: World) -> None:
        member = world.contact()
        membership = join(world, campaign(world), member)
        replica = world.contacts(whose="campaign", campaign="Fair")
        seen = await sighted(replica, member)
        world.org.delete("CampaignMember", membership)
        assert (await write(replica, update(seen, first_name="Jo")))[member].result is Result.CHANGED
        assert world.writing_requests() == 0
        await replica.close()

    async def test_a_new_contact_is_no_member(self, world: World) -> None:
        campaign(world)
        replica = world.contacts(whose="campaign", campaign="Fair")
        made = (await write(replica, create(last_name="Doe")))["new"]
        assert made.result is Result.DONE
        assert made.item is not None
        assert made.item.is_away
        await replica.close()

    async def test_no_such_campaign_names_those_there_are(self, world: World) -> None:
        campaign(world, "Fair")
        replica = world.contacts(whose="campaign", campaign="Fare' OR Name != '")
        with pytest.raises(SettingsError) as error:
            await read(replica, CLOSED)
        assert "'Fair'" in error.value.hint
        await replica.close()

    async def test_several_of_one_name_are_told_apart_by_their_ids(self, world: World) -> None:
        ids = {campaign(world, "Fair"), campaign(world, "Fair")}
        replica = world.contacts(whose="campaign", campaign="Fair")
        with pytest.raises(SettingsError) as error:
            await read(replica, CLOSED)
        assert all(each in error.value.hint for each in ids)
        await replica.close()


async def test_another_choice_of_contacts_is_read_in_full(world: World) -> None:
    member = world.contact(OwnerId=world.org.colleague)
    campaign(world, "Fair", member)
    first = world.contacts()
    _, page = await read(first, CLOSED)
    identity = await first.identify()
    await first.close()
    for whose, name in (("all", ""), ("campaign", "Fair")):
        replica = world.contacts(whose=whose, campaign=name, identity=identity)
        items, page = await read(replica, CLOSED, page.watermark)
        assert page.is_full
        assert set(items) == {member}
        await replica.close()
