"""Contacts over HTTP: reading with the sensitivity that a delta cannot show, looking, finding and writing."""

import json
from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pytest

from lpc_tui.errors import LpcError, ProtocolError, ServiceError, SettingsError
from lpc_tui.model.items import EMPTY, Item, Value, frozen
from lpc_tui.model.rules import Action
from lpc_tui.replicas.base import Gone, Outcome, Page, Replica, Result, Scope, Unknown, Write
from lpc_tui.replicas.outlook import OutlookContacts
from lpc_tui.sandbox.common import JsonObject
from tests.replicas.outlook.conftest import IMMUTABLE, NOW, Served, error, read, write

CLOSED = Scope(None, include_private=False)
OPEN = Scope(None, include_private=True)
PRIVATE = [{"id": "Integer 0x0036", "value": "2"}]
_numbers = count()


@pytest.fixture
def contacts(served: Served) -> OutlookContacts:
    return served.contacts()


def add(served: Served, surname: str = "Lovelace", folder_id: str | None = None, **properties: Any) -> str:
    """A contact made in Outlook; its immutable id."""
    made = served.mailbox.create_contact({"surname": surname, **properties}, folder_id)
    return str(served.mailbox.contact(made["id"], IMMUTABLE)["id"])


def hide(served: Served, contact_id: str) -> None:
    served.mailbox.update_contact(contact_id, {"singleValueExtendedProperties": PRIVATE})


def suppliers(served: Served) -> str:
    book = served.mailbox.contacts_book
    return str(book.show_folder(book.child_folders(book.folder(None))[0])["id"])


def items(pages: list[Page]) -> dict[str, Item]:
    return {item.id: item for page in pages for item in page.items}


async def shown(replica: Replica, scope: Scope = OPEN) -> dict[str, Item]:
    """The contacts by last name."""
    found = items(await read(replica, scope=scope))
    return {str(item.fields.get("last_name", item.id)): item for item in found.values()}


def create(**fields: Value) -> Write:
    key = f"create-{next(_numbers)}"
    return Write(key, Action.CREATE, fields=frozen(fields), mark=f"mark-{key}")


def update(item: Item, **fields: Value) -> Write:
    return Write(
        f"update-{next(_numbers)}",
        Action.UPDATE,
        id=item.id,
        version=item.version,
        fields=frozen(fields),
        expected=item.fields,
    )


def delete(item: Item) -> Write:
    key = f"delete-{next(_numbers)}"
    return Write(key, Action.DELETE, id=item.id, version=item.version, expected=item.fields)


async def one(replica: Replica, asked: Write, scope: Scope = CLOSED) -> Outcome:
    return (await write(replica, asked, scope=scope))[asked.key]


class TestReading:
    async def test_a_first_reading_shows_the_folder(self, served: Served, contacts: OutlookContacts) -> None:
        here = add(served, birthday="1815-12-10T11:59:00Z")
        add(served, "Elsewhere", suppliers(served))
        pages = await read(contacts, scope=CLOSED)
        assert items(pages).keys() == {here}
        assert items(pages)[here].fields["birthday"] == date(1815, 12, 10)
        assert not items(pages)[here].is_away
        assert pages[-1].is_full

    async def test_nothing_new_costs_one_request(self, served: Served, contacts: OutlookContacts) -> None:
        for number in range(150):
            add(served, f"Contact {number}")
        identity = await contacts.identify()
        watermark = (await read(contacts, scope=CLOSED))[-1].watermark
        later = served.contacts(identity=identity)
        pages = await read(later, watermark, CLOSED)
        assert (items(pages), pages[-1].is_full, later.requests) == ({}, False, 1)

    async def test_a_first_reading_of_thousands_costs_two_requests_a_thousand(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        secret = [add(served, f"Contact {number}") for number in range(2_500)][1_700]
        hide(served, secret)
        pages = await read(contacts, scope=CLOSED)
        assert len(items(pages)) == 2_500
        assert [item.id for item in items(pages).values() if item.is_private] == [secret]
        assert contacts.requests == 3 + 3

    async def test_a_later_reading_shows_what_changed(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        kept, edited, deleted, moved = (add(served, name) for name in ("kept", "before", "deleted", "moved"))
        watermark = (await read(contacts, scope=CLOSED))[-1].watermark
        served.mailbox.update_contact(edited, {"surname": "after"})
        served.mailbox.delete_contact(deleted)
        served.mailbox.move_contact(moved, suppliers(served))
        pages = await read(contacts, watermark, CLOSED)
        assert [item.fields["last_name"] for item in items(pages).values()] == ["after"]
        assert frozenset().union(*(page.hints for page in pages)) == {deleted, moved}
        assert kept not in items(pages)
        assert not pages[-1].is_full

    async def test_a_dead_token_means_a_full_reading(self, served: Served, contacts: OutlookContacts) -> None:
        contact = add(served)
        watermark = (await read(contacts, scope=CLOSED))[-1].watermark
        served.mailbox.expire_delta_tokens()
        pages = await read(contacts, watermark, CLOSED)
        assert items(pages).keys() == {contact}
        assert pages[-1].is_full
        assert "contact folder" in served.notices[-1].text

    async def test_catching_up_asks_for_no_contact_of_ours_again(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        watermark = (await read(contacts, scope=CLOSED))[-1].watermark
        outcomes = await write(contacts, *(create(last_name=f"n{n}") for n in range(40)), scope=CLOSED)
        before = contacts.requests
        pages = [page async for page in contacts.catch_up(CLOSED, watermark)]
        assert items(pages).keys() == {each.item.id for each in outcomes.values() if each.item}
        assert contacts.requests - before == 1


class TestPrivacy:
    async def test_private_contacts_lose_their_text(self, served: Served, contacts: OutlookContacts) -> None:
        plain, secret = add(served), add(served, "Secret", singleValueExtendedProperties=PRIVATE)
        found = items(await read(contacts, scope=CLOSED))
        assert (found[secret].is_private, found[secret].fields) == (True, EMPTY)
        assert not found[plain].is_private
        found = items(await read(contacts, scope=OPEN))
        assert (found[secret].is_private, found[secret].fields["last_name"]) == (True, "Secret")

    async def test_one_that_turned_private_shows_it_in_the_next_reading(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        contact = add(served)
        watermark = (await read(contacts, scope=CLOSED))[-1].watermark
        hide(served, contact)
        item = items(await read(contacts, watermark, CLOSED))[contact]
        assert (item.is_private, item.fields) == (True, EMPTY)

    async def test_one_that_turned_private_between_two_pages(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        """The delta page shows it as it was, the look right after it is private: the look counts, text and all."""
        contact = add(served)
        served.faults.part_before = lambda _part: hide(served, contact)
        item = items(await read(contacts, scope=CLOSED))[contact]
        assert (item.is_private, item.fields) == (True, EMPTY)

    @pytest.mark.parametrize(
        ("status", "code"),
        [(500, "InternalServerError"), (403, "ErrorAccessDenied"), (404, "MailboxNotEnabledForRESTAPI")],
    )
    async def test_one_whose_sensitivity_cannot_be_read_is_private_until_it_can(
        self, served: Served, contacts: OutlookContacts, status: int, code: str
    ) -> None:
        contact = add(served)
        served.faults.part_before = lambda _part: error(status, code)
        pages = await read(contacts, scope=CLOSED)
        assert (items(pages)[contact].is_private, items(pages)[contact].fields) == (True, EMPTY)
        again = await read(contacts, pages[-1].watermark, CLOSED)
        assert json.loads(again[-1].watermark)["unread"] == [contact]
        served.faults.part_before = lambda _part: None
        pages = await read(contacts, again[-1].watermark, CLOSED)
        assert items(pages)[contact].fields["last_name"] == "Lovelace"
        assert json.loads(pages[-1].watermark)["unread"] == []

    async def test_one_unread_that_is_gone_by_the_next_reading_is_a_hint(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        contact = add(served)
        served.faults.part_before = lambda _part: error(500, "InternalServerError")
        watermark = (await read(contacts, scope=CLOSED))[-1].watermark
        served.faults.part_before = lambda _part: None
        served.mailbox.delete_contact(contact)
        pages = await read(contacts, watermark, CLOSED)
        assert items(pages) == {}
        assert contact in pages[0].hints
        assert json.loads(pages[-1].watermark)["unread"] == []

    @pytest.mark.parametrize("make", [lambda item: update(item, job_title="x"), delete])
    async def test_one_that_turned_private_is_not_written(
        self, served: Served, contacts: OutlookContacts, make: Callable[[Item], Write]
    ) -> None:
        contact = add(served)
        item = (await shown(contacts))["Lovelace"]
        hide(served, contact)
        outcome = await one(contacts, make(item))
        assert outcome.result is Result.CHANGED
        assert outcome.item is not None
        assert (outcome.item.is_private, outcome.item.fields) == (True, EMPTY)
        assert served.mailbox.contact(contact)["jobTitle"] is None

    async def test_a_private_one_that_may_be_written_stays_known_as_private(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        add(served, singleValueExtendedProperties=PRIVATE)
        item = (await shown(contacts))["Lovelace"]
        outcome = await one(contacts, update(item, job_title="Analyst"), OPEN)
        assert outcome.item is not None
        assert (outcome.item.is_private, outcome.item.fields["job_title"]) == (True, "Analyst")


class TestLooking:
    async def test_only_the_services_own_word_is_a_deletion(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        there, deleted, secret = add(served, "there"), add(served), add(served)
        hide(served, secret)
        served.mailbox.delete_contact(deleted)
        seen = await contacts.look([there, deleted, secret, "no id"], CLOSED)
        assert isinstance(seen[there], Item)
        assert seen[deleted] == Gone()
        assert isinstance(seen["no id"], Unknown)
        assert isinstance(seen[secret], Item)
        assert seen[secret].fields == EMPTY  # type: ignore[union-attr]

    @pytest.mark.parametrize("folder", ["", "Suppliers"])
    async def test_one_in_another_folder_is_away_not_gone(self, served: Served, folder: str) -> None:
        home = suppliers(served) if folder else None
        default = served.mailbox.create_contact({"surname": "x"})["parentFolderId"]
        stays, moved = add(served, "stays", home), add(served, "moved", home)
        served.mailbox.move_contact(moved, default if folder else suppliers(served))
        seen = await served.contacts(folder=folder).look([stays, moved], CLOSED)
        assert {id_: getattr(sighting, "is_away", None) for id_, sighting in seen.items()} == {
            stays: False,
            moved: True,
        }

    async def test_the_last_one_that_left_the_default_folder_is_away_too(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        """An empty default folder does not even tell its id."""
        moved = add(served)
        served.mailbox.move_contact(moved, suppliers(served))
        seen = (await contacts.look([moved], CLOSED))[moved]
        assert isinstance(seen, Item)
        assert seen.is_away

    async def test_creates_are_found_by_their_marks(self, served: Served, contacts: OutlookContacts) -> None:
        made = Write("made", Action.CREATE, fields=frozen({"last_name": "x"}), mark="it's-1")
        lost = Write("lost", Action.CREATE, fields=frozen({"last_name": "x"}), mark="it's-2")
        created = (await write(contacts, made, scope=CLOSED))["made"]
        add(served, "x")
        found = await served.contacts().find([made, lost], NOW, CLOSED)
        assert found == {"made": created.item}

    @pytest.mark.parametrize(
        ("answer", "raised"),
        [
            (error(404, "ErrorItemNotFound"), ProtocolError),
            (error(503, "serviceNotAvailable"), ServiceError),
            ({"status": 200, "body": {}}, ProtocolError),
            ({"status": 200, "body": {"value": [{}]}}, ProtocolError),
        ],
        ids=["no such folder", "out of order", "not a list", "no contact"],
    )
    async def test_a_create_that_could_not_be_looked_for_is_not_one_that_did_not_happen(
        self, served: Served, contacts: OutlookContacts, answer: JsonObject, raised: type[LpcError]
    ) -> None:
        served.faults.part_before = lambda _part: answer
        with pytest.raises(raised):
            await contacts.find([create(last_name="x")], NOW, CLOSED)


class TestPlace:
    async def test_a_folder_within_a_folder_by_its_name(self, served: Served) -> None:
        inner = served.mailbox.add_contact_folder("Abroad", suppliers(served))
        contact = add(served, folder_id=inner["id"])
        replica = served.contacts(folder="abroad")
        assert (await replica.identify()).place == inner["id"]
        assert items(await read(replica, scope=CLOSED)).keys() == {contact}
        assert (await one(replica, create(last_name="New"))).result is Result.DONE
        assert len(served.mailbox.contacts(inner["id"])) == 2

    async def test_the_choices_are_named(self, served: Served) -> None:
        with pytest.raises(SettingsError, match=r"outlook\.contact_folder") as caught:
            await served.contacts(folder="Contacts").identify()
        assert "Suppliers" in str(caught.value.hint)
        assert "empty" in str(caught.value.hint)

    async def test_the_default_folder_is_the_same_empty_or_not(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        empty = await contacts.identify()
        add(served)
        assert await served.contacts().identify() == empty

    async def test_a_folder_that_is_gone_is_a_fault_of_the_settings(self, served: Served) -> None:
        replica = served.contacts(folder="Suppliers")
        await replica.identify()
        body = json.dumps(error(404, "ErrorItemNotFound")["body"]).encode()
        served.faults.answers = [(404, {"content-type": "application/json"}, body)]
        with pytest.raises(SettingsError, match=r"outlook\.contact_folder"):
            await read(replica, scope=CLOSED)


class TestWriting:
    async def test_what_was_created_is_read_back(self, served: Served, contacts: OutlookContacts) -> None:
        asked = create(
            salutation="Dr.",
            first_name="Ada",
            last_name="Lovelace",
            company="Engines",
            email="ada@engine.example",
            business_phone="+44 20 1",
            mobile_phone="+44 7 1",
            business_street="1 Row\nBack door",
            business_city="London",
            birthday=date(1815, 12, 10),
            notes="a\nb",
        )
        outcome = await one(contacts, asked)
        assert outcome.result is Result.DONE
        assert outcome.item is not None
        assert {name: outcome.item.fields[name] for name in asked.fields} == asked.fields
        assert not outcome.item.is_private
        assert await shown(contacts) == {"Lovelace": outcome.item}

    async def test_only_what_changes_is_sent(self, served: Served, contacts: OutlookContacts) -> None:
        contact = add(served, givenName="Ada")
        item = (await shown(contacts))["Lovelace"]
        outcome = await one(contacts, update(item, job_title="Analyst"))
        assert outcome.item is not None
        assert outcome.item.fields == {**item.fields, "job_title": "Analyst"}
        (part,) = served.faults.bodies[-1]["requests"]
        assert part["body"] == {"jobTitle": "Analyst"}
        assert part["headers"]["If-Match"] == item.version
        assert outcome.item.id == contact

    async def test_twenty_updates_cost_a_look_and_a_write(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        for number in range(20):
            add(served, f"n{number}")
        found = (await shown(contacts)).values()
        before = contacts.requests
        outcomes = await write(contacts, *(update(item, notes="x") for item in found), scope=CLOSED)
        assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
        assert contacts.requests - before == 2

    async def test_an_edit_in_between_is_left_alone(self, served: Served, contacts: OutlookContacts) -> None:
        contact = add(served)
        item = (await shown(contacts))["Lovelace"]
        served.mailbox.update_contact(contact, {"department": "Sums"})
        for asked in (update(item, job_title="Analyst"), delete(item)):
            outcome = await one(contacts, asked)
            assert outcome.result is Result.CHANGED
            assert outcome.item is not None
            assert outcome.item.fields["department"] == "Sums"
        assert served.mailbox.contact(contact)["jobTitle"] is None

    @pytest.mark.parametrize("is_at_the_last_moment", [False, True])
    async def test_a_further_address_added_meanwhile_is_kept(
        self, served: Served, contacts: OutlookContacts, *, is_at_the_last_moment: bool
    ) -> None:
        """Between the plan and the look, and between the look and the write, which then answers 412."""
        contact = add(served, emailAddresses=[{"address": "a@x.example"}], businessPhones=["1"])
        item = (await shown(contacts))["Lovelace"]

        def edit() -> None:
            further = [{"address": "a@x.example"}, {"address": "further@x.example"}]
            served.mailbox.update_contact(
                contact, {"emailAddresses": further, "businessPhones": ["1", "2"], "nickName": "Addie"}
            )

        def fault(part: JsonObject) -> JsonObject | None:
            if part["method"] == "PATCH" and served.mailbox.contact(contact)["nickName"] is None:
                edit()
            return None

        if is_at_the_last_moment:
            served.faults.part_before = fault
        else:
            edit()
        outcome = await one(contacts, update(item, email="new@x.example", business_phone="3"))
        assert outcome.result is Result.DONE
        after = served.mailbox.contact(contact)
        assert [each["address"] for each in after["emailAddresses"]] == ["new@x.example", "further@x.example"]
        assert after["businessPhones"] == ["3", "2"]

    async def test_a_part_of_an_address_leaves_the_others(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        contact = add(served, businessAddress={"street": "1 Row", "city": "London"})
        item = (await shown(contacts))["Lovelace"]
        assert (await one(contacts, update(item, business_city="Paris"))).result is Result.DONE
        assert served.mailbox.contact(contact)["businessAddress"] == {"street": "1 Row", "city": "Paris"}
        item = (await shown(contacts))["Lovelace"]
        outcome = await one(contacts, update(item, business_city="", business_street=""))
        assert outcome.result is Result.DONE
        assert served.mailbox.contact(contact)["businessAddress"] == {}

    async def test_a_display_name_that_somebody_chose_survives(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        chosen = add(served, "Lovelace", givenName="Ada", displayName="The Countess")
        generated = add(served, "Babbage", givenName="Charles")
        found = await shown(contacts)
        await write(contacts, *(update(item, first_name="X") for item in found.values()), scope=CLOSED)
        assert served.mailbox.contact(chosen)["displayName"] == "The Countess"
        assert served.mailbox.contact(generated)["displayName"] == "X Babbage"
        assert served.mailbox.contact(generated)["fileAs"] == "Babbage, X"

    async def test_one_that_moved_away_is_not_written(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        contact = add(served)
        item = (await shown(contacts))["Lovelace"]
        served.mailbox.move_contact(contact, suppliers(served))
        for asked in (update(item, job_title="Analyst"), delete(item)):
            outcome = await one(contacts, asked)
            assert outcome.result is Result.CHANGED
            assert outcome.item is not None
            assert outcome.item.is_away

    async def test_what_is_gone_is_gone(self, served: Served, contacts: OutlookContacts) -> None:
        contact = add(served)
        item = (await shown(contacts))["Lovelace"]
        served.mailbox.delete_contact(contact)
        outcomes = await write(contacts, update(item, notes="x"), delete(item), scope=CLOSED)
        assert {outcome.result for outcome in outcomes.values()} == {Result.GONE}

    @pytest.mark.parametrize("was_done", [True, False])
    async def test_a_create_of_unknown_fate_is_looked_for_never_repeated(
        self, served: Served, contacts: OutlookContacts, *, was_done: bool
    ) -> None:
        def fault(part: JsonObject) -> JsonObject | None:
            return error(504, "UnknownError") if part["method"] == "POST" else None

        if was_done:
            served.faults.part_after = fault
        else:
            served.faults.part_before = fault
        outcome = await one(contacts, create(last_name="perhaps"))
        assert outcome.result is (Result.DONE if was_done else Result.UNKNOWN)
        assert len(served.mailbox.contacts()) == (1 if was_done else 0)

    @pytest.mark.parametrize("was_done", [True, False])
    async def test_an_update_or_delete_of_unknown_fate_is_repeated(
        self, served: Served, contacts: OutlookContacts, *, was_done: bool
    ) -> None:
        add(served, "one")
        add(served, "two")
        found = await shown(contacts)
        left = [1, 1]

        def fault(part: JsonObject) -> JsonObject | None:
            if part["method"] != "GET" and left:
                left.pop()
                return error(504, "UnknownError")
            return None

        if was_done:
            served.faults.part_after = fault
        else:
            served.faults.part_before = fault
        outcomes = await write(
            contacts, update(found["one"], last_name="new"), delete(found["two"]), scope=CLOSED
        )
        assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
        assert list(await shown(contacts)) == ["new"]

    async def test_one_bad_contact_is_one_bad_contact(
        self, served: Served, contacts: OutlookContacts
    ) -> None:
        phones = ("1", "2", "3")
        bad = create(last_name="bad", business_phone="1", business_phone_entries=phones)
        good = create(last_name="good")
        outcomes = await write(contacts, bad, good, scope=CLOSED)
        assert outcomes[bad.key].result is Result.REFUSED
        assert "businessPhones" in outcomes[bad.key].words
        assert outcomes[good.key].result is Result.DONE
