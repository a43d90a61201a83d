"""The calendars, contact folders and task lists that Outlook offers."""

from __future__ import annotations

import pytest

from lpc_tui.errors import SignInError
from lpc_tui.places.interface import Kind, Place
from lpc_tui.replicas.calling import Caller
from lpc_tui.replicas.outlook.event_dialect import find_calendar
from lpc_tui.replicas.outlook.graph import GraphConnection
from lpc_tui.sandbox.graph.person import Person
from tests.places.conftest import NOW, World


def names(places: list[Place]) -> list[str]:
    return [place.name for place in places]


async def test_the_default_calendar_is_first_and_those_of_others_are_last_with_their_owner(
    world: World,
) -> None:
    kim = Person("Kim Colleague", "kim@contoso.example")
    with world.mailbox.lock:
        world.mailbox.add_calendar("Kim", owner=kim)
        world.mailbox.add_calendar("Kim's holidays", owner=kim, can_edit=False)
        world.mailbox.add_calendar("Own")
    calendars = await world.listed(Kind.CALENDAR)
    assert [(each.name, each.owner, each.can_edit) for each in calendars] == [
        ("Calendar", "", True),
        ("Projects", "", True),
        ("Holidays", "", False),
        ("Own", "", True),
        ("Kim", "Kim Colleague", True),
        ("Kim's holidays", "Kim Colleague", False),
    ]
    assert [each.address for each in calendars[-2:]] == [kim.address] * 2
    assert [each.is_default for each in calendars] == [True] + 5 * [False]
    assert calendars[0].value == ""
    assert all(each.value == each.id for each in calendars[1:])


async def test_a_run_finds_what_was_chosen_by_its_id(world: World) -> None:
    chosen = (await world.listed(Kind.CALENDAR))[1]
    caller = Caller("127.0.0.1", notices=lambda _notice: None, clock=lambda: NOW)
    graph = GraphConnection(world.sandbox.graph_url, lambda: world.sandbox.outlook_token, caller)
    place = await find_calendar(graph, chosen.value)
    await graph.close()
    assert (place.id, place.name) == (chosen.id, "Projects")


async def test_more_calendars_than_a_page_holds_are_all_shown(world: World) -> None:
    with world.mailbox.lock:
        for number in range(205):
            world.mailbox.add_calendar(f"Room {number}")
    assert len(await world.listed(Kind.CALENDAR)) == 208


async def test_contact_folders_are_told_with_their_path_however_deep(world: World) -> None:
    with world.mailbox.lock:
        fairs = world.mailbox.add_contact_folder("Fairs")
        old = world.mailbox.add_contact_folder("Old", fairs["id"])
        world.mailbox.add_contact_folder("2019", old["id"])
    folders = await world.listed(Kind.CONTACT_FOLDER)
    assert [(each.name, each.path) for each in folders] == [
        ("Contacts", ()),
        ("Suppliers", ()),
        ("Fairs", ()),
        ("Old", ("Fairs",)),
        ("2019", ("Fairs", "Old")),
    ]
    assert folders[0].is_default
    assert folders[0].value == ""


async def test_the_list_of_flagged_mails_takes_no_tasks(world: World) -> None:
    lists = await world.listed(Kind.TASK_LIST)
    assert [(each.name, each.is_default, each.can_edit) for each in lists] == [
        ("Tasks", True, True),
        ("Flagged Emails", False, False),
        ("Errands", False, True),
    ]


async def test_a_place_is_found_by_its_id_and_by_its_name_and_not_once_it_is_gone(world: World) -> None:
    suppliers = (await world.listed(Kind.CONTACT_FOLDER))[1]
    places = world.places()
    for wanted in (suppliers.id, "Suppliers", "suppliers"):
        assert await places.find(Kind.CONTACT_FOLDER, wanted) == [suppliers]
    assert await places.find(Kind.CONTACT_FOLDER, "Supplier") == []
    assert [each.name for each in await places.find(Kind.TASK_LIST, "")] == ["Tasks"]


async def test_several_of_one_name_are_all_found(world: World) -> None:
    with world.mailbox.lock:
        world.mailbox.add_calendar("Projects")
    assert names(list(await world.places().find(Kind.CALENDAR, "Projects"))) == ["Projects", "Projects"]


async def test_nobody_signed_in_says_so(world: World) -> None:
    world.environ.clear()
    with pytest.raises(SignInError, match="Not signed in to Outlook"):
        await world.listed(Kind.CALENDAR)


async def test_a_refused_token_says_so(world: World) -> None:
    world.environ["LPC_TUI_OUTLOOK_TOKEN"] = "stale"
    with pytest.raises(SignInError, match="Outlook refuses the sign-in"):
        await world.listed(Kind.TASK_LIST)


async def test_a_list_that_is_given_up_midway_leaves_nothing_behind(world: World) -> None:
    batches = world.places().fetch(Kind.CONTACT_FOLDER)
    assert (await anext(batches)).places[0].is_default
    await batches.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(batches)
