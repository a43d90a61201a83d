"""Lists and findings that a test plays: what they hold, when their parts arrive, how they fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

from lpc_tui.doctor.findings import Finding
from lpc_tui.errors import LpcError
from lpc_tui.places.interface import Batch, Kind, Place, alike

__all__ = ["CALENDARS", "SCOPES", "FakePlaces", "nothing_found"]

CALENDARS = (
    Place(value="", id="cal-0", name="Calendar", is_default=True),
    Place(value="cal-1", id="cal-1", name="Projects"),
    Place(value="cal-2", id="cal-2", name="Holidays", can_edit=False),
    Place(value="cal-3", id="cal-3", name="Kim", owner="Kim Colleague", address="kim@contoso.example"),
)
SCOPES = (
    Place(value="mine", name="Contacts I own", is_default=True),
    Place(value="all", name="All contacts I can see"),
    Place(value="team", name="Contacts of my account teams"),
    Place(value="campaign", name="Members of a campaign"),
)
_CAMPAIGNS = (
    Place(value="701A", id="701A", name="Spring fair", notes=("active", "Planned")),
    Place(value="701B", id="701B", name="Old mailing", notes=("not active", "Completed")),
)


@dataclass
class FakePlaces:
    """Gives out what it holds, in parts of `part` entries; a part waits for `gate` if there is one."""

    lists: Mapping[Kind, Sequence[Place]] = field(
        default_factory=lambda: {Kind.CALENDAR: CALENDARS, Kind.SCOPE: SCOPES, Kind.CAMPAIGN: _CAMPAIGNS}
    )
    error: LpcError | None = None
    part: int = 1_000
    gate: asyncio.Event | None = None
    searches: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    """What was looked for by its value."""
    open_lists: int = 0
    """How many are being fetched."""

    async def fetch(self, kind: Kind, search: str = "") -> AsyncGenerator[Batch, None]:
        self.searches.append(search)
        self.open_lists += 1
        try:
            if self.gate is not None:
                await self.gate.wait()
            if self.error is not None:
                raise self.error
            places = [each for each in self.lists.get(kind, ()) if search.casefold() in each.name.casefold()]
            for at in range(0, max(len(places), 1), self.part):
                yield Batch(places[at : at + self.part], len(places))
        finally:
            self.open_lists -= 1

    async def find(self, kind: Kind, wanted: str) -> Sequence[Place]:
        self.found.append(wanted)
        if self.error is not None:
            raise self.error
        return alike(self.lists.get(kind, ()), wanted)


async def nothing_found() -> AsyncGenerator[Finding, None]:
    """An examination that looks at nothing."""
    findings: Sequence[Finding] = ()
    for finding in findings:
        yield finding
