"""The type `microsoft.graph.contact`, and how written properties become stored ones.

Facts: https://learn.microsoft.com/graph/api/resources/contact
"""

from datetime import datetime

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import bodies
from lpc_tui.sandbox.graph.errors import validation_failed
from lpc_tui.sandbox.graph.event_schema import EMAIL_ADDRESS, EXTENDED_PROPERTIES
from lpc_tui.sandbox.graph.schema import Instant, ListOf, Record, Text

_TEXTS = (
    "assistantName",
    "businessHomePage",
    "companyName",
    "department",
    "displayName",
    "fileAs",
    "generation",
    "givenName",
    "initials",
    "jobTitle",
    "manager",
    "middleName",
    "mobilePhone",
    "nickName",
    "officeLocation",
    "personalNotes",
    "profession",
    "spouseName",
    "surname",
    "title",
    "yomiCompanyName",
    "yomiGivenName",
    "yomiSurname",
)
_LISTS = ("businessPhones", "homePhones", "imAddresses", "children", "categories")
_ADDRESSES = ("businessAddress", "homeAddress", "otherAddress")
_POSTAL = Record(
    "physicalAddress", {name: Text() for name in ("street", "city", "state", "countryOrRegion", "postalCode")}
)
_MOST = {"emailAddresses": 3, "businessPhones": 2, "homePhones": 2}
_NAME_PARTS = frozenset({"title", "givenName", "middleName", "surname", "generation", "companyName"})

CONTACT = Record(
    "contact",
    {
        **{name: Text() for name in _TEXTS},
        **{name: ListOf(Text()) for name in _LISTS},
        **dict.fromkeys(_ADDRESSES, _POSTAL),
        "emailAddresses": ListOf(EMAIL_ADDRESS),
        "birthday": Instant(),
        "parentFolderId": Text(),
        "singleValueExtendedProperties": EXTENDED_PROPERTIES,
    },
    read_only={
        "id": Text(),
        "changeKey": Text(),
        "createdDateTime": Instant(),
        "lastModifiedDateTime": Instant(),
    },
)

BLANK: JsonObject = {
    **dict.fromkeys(_TEXTS),
    **{name: [] for name in _LISTS},
    **{name: {} for name in _ADDRESSES},
    "emailAddresses": [],
    "birthday": None,
}
"""A contact nobody has written anything into: texts are null, lists empty, addresses empty objects."""


def written(before: JsonObject, given: JsonObject) -> JsonObject:
    """The stored properties after a write of `given` (checked against the type) to those of `before`.

    `displayName` and `fileAs` are generated anew whenever a part of the name is written without them, even over ones
    that a person chose. An address is replaced whole: parts left out are cleared (an assumption).
    """
    after = {**before, **{name: value for name, value in given.items() if name in BLANK}}
    for name, most in _MOST.items():
        if len(after[name]) > most:
            raise validation_failed(f"A contact holds at most {most} {name}.")
    for name in _ADDRESSES:
        after[name] = _address(after[name])
    after["emailAddresses"] = [_email(address) for address in after["emailAddresses"]]
    if after["personalNotes"]:
        after["personalNotes"] = bodies.with_crlf(after["personalNotes"])
    if given.get("birthday"):
        after["birthday"] = _noon(given["birthday"])
    _generate_names(after, given)
    return after


def _generate_names(after: JsonObject, given: JsonObject) -> None:
    is_named_anew = bool(_NAME_PARTS & given.keys())
    if not given.get("displayName") and (is_named_anew or not after["displayName"]):
        words = ("title", "givenName", "middleName", "surname", "generation")
        spoken = " ".join(after[word] for word in words if after[word])
        first_address = after["emailAddresses"][0]["address"] if after["emailAddresses"] else ""
        after["displayName"] = spoken or after["companyName"] or first_address or ""
    if not given.get("fileAs") and (is_named_anew or not after["fileAs"]):
        given_names = " ".join(after[word] for word in ("givenName", "middleName") if after[word])
        filed = ", ".join(part for part in (after["surname"], given_names) if part)
        after["fileAs"] = filed or after["companyName"] or after["displayName"]


def _email(address: JsonObject) -> JsonObject:
    text = address.get("address") or ""
    return {"name": address.get("name") or text, "address": text}


def _address(given: JsonObject | None) -> JsonObject:
    kept = {name: value for name, value in (given or {}).items() if value}
    if "street" in kept:
        kept["street"] = bodies.with_crlf(kept["street"])
    return kept


def _noon(instant: str) -> str:
    """Outlook keeps a birthday at 11:59 UTC, so that no zone shifts its day."""
    return f"{datetime.fromisoformat(instant).date().isoformat()}T11:59:00Z"
