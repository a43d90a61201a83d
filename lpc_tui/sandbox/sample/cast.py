"""Who the story is about: the companies a salesperson works for, and the people there."""

import random
import unicodedata
from dataclasses import dataclass

from lpc_tui.sandbox.sample import words

_PEOPLE = 120
_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "ı": "i", "đ": "d"})


@dataclass(frozen=True, slots=True)
class Company:
    """A customer."""

    name: str
    domain: str
    city: str
    country: str
    industry: str
    street: str
    postal_code: str
    phone: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at a customer."""

    given: str
    family: str
    company: Company
    title: str
    department: str
    phone: str
    mobile: str

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}"

    @property
    def email(self) -> str:
        """The address at the company, unique by construction of the cast."""
        return f"{_mail_word(self.given)}.{_mail_word(self.family)}@{self.company.domain}"


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody."""

    companies: tuple[Company, ...]
    people: tuple[Contact, ...]


def make_cast(seed: int) -> Cast:
    """The companies and 120 people of a seed; no two people share a name."""
    rng = random.Random(f"{seed}/cast")
    companies = tuple(_company(rng, row) for row in words.COMPANIES)
    names = [(given, family) for given in words.GIVEN_NAMES for family in words.FAMILY_NAMES]
    people = tuple(
        _contact(rng, given, family, companies[number % len(companies)])
        for number, (given, family) in enumerate(rng.sample(names, _PEOPLE))
    )
    return Cast(companies, people)


def _company(rng: random.Random, row: tuple[str, str, str, str, str]) -> Company:
    street = f"{rng.choice(words.STREETS)} {rng.randint(1, 180)}"
    return Company(*row, street, f"{rng.randint(10_000, 99_999)}", _phone(rng))


def _contact(rng: random.Random, given: str, family: str, company: Company) -> Contact:
    return Contact(
        given,
        family,
        company,
        rng.choice(words.TITLES),
        rng.choice(words.DEPARTMENTS),
        _phone(rng),
        f"+49 170 {rng.randint(1_000_000, 9_999_999)}",
    )


def _phone(rng: random.Random) -> str:
    return f"+49 {rng.randint(30, 89)} {rng.randint(100_000, 999_999)}"


def _mail_word(name: str) -> str:
    """A name as it stands in a mail address: ASCII, lower case."""
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_PLAIN))
    return "".join(sign for sign in decomposed if sign.isascii() and sign.isalnum())
