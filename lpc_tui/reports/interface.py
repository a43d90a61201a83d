"""The reports of a profile as values: past runs, their operations, open issues, prevented counts, explanations.

`profile.ProfileReports` makes them; the command line prints them, the terminal UI shows them. They are data, not words on a
screen: titles, values and the services' words are foreign text, to be made inert by whoever shows them (law 13), and a
private item is `(private)` with its ids and nothing else (law 6).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol

from lpc_tui.engine.events import Counts, Outcome
from lpc_tui.model.items import EMPTY, Fields, Process, Side, Value
from lpc_tui.model.links import Presence
from lpc_tui.model.plan import FieldConflict
from lpc_tui.model.rules import Action

__all__ = [
    "PRIVATE",
    "Answer",
    "Explanation",
    "Fate",
    "FieldChange",
    "FieldState",
    "HistoryEntry",
    "Issue",
    "IssueKind",
    "Issues",
    "ItemRef",
    "Law",
    "PastRun",
    "Prevented",
    "ProcessStanding",
    "Reports",
    "Resolution",
    "ResolutionKind",
    "RunEnd",
    "SettingInForce",
    "Verdict",
    "Version",
]

PRIVATE: Final = "(private)"
"""What stands in place of a private item's title."""


# An item, and what is known of it


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRef:
    """One thing of the person's: an item, or a pair of them."""

    process: Process
    title: str
    """As its side last showed it (untrusted), or `(private)`."""
    outlook_id: str | None = None
    salesforce_id: str | None = None
    when: Value = None
    """An event's time, a task's due date; None for a contact, a private item, and where it is not known."""

    is_private: bool = False

    def id_on(self, side: Side) -> str | None:
        """Its id on a side; None where it is not known to have one."""
        return self.outlook_id if side is Side.OUTLOOK else self.salesforce_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One side of an item, as the last run that saw it left it."""

    side: Side
    id: str
    presence: Presence
    """GONE: proven deleted; MISSING: not shown. The fields are then the last ones seen."""
    fields: Fields = field(default_factory=lambda: EMPTY)
    """Canonical fields; empty for a private item."""
    base: Fields = field(default_factory=lambda: EMPTY)
    """As this side showed them when both sides last agreed; a field not in it was never agreed on."""
    modified: datetime | None = None
    """When the service says it was last modified; aware UTC."""
    is_private: bool = False
    is_away: bool = False
    """It exists, but was archived, reassigned or moved to another folder."""
    url: str = ""
    """Where it can be opened in a browser, if the service said."""


class FieldState(enum.StrEnum):
    """How a field of a linked item stands against what both sides last agreed on."""

    AGREED = "agreed"
    OUTLOOK = "outlook"
    """Changed in Outlook."""
    SALESFORCE = "salesforce"
    BOTH = "both"
    """Changed on both sides."""
    NEVER = "never"
    """Never agreed on."""


# History


class RunEnd(enum.StrEnum):
    """Whether a run has an end."""

    ENDED = "ended"
    STOPPED = "stopped"
    """It has none, and a later run began: it was killed, or its computer went down."""
    OPEN = "open"
    """It has none, and none began since: it still runs, or was stopped without an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One run of the history."""

    run: str
    started: datetime
    """Aware UTC."""
    finished: datetime | None
    end: RunEnd
    outcome: Outcome | None
    exit_code: int | None
    processes: tuple[Process, ...]
    counts: Mapping[Process, Counts]
    """Links made and ended are counted here and nowhere else: they are no writes, and the journal holds writes."""
    operations: int
    """How many writes it journalled."""
    unsettled: int
    """Writes of which it is still not known whether they happened; the next run of their process looks them up."""
    recovered: int
    """Writes without an outcome of their own, of which a later run found out what became of them."""


class Fate(enum.StrEnum):
    """What became of a write."""

    DONE = "done"
    REFUSED = "refused"
    """The service refused it, in its `words`."""
    CHANGED = "changed"
    """Not sent: the item was no longer what the plan had seen."""
    GONE = "gone"
    """Not sent: the item was not there any more."""
    NOT_SENT = "not-sent"
    """Stopped or throttled before it was sent."""
    NOT_DONE = "not-done"
    """A later run looked, and it had not happened."""
    UNSETTLED = "unsettled"
    """No outcome is recorded: the run died, the answer was lost, or it is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a write."""

    field: str
    """The canonical name."""
    label: str
    before: Value
    """What the item held; None where nothing was there."""
    sent: Value
    """What was written; None for a delete."""
    after: Value
    """What was read back; None where nothing was: after a delete, or where the write did not happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One write of a run, item by item."""

    number: int
    """In the journal: unique, and rising with time."""
    run: str
    side: Side
    """The side that was written."""
    action: Action
    item: ItemRef
    fate: Fate
    changes: tuple[FieldChange, ...]
    """In the order of the field map; empty for a private item."""
    words: str
    """The service's own, where it refused (untrusted)."""
    sent_at: datetime
    """When it was journalled, right before its request; aware UTC."""
    settled_at: datetime | None
    settled_by: str | None
    """The later run that found out what became of it; None where its own run recorded it."""
    is_text_forgotten: bool = False
    """The item was private when the private box was off: its text was taken out of the history."""


# Open issues


class IssueKind(enum.StrEnum):
    """What is open about an item."""

    CONFLICT = "conflict"
    EDIT_AGAINST_DELETE = "edit-against-delete"
    SEVERAL_ALIKE = "several-alike"
    MERGED = "merged"
    """Merged on one side into a record that has a counterpart of its own."""
    REFUSED = "refused"
    GUESTS = "guests"
    """Law 12: mail would go to guests."""
    SPREADS = "spreads"
    """Law 14: a whole series would change."""
    BRAKE = "brake"
    """Law 10; about a process, not an item."""
    PREVENTED = "prevented"
    UNSETTLED = "unsettled"
    """A write whose outcome was never recorded: the next run looks it up before anything else."""
    READY = "ready"
    """Seen and not carried out yet; the next run does it."""
    GUARDED = "guarded"
    """A field that is not overwritten because the record holds more than the other side could."""
    ASLEEP = "asleep"
    AWAY = "away"
    MISSING = "missing"
    PRIVATE = "private"

    @property
    def needs_person(self) -> bool:
        """Whether it waits for the person: a run that meets it ends with exit code 1."""
        return self in _FOR_THE_PERSON

    @property
    def is_prevented(self) -> bool:
        """Whether a Prevent box holds it back."""
        return self is IssueKind.PREVENTED

    @property
    def is_for_the_next_run(self) -> bool:
        """Whether the next run sees to it by itself."""
        return self in {IssueKind.READY, IssueKind.UNSETTLED}

    @property
    def rests(self) -> bool:
        """Whether it is nobody's turn: left as it is until something changes."""
        return self in _AT_REST


_FOR_THE_PERSON = frozenset(
    {
        IssueKind.CONFLICT,
        IssueKind.EDIT_AGAINST_DELETE,
        IssueKind.SEVERAL_ALIKE,
        IssueKind.MERGED,
        IssueKind.REFUSED,
        IssueKind.GUESTS,
        IssueKind.SPREADS,
        IssueKind.BRAKE,
    }
)
_AT_REST = frozenset(
    {IssueKind.GUARDED, IssueKind.ASLEEP, IssueKind.AWAY, IssueKind.MISSING, IssueKind.PRIVATE}
)


class ResolutionKind(enum.StrEnum):
    """Where an issue can be resolved."""

    REVIEW = "review"
    """In the review of a sync of `process`."""
    UNTICK = "untick"
    """By unticking the box `key`."""
    SETTING = "setting"
    """By changing the setting `key`."""
    SERVICE = "service"
    """By hand, in the service of `side`."""
    SYNC = "sync"
    """By a sync of `process`, without more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """One thing that can be done about an issue."""

    kind: ResolutionKind
    sentence: str
    process: Process
    key: str = ""
    """UNTICK, SETTING: the dotted key."""
    side: Side | None = None
    """SERVICE: where."""
    url: str = ""
    """SERVICE: the item there, if the service said where it can be opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Something open about an item: what the next run would say of it if nothing changed until then."""

    key: str
    """The step's in the plan and the review: the same in every run as long as the item is the same."""
    kind: IssueKind
    item: ItemRef
    sentence: str
    """Why (untrusted: it may quote a service)."""
    resolutions: tuple[Resolution, ...]
    """What can be done, the nearest first; empty where nothing needs to be."""
    side: Side | None = None
    """The side that would be written; None where no write is meant."""
    action: Action | None = None
    fields: tuple[str, ...] = ()
    """Canonical names: in conflict, at fault, or to be written."""
    conflicts: tuple[FieldConflict, ...] = ()
    """With both values and the base; without values for a private item."""
    words: str = ""
    """REFUSED: the service's own (untrusted)."""
    since: datetime | None = None
    """REFUSED, UNSETTLED: when it was sent; None where the state does not tell."""
    setting: str = ""
    """PREVENTED: the dotted key of the box."""
    alike: tuple[ItemRef, ...] = ()
    """SEVERAL_ALIKE: the other items, of either side, that it cannot be told apart from; the first 20."""
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStanding:
    """What is known of a process as a whole."""

    process: Process
    last_run: datetime | None
    """When the last run of it began; None: none ever did."""
    is_known: bool
    """Whether both sides were read once."""
    links: int
    asleep: int
    """Links at rest, as the last run that looked at them left them: out of the days, moved, reassigned or archived."""
    private: tuple[ItemRef, ...]
    """Private items that stay where they are: ids alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues:
    """What is open right now, in the order of the review, process by process."""

    standings: tuple[ProcessStanding, ...]
    open: tuple[Issue, ...]

    def of(self, *kinds: IssueKind) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.open if issue.kind in kinds)

    @property
    def waiting(self) -> tuple[Issue, ...]:
        """Those that wait for the person."""
        return tuple(issue for issue in self.open if issue.kind.needs_person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prevented:
    """What one Prevent box holds back: the writes that the next run would list as prevented by it.

    Counted under the settings that the reports were made with. An item in conflict is not among them: what would be written
    is not decided yet. Once the box is unticked, some may still wait for a yes (guests, a series).
    """

    key: str
    """The dotted key of the box."""
    process: Process
    side: Side
    action: Action
    is_ticked: bool
    issues: tuple[Issue, ...]

    @property
    def count(self) -> int:
        return len(self.issues)


# Why


@dataclass(frozen=True, slots=True)
class Law:
    """One of the laws of the sync."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class SettingInForce:
    """A setting that decided, with its value."""

    key: str
    value: bool | int | str


class Verdict(enum.StrEnum):
    """What an explanation says of an item."""

    IN_SYNC = "in-sync"
    OPEN = "open"
    """Something is open about it; see its issues."""
    OUT_OF_SCOPE = "out-of-scope"
    """Not linked, and outside what the process covers."""
    ENDED = "ended"
    """Not there any more on either side, or no longer linked; the history tells of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an item was or was not synced."""

    item: ItemRef
    verdict: Verdict
    sentence: str
    """What happened, or did not, and why (untrusted: it may quote a service)."""
    law: Law
    settings: tuple[SettingInForce, ...]
    versions: tuple[Version, ...]
    """The sides that are known, Outlook first; none of an item that is only in the history."""
    states: Mapping[str, FieldState] = field(default_factory=lambda: MappingProxyType({}))
    """By canonical field, of a linked item: where it changed since both sides agreed."""
    issues: tuple[Issue, ...] = ()
    operations: tuple[HistoryEntry, ...] = ()
    """The latest writes about it, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is known of what was asked for: an explanation, or several items to choose from, or neither."""

    asked: str
    explanation: Explanation | None = None
    choices: tuple[ItemRef, ...] = ()
    """Several fit: ask again with the id of one."""
    is_cut: bool = False
    """There are more than `choices` names."""
    reasons: tuple[str, ...] = ()
    """Nothing fits: what that may come from, likeliest first."""

    @property
    def is_known(self) -> bool:
        return self.explanation is not None or bool(self.choices)


class Reports(Protocol):
    """The reports of one profile under one set of settings. Every call reads the state file and blocks; a run may go on.

    Raises:
        StateError: from every call: the state file cannot be used. A missing one is no error: nothing has run yet.
    """

    def runs(self, *, offset: int = 0, limit: int = 100) -> Sequence[PastRun]:
        """Past runs, newest first."""

    def run(self, name: str) -> PastRun:
        """The run whose id is, or alone begins with, `name`; `last`: the latest one.

        Raises:
            UsageError: there is none, or several begin so.
        """

    def operations(
        self, run: str, *, offset: int = 0, limit: int = 200, containing: str = ""
    ) -> Sequence[HistoryEntry]:
        """What a run wrote, in order, from the `offset`-th on; `containing`: those whose title holds it, in any case."""

    def issues(self) -> Issues:
        """What is open right now."""

    def prevented(self) -> Mapping[str, Prevented]:
        """By the dotted key of every Prevent box, ticked or not, what it holds back right now."""

    def why(self, asked: str) -> Answer:
        """Why the item was or was not synced whose id (of either side) or address is `asked`, or whose title holds it."""

    def explain(self, item: ItemRef) -> Explanation | None:
        """The same for an item that is on screen; None: it is not known any more."""
