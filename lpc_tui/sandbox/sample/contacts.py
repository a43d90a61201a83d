"""The address books: 120 people, some in both services, some of those written another way there, or under another name."""

import random

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.sample import words
from lpc_tui.sandbox.sample.cast import Cast, Company, Contact

_BY_MAIL = 34
"""In both, with the same e-mail."""

_BY_NAME = 8
"""In both, with the same name and company, the e-mail only in Outlook."""

_VARIANTS = 8
"""In both, with the e-mail and phones written another way; with conflicts, under another form of the name."""

_OUTLOOK_ONLY = 36
_SENSITIVITY_ID = "Integer 0x36"
_LETTERS = str.maketrans({"ü": "ue", "ä": "ae", "ö": "oe", "ß": "ss", "é": "e", "ë": "e", "ł": "l", "ı": "i"})


def add_contacts(
    mailbox: Mailbox, org: Org, cast: Cast, *, seed: int, conflicts: bool = False
) -> dict[str, str]:
    """Create accounts and contacts on both sides; returns the Salesforce ids by name of company and of person."""
    rng = random.Random(f"{seed}/contacts")
    ids = {company.name: org.insert("Account", _account(company)) for company in cast.companies}
    for number, person in enumerate(cast.people):
        in_both = number < _BY_MAIL + _BY_NAME + _VARIANTS
        in_outlook = in_both or number < _BY_MAIL + _BY_NAME + _VARIANTS + _OUTLOOK_ONLY
        outlook, salesforce = _outlook(person, rng), _salesforce(person, ids[person.company.name])
        if _BY_MAIL <= number < _BY_MAIL + _BY_NAME:
            del salesforce["Email"]
        elif number >= _BY_MAIL + _BY_NAME and in_both:
            salesforce |= _under_another_name(person) if conflicts else _written_another_way(person)
        elif in_outlook and number % 9 == 4:
            second = {"name": person.name, "address": f"{person.given}.{person.family}@home.example".lower()}
            outlook["emailAddresses"].append(second)
        elif in_outlook and number % 18 == 0:
            outlook["singleValueExtendedProperties"] = [{"id": _SENSITIVITY_ID, "value": "2"}]
        if in_outlook:
            mailbox.create_contact(outlook)
        if in_both or not in_outlook:
            ids[person.name] = org.insert("Contact", salesforce)
    with org.acting_as(org.colleague):
        org.insert(
            "Contact",
            _salesforce(cast.people[0], ids[cast.people[0].company.name]) | {"Email": "kim@x.example"},
        )
    return ids


def _under_another_name(person: Contact) -> JsonObject:
    return {
        "FirstName": words.NICKNAMES.get(person.given, f"{person.given[0]}."),
        "LastName": person.family.translate(_LETTERS),
    }


def _written_another_way(person: Contact) -> JsonObject:
    """As a service's own web page may have rewritten it: nobody's edit."""
    return {"Email": person.email.upper(), "Phone": person.phone.replace(" ", "-")}


def _account(company: Company) -> JsonObject:
    return {
        "Name": company.name,
        "Type": "Customer",
        "Industry": company.industry,
        "Phone": company.phone,
        "Website": f"https://www.{company.domain}",
        "BillingStreet": company.street,
        "BillingCity": company.city,
        "BillingPostalCode": company.postal_code,
        "BillingCountry": company.country,
    }


def _outlook(person: Contact, rng: random.Random) -> JsonObject:
    company = person.company
    contact: JsonObject = {
        "givenName": person.given,
        "surname": person.family,
        "displayName": person.name,
        "companyName": company.name,
        "jobTitle": person.title,
        "department": person.department,
        "emailAddresses": [{"name": person.name, "address": person.email}],
        "businessPhones": [person.phone],
        "mobilePhone": person.mobile,
        "businessAddress": {
            "street": company.street,
            "city": company.city,
            "postalCode": company.postal_code,
            "countryOrRegion": company.country,
        },
    }
    if rng.random() < 0.25:
        contact["personalNotes"] = "Prefers calls in the morning.\r\nSpeaks German and English."
    if rng.random() < 0.2:
        contact["birthday"] = (
            f"{rng.randint(1955, 2000)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T11:59:00Z"
        )
    return contact


def _salesforce(person: Contact, account_id: str) -> JsonObject:
    company = person.company
    return {
        "FirstName": person.given,
        "LastName": person.family,
        "AccountId": account_id,
        "Title": person.title,
        "Department": person.department,
        "Email": person.email,
        "Phone": person.phone,
        "MobilePhone": person.mobile,
        "MailingStreet": company.street,
        "MailingCity": company.city,
        "MailingPostalCode": company.postal_code,
        "MailingCountry": company.country,
        "LeadSource": "Web",
    }
