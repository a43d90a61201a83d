"""Reads a calendar file into the mailbox: its events by series, its to-dos, and a name for whatever else it holds.

A file that the library refuses as a whole is read again component by component, so that one broken event costs one
event. Every reason a component is left out ends up in the report; nothing here raises for what a file says.
"""

import datetime as dt
import re
import warnings
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component

from lpc_tui.sandbox.graph.errors import GraphError
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.load.events import text_of
from lpc_tui.sandbox.load.meetings import owner_of
from lpc_tui.sandbox.load.report import FileReport, UnreadableError
from lpc_tui.sandbox.load.series import Group, SeriesLoader, groups_of
from lpc_tui.sandbox.load.todos import read_todo
from lpc_tui.sandbox.load.zones import Zones, zone_by_name
from lpc_tui.sandbox.quiet import quietly

_NO_PLACE = {
    "VJOURNAL": "Outlook's calendar keeps no journals",
    "VFREEBUSY": "free/busy times are no events",
    "VAVAILABILITY": "availabilities are no events",
}
_BLOCK = re.compile(
    r"^BEGIN:(VEVENT|VTODO|VTIMEZONE)\s*$.*?^END:\1\s*$", re.MULTILINE | re.DOTALL | re.IGNORECASE
)
_LIBRARY_FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What the calendar library raises for broken content, beside its own errors, which are ValueErrors."""


def load_calendar(text: str, mailbox: Mailbox, report: FileReport, *, today: dt.date) -> None:
    """Load all calendars of a file; never raises for what it says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries warn of what they had to guess
        calendars = _calendars(text, report)
        for calendar in calendars:
            with quietly(mailbox):
                _load(calendar, mailbox, report, today)
    if not report.loaded and not report.skipped:
        report.skip(report.path.name, "nothing to load in it" if calendars else "not a calendar")


def _load(calendar: Component, mailbox: Mailbox, report: FileReport, today: dt.date) -> None:
    zones = Zones(_default_zone(calendar, mailbox))
    events = list(_components(calendar, "VEVENT", report))
    loader = SeriesLoader(mailbox, zones, owner_of(events), calendar, report, today)
    for group in groups_of(events):
        _load_group(loader, group, report)
    for todo in _components(calendar, "VTODO", report):
        _load_todo(todo, mailbox, zones, report)
    for name, reason in _NO_PLACE.items():
        for component in _components(calendar, name, report):
            report.skip(describe(component), reason)


def _load_group(loader: SeriesLoader, group: Group, report: FileReport) -> None:
    try:
        loader.load(group)
    except UnreadableError as error:
        report.skip(describe(group.first), str(error))
    except GraphError as error:
        report.skip(describe(group.first), f"Outlook would refuse it: {error}")
    except _LIBRARY_FAULTS as error:
        report.skip(describe(group.first), f"it cannot be read: {error}")


def _load_todo(todo: Component, mailbox: Mailbox, zones: Zones, report: FileReport) -> None:
    try:
        body = read_todo(todo, zones)
        mailbox.create_task(None, body)
    except UnreadableError as error:
        report.skip(describe(todo), str(error))
    except GraphError as error:
        report.skip(describe(todo), f"Outlook would refuse it: {error}")
    except _LIBRARY_FAULTS as error:
        report.skip(describe(todo), f"it cannot be read: {error}")
    else:
        report.tasks += 1
        if todo.get("RRULE") is not None:
            report.note(describe(todo), "it repeats; loaded once")


def describe(component: Component) -> str:
    """A component's kind and what a person would know it by."""
    named = text_of(component, "SUMMARY") or text_of(component, "UID") or "without a name"
    return f"{component.name} {named}"


def _default_zone(calendar: Component, mailbox: Mailbox) -> ZoneInfo:
    """What the file's times without a zone mean."""
    named = zone_by_name(text_of(calendar, "X-WR-TIMEZONE"))
    return named or zone_by_name(mailbox.zone) or ZoneInfo("UTC")


def _components(calendar: Component, name: str, report: FileReport) -> Iterator[Component]:
    try:
        yield from calendar.walk(name)
    except _LIBRARY_FAULTS as error:
        report.skip(f"{name} components", f"they cannot be read: {error}")


def _calendars(text: str, report: FileReport) -> list[Component]:
    """The file's calendars; of a file that is broken as a whole, one calendar of what can be saved."""
    try:
        read = Calendar.from_ical(text, multiple=True)
    except _LIBRARY_FAULTS as error:
        saved = _saved(text, report)
        if saved is None:
            report.skip(report.path.name, f"not a readable calendar: {error}")
            return []
        return [saved]
    return _with_bare_components(read)


def _with_bare_components(read: Iterable[Component]) -> list[Component]:
    """Calendars as they are, and events or to-dos that stand outside of any in a calendar of their own."""
    calendars: list[Component] = []
    bare = Calendar()
    for component in read:
        if component.name == "VCALENDAR":
            calendars.append(component)
        else:
            bare.add_component(component)
    return [*calendars, bare] if bare.subcomponents else calendars


def _saved(text: str, report: FileReport) -> Component | None:
    """What can be read of a broken file, each component on its own; None if it holds none at all."""
    zones = [match[0] for match in _BLOCK.finditer(text) if match[1].upper() == "VTIMEZONE"]
    blocks = [match[0] for match in _BLOCK.finditer(text) if match[1].upper() != "VTIMEZONE"]
    saved = Calendar()
    for block in blocks:
        component = _parsed(block, zones) or _parsed(block, [])
        if component is None:
            report.skip(_heading(block), "it is broken in the file")
        else:
            saved.add_component(component)
    return saved if blocks else None


def _parsed(block: str, zones: list[str]) -> Component | None:
    """One component, read beside the file's own zones."""
    try:
        read = Calendar.from_ical("\r\n".join(["BEGIN:VCALENDAR", *zones, block, "END:VCALENDAR", ""]))
        return next((each for each in read.walk() if each.name in {"VEVENT", "VTODO"}), None)
    except _LIBRARY_FAULTS:
        return None


def _heading(block: str) -> str:
    """What a broken component calls itself, as far as its text tells."""
    kind = "VTODO" if block[:11].upper() == "BEGIN:VTODO" else "VEVENT"
    found = re.search(r"^(?:SUMMARY|UID)[^:\n]*:(.*)$", block, re.MULTILINE | re.IGNORECASE)
    return f"{kind} {found[1].strip() if found else 'without a name'}"
