"""Contacts over HTTP: names, addresses, companies, lists of the org's, merges, refusals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from lpc_tui.model.items import Guard, Item
from lpc_tui.replicas.base import Gone, Result
from lpc_tui.replicas.salesforce import SalesforceContacts
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from tests.replicas.salesforce.conftest import CLOSED, Fault, World, create, delete, read, update, write
from tests.replicas.salesforce.test_soql import HOSTILE

LISTS = pytest.mark.parametrize("org_options", [OrgOptions(state_and_country_picklists=True)])


@pytest.fixture
async def contacts(world: World) -> AsyncIterator[SalesforceContacts]:
    replica = world.contacts()
    yield replica
    await replica.close()


async def shown(replica: SalesforceContacts, contact_id: str) -> Item:
    sighting = (await replica.look([contact_id], CLOSED))[contact_id]
    assert isinstance(sighting, Item)
    return sighting


async def test_full_reading_shows_own_contacts_in_canonical_form(
    world: World, contacts: SalesforceContacts
) -> None:
    account = world.org.insert("Account", {"Name": "Acme"})
    contact_id = world.contact(
        "Doe",
        FirstName="Jo",
        Salutation="Dr.",
        AccountId=account,
        Title="CEO",
        Department="Board",
        Email="jo@example.com",
        Phone="1",
        MobilePhone="2",
        HomePhone="3",
        MailingStreet="A 1\r\nB",
        MailingCity="Bonn",
        OtherCountry="Peru",
        Birthdate="1980-02-29",
        AssistantName="Kim",
        Description="notes",
    )
    world.contact("Foreign", OwnerId=world.org.colleague)
    items, page = await read(contacts, CLOSED)
    assert set(items) == {contact_id}
    filled = {name: value for name, value in items[contact_id].fields.items() if value}
    assert filled == {
        "salutation": "Dr.",
        "first_name": "Jo",
        "last_name": "Doe",
        "company": "Acme",
        "job_title": "CEO",
        "department": "Board",
        "email": "jo@example.com",
        "business_phone": "1",
        "mobile_phone": "2",
        "home_phone": "3",
        "business_street": "A 1\r\nB",
        "business_city": "Bonn",
        "other_country": "Peru",
        "birthday": date(1980, 2, 29),
        "assistant": "Kim",
        "notes": "notes",
    }
    assert page.is_full


async def test_a_contact_without_an_account_cannot_tell_a_company(
    world: World, contacts: SalesforceContacts
) -> None:
    assert "company" not in (await shown(contacts, world.contact())).fields


async def test_names_that_the_org_does_not_have_are_no_fields(
    world: World, contacts: SalesforceContacts
) -> None:
    item = await shown(contacts, world.contact())
    assert item.fields.keys().isdisjoint({"middle_name", "suffix"})
    made = (await write(contacts, create(last_name="Doe", middle_name="K", suffix="Jr.")))["new"]
    assert made.result is Result.DONE


@pytest.mark.parametrize("org_options", [OrgOptions(middle_name_and_suffix=True)])
async def test_names_that_the_org_has_travel(world: World, contacts: SalesforceContacts) -> None:
    made = (await write(contacts, create(first_name="Jo", middle_name="K", last_name="Doe", suffix="Jr.")))[
        "new"
    ]
    assert made.item is not None
    assert world.org.record("Contact", made.item.id)["Name"] == "Jo K Doe Jr."
    assert made.item.fields["middle_name"] == "K"


@pytest.mark.parametrize(
    "org_options", [OrgOptions(hidden_fields=frozenset({"Contact.Birthdate", "Contact.AccountId"}))]
)
async def test_hidden_fields_are_left_out_and_guarded(world: World, contacts: SalesforceContacts) -> None:
    item = await shown(contacts, world.contact())
    assert item.fields.keys().isdisjoint({"birthday", "company"})
    assert item.guards["birthday"] is Guard.READ_ONLY
    made = (await write(contacts, create(last_name="Doe", birthday=date(1980, 1, 1))))["new"]
    assert made.result is Result.DONE


async def test_a_contact_is_created_changed_and_deleted(world: World, contacts: SalesforceContacts) -> None:
    account = world.org.insert("Account", {"Name": "Acme"})
    made = (
        await write(
            contacts,
            create(
                first_name="Jo",
                last_name="Doe",
                email="jo@example.com",
                birthday=date(1980, 2, 29),
                business_street="A 1\nB",
                company="Acme",
            ),
        )
    )["new"].item
    assert made is not None
    assert made.fields["birthday"] == date(1980, 2, 29)
    assert world.org.record("Contact", made.id)["AccountId"] is None
    world.org.update("Contact", made.id, {"AccountId": account})
    seen = await shown(contacts, made.id)
    changed = (await write(contacts, update(seen, email="", job_title="CEO", birthday=None)))[made.id].item
    assert changed is not None
    assert (changed.fields["company"], changed.fields["job_title"]) == ("Acme", "CEO")
    record = world.org.record("Contact", made.id)
    assert (record["Email"], record["Birthdate"], record["AccountId"]) == (None, None, account)
    assert (await write(contacts, delete(changed)))[made.id].result is Result.DONE
    assert (await contacts.look([made.id], CLOSED))[made.id] == Gone()


async def test_a_contact_edited_or_given_away_meanwhile_is_left_alone(
    world: World, contacts: SalesforceContacts
) -> None:
    edited, given = world.contact("Edited"), world.contact("Given")
    seen = [await shown(contacts, each) for each in (edited, given)]
    world.org.update("Contact", edited, {"Title": "CEO"})
    world.org.update("Contact", given, {"OwnerId": world.org.colleague})
    outcomes = await write(contacts, *(update(item, first_name="Jo") for item in seen))
    assert {outcome.result for outcome in outcomes.values()} == {Result.CHANGED}
    item = outcomes[given].item
    assert item is not None
    assert item.is_away
    assert world.org.record("Contact", edited)["FirstName"] is None


async def test_hostile_text_is_data(world: World, contacts: SalesforceContacts) -> None:
    outcomes = await write(
        contacts, *(create(str(n), last_name=f"{n} {text}.", company=text) for n, text in enumerate(HOSTILE))
    )
    names = {world.org.record("Contact", o.item.id)["LastName"] for o in outcomes.values() if o.item}
    assert names == {f"{n} {text}." for n, text in enumerate(HOSTILE)}


class TestMerges:
    async def test_the_loser_of_a_merge_is_gone_into_its_master(
        self, world: World, contacts: SalesforceContacts
    ) -> None:
        winner, loser, other = world.contact("Winner"), world.contact("Loser"), world.contact("Other")
        world.org.merge("Contact", winner, loser)
        world.org.delete("Contact", other)
        seen = await contacts.look([winner, loser, other], CLOSED)
        assert (seen[loser], seen[other]) == (Gone(merged_into=winner), Gone())
        assert isinstance(seen[winner], Item)

    async def test_a_merge_is_hinted_at(self, world: World, contacts: SalesforceContacts) -> None:
        winner, loser = world.contact("Winner"), world.contact("Loser")
        world.clock.advance(hours=1)
        _, page = await read(contacts, CLOSED)
        world.org.merge("Contact", winner, loser)
        items, page = await read(contacts, CLOSED, page.watermark)
        assert set(items) == {winner}
        assert page.hints == {loser}

    async def test_a_write_to_the_loser_is_not_sent(self, world: World, contacts: SalesforceContacts) -> None:
        winner, loser = world.contact("Winner"), world.contact("Loser")
        seen = await shown(contacts, loser)
        world.org.merge("Contact", winner, loser)
        assert (await write(contacts, update(seen, first_name="x")))[loser].result is Result.GONE
        assert world.writing_requests() == 0


class TestAccounts:
    async def test_a_new_contact_gets_the_account_of_its_company_if_only_one_has_the_name(
        self, world: World
    ) -> None:
        account = world.org.insert("Account", {"Name": "Acme"})
        for name in ("Twin", "Twin", HOSTILE[0]):
            world.org.insert("Account", {"Name": name})
        contacts = world.contacts(match_account=True)
        await contacts.look([account], CLOSED)
        world.log.clear()
        companies = ["acme", "Twin", "Nobody", "half \ud83d", ""]
        since = world.clock.now
        writes = [create(name, last_name=f"no. {n}", company=name) for n, name in enumerate(companies)]
        outcomes = await write(contacts, *writes)
        assert world.log.count() == 2  # the accounts; the collection and the reading back
        ids = {key: outcome.item.id for key, outcome in outcomes.items() if outcome.item}
        accounts = {key: world.org.record("Contact", id_)["AccountId"] for key, id_ in ids.items()}
        assert accounts.pop("acme") == account
        assert set(accounts.values()) == {None}
        item = outcomes["acme"].item
        assert item is not None
        assert item.fields["company"] == "Acme"
        found = await contacts.find(writes, since, CLOSED)
        assert {key: found[key].id for key in found} == ids
        await contacts.close()

    async def test_without_the_wish_no_account_is_looked_for(
        self, world: World, contacts: SalesforceContacts
    ) -> None:
        world.org.insert("Account", {"Name": "Acme"})
        made = (await write(contacts, create(last_name="Doe", company="Acme")))["new"].item
        assert made is not None
        assert world.org.record("Contact", made.id)["AccountId"] is None


class TestLists:
    @LISTS
    async def test_countries_and_states_are_written_by_label_or_code(
        self, world: World, contacts: SalesforceContacts
    ) -> None:
        made = (
            await write(
                contacts,
                create(
                    last_name="Doe",
                    business_state="washington",
                    business_country="us",
                    other_country="Germany",
                ),
            )
        )["new"].item
        assert made is not None
        record = world.org.record("Contact", made.id)
        assert (record["MailingStateCode"], record["MailingCountryCode"]) == ("WA", "US")
        assert made.fields["business_country"] == "United States"
        assert made.fields["other_country"] == "Germany"
        changed = (await write(contacts, update(made, business_state="CA")))[made.id]
        assert changed.result is Result.DONE
        assert world.org.record("Contact", made.id)["MailingState"] == "California"
        seen = await shown(contacts, made.id)
        await write(contacts, update(seen, business_state="", business_country="", other_country=""))
        assert world.org.record("Contact", made.id)["MailingAddress"] is None

    @LISTS
    async def test_what_is_on_no_list_is_left_out_and_said_and_the_rest_is_sent(
        self, world: World, contacts: SalesforceContacts
    ) -> None:
        outcome = (
            await write(
                contacts,
                create(
                    last_name="Doe",
                    business_city="Munich",
                    business_state="Bavaria",
                    business_country="Germany",
                    other_state="WA",
                    other_country="Utopia",
                ),
            )
        )["new"]
        assert outcome.result is Result.DONE
        assert outcome.item is not None
        record = world.org.record("Contact", outcome.item.id)
        assert (record["MailingCity"], record["MailingCountry"]) == ("Munich", "Germany")
        assert (record["MailingState"], record["OtherCountry"], record["OtherState"]) == (None, None, None)
        texts = [notice.text for notice in world.notices]
        assert texts == [
            "Doe: Business state is left as it is in Salesforce: 'Bavaria' is not in the org's list.",
            "Doe: Other country is left as it is in Salesforce: 'Utopia' is not in the org's list.",
            "Doe: Other state is left as it is in Salesforce: 'WA' is not in the org's list.",
        ]

    @LISTS
    async def test_a_country_is_not_cleared_under_its_state(
        self, world: World, contacts: SalesforceContacts
    ) -> None:
        contact_id = world.contact(MailingCountryCode="US", MailingStateCode="NY")
        seen = await shown(contacts, contact_id)
        outcome = (await write(contacts, update(seen, business_country="", first_name="Jo")))[contact_id]
        assert outcome.result is Result.DONE
        record = world.org.record("Contact", contact_id)
        assert (record["FirstName"], record["MailingState"]) == ("Jo", "New York")
        assert "a state needs its country" in world.notices[-1].text

    @LISTS
    async def test_lists_are_asked_for_once_and_only_to_write_an_address(
        self, world: World, contacts: SalesforceContacts
    ) -> None:
        _, page = await read(contacts, CLOSED)
        world.clock.advance(minutes=1)
        later = world.contacts(identity=await contacts.identify())
        await read(later, CLOSED, page.watermark)
        world.log.clear()
        await write(later, create(last_name="Doe"))
        assert world.log.count() == 1
        for name in "ab":
            await write(later, create(last_name=name, business_country="Germany"))
        assert world.log.count() == 1 + 1 + 2
        await later.close()

    @LISTS
    async def test_a_lost_create_is_found_whatever_the_lists_made_of_its_address(
        self, world: World, contacts: SalesforceContacts
    ) -> None:
        lost = create(last_name="Doe", business_country="us", business_state="Bavaria")
        since = world.clock.now
        await write(contacts, lost)
        assert set(await contacts.find([lost], since, CLOSED)) == {"new"}

    @pytest.mark.parametrize(
        "org_options", [OrgOptions(restricted_picklists=frozenset({"Contact.Salutation"}))]
    )
    async def test_a_restricted_salutation_takes_the_lists_spelling(
        self, world: World, contacts: SalesforceContacts
    ) -> None:
        outcomes = await write(
            contacts,
            create("known", last_name="a", salutation="DR."),
            create("unknown", last_name="b", salutation="Sir"),
        )
        salutations = {key: o.item.fields["salutation"] for key, o in outcomes.items() if o.item}
        assert salutations == {"known": "Dr.", "unknown": ""}
        assert len(world.notices) == 1

    async def test_another_salutation_is_any_text(self, world: World, contacts: SalesforceContacts) -> None:
        made = (await write(contacts, create(last_name="a", salutation="Sir")))["new"].item
        assert made is not None
        assert made.fields["salutation"] == "Sir"


class TestRefusals:
    async def test_a_bad_address_is_refused_in_the_services_words_and_the_rest_goes_through(
        self, world: World, contacts: SalesforceContacts
    ) -> None:
        outcomes = await write(
            contacts, create("bad", last_name="a", email="nobody"), create("good", last_name="b")
        )
        bad = outcomes["bad"]
        assert (bad.result, bad.fields) == (Result.REFUSED, ("Email",))
        assert bad.words == "INVALID_EMAIL_ADDRESS: Email: invalid email address: nobody"
        assert outcomes["good"].result is Result.DONE

    @pytest.mark.parametrize("org_options", [OrgOptions(duplicate_rule="Standard_Rule")])
    async def test_a_duplicate_is_refused_by_the_name_of_the_rule_and_with_what_it_found(
        self, world: World, contacts: SalesforceContacts
    ) -> None:
        """Even one that only alerts: nobody is there to be asked whether the two are one."""
        other = world.contact(Email="jo@example.com")
        outcome = (await write(contacts, create(last_name="Doe", email="jo@example.com")))["new"]
        assert outcome.result is Result.REFUSED
        assert (
            outcome.words == "DUPLICATES_DETECTED: Use one of these records?"
            f" (duplicate rule Standard_Rule, like {other})"
        )

    async def test_a_contact_that_cases_hold_is_not_deleted(
        self, world: World, contacts: SalesforceContacts
    ) -> None:
        contact_id = world.contact()
        item = await shown(contacts, contact_id)
        words = "Your attempt to delete Jo Doe could not be completed because it is associated with cases."
        body = (
            '[{"success": false, "errors": '
            f'[{{"statusCode": "DELETE_FAILED", "message": "{words}", "fields": []}}]}}]'
        )
        world.faults.add(
            Fault("DELETE", "composite/sobjects", 200, body, {"content-type": "application/json"})
        )
        outcome = (await write(contacts, delete(item)))[contact_id]
        assert (outcome.result, outcome.words) == (Result.REFUSED, f"DELETE_FAILED: {words}")


async def test_a_quiet_reading_costs_one_request(world: World, contacts: SalesforceContacts) -> None:
    world.contact()
    world.clock.advance(hours=1)
    _, page = await read(contacts, CLOSED)
    world.clock.advance(hours=1)
    world.log.clear()
    items, page = await read(contacts, CLOSED, page.watermark)
    assert (items, page.hints, world.log.count()) == ({}, frozenset(), 1)


async def test_a_thousand_creates_cost_five_requests_their_reading_back_included(
    world: World, contacts: SalesforceContacts
) -> None:
    _, page = await read(contacts, CLOSED)
    world.log.clear()
    outcomes = await write(
        contacts, *(create(str(n), last_name=f"contact {n}", notes="x") for n in range(1000))
    )
    assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
    assert (world.writing_requests(), world.log.count()) == (5, 5)
    world.clock.advance(seconds=2)
    caught_up = [each async for each in contacts.catch_up(CLOSED, page.watermark)]
    assert [each.items for each in caught_up] == [()]
    world.log.clear()
    items, _ = await read(contacts, CLOSED, caught_up[-1].watermark)
    assert (items, world.log.count()) == ({}, 1)
