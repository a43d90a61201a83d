"""The sandbox's Salesforce org: what the server serves, and what a test or the demo acts on as somebody in Salesforce.

`OrgWriting` below it does what an API call does; here is what people and the platform do by other ways:
merging, undeleting, inviting, series, the recycle bin, the nightly archive. No HTTP. Other threads take
`lock` around an operation.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, Self

from lpc_tui.sandbox.common import Clock, JsonObject
from lpc_tui.sandbox.salesforce import series, users
from lpc_tui.sandbox.salesforce.activities import is_old_event, is_old_task
from lpc_tui.sandbox.salesforce.cursors import Cursors
from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.instants import from_wire, parse_instant, wire_second
from lpc_tui.sandbox.salesforce.schema import OrgOptions
from lpc_tui.sandbox.salesforce.series import SeriesPattern
from lpc_tui.sandbox.salesforce.soql.compiler import CompiledQuery
from lpc_tui.sandbox.salesforce.store import Row, Store
from lpc_tui.sandbox.salesforce.usage import ApiUsage
from lpc_tui.sandbox.salesforce.users import COLLEAGUE, DEFAULT_USER, OrgUser
from lpc_tui.sandbox.salesforce.writing import OrgWriting

BIN_KEEPS = timedelta(days=15)
"""How long the recycle bin, and with it the delete log, keeps a record."""


class Org(OrgWriting):
    """One org with two users; the running one is `me`.

    All of it is in memory; `dump` and `restore` carry it across restarts.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        seed: int = 0,
        user: OrgUser = DEFAULT_USER,
        options: OrgOptions | None = None,
    ) -> None:
        super().__init__(clock=clock, seed=seed, options=options or OrgOptions())
        self.usage = ApiUsage()
        self.cursors = Cursors(seed)
        self.created = self.now.replace(microsecond=0)
        self.purged: dict[str, str] = {}
        """By object, the instant up to which its delete log has been emptied."""
        self._tended_on = self.now.date()
        self.me = self._actor = self._ids.make("005")
        self._found_row("User", {"Id": self.me, **users.user_fields(user)})
        self.colleague = self.add_user(COLLEAGUE)
        """The other user's id."""
        self.organization = self._found_row("Organization", users.organization_fields(user))
        for choice in users.status_fields(self.options):
            self._found_row("TaskStatus", choice)
        for choice in users.priority_fields(self.options):
            self._found_row("TaskPriority", choice)

    def add_user(self, user: OrgUser) -> str:
        """Give a person a licence; returns the user's id."""
        return self._found_row("User", users.user_fields(user))

    def _found_row(self, sobject: str, fields: Row) -> str:
        """Store a setup record, which no API call can create."""
        stored = self._stored_schema.sobject(sobject)
        row: Row = {field.name: None for field in stored.fields}
        stamp = wire_second(self.now)
        row |= {"Id": fields.get("Id") or self._ids.make(stored.key_prefix), **fields}
        row |= {
            "CreatedDate": stamp,
            "CreatedById": self.me,
            "LastModifiedDate": stamp,
            "LastModifiedById": self.me,
        }
        self._store_stamped(sobject, row)
        return str(row["Id"])

    @contextmanager
    def acting_as(self, user_id: str) -> Iterator[None]:
        """Within the block writes are this user's: audit fields, and the default owner."""
        with self.lock:
            before, self._actor = self._actor, user_id
            try:
                yield
            finally:
                self._actor = before

    def find(self, query: CompiledQuery, *, include_deleted: bool = False) -> list[str]:
        """As `OrgReading.find`, after whatever the night's jobs have done since."""
        self.tend()
        return super().find(query, include_deleted=include_deleted)

    # -- what people do by other ways than the API

    def undelete(self, sobject: str, record_id: str) -> None:
        """Take a record out of the recycle bin: the same id with a new SystemModstamp. Raises NOT_FOUND."""
        found = self._stored_schema.sobject(sobject)
        row = self._store.get(found.name, record_id)
        if row is None or not row["IsDeleted"]:
            raise SalesforceError(404, "UNDELETE_FAILED", "Entity is not in the recycle bin")
        restored = {name: value for name, value in row.items() if name != "_deleted"}
        self._store_stamped(found.name, {**restored, "IsDeleted": False})

    def merge(self, sobject: str, master_id: str, loser_id: str) -> None:
        """Merge one contact into another: the loser is deleted and names its master, and its children move to the master.

        Raises NOT_FOUND or ENTITY_IS_DELETED if either is not live.
        """
        found = self._stored_schema.sobject(sobject)
        master, loser = self.live_row(found, master_id), self.live_row(found, loser_id)
        with self._store.savepoint():
            for child, field, row in self._referring(found, loser["Id"]):
                self._overwrite(child, row, {field.name: master["Id"]}, self.schema().version)
            self._overwrite(found, master, {}, self.schema().version)
            self._bin(found, loser, MasterRecordId=master["Id"])

    def touch(self, sobject: str, record_id: str) -> None:
        """Move SystemModstamp alone, as automation does that changes nothing the person typed. Raises NOT_FOUND."""
        found = self._stored_schema.sobject(sobject)
        self._store_stamped(found.name, dict(self.live_row(found, record_id)))

    def fire_reminders(self) -> None:
        """Switch off the reminders that are due, as the platform does by itself once they have been shown."""
        for sobject in ("Event", "Task"):
            for row in self.rows(sobject):
                due = row["ReminderDateTime"]
                if row["IsReminderSet"] and due and due <= wire_second(self.now) and not row["IsDeleted"]:
                    self._store_stamped(sobject, {**row, "IsReminderSet": False})

    def invite(self, event_id: str, user_id: str) -> str:
        """Make an event a group event and give the invitee their copy (IsChild), whose id is returned.

        Raises NOT_FOUND.
        """
        found = self._stored_schema.sobject("Event")
        parent = {**self.live_row(found, event_id), "IsGroupEvent": True, "GroupEventType": "1"}
        self._store_stamped("Event", parent)
        copy = {**parent, "Id": self._ids.make(found.key_prefix), "OwnerId": user_id}
        copy |= {"IsChild": True, "IsReminderSet": False, "ReminderDateTime": None, "_parent": parent["Id"]}
        self._store_stamped("Event", copy)
        return str(copy["Id"])

    def create_lightning_series(self, fields: Mapping[str, object], pattern: SeriesPattern) -> list[str]:
        """Create a series whose first occurrence `fields` describes; returns the occurrences' ids, earliest first.

        There is also a pattern row (GroupEventType 3), which is no appointment. Raises what creating an event
        does.
        """
        start = parse_instant(str(fields.get("StartDateTime")))
        if start is None:
            raise SalesforceError(
                400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [StartDateTime]"
            )
        with self._store.savepoint():
            first = self._store.get("Event", self.insert("Event", fields))
            assert first is not None
            marks = {"_series": first["Id"], **series.pattern_fields(pattern, start)}
            self._store_stamped("Event", {**first, **marks, "GroupEventType": series.PATTERN_ROW})
            return [
                self._occurrence({**fields, "StartDateTime": wire_second(at)}, first, marks)
                for at in pattern.starts(start)
            ]

    def _occurrence(self, fields: Mapping[str, Any], first: Row, marks: Row) -> str:
        timing = {name: value for name, value in fields.items() if name != "EndDateTime"}
        record_id = self.insert("Event", {**timing, "DurationInMinutes": first["DurationInMinutes"]})
        row = self._store.get("Event", record_id)
        assert row is not None
        self._store_stamped("Event", {**row, **marks})
        return record_id

    def end_series_from(self, record_id: str) -> None:
        """Delete an occurrence and all later ones of its series.

        Raises NOT_FOUND, or INVALID_OPERATION if it has none.
        """
        found = self._stored_schema.sobject("Event")
        row = self.live_row(found, record_id)
        if "_series" not in row:
            raise SalesforceError(400, "INVALID_OPERATION", "The event is not part of a series")
        for other in self.rows("Event"):
            is_sibling = (
                other.get("_series") == row["_series"] and other["GroupEventType"] != series.PATTERN_ROW
            )
            if is_sibling and not other["IsDeleted"] and other["StartDateTime"] >= row["StartDateTime"]:
                self._bin(found, other)

    # -- what the platform does by night

    def run_archive(self) -> None:
        """Archive events and closed tasks of a year ago: `query` no longer returns them. Moves no stamps."""
        for sobject, is_old in (("Event", is_old_event), ("Task", is_old_task)):
            for row in self.rows(sobject):
                if not row["IsArchived"] and not row["IsDeleted"] and is_old(row, self.now):
                    self._store.put(sobject, {**row, "IsArchived": True})
                    self.revision += 1

    def empty_recycle_bin(self) -> None:
        """Remove the deleted records for good, as an administrator may: they leave queryAll and the delete log."""
        self._purge(wire_second(self.now + timedelta(seconds=1)), wire_second(self.now))

    def tend(self) -> None:
        """The first look of a new day finds the archive run and the emptying of the bin done."""
        if self.now.date() > self._tended_on:
            self._tended_on = self.now.date()
            self.run_archive()
            horizon = wire_second(self.now - BIN_KEEPS)
            self._purge(horizon, horizon)

    def _purge(self, deleted_before: str, log_starts: str) -> None:
        for sobject, rows in self._store.tables().items():
            gone = [row["Id"] for row in rows if row.get("IsDeleted") and row["_deleted"] < deleted_before]
            for record_id in gone:
                self._store.purge(sobject, record_id)
            if gone:
                self.purged[sobject] = log_starts
                self.revision += 1

    # -- persistence

    def dump(self) -> JsonObject:
        """Everything as JSON, for `restore`."""
        return {
            "seed": self.seed,
            "last_id": self._ids.last,
            "options": self.options.to_json(),
            "created": wire_second(self.created),
            "tended_on": self._tended_on.isoformat(),
            "me": self.me,
            "colleague": self.colleague,
            "organization": self.organization,
            "purged": dict(self.purged),
            "cursors": self.cursors.dump(),
            "tables": self._store.tables(),
            "revision": self.revision,
        }

    @classmethod
    def restore(cls, dump: JsonObject, *, clock: Clock) -> Self:
        """The org of a dump, under a clock: open queries and the delete log go on where they were."""
        org = cls(clock=clock, seed=dump["seed"], options=OrgOptions.from_json(dump["options"]))
        org._store = Store.filled(dump["tables"])
        org._ids.last = dump["last_id"]
        org.created = from_wire(dump["created"])
        org._tended_on = date.fromisoformat(dump["tended_on"])
        org.me = org._actor = dump["me"]
        org.colleague, org.organization = dump["colleague"], dump["organization"]
        org.purged = dict(dump["purged"])
        org.cursors.restore(dump["cursors"])
        org.revision = dump["revision"]
        return org
