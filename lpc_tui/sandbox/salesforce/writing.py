"""Writing records as an API call does: the middle layer of `org.Org`.

A write goes: deserialise, judge the values, resolve references, the object's own rules, the org's rewriting
hook, stamps, store. Everything raises SalesforceError; nothing knows HTTP.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from lpc_tui.sandbox.common import Clock, JsonObject
from lpc_tui.sandbox.salesforce import ids, series
from lpc_tui.sandbox.salesforce.duplicates import is_saved_anyway
from lpc_tui.sandbox.salesforce.errors import (
    DuplicatesDetected,
    SalesforceError,
    invalid_reference,
    malformed_id,
)
from lpc_tui.sandbox.salesforce.events import settle_event
from lpc_tui.sandbox.salesforce.instants import wire_second
from lpc_tui.sandbox.salesforce.people import settle_addresses, settle_person
from lpc_tui.sandbox.salesforce.reading import OrgReading
from lpc_tui.sandbox.salesforce.rules import Change, Rule
from lpc_tui.sandbox.salesforce.schema import LATEST_VERSION, Field, OrgOptions, SObject
from lpc_tui.sandbox.salesforce.store import Row
from lpc_tui.sandbox.salesforce.tasks import settle_task
from lpc_tui.sandbox.salesforce.values import (
    Values,
    check_values,
    check_writeable,
    read_record,
    with_defaults,
)

RewriteHook = Callable[[str, JsonObject], JsonObject]
"""A trigger's seam: gets the object's name and the record about to be stored, answers the fields to store
instead.
"""

PartHook = Callable[[str, str], None]
"""Gets the method and the path of one part of a composite or one record of a collection, before it is carried out; raises
SalesforceError to refuse it alone.
"""

_RULES: dict[str, Rule] = {
    "Account": settle_addresses,
    "Contact": settle_person,
    "Event": settle_event,
    "Lead": settle_person,
    "Task": settle_task,
}

# What an invitee's copy of a group event keeps of its own.
_INVITEES_OWN = frozenset(
    {"Id", "OwnerId", "IsChild", "IsReminderSet", "ReminderDateTime", "CreatedDate", "CreatedById", "_parent"}
)


class OrgWriting(OrgReading):
    """Creates, changes and deletes records with the stamps of a clock."""

    def __init__(self, *, clock: Clock, seed: int, options: OrgOptions) -> None:
        super().__init__(clock=clock, seed=seed, options=options)
        self.revision = 0
        """Grows with every change of a row."""
        self.rewrite_hook: RewriteHook | None = None
        self.fault_hook: RewriteHook | None = None
        """The same, after it, for rules and triggers that are switched on as faults; may raise SalesforceError."""
        self.part_hook: PartHook | None = None
        self._ids = ids.IdMaker(seed)
        self._actor = ""

    def insert(self, sobject: str, fields: Mapping[str, object], *, version: float = LATEST_VERSION) -> str:
        """Create a record from a JSON body and return its 18-character id. Raises what the service would answer."""
        found = self.schema(version).sobject(sobject)
        return self.create(found, read_record(found, fields), version)

    def update(
        self, sobject: str, record_id: str, fields: Mapping[str, object], *, version: float = LATEST_VERSION
    ) -> None:
        """Change a record by a JSON body; what is not in it stays. Raises what the service would answer."""
        found = self.schema(version).sobject(sobject)
        self.change(found, record_id, read_record(found, fields), version)

    def create(self, sobject: SObject, values: Values, version: float) -> str:
        """Create a record from deserialised values and return its id. Raises SalesforceError."""
        if not sobject.createable:
            raise unsupported(sobject, "create")
        if "Id" in values:
            raise SalesforceError(
                400, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ["Id"]
            )
        self._judge(sobject, values, creating=True)
        stored = self._stored_schema.sobject(sobject.name)
        defaults: Values = {"OwnerId": self._actor} if stored.find("OwnerId") else {}
        row = with_defaults(stored, {**defaults, **values})
        row |= {
            "Id": self._ids.make(stored.key_prefix),
            "CreatedDate": wire_second(self.now),
            "CreatedById": self._actor,
        }
        self._check_duplicates(stored, row)
        self._save(stored, None, values, row, version)
        return str(row["Id"])

    def change(self, sobject: SObject, record_id: str, values: Values, version: float) -> None:
        """Change a record by deserialised values. Every call moves the stamps. Raises SalesforceError."""
        before = self.writeable_row(sobject, record_id)
        if not sobject.updateable:
            raise unsupported(sobject, "update")
        self._judge(sobject, values, creating=False)
        with self._store.savepoint():
            self._overwrite(self._stored_schema.sobject(sobject.name), before, values, version)

    def delete(self, sobject: str, record_id: str) -> None:
        """Move a record to the recycle bin. Raises ENTITY_IS_DELETED or INVALID_CROSS_REFERENCE_KEY."""
        found = self._stored_schema.sobject(sobject)
        row = self.writeable_row(found, record_id)
        if not found.deletable:
            raise unsupported(found, "delete")
        with self._store.savepoint():
            self._bin(found, row)
            self._release_children(found, row)

    def writeable_row(self, sobject: SObject, record_id: str) -> Row:
        """The live row a write is meant for. Raises NOT_FOUND, ENTITY_IS_DELETED or INVALID_CROSS_REFERENCE_KEY."""
        full_id = ids.normalise(record_id)
        if full_id is not None and self._store.get(sobject.name, full_id) is None:
            raise invalid_reference(status=404)
        return self.live_row(sobject, record_id)

    @contextmanager
    def all_or_none(self) -> Iterator[None]:
        """Undo every write of the block if it raises."""
        with self._store.savepoint():
            yield

    def check_part(self, method: str, path: str) -> None:
        """Let the hook for parts refuse one. Raises SalesforceError."""
        if self.part_hook:
            self.part_hook(method, path)

    def _judge(self, sobject: SObject, values: Values, *, creating: bool) -> None:
        check_writeable(sobject, values, creating=creating)
        check_values(sobject, values)
        for name, value in values.items():
            field = sobject.field(name)
            if field.reference_to and value is not None:
                self._check_target(field, value)

    def _check_target(self, field: Field, record_id: str) -> None:
        kind = self._stored_schema.of_id(record_id)
        if kind is None or kind.name not in field.reference_to:
            raise malformed_id(field.label, record_id, field.name)
        if self._live(record_id) is None:
            raise invalid_reference(field.name)

    def _overwrite(self, sobject: SObject, before: Row, given: Values, version: float) -> Row:
        """Save new values over a row, and carry them to whatever follows it."""
        row = self._save(sobject, before, given, {**before, **given}, version)
        if "_series" in row:
            self._spread_over_series(sobject, before, row, given, version)
        if row.get("IsGroupEvent") and not row["IsChild"]:
            self._copy_to_invitees(row)
        return row

    def _save(self, sobject: SObject, before: Row | None, given: Values, row: Row, version: float) -> Row:
        """Apply the object's rules and the hook, stamp, store. `row` is written to and becomes the stored one."""
        change = Change(
            before=before,
            given=given,
            row=row,
            now=self.now,
            version=version,
            options=self.options,
            lookup=self._live,
        )
        rule = _RULES.get(sobject.name)
        if rule:
            rule(change)
        for hook in filter(None, (self.rewrite_hook, self.fault_hook)):
            self._rewrite(hook, sobject, change, rule)
        self._check_unique(sobject, row)
        row |= {"LastModifiedDate": wire_second(self.now), "LastModifiedById": self._actor}
        self._store_stamped(sobject.name, row)
        return row

    def _rewrite(self, hook: RewriteHook, sobject: SObject, change: Change, rule: Rule | None) -> None:
        shown = {name: value for name, value in change.row.items() if not name.startswith("_")}
        rewritten = hook(sobject.name, dict(shown))
        changed = {name: value for name, value in rewritten.items() if shown.get(name) != value}
        change.row |= changed
        if rule and changed:
            change.given = {**change.given, **changed}
            rule(change)

    def _store_stamped(self, sobject: str, row: Row) -> None:
        """Store a row with a new SystemModstamp."""
        row["SystemModstamp"] = wire_second(self.now)
        self._store.put(sobject, row)
        self.revision += 1

    def _live(self, record_id: str) -> Row | None:
        row = self.lookup(record_id)
        return None if row is None or row.get("IsDeleted") else row

    def _check_unique(self, sobject: SObject, row: Row) -> None:
        for field in sobject.fields:
            value = row.get(field.name)
            if not field.unique or value is None:
                continue
            for other in self._store.having(sobject.name, field.name, value):
                if other["Id"] != row["Id"] and not other["IsDeleted"]:
                    raise SalesforceError(
                        400,
                        "DUPLICATE_VALUE",
                        f"duplicate value found: {field.name} duplicates value on record with id: {other['Id'][:15]}",
                    )

    def _check_duplicates(self, sobject: SObject, row: Row) -> None:
        """The org's duplicate rule alerts at a second contact with an e-mail."""
        if not self.options.duplicate_rule or sobject.name != "Contact" or not row["Email"]:
            return
        if is_saved_anyway():
            return
        email = row["Email"].casefold()
        alike = [
            each["Id"]
            for each in self.rows("Contact")
            if not each["IsDeleted"] and (each["Email"] or "").casefold() == email
        ]
        if alike:
            raise DuplicatesDetected(self.options.duplicate_rule, sobject.name, alike)

    def _bin(self, sobject: SObject, row: Row, **notes: object) -> None:
        """Mark a row deleted; `_deleted` is its line in the delete log."""
        stamp = wire_second(self.now)
        marks = {
            "IsDeleted": True,
            "_deleted": stamp,
            "LastModifiedDate": stamp,
            "LastModifiedById": self._actor,
        }
        self._store_stamped(sobject.name, {**row, **notes, **marks})

    def _release_children(self, sobject: SObject, parent: Row) -> None:
        """Clear the lookups to a deleted record; what cannot be without it is deleted too."""
        for child, field, row in self._referring(sobject, parent["Id"]):
            if not field.nillable:
                self._bin(child, row)
            else:
                self._overwrite(child, row, {field.name: None}, LATEST_VERSION)
        if parent.get("IsGroupEvent"):
            for row in self._invitee_copies(parent["Id"]):
                self._bin(sobject, row)

    def _referring(self, sobject: SObject, record_id: str) -> list[tuple[SObject, Field, Row]]:
        """Live rows that name a record in a lookup which a person sets, with the field that does."""
        return [
            (child, field, row)
            for child in self._stored_schema.objects
            for field in child.fields
            if sobject.name in field.reference_to and field.createable
            for row in self.rows(child.name)
            if row.get(field.name) == record_id and not row.get("IsDeleted") and "_parent" not in row
        ]

    def _spread_over_series(
        self, sobject: SObject, before: Row, after: Row, given: Values, version: float
    ) -> None:
        if version < series.WHOLE_SERIES_SINCE or series.is_past(before, self.now):
            self._store.put(sobject.name, {**after, "IsRecurrence2Exception": True})
            return
        for follower in series.followers(self.rows(sobject.name), after, self.now):
            values = series.values_for(follower, before, after, given)
            self._save(sobject, follower, values, {**follower, **values}, version)

    def _invitee_copies(self, event_id: str) -> list[Row]:
        return [row for row in self.rows("Event") if row.get("_parent") == event_id and not row["IsDeleted"]]

    def _copy_to_invitees(self, event: Row) -> None:
        copied = {name: value for name, value in event.items() if name not in _INVITEES_OWN}
        for row in self._invitee_copies(event["Id"]):
            self._store_stamped("Event", {**row, **copied})


def unsupported(sobject: SObject, operation: str) -> SalesforceError:
    """The object is not for that."""
    return SalesforceError(
        400, "INVALID_TYPE_FOR_OPERATION", f"entity type {sobject.name} does not support {operation}"
    )
