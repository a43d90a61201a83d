"""The calendar's story: which appointments there are, which services know them, and where the two disagree.

Everything here is drafts; `build` writes them. Subjects with their start are unique unless a double is meant, so that
what is on both sides is evidently the same.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from lpc_tui.sandbox.sample import words
from lpc_tui.sandbox.sample.cast import Cast, Contact
from lpc_tui.sandbox.sample.drafts import Draft

HOME = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
TOKYO = ZoneInfo("Asia/Tokyo")

PAST_DAYS = 40
FUTURE_DAYS = 120

_PAIRS = 72
_OUTLOOK_ONLY = 56
_SALESFORCE_ONLY = 48
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Pair:
    """One appointment that both services know; the two drafts are the same unless a difference is meant."""

    outlook: Draft
    salesforce: Draft
    person: Contact | None = None
    """Whom Salesforce relates it to."""


@dataclass(slots=True)
class Story:
    """All single appointments."""

    pairs: list[Pair] = field(default_factory=list)
    outlook: list[Draft] = field(default_factory=list)
    salesforce: list[tuple[Draft, Contact | None]] = field(default_factory=list)
    organised: list[Draft] = field(default_factory=list)
    """Meetings with guests, on the Outlook side; the seller's own."""

    received: list[tuple[Draft, Contact]] = field(default_factory=list)
    """Meetings that somebody else organises."""


class Author:
    """Makes drafts: a random but repeatable day, hour, customer and text for each."""

    def __init__(self, cast: Cast, *, seed: int, today: dt.date) -> None:
        self._cast = cast
        self._rng = random.Random(f"{seed}/story")
        self._today = today
        self._taken: set[tuple[str, dt.datetime]] = set()

    def tell(self, *, conflicts: bool) -> Story:
        """The whole story; `conflicts` adds pairs that disagree and look-alikes, which wait for a person's decision."""
        story = Story()
        story.pairs += [self._pair(number) for number in range(_PAIRS)]
        _leave_gaps(story.pairs, self._today)
        if conflicts:
            _disagree(story.pairs, self._today)
        story.pairs += list(self._whole_days())
        story.outlook += [draft for draft, _ in self._several(words.OUTLOOK_ONLY, _OUTLOOK_ONLY)]
        story.salesforce += self._several(words.SALESFORCE_ONLY, _SALESFORCE_ONLY)
        self._vary(story.outlook)
        story.outlook += list(self._discreet())
        self._hostile(story)
        if conflicts:
            self._doubles(story)
        story.organised += [self._with_guests("Steering committee: {deal}", 2 + n % 3) for n in range(6)]
        story.received += [self._invitation(number) for number in range(6)]
        return story

    def day(self, offset: int) -> dt.date:
        """The working day nearest after so many days from today."""
        day = self._today + dt.timedelta(days=offset)
        return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)

    def _any_day(self) -> dt.date:
        return self.day(self._rng.randint(-PAST_DAYS, FUTURE_DAYS - 2))

    def _draft(self, kind: tuple[str, int, str], zone: ZoneInfo = HOME) -> tuple[Draft, Contact]:
        """An appointment of a kind at a time that no other of its name has."""
        subject, minutes, place = kind
        person = self._rng.choice(self._cast.people)
        named = {"deal": self._rng.choice(words.DEALS), "person": person.name, "company": person.company.name}
        named["city"] = person.company.city
        while True:
            clock = dt.time(self._rng.randint(8, 16), self._rng.choice((0, 0, 30, 15)))
            start = dt.datetime.combine(self._any_day(), clock, zone)
            key = (subject.format(**named), start)
            if key not in self._taken:
                break
        self._taken.add(key)
        return Draft(
            subject=key[0],
            start=start,
            minutes=minutes,
            location=place.format(**named),
            text=self._rng.choice(words.NOTES).format(**named),
            reminder=self._rng.choice((15, 15, 30, 60, None)),
        ), person

    def _several(self, kinds: tuple[tuple[str, int, str], ...], count: int) -> list[tuple[Draft, Contact]]:
        return [self._draft(kinds[number % len(kinds)]) for number in range(count)]

    def _pair(self, number: int) -> Pair:
        zone = {5: NEW_YORK, 9: TOKYO}.get(number % 12, HOME)
        draft, person = self._draft(words.MEETINGS[number % len(words.MEETINGS)], zone)
        if number % 6 == 1:
            rich = words.RICH_NOTES[number % len(words.RICH_NOTES)]
            named = {"deal": words.DEALS[number % len(words.DEALS)], "person": person.given}
            draft = replace(draft, text="", html=rich.format(company=person.company.name, **named))
        if number % 11 == 3:
            draft = replace(draft, show_as=("tentative", "workingElsewhere", "oof", "free")[number // 11 % 4])
        if number % 24 == 7:
            secret = replace(draft, sensitivity="private")
            return Pair(secret, secret)
        return Pair(draft, draft, person)

    def _whole_days(self) -> Iterator[Pair]:
        """All-day and multi-day appointments, one of them over the weekend."""
        for offset, days, subject, show_as in (
            (-25, 1, "Public holiday", "free"),
            (12, 3, "Trade fair Hannover", "busy"),
            (33, 10, "Summer leave", "oof"),
            (60, 1, "Inventory", "workingElsewhere"),
            (95, 2, "Sales conference", "busy"),
        ):
            midnight = dt.datetime.combine(self.day(offset), dt.time(), HOME)
            draft = Draft(
                subject=subject, start=midnight, minutes=days * _DAY, is_all_day=True, show_as=show_as
            )
            yield Pair(draft, draft)

    def _vary(self, drafts: list[Draft]) -> None:
        """Give some Outlook appointments what only Outlook has."""
        for number, show_as in enumerate(("tentative", "workingElsewhere", "oof", "free")):
            drafts[number] = replace(drafts[number], show_as=show_as, categories=("Customers", "Travel"))
        for number in (6, 7):
            elsewhere = drafts[number].start.replace(tzinfo=(NEW_YORK, TOKYO)[number % 2])
            drafts[number] = replace(drafts[number], start=elsewhere)
        for number, rich in enumerate(words.RICH_NOTES, start=8):
            html = rich.format(deal=words.DEALS[number % 10], company="Juniper Bank", person="Rosa")
            drafts[number] = replace(drafts[number], text="", html=html)

    def _discreet(self) -> Iterator[Draft]:
        """What nobody else is to read, in all three grades, and a free day."""
        for number, (subject, sensitivity) in enumerate(
            (
                ("Doctor's appointment", "private"),
                ("School meeting", "private"),
                ("Salary talk with Kim", "confidential"),
                ("Gym", "personal"),
                ("Dentist", "private"),
            )
        ):
            start = dt.datetime.combine(self.day(number * 9 - 6), dt.time(8 + number * 2), HOME)
            yield Draft(subject=subject, start=start, minutes=60, sensitivity=sensitivity, reminder=30)
        birthday = dt.datetime.combine(self.day(21), dt.time(), HOME)
        yield Draft(subject="Mum's birthday", start=birthday, minutes=_DAY, is_all_day=True, show_as="free")

    def _hostile(self, story: Story) -> None:
        """Names that try to be more than text, in turn on one side and on the other."""
        for number, subject in enumerate(words.HOSTILE):
            start = dt.datetime.combine(self.day(number * 5 - 10), dt.time(13, 30), HOME)
            draft = Draft(subject=subject, start=start, minutes=30, location=subject[:60], text=subject)
            if number % 2:
                story.salesforce.append((draft, None))
            else:
                story.outlook.append(draft)

    def _doubles(self, story: Story) -> None:
        """One against two on either side: which of them is meant only the person knows."""
        for offset, subject in ((9, "Planning round"), (16, "Budget call")):
            start = dt.datetime.combine(self.day(offset), dt.time(10), HOME)
            draft = Draft(subject=subject, start=start, minutes=60, location="Head office, room 4.12")
            other = replace(draft, location="Head office, room 2.01")
            story.outlook += [draft, other] if offset == 9 else [draft]
            story.salesforce += [(draft, None)] if offset == 9 else [(draft, None), (other, None)]

    def _with_guests(self, subject: str, guests: int) -> Draft:
        draft, person = self._draft((subject, 60, "Head office, room 4.12"))
        colleagues = [one for one in self._cast.people if one.company is person.company and one is not person]
        return replace(draft, guests=(person, *self._rng.sample(colleagues, guests - 1)))

    def _invitation(self, number: int) -> tuple[Draft, Contact]:
        draft, organiser = self._draft(("{company}: project call {deal}", 45, "Video"))
        show_as = "tentative" if number % 2 else "busy"
        return replace(draft, show_as=show_as, guests=(self._rng.choice(self._cast.people),)), organiser


def _plain_ones_ahead(pairs: list[Pair], today: dt.date) -> list[int]:
    """The numbers of pairs still to come that are neither private nor formatted."""
    return [
        number
        for number, pair in enumerate(pairs)
        if pair.outlook.start.date() > today
        and pair.outlook.sensitivity == "normal"
        and not pair.outlook.html
    ]


def _disagree(pairs: list[Pair], today: dt.date) -> None:
    """Make the first pairs ahead differ in one field each: a conflict of that field."""
    for number, change in zip(_plain_ones_ahead(pairs, today), _CHANGES, strict=False):
        before = pairs[number]
        filled = replace(
            before.outlook, location="Head office", text="Agenda follows.", reminder=15, show_as="busy"
        )
        pairs[number] = replace(before, outlook=filled, salesforce=change(filled))


def _leave_gaps(pairs: list[Pair], today: dt.date) -> None:
    """Let one side of some pairs ahead have nothing where the other has something."""
    for number, empty in zip(_plain_ones_ahead(pairs, today)[len(_CHANGES) :], _GAPS, strict=False):
        before = pairs[number]
        filled = replace(before.outlook, location="Head office", text="Agenda follows.")
        sides = (filled, empty(filled)) if number % 2 else (empty(filled), filled)
        pairs[number] = replace(before, outlook=sides[0], salesforce=sides[1])


_CHANGES: tuple[Callable[[Draft], Draft], ...] = (
    lambda draft: replace(draft, location="Moved to room 1.04"),
    lambda draft: replace(draft, location="Video call"),
    lambda draft: replace(draft, text="The customer asked for a shorter meeting."),
    lambda draft: replace(draft, show_as="oof"),
    lambda draft: replace(draft, reminder=45),
)
_GAPS: tuple[Callable[[Draft], Draft], ...] = (
    lambda draft: replace(draft, location=""),
    lambda draft: replace(draft, text=""),
) * 2
