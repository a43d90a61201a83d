"""Reading the org: its schema, its rows, and queries over them. The lowest layer of `org.Org`; `writing` builds on it.

It is also the world that SOQL runs against. Everything raises SalesforceError; nothing knows HTTP.
"""

import random
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from lpc_tui.sandbox.common import Clock, JsonObject
from lpc_tui.sandbox.salesforce import ids
from lpc_tui.sandbox.salesforce.catalogue import schema_of
from lpc_tui.sandbox.salesforce.errors import is_deleted, not_found
from lpc_tui.sandbox.salesforce.schema import LATEST_VERSION, Field, OrgOptions, Schema, SObject
from lpc_tui.sandbox.salesforce.soql.compiler import CompiledQuery, compile_query
from lpc_tui.sandbox.salesforce.soql.parser import parse
from lpc_tui.sandbox.salesforce.store import Row, Store


class OrgReading:
    """Rows under a schema. Take `lock` around an operation when other threads may use the org too."""

    def __init__(self, *, clock: Clock, seed: int, options: OrgOptions) -> None:
        self.clock = clock
        self.seed = seed
        self.lock = threading.RLock()
        self.me = ""
        """The running user's id."""
        self.options = options
        self._store = Store()
        self._rng = random.Random(seed)

    @property
    def options(self) -> OrgOptions:
        """How the org is set up; assign another to change it, as an administrator would."""
        return self._options

    @options.setter
    def options(self, options: OrgOptions) -> None:
        self._options = options
        self._stored_schema = schema_of(replace(options, hidden_fields=frozenset()), LATEST_VERSION)
        self.schema_changed = self.now.replace(microsecond=0)
        """When describe last changed, for If-Modified-Since."""

    @property
    def now(self) -> datetime:
        """The service's time."""
        return self.clock()

    @property
    def zone(self) -> ZoneInfo:
        """The running user's time zone."""
        user = self._store.get("User", self.me)
        return ZoneInfo(user["TimeZoneSidKey"] if user else "UTC")

    def schema(self, version: float = LATEST_VERSION) -> Schema:
        """The objects and fields that this API version shows to the running user."""
        return schema_of(self.options, version)

    def rows(self, sobject: str) -> list[Row]:
        """Every row of an object, deleted ones included."""
        return self._store.rows(sobject)

    def lookup(self, record_id: str) -> Row | None:
        """The row behind an 18-character id of any object, deleted or not."""
        sobject = self._stored_schema.of_id(record_id)
        return self._store.get(sobject.name, record_id) if sobject else None

    def compile(self, soql: str, version: float = LATEST_VERSION) -> CompiledQuery:
        """A checked query. Raises MALFORMED_QUERY, INVALID_TYPE, INVALID_FIELD, INVALID_QUERY_FILTER_OPERATOR."""
        return compile_query(parse(soql), self.schema(version), self)

    def find(self, query: CompiledQuery, *, include_deleted: bool = False) -> list[str]:
        """The ids a query finds, in its order; what it leaves open is shuffled anew each time."""
        return query.find(self._rng, include_deleted=include_deleted)

    def query(self, soql: str, include_deleted: bool = False) -> list[JsonObject]:
        """The records a query finds, all pages at once; with `include_deleted` the deleted and archived too."""
        query = self.compile(soql)
        return query.show(self.find(query, include_deleted=include_deleted))

    def live_row(self, sobject: SObject, record_id: str) -> Row:
        """The row of an id in either form. Raises NOT_FOUND or ENTITY_IS_DELETED."""
        full_id = ids.normalise(record_id)
        if full_id is None:
            raise not_found(f"Provided external ID field does not exist or is not accessible: {record_id}")
        row = self._store.get(sobject.name, full_id)
        if row is None:
            raise not_found()
        if row.get("IsDeleted"):
            raise is_deleted()
        return row

    def live_having(self, sobject: SObject, field: Field, value: object) -> list[Row]:
        """The live rows whose field has exactly that value, case and all."""
        return [
            row for row in self._store.having(sobject.name, field.name, value) if not row.get("IsDeleted")
        ]

    def record(self, sobject: str, record_id: str) -> JsonObject:
        """A live record with every field the user may see. Raises NOT_FOUND or ENTITY_IS_DELETED."""
        schema = self.schema()
        found = schema.sobject(sobject)
        return show_record(self.live_row(found, record_id), found, schema)


def show_record(
    row: Row, sobject: SObject, schema: Schema, fields: Iterable[Field] | None = None
) -> JsonObject:
    """A row as a single record is shown: attributes, the fields (all, unless given), and always the Id."""
    url = f"/services/data/v{schema.version:.1f}/sobjects/{sobject.name}/{row['Id']}"
    record: JsonObject = {"attributes": {"type": sobject.name, "url": url}}
    record |= {field.name: row.get(field.name) for field in fields or sobject.fields}
    record["Id"] = row["Id"]
    return record
