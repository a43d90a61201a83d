"""Contacts by Microsoft's client."""

from msgraph import GraphServiceClient
from msgraph.generated.models.contact import Contact
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.physical_address import PhysicalAddress
from msgraph.generated.models.single_value_legacy_extended_property import SingleValueLegacyExtendedProperty

from tests.conformance.msgraph.requests import asking, drives, every_item, is_removed, whole_round

PROPERTY = "String {00020329-0000-0000-C000-000000000046} Name SalesforceId"


@drives("contacts: create, read, change, delete")
async def test_it_creates_reads_changes_and_deletes_a_contact(client: GraphServiceClient) -> None:
    made = await client.me.contacts.post(
        Contact(
            given_name="Ada",
            surname="Lovelace",
            email_addresses=[EmailAddress(name="Ada", address="ada@engine.example")],
            business_phones=["+44 20 1234"],
            home_address=PhysicalAddress(street="1 Strand", city="London"),
        )
    )
    address = client.me.contacts.by_contact_id(made.id)
    read = await address.get()
    assert (read.display_name, read.email_addresses[0].address) == ("Ada Lovelace", "ada@engine.example")
    assert (read.home_address.city, read.business_phones) == ("London", ["+44 20 1234"])
    assert (await address.patch(Contact(job_title="Analyst"))).job_title == "Analyst"
    await address.delete()
    assert (await client.me.contacts.get()).value == []


@drives("contacts: folders, by pages")
async def test_it_reads_a_folder_by_pages(client: GraphServiceClient) -> None:
    (folder,) = (await client.me.contact_folders.get()).value
    assert folder.display_name == "Suppliers"
    contacts = client.me.contact_folders.by_contact_folder_id(folder.id).contacts
    for number in range(5):
        await contacts.post(Contact(surname=f"No. {number}"))
    first = await contacts.get(asking(contacts, top=2, orderby=["surname"]))
    assert [one.surname for one in await every_item(client, first)] == [
        f"No. {number}" for number in range(5)
    ]


@drives("contacts/delta: deltaLink, @removed")
async def test_it_follows_the_contacts(client: GraphServiceClient) -> None:
    made = [await client.me.contacts.post(Contact(surname=name)) for name in ("Ada", "Bob", "Cid")]
    delta = client.me.contacts.delta
    items, link = await whole_round(delta, await delta.get())
    assert {one.id for one in items} == {one.id for one in made}

    await client.me.contacts.by_contact_id(made[0].id).patch(Contact(surname="Changed"))
    await client.me.contacts.by_contact_id(made[1].id).delete()
    items, _ = await whole_round(delta, await delta.with_url(link).get())
    assert {one.id: is_removed(one) for one in items} == {made[0].id: False, made[1].id: True}


@drives("contacts: extended property, written, expanded, filtered")
async def test_an_extended_property_is_expanded_and_found(client: GraphServiceClient) -> None:
    mark = SingleValueLegacyExtendedProperty(id=PROPERTY, value="003RN0000001abcAAA")
    await client.me.contacts.post(Contact(surname="Ada", single_value_extended_properties=[mark]))
    await client.me.contacts.post(Contact(surname="Bob"))
    contacts = client.me.contacts
    (found,) = (
        await contacts.get(
            asking(
                contacts,
                expand=[f"singleValueExtendedProperties($filter=id eq '{PROPERTY}')"],
                filter=f"singleValueExtendedProperties/Any(ep: ep/id eq '{PROPERTY}' and "
                f"ep/value eq '{mark.value}')",
            )
        )
    ).value
    assert found.surname == "Ada"
    assert [each.value for each in found.single_value_extended_properties] == [mark.value]
