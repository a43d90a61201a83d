"""What a request asks for with `Prefer`: kind of ids, zone of times, form of bodies, size of pages.

Preferences count for one request only; they are not in delta links. Unknown ones are ignored, as HTTP demands.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lpc_tui.sandbox.graph import times
from lpc_tui.sandbox.graph.shape import PLAIN, Shape

_PREFERENCE = re.compile(r'\s*([\w.\-]+)\s*(?:=\s*("(?:[^"]*)"|[^,;]*))?[^,]*(?:,|$)')


@dataclass(frozen=True, slots=True)
class Preferences:
    """A request's preferences, and which of them were applied."""

    shape: Shape = PLAIN
    page_size: int | None = None
    applied: tuple[str, ...] = ()


def read_preferences(headers: Iterable[str]) -> Preferences:
    """The preferences of all `Prefer` headers together; raises `TimeZoneNotSupportedException` for a bad zone."""
    wishes: dict[str, str] = {}
    for header in headers:
        for name, value in _PREFERENCE.findall(header):
            wishes.setdefault(name.lower(), value.strip().strip('"'))
    applied: list[str] = []
    zone_name = wishes.get("outlook.timezone", "UTC")
    if "outlook.timezone" in wishes:
        times.zone(zone_name)
        applied.append(f'outlook.timezone="{zone_name}"')
    body_form = wishes.get("outlook.body-content-type", "").lower()
    if body_form in ("text", "html"):
        applied.append(f'outlook.body-content-type="{body_form}"')
    immutable = wishes.get("idtype", "").lower() == "immutableid"
    if immutable:
        applied.append('IdType="ImmutableId"')
    size = wishes.get("odata.maxpagesize", "")
    page_size = int(size) if size.isdecimal() and int(size) > 0 else None
    if page_size is not None:
        applied.append(f"odata.maxpagesize={page_size}")
    return Preferences(Shape(immutable, zone_name, body_form == "text"), page_size, tuple(applied))
