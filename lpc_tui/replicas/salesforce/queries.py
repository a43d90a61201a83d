"""The questions asked about records, as SOQL: which ones are in scope, in each process. Pure text.

Made only from ids, instants, days, names of fields, and quoted text.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from lpc_tui.model.rules import Window
from lpc_tui.replicas.salesforce.soql import day, instant, quoted, quoted_list

__all__ = ["ContactQueries", "EventQueries", "Membership", "Queries", "TaskQueries", "select"]

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Membership:
    """A set of contacts that is kept outside of the contacts: to join or to leave it does not touch them."""

    field: str
    """The contact's field that the members are known by."""
    sobject: str
    """The object whose records make somebody a member."""
    key: str
    """Its field that says whom."""
    condition: str
    """Which of its records count."""

    @property
    def members(self) -> str:
        """The condition on a contact. The bin's records count nowhere, also where deleted contacts are asked for."""
        return (
            f"{self.field} IN (SELECT {self.key} FROM {self.sobject}"
            f" WHERE {self.condition} AND IsDeleted = false)"
        )

    def changed(self, since: datetime) -> str:
        """Whose membership began or ended since then; to be asked with what is in the bin."""
        return (
            f"{select([self.key], self.sobject)} WHERE {self.condition} AND {self.key} != null"
            f" AND SystemModstamp >= {instant(since)}"
        )


@dataclass(frozen=True)
class Queries(ABC):
    """What is asked about the records of one user."""

    user: str
    """The id of whose records they are."""

    sobject: ClassVar[str]
    kind: ClassVar[str] = ""
    """The condition that tells items of the process from other records of the object."""
    order: ClassVar[str] = "Id"

    @property
    def membership(self) -> Membership | None:
        """Where the records themselves do not tell whether they are in scope: what does."""
        return None

    @property
    def own(self) -> str:
        """The condition on whose records are in scope."""
        return f"OwnerId = {quoted(self.user)}"

    def everything(self, window: Window | None, selected: Sequence[str]) -> str:
        """The records in scope, and a few around it: what belongs exactly is the planner's to say."""
        days = self.within(window) if window is not None else ""
        return f"{self._select(selected)}{_where(self.own, self.kind, days)} ORDER BY {self.order}"

    def changed(self, since: datetime, selected: Sequence[str], until: datetime | None = None) -> str:
        """Records last written since then, wherever they lie now: an edit that leaves the window must be seen.

        Both ends are inclusive.
        """
        return f"{self._select(selected)}{self._written(since, until)} ORDER BY SystemModstamp, Id"

    def count(self, since: datetime, until: datetime) -> str:
        """How many these are, as the query's total."""
        return f"{self._select(['COUNT()'])}{self._written(since, until)}"

    def created(self, since: datetime, selected: Sequence[str]) -> str:
        """The records that a person made since then, whoever owns them now; the newest first."""
        made = f"CreatedById = {quoted(self.user)}"
        return (
            f"{self._select(selected)}{_where(made, self.kind, f'CreatedDate >= {instant(since)}')}"
            " ORDER BY CreatedDate DESC, Id DESC"
        )

    def having(self, field: str, values: Iterable[str], selected: Sequence[str]) -> str:
        """The records with one of these texts or ids in a field."""
        return f"{self._select(selected)} WHERE {field} IN {quoted_list(values)}"

    def by_ids(self, ids: Iterable[str], selected: Sequence[str]) -> str:
        """These very records."""
        return self.having("Id", ids, selected)

    def unchanged(self, stamps: Mapping[datetime, Sequence[str]]) -> str:
        """Those of these records that are living, in scope, and were last written at this very second; the ids by it."""
        known = " OR ".join(
            f"(SystemModstamp = {instant(stamp)} AND Id IN {quoted_list(ids)})"
            for stamp, ids in stamps.items()
        )
        return f"{self._select(['Id'])}{_where(self.own, self.kind, f'({known})')}"

    @abstractmethod
    def within(self, window: Window) -> str:
        """The condition on the days."""

    def _written(self, since: datetime, until: datetime | None) -> str:
        end = "" if until is None else f"SystemModstamp <= {instant(until)}"
        return _where(self.own, self.kind, f"SystemModstamp >= {instant(since)}", end)

    def _select(self, selected: Sequence[str]) -> str:
        return select(selected, self.sobject)


@dataclass(frozen=True)
class EventQueries(Queries):
    """A person's own appointments."""

    sobject: ClassVar[str] = "Event"
    kind: ClassVar[str] = "IsChild = false AND IsRecurrence = false AND GroupEventType != '3'"
    """Not an invitee's copy of somebody's event, and not the pattern row of a series, classic or Lightning: none of them is
    an appointment of its own. `!=` lets null through."""
    order: ClassVar[str] = "StartDateTime, Id"

    def within(self, window: Window) -> str:
        """An all-day event is compared by its dates, with a day's margin: they are nobody's instants."""
        timed = (
            f"IsAllDayEvent = false AND EndDateTime >= {instant(window.start)}"
            f" AND StartDateTime < {instant(window.end)}"
        )
        all_day = (
            f"IsAllDayEvent = true AND EndDate >= {day(window.first - _DAY)}"
            f" AND ActivityDate <= {day(window.last + _DAY)}"
        )
        return f"(({timed}) OR ({all_day}))"


@dataclass(frozen=True)
class TaskQueries(Queries):
    """A person's own to-do list."""

    sobject: ClassVar[str] = "Task"
    kind: ClassVar[str] = "TaskSubtype = 'Task' AND IsRecurrence = false"
    """Not the calls and e-mails that the org logs as tasks, and not the pattern row of a series."""
    order: ClassVar[str] = "ActivityDate, Id"

    def within(self, window: Window) -> str:
        """By the due date; without one, as long as it is open."""
        due = f"ActivityDate >= {day(window.first)} AND ActivityDate <= {day(window.last)}"
        return f"(({due}) OR (ActivityDate = null AND IsClosed = false))"


@dataclass(frozen=True)
class ContactQueries(Queries):
    """A person's contacts: those they own, all they see, their account teams', or a campaign's."""

    whose: str = "mine"
    """mine, all, team or campaign."""
    campaign: str = ""
    """The id of the campaign."""

    sobject: ClassVar[str] = "Contact"

    @property
    def membership(self) -> Membership | None:
        if self.whose == "team":
            mine = f"UserId = {quoted(self.user)}"
            return Membership("AccountId", "AccountTeamMember", "AccountId", mine)
        if self.whose == "campaign":
            these = f"CampaignId = {quoted(self.campaign)}"
            return Membership("Id", "CampaignMember", "ContactId", these)
        return None

    @property
    def own(self) -> str:
        if self.whose == "all":
            return ""
        membership = self.membership
        return super().own if membership is None else membership.members

    def within(self, window: Window) -> str:
        """A contact has no days."""
        return ""


def select(selected: Sequence[str], sobject: str) -> str:
    """The beginning of a query."""
    return f"SELECT {','.join(selected)} FROM {sobject}"


def _where(*conditions: str) -> str:
    given = " AND ".join(filter(None, conditions))
    return f" WHERE {given}" if given else ""
