"""Looking at single events: what is proof of a deletion, and what never is."""

import pytest

from lpc_tui.errors import LpcError, ProtocolError, ServiceError, SignInError
from lpc_tui.model.items import EMPTY, Item, frozen
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Gone, Result, Unknown, Write
from lpc_tui.replicas.outlook import OutlookCalendar
from lpc_tui.sandbox.common import JsonObject
from tests.replicas.outlook.conftest import NOW, SCOPE, Served, error, read, write
from tests.replicas.outlook.test_writing import WHEN


def projects(served: Served) -> str:
    return str(next(each["id"] for each in served.mailbox.calendars() if each["name"] == "Projects"))


async def test_only_the_services_own_word_is_a_deletion(served: Served, replica: OutlookCalendar) -> None:
    there, deleted = served.add("there"), served.add("deleted")
    served.mailbox.delete_event(deleted)
    seen = await replica.look([there, deleted, "no id of this service"], SCOPE)
    assert isinstance(seen[there], Item)
    assert seen[deleted] == Gone()
    assert isinstance(seen["no id of this service"], Unknown)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "ErrorAccessDenied"),
        (404, "MailboxNotEnabledForRESTAPI"),
        (404, ""),
        (500, "InternalServerError"),
    ],
)
async def test_every_other_answer_leaves_it_unknown(
    served: Served, replica: OutlookCalendar, status: int, code: str
) -> None:
    event = served.add()
    served.faults.part_before = lambda _part: error(status, code)
    assert isinstance((await replica.look([event], SCOPE))[event], Unknown)


async def test_a_deleted_occurrence_is_gone_and_its_sisters_are_there(
    served: Served, replica: OutlookCalendar
) -> None:
    master = served.add_series()
    first, second, *_ = served.occurrences(master)
    served.mailbox.delete_event(second)
    seen = await replica.look([first, second], SCOPE)
    assert isinstance(seen[first], Item)
    assert seen[second] == Gone()


@pytest.mark.parametrize("calendar", ["", "Projects"])
async def test_an_event_that_was_moved_is_away_not_gone(served: Served, calendar: str) -> None:
    home = projects(served) if calendar else None
    elsewhere = served.mailbox.calendar()["id"] if calendar else projects(served)
    moved, stays, deleted = (served.add(name, home) for name in ("moved", "stays", "deleted"))
    served.mailbox.move_event(moved, elsewhere)
    served.mailbox.delete_event(deleted)
    seen = await served.replica(calendar=calendar).look([moved, stays, deleted], SCOPE)
    assert {id_: getattr(sighting, "is_away", None) for id_, sighting in seen.items()} == {
        moved: True,
        stays: False,
        deleted: None,
    }
    assert seen[deleted] == Gone()


async def test_a_calendar_that_is_hidden_is_no_deletion_of_what_was_in_it(served: Served) -> None:
    """A shared calendar that is no longer shared answers 404 for each of its events."""
    event = served.add("there", projects(served))
    replica = served.replica(calendar="Projects")
    await read(replica)
    served.faults.part_before = lambda _part: error(404, "ErrorItemNotFound")
    assert isinstance((await replica.look([event], SCOPE))[event], Unknown)


async def test_looks_are_sent_by_twenties(served: Served, replica: OutlookCalendar) -> None:
    events = [served.add(f"event {number}") for number in range(45)]
    seen = await replica.look(events, SCOPE)
    found = [item.fields["subject"] for item in seen.values() if isinstance(item, Item)]
    assert found == [f"event {number}" for number in range(45)]
    assert replica.requests == 1 + 3
    assert [entry.parts for entry in served.log.entries] == [0, 20, 20, 5]


async def test_only_throttled_looks_are_repeated_after_the_longest_wait(
    served: Served, replica: OutlookCalendar
) -> None:
    events = [served.add(f"event {number}") for number in range(4)]
    refusals = [
        error(429, "ApplicationThrottled", **{"Retry-After": "3"}),
        error(429, "ApplicationThrottled", **{"retry-after": "9"}),
    ]
    served.faults.part_before = lambda part: refusals.pop() if refusals and part["id"] in {"2", "3"} else None
    seen = await replica.look(events, SCOPE)
    assert all(isinstance(sighting, Item) for sighting in seen.values())
    assert [len(body["requests"]) for body in served.faults.bodies] == [4, 2]
    assert served.waits == [9]


async def test_private_items_are_seen_without_their_text(served: Served, replica: OutlookCalendar) -> None:
    event = served.add("secret", sensitivity="private")
    seen = (await replica.look([event], SCOPE))[event]
    assert isinstance(seen, Item)
    assert seen.is_private
    assert seen.fields == EMPTY


async def test_creates_are_found_by_their_marks(served: Served, replica: OutlookCalendar) -> None:
    fields = frozen({"subject": "O'Neil's \"50%\" & more", "when": None})
    made = Write("made", Action.CREATE, fields=frozen({**fields, "when": WHEN}), mark="it's-1")
    lost = Write("lost", Action.CREATE, fields=fields, mark="it's-2")
    created = (await write(replica, made))["made"]
    assert created.result is Result.DONE
    served.add("a twin that somebody else made")
    assert await replica.find([made, lost], NOW, SCOPE) == {"made": created.item}


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (error(404, "ErrorItemNotFound"), ProtocolError),
        (error(403, "ErrorAccessDenied"), SignInError),
        (error(503, "serviceNotAvailable"), ServiceError),
        ({"status": 200, "body": {}}, ProtocolError),
    ],
    ids=["no such calendar", "no access", "out of order", "not a list"],
)
async def test_a_create_that_could_not_be_looked_for_is_not_one_that_did_not_happen(
    served: Served, replica: OutlookCalendar, answer: JsonObject, raised: type[LpcError]
) -> None:
    made, other = (Write(mark, Action.CREATE, fields=frozen({"when": WHEN}), mark=mark) for mark in "ab")
    assert (await write(replica, made))["a"].result is Result.DONE
    served.faults.part_before = lambda part: answer if "%27b%27" in part["url"] else None
    with pytest.raises(raised):
        await replica.find([made, other], NOW, SCOPE)


async def test_nothing_to_look_at_costs_nothing(replica: OutlookCalendar) -> None:
    assert await replica.look([], SCOPE) == {}
    assert await replica.find([], NOW, SCOPE) == {}
    assert await write(replica) == {}
    assert replica.requests == 0
