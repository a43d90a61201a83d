"""The words a schema is written in: fields, objects, and the org's switches that add or hide fields.

`catalogue` writes the tables, `describe` shows them, `values`, `soql` and the rules obey them. Nothing here
holds records.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Self

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.salesforce.errors import no_such_column, not_found

OLDEST_VERSION = 31.0
"""The oldest API version served; 21.0 to 30.0 answer 410."""

LATEST_VERSION = 67.0
"""The newest API version served (Summer '26), and what calls without a version mean."""


class FieldType(StrEnum):
    """A field's type as describe names it."""

    ID = "id"
    STRING = "string"
    TEXTAREA = "textarea"
    PICKLIST = "picklist"
    COMBOBOX = "combobox"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    REFERENCE = "reference"
    BOOLEAN = "boolean"
    INT = "int"
    DOUBLE = "double"
    DATE = "date"
    DATETIME = "datetime"
    ADDRESS = "address"


_TEXTS = frozenset(
    {
        FieldType.STRING,
        FieldType.TEXTAREA,
        FieldType.PICKLIST,
        FieldType.COMBOBOX,
        FieldType.EMAIL,
        FieldType.PHONE,
        FieldType.URL,
    }
)


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """One choice of a picklist."""

    value: str
    is_default: bool = False
    label: str = ""
    """What people see; empty: the value."""
    valid_for: tuple[int, ...] = ()
    """Positions of the controlling field's choices that it goes with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field as the running user sees it."""

    name: str
    type: FieldType
    label: str
    length: int = 0
    """Most UTF-16 units of a text; 0 for what is no text."""
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    filterable: bool = True
    sortable: bool = True
    default: str | bool | None = None
    """What a create without the field stores."""
    picklist: tuple[PicklistValue, ...] = ()
    restricted: bool = False
    """Whether values outside the picklist are refused."""
    controller: str = ""
    """The field that decides which choices are valid."""
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None
    """The name to go through in SOQL: `Owner` for `OwnerId`."""
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    since: float = OLDEST_VERSION
    """The API version in which the field appeared."""

    @property
    def is_text(self) -> bool:
        """Whether its values are text that the person typed or chose."""
        return self.type in _TEXTS

    @property
    def is_custom(self) -> bool:
        """Whether an administrator added it."""
        return self.name.endswith("__c")

    @property
    def is_long_text(self) -> bool:
        """Whether it makes pages shorter and can be neither filtered nor sorted."""
        return self.type is FieldType.TEXTAREA and self.length > 255

    @property
    def is_polymorphic(self) -> bool:
        """Whether it may refer to more than one object, so that only the Name object's fields are reachable."""
        return len(self.reference_to) > 1


@dataclass(frozen=True, kw_only=True)
class SObject:
    """One object and its fields."""

    name: str
    label: str
    label_plural: str
    key_prefix: str
    fields: tuple[Field, ...]
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    replicateable: bool = True
    """Whether `/updated` and `/deleted` exist for it."""

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        return {item.name.lower(): item for item in self.fields}

    @cached_property
    def _by_relationship(self) -> Mapping[str, Field]:
        return {item.relationship.lower(): item for item in self.fields if item.relationship}

    def find(self, name: str) -> Field | None:
        """The field of that name, whatever its case."""
        return self._by_name.get(name.lower())

    def field(self, name: str) -> Field:
        """The field of that name, whatever its case. Raises INVALID_FIELD."""
        found = self.find(name)
        if found is None:
            raise no_such_column(name, self.name)
        return found

    def relationship(self, name: str) -> Field | None:
        """The reference field behind a relationship's name, whatever its case."""
        return self._by_relationship.get(name.lower())


@dataclass(frozen=True)
class Schema:
    """All objects as one API version shows them to the running user."""

    objects: tuple[SObject, ...]
    version: float = LATEST_VERSION

    @cached_property
    def _by_name(self) -> Mapping[str, SObject]:
        return {item.name.lower(): item for item in self.objects}

    @cached_property
    def _by_prefix(self) -> Mapping[str, SObject]:
        return {item.key_prefix: item for item in self.objects if item.key_prefix}

    def find(self, name: str) -> SObject | None:
        """The object of that name, whatever its case."""
        return self._by_name.get(name.lower())

    def sobject(self, name: str) -> SObject:
        """The object of that name, whatever its case. Raises NOT_FOUND."""
        found = self.find(name)
        if found is None:
            raise not_found()
        return found

    def of_id(self, record_id: str) -> SObject | None:
        """The object whose key prefix the id carries."""
        return self._by_prefix.get(record_id[:3])


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusValue:
    """One task status of the org: its name is the administrator's, what it means is `is_closed`."""

    name: str
    is_closed: bool = False
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityValue:
    """One task priority of the org."""

    name: str
    is_high: bool = False
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgOptions:
    """How this org is set up: what differs between customers and breaks clients that assume."""

    middle_name_and_suffix: bool = False
    """Whether Contact has MiddleName and Suffix."""

    external_id_field: str | None = None
    """Name of a custom external-id field (ending in `__c`) that the administrator added to Event, Task and
    Contact.
    """

    external_id_unique: bool = False
    """Whether that field refuses duplicates; otherwise several records may carry one value."""

    multiday_events: bool = True
    """Whether a timed or all-day event may last longer than 24 hours (then up to 14 days)."""

    state_and_country_picklists: bool = False
    """Whether addresses have lists of countries and states, as in new orgs, instead of free text."""

    restricted_picklists: frozenset[str] = field(default_factory=frozenset)
    """`Object.Field` names of picklists that are restricted here though they are not elsewhere."""

    duplicate_rule: str = ""
    """Name of a duplicate rule that alerts at a new contact whose e-mail another one has; empty: there is none."""

    hidden_fields: frozenset[str] = field(default_factory=frozenset)
    """`Object.Field` names that field-level security hides from the user."""

    hidden_objects: frozenset[str] = field(default_factory=frozenset)
    """Names of objects that the org does not have, or that the user may not see."""

    daily_api_requests: int = 100_000
    """How many API requests a rolling day allows."""

    task_statuses: tuple[StatusValue, ...] = (
        StatusValue(name="Not Started", is_default=True),
        StatusValue(name="In Progress"),
        StatusValue(name="Completed", is_closed=True),
        StatusValue(name="Waiting on someone else"),
        StatusValue(name="Deferred"),
    )

    task_priorities: tuple[PriorityValue, ...] = (
        PriorityValue(name="High", is_high=True),
        PriorityValue(name="Normal", is_default=True),
        PriorityValue(name="Low"),
    )

    def to_json(self) -> JsonObject:
        """The options as JSON, for a dump."""
        return {
            **asdict(self),
            "hidden_fields": sorted(self.hidden_fields),
            "hidden_objects": sorted(self.hidden_objects),
            "restricted_picklists": sorted(self.restricted_picklists),
            "task_statuses": [asdict(status) for status in self.task_statuses],
            "task_priorities": [asdict(priority) for priority in self.task_priorities],
        }

    @classmethod
    def from_json(cls, dump: JsonObject) -> Self:
        """The options of a dump."""
        return cls(
            **{
                **dump,
                "hidden_fields": frozenset(dump["hidden_fields"]),
                "hidden_objects": frozenset(dump.get("hidden_objects", ())),
                "restricted_picklists": frozenset(dump.get("restricted_picklists", ())),
                "task_statuses": tuple(StatusValue(**item) for item in dump["task_statuses"]),
                "task_priorities": tuple(PriorityValue(**item) for item in dump["task_priorities"]),
            }
        )


def visible(objects: Iterable[SObject], options: OrgOptions, version: float) -> Schema:
    """The schema that one API version shows, without the fields it does not know or the user may not see."""
    hidden = {name.lower() for name in options.hidden_fields}
    restricted = {name.lower() for name in options.restricted_picklists}

    def seen(owner: str, item: Field) -> bool:
        return item.since <= version and f"{owner}.{item.name}".lower() not in hidden

    def shown(owner: str, item: Field) -> Field:
        return replace(item, restricted=True) if f"{owner}.{item.name}".lower() in restricted else item

    return Schema(
        tuple(
            replace(
                thing,
                fields=tuple(shown(thing.name, item) for item in thing.fields if seen(thing.name, item)),
            )
            for thing in objects
            if thing.name not in options.hidden_objects
        ),
        version,
    )
