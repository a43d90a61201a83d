"""Contacts: generated names, the noise of birthdays, three addresses, folders and their deltas."""

from typing import Any

import pytest

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.mailbox import Mailbox
from tests.sandbox.graph.conftest import FrozenClock, GraphClient

ADA: JsonObject = {
    "givenName": "Ada",
    "surname": "Lovelace",
    "emailAddresses": [{"address": "ada@engine.example"}],
}
SENSITIVITY = "Integer 0x0036"


def test_a_bare_contact_has_nulls_lists_and_empty_addresses(graph: GraphClient) -> None:
    contact = graph.post("/me/contacts", {"surname": "Lovelace"})
    assert contact["mobilePhone"] is None
    assert contact["businessPhones"] == contact["emailAddresses"] == contact["categories"] == []
    assert contact["businessAddress"] == {}
    assert contact["@odata.etag"] == f'W/"{contact["changeKey"]}"'


def test_names_are_generated_and_generated_anew(graph: GraphClient) -> None:
    contact = graph.post("/me/contacts", ADA)
    assert (contact["displayName"], contact["fileAs"]) == ("Ada Lovelace", "Lovelace, Ada")
    path = f"/me/contacts/{contact['id']}"
    assert graph.patch(path, {"displayName": "The Countess"})["displayName"] == "The Countess"
    assert graph.patch(path, {"jobTitle": "Analyst"})["displayName"] == "The Countess"
    assert graph.patch(path, {"surname": "King"})["displayName"] == "Ada King"
    kept = graph.patch(path, {"surname": "Byron", "displayName": "The Countess"})
    assert (kept["displayName"], kept["fileAs"]) == ("The Countess", "Byron, Ada")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"companyName": "Engines Ltd"}, "Engines Ltd"),
        ({"emailAddresses": [{"address": "info@engine.example"}]}, "info@engine.example"),
        ({"title": "Dr.", "givenName": "Ada", "surname": "King", "generation": "II"}, "Dr. Ada King II"),
    ],
)
def test_what_a_name_is_generated_from(graph: GraphClient, body: JsonObject, name: str) -> None:
    assert graph.post("/me/contacts", body)["displayName"] == name


@pytest.mark.parametrize("written", ["1815-12-10", "1815-12-10T00:00:00Z", "1815-12-10T22:15:00Z"])
def test_a_birthday_is_a_day_with_noise(graph: GraphClient, written: str) -> None:
    assert graph.post("/me/contacts", {**ADA, "birthday": written})["birthday"] == "1815-12-10T11:59:00Z"


def test_addresses_are_filled_replaced_whole_and_have_crlf(graph: GraphClient) -> None:
    home = {"street": "1 Strand\nLondon", "city": "London", "state": ""}
    contact = graph.post("/me/contacts", {**ADA, "homeAddress": home, "personalNotes": "a\nb"})
    assert contact["emailAddresses"] == [{"name": "ada@engine.example", "address": "ada@engine.example"}]
    assert contact["homeAddress"] == {"street": "1 Strand\r\nLondon", "city": "London"}
    assert contact["personalNotes"] == "a\r\nb"
    changed = graph.patch(f"/me/contacts/{contact['id']}", {"homeAddress": {"city": "Paris"}})
    assert changed["homeAddress"] == {"city": "Paris"}
    assert graph.patch(f"/me/contacts/{contact['id']}", {"homeAddress": None})["homeAddress"] == {}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"fax": "1"}, "RequestBodyRead"),
        ({"sensitivity": "private"}, "RequestBodyRead"),
        ({"mobilePhone": ["1"]}, "RequestBodyRead"),
        ({"businessPhones": "1"}, "RequestBodyRead"),
        ({"birthday": "10.12.1815"}, "RequestBodyRead"),
        (
            {"emailAddresses": [{"address": f"{n}@x.example"} for n in range(4)]},
            "ErrorPropertyValidationFailure",
        ),
        ({"businessPhones": ["1", "2", "3"]}, "ErrorPropertyValidationFailure"),
    ],
)
def test_a_contact_the_service_refuses(graph: GraphClient, body: dict[str, Any], code: str) -> None:
    assert graph.refused("POST", "/me/contacts", json=body) == (400, code)


def test_read_change_delete_and_the_etag(graph: GraphClient, clock: FrozenClock) -> None:
    contact = graph.post("/me/contacts", ADA)
    path = f"/me/contacts/{contact['id']}"
    clock.advance(hours=1)
    changed = graph.patch(path, {"jobTitle": "Analyst"})
    assert changed["lastModifiedDateTime"] == "2026-03-02T13:00:00Z"
    stale = {"If-Match": contact["@odata.etag"]}
    assert graph.refused("PATCH", path, json={"jobTitle": "x"}, headers=stale)[0] == 412
    assert graph.refused("DELETE", path, headers=stale)[0] == 412
    graph.delete(path)
    assert graph.refused("GET", path) == (404, "ErrorItemNotFound")
    assert graph.refused("GET", "/me/contacts/x") == (400, "ErrorInvalidIdMalformed")


def test_an_id_of_another_kind_is_malformed(graph: GraphClient) -> None:
    contact = graph.post("/me/contacts", ADA)
    assert graph.refused("GET", f"/me/events/{contact['id']}") == (400, "ErrorInvalidIdMalformed")


def test_queries_and_extended_properties(graph: GraphClient) -> None:
    private = {"singleValueExtendedProperties": [{"id": SENSITIVITY, "value": "2"}]}
    contact = graph.post("/me/contacts", {**ADA, **private})
    graph.post("/me/contacts", {"surname": "Babbage"})
    condition = {"$filter": "emailAddresses/any(a:a/address eq 'ADA@engine.example')"}
    assert [one["id"] for one in graph.get("/me/contacts", None, **condition)["value"]] == [contact["id"]]
    expand = {"$expand": f"singleValueExtendedProperties($filter=id eq '{SENSITIVITY}')"}
    read = graph.get("/me/contacts", None, **expand, **{"$select": "surname", "$orderby": "surname desc"})[
        "value"
    ]
    assert [one["surname"] for one in read] == ["Lovelace", "Babbage"]
    assert read[0]["singleValueExtendedProperties"] == [{"id": "Integer 0x36", "value": "2"}]
    assert "singleValueExtendedProperties" not in read[1]


def test_the_default_folder_is_not_listed_but_is_the_parent(graph: GraphClient) -> None:
    contact = graph.post("/me/contacts", ADA)
    (folder,) = graph.get("/me/contactFolders")["value"]
    assert (folder["displayName"], folder["parentFolderId"]) == ("Suppliers", contact["parentFolderId"])
    default = f"/me/contactFolders/{contact['parentFolderId']}"
    assert [one["id"] for one in graph.get(f"{default}/contacts")["value"]] == [contact["id"]]
    assert [one["id"] for one in graph.get(f"{default}/childFolders")["value"]] == [folder["id"]]
    path = f"/me/contactFolders/{folder['id']}"
    other = graph.post(f"{path}/contacts", {"surname": "Babbage"})
    assert [one["id"] for one in graph.get(f"{path}/contacts")["value"]] == [other["id"]]
    assert graph.get(f"/me/contacts/{other['id']}")["surname"] == "Babbage"
    assert graph.get(f"{path}/childFolders")["value"] == []
    assert graph.refused("GET", f"{path}/contacts/{contact['id']}") == (404, "ErrorItemNotFound")


def test_a_folder_within_a_folder(graph: GraphClient, mailbox: Mailbox) -> None:
    (outer,) = graph.get("/me/contactFolders")["value"]
    inner = mailbox.add_contact_folder("Abroad", outer["id"])
    assert inner["parentFolderId"] == outer["id"]
    path = f"/me/contactFolders/{outer['id']}"
    assert graph.get(path)["childFolderCount"] == 1
    assert [one["displayName"] for one in graph.get(f"{path}/childFolders")["value"]] == ["Abroad"]
    assert [one["displayName"] for one in graph.get("/me/contactFolders")["value"]] == ["Suppliers"]
    graph.post(f"/me/contactFolders/{inner['id']}/contacts", {"surname": "Babbage"})
    assert graph.get(f"{path}/contacts")["value"] == []


def test_delta_tells_changes_with_the_selected_properties(graph: GraphClient) -> None:
    contact = graph.post("/me/contacts", ADA)
    page = graph.get("/me/contacts/delta", None, **{"$select": "surname"})
    assert [set(one) for one in page["value"]] == [{"@odata.type", "@odata.etag", "id", "surname"}]
    graph.patch(f"/me/contacts/{contact['id']}", {"surname": "King"})
    gone = graph.post("/me/contacts", {"surname": "Babbage"})
    graph.delete(f"/me/contacts/{gone['id']}")
    page = graph.get(page["@odata.deltaLink"])
    assert [one.get("surname") for one in page["value"]] == ["King", None]
    assert page["value"][1]["@removed"] == {"reason": "deleted"}
    assert graph.get(page["@odata.deltaLink"])["value"] == []


@pytest.mark.parametrize("option", ["$filter", "$orderby", "$expand", "$search", "$top"])
def test_delta_refuses_other_options(graph: GraphClient, option: str) -> None:
    assert graph.refused("GET", "/me/contacts/delta", params={option: "1"}) == (400, "ErrorInvalidUrlQuery")


@pytest.mark.parametrize("by_patch", [True, False])
def test_a_move_is_a_removal_here_and_an_addition_there(
    graph: GraphClient, mailbox: Mailbox, by_patch: bool
) -> None:
    prefer = 'IdType="ImmutableId"'
    contact = graph.post("/me/contacts", ADA, Prefer=prefer)
    (folder,) = graph.get("/me/contactFolders")["value"]
    here = graph.get("/me/contacts/delta", prefer)["@odata.deltaLink"]
    there = graph.get(f"/me/contactFolders/{folder['id']}/contacts/delta", prefer)["@odata.deltaLink"]
    if by_patch:
        graph.patch(f"/me/contacts/{contact['id']}", {"parentFolderId": folder["id"]})
    else:
        mailbox.move_contact(contact["id"], folder["id"])
    assert [(one["id"], "@removed" in one) for one in graph.get(here, prefer)["value"]] == [
        (contact["id"], True)
    ]
    assert [(one["id"], "@removed" in one) for one in graph.get(there, prefer)["value"]] == [
        (contact["id"], False)
    ]
    assert graph.get(f"/me/contacts/{contact['id']}")["parentFolderId"] == folder["id"]


def test_expired_tokens(graph: GraphClient, mailbox: Mailbox) -> None:
    link = graph.get("/me/contacts/delta")["@odata.deltaLink"]
    mailbox.expire_delta_tokens()
    assert graph.refused("GET", link) == (410, "SyncStateNotFound")
