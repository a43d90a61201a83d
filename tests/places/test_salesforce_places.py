"""Whose contacts Salesforce offers, and its campaigns."""

from __future__ import annotations

import pytest

from lpc_tui.errors import SettingsError, SignInError
from lpc_tui.places.interface import Kind
from lpc_tui.places.salesforce import like
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from tests.places.conftest import World


def campaign(world: World, name: str, *, is_active: bool = True, status: str = "Planned") -> str:
    with world.org.lock:
        return world.org.insert("Campaign", {"Name": name, "IsActive": is_active, "Status": status})


async def test_every_choice_of_contacts_is_offered_where_describe_shows_what_it_rests_on(
    world: World,
) -> None:
    scopes = await world.listed(Kind.SCOPE)
    assert [each.value for each in scopes] == ["mine", "all", "team", "campaign"]
    assert scopes[0].is_default


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        pytest.param(OrgOptions(hidden_objects=frozenset({"AccountTeamMember"})), "team", id="no-teams"),
        pytest.param(OrgOptions(hidden_objects=frozenset({"CampaignMember"})), "campaign", id="no-members"),
        pytest.param(OrgOptions(hidden_objects=frozenset({"Campaign"})), "campaign", id="no-campaigns"),
    ],
)
async def test_what_the_org_does_not_show_is_not_offered(world: World, missing: str) -> None:
    values = [each.value for each in await world.listed(Kind.SCOPE)]
    assert values == [each for each in ("mine", "all", "team", "campaign") if each != missing]
    assert await world.places().find(Kind.SCOPE, missing) == []


async def test_active_campaigns_come_first_each_by_name(world: World) -> None:
    campaign(world, "Zebra")
    campaign(world, "Old fair", is_active=False, status="Completed")
    campaign(world, "autumn")
    found = await world.listed(Kind.CAMPAIGN)
    assert [(each.name, each.notes) for each in found] == [
        ("autumn", ("active", "Planned")),
        ("Zebra", ("active", "Planned")),
        ("Old fair", ("not active", "Completed")),
    ]


async def test_thousands_of_campaigns_come_in_parts_that_tell_how_many_there_are(world: World) -> None:
    with world.org.lock:
        for number in range(2_500):
            world.org.insert("Campaign", {"Name": f"Campaign {number:04}", "IsActive": True})
    batches = world.places().fetch(Kind.CAMPAIGN)
    first = await anext(batches)
    assert (len(first.places), first.total) == (2_000, 2_500)
    second = await anext(batches)
    assert (len(second.places), second.places[-1].name) == (500, "Campaign 2499")
    await batches.aclose()


@pytest.mark.parametrize(
    "name",
    ["50% off", "a_b", "it's", 'say "hi"', "back\\slash", "[/b]", "名前", "x' OR Name != '"],
    ids=ascii,
)
async def test_the_search_is_sent_as_data_and_finds_just_that(world: World, name: str) -> None:
    wanted = campaign(world, f"The {name} one")
    campaign(world, "The 500 off one")
    campaign(world, "The aXb one")
    found = await world.listed(Kind.CAMPAIGN, name.upper() if name.isascii() else name)
    assert [each.id for each in found] == [wanted]
    assert [each.id for each in await world.places().find(Kind.CAMPAIGN, f"The {name} one")] == [wanted]


async def test_a_search_that_no_url_can_carry_finds_nothing(world: World) -> None:
    campaign(world, "Fair")
    assert await world.listed(Kind.CAMPAIGN, "\ud800") == []
    assert await world.places().find(Kind.CAMPAIGN, "\ud800") == []


async def test_a_campaign_is_found_by_its_id_and_not_once_it_is_deleted(world: World) -> None:
    id_ = campaign(world, "Fair")
    assert [each.name for each in await world.places().find(Kind.CAMPAIGN, id_)] == ["Fair"]
    with world.org.lock:
        world.org.delete("Campaign", id_)
    assert await world.places().find(Kind.CAMPAIGN, id_) == []
    assert await world.places().find(Kind.CAMPAIGN, "") == []


@pytest.mark.parametrize("options", [OrgOptions(hidden_objects=frozenset({"Campaign"}))])
async def test_campaigns_that_nobody_may_see_are_an_error_with_what_to_do(world: World) -> None:
    with pytest.raises(SettingsError, match="no campaigns") as refusal:
        await world.listed(Kind.CAMPAIGN)
    assert "administrator" in refusal.value.hint


async def test_nobody_signed_in_says_so(world: World) -> None:
    world.environ.clear()
    with pytest.raises(SignInError, match="Not signed in to Salesforce"):
        await world.listed(Kind.CAMPAIGN)


def test_wildcards_of_like_stand_for_themselves() -> None:
    assert like("5%_\\'") == "'%5\\%\\_\\\\\\'%'"
