"""Contact records to canonical items and back: the only place that knows what Salesforce's contact fields mean.

Pure: values in, values out. See the Object Reference, Contact, for every field named here; what an org does not have or show
(middle names, suffixes) is no field of its contacts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Final

from lpc_tui.model.fields import FieldSpec
from lpc_tui.model.items import Fields, Guard, Process, Side, Value, frozen
from lpc_tui.model.text import cut
from lpc_tui.replicas.salesforce.picklists import PREFIXES, Entry, Picklists
from lpc_tui.replicas.salesforce.records import Records, plain_fields, plain_record, selected_of, specs_of
from lpc_tui.replicas.wire import JsonObject

__all__ = ["SELECTED", "ContactRecords", "with_last_name"]

_SPECS: Mapping[str, FieldSpec] = specs_of(Process.CONTACT)

SELECTED: tuple[str, ...] = selected_of(Process.CONTACT, "MasterRecordId", "IsPersonAccount")
"""What is read of a contact, as far as this person may see it."""

_CANONICAL: Final = MappingProxyType({"Mailing": "business", "Other": "other"})
_PLACES: Final = MappingProxyType(
    {f"{name}_{part}": prefix for prefix, name in _CANONICAL.items() for part in ("state", "country")}
)
"""The fields that an org may have lists for, to the beginning of their field's name."""
_LAST_NAME_UNITS = _SPECS["last_name"].limits[Side.SALESFORCE]


@dataclass(frozen=True)
class ContactRecords(Records):
    """Converts the contacts of one user."""

    whose: str = "mine"
    """mine, all, team or campaign; the latter two are not told by the record."""
    picklists: Picklists = field(default_factory=Picklists)
    """What the org's lists take; empty until a write needs them."""
    accounts: Mapping[str, str] = field(default_factory=dict)
    """The ids of the accounts that new contacts belong to, by what their company is called."""

    process: ClassVar[Process] = Process.CONTACT
    readable: ClassVar[tuple[str, ...]] = SELECTED
    optional: ClassVar[frozenset[str]] = frozenset({"IsPersonAccount", "MiddleName", "Suffix"})
    asked: ClassVar[tuple[str, ...]] = (
        "AccountId",
        *(f"{prefix}{part}Code" for prefix in PREFIXES for part in ("State", "Country")),
    )

    @property
    def has_parents(self) -> bool:
        return bool(self.accounts)

    def needs_lists(self, fields: Fields) -> bool:
        """Whether some of these fields have to keep to a list of the org's."""
        return any(name in self.specs and self._is_listed(name) for name in fields)

    def settable(self, fields: Fields) -> Fields:
        """Of a new contact's fields those that this person may set; each contact has a last name."""
        named = with_last_name(fields)
        settable = super().settable(named)
        unfit = self._unfit(settable, {})
        kept = {name: value for name, value in settable.items() if name not in unfit}
        if self.account_of(named) and "company" in named:
            kept["company"] = named["company"]
        return frozen(kept)

    def changing(self, fields: Fields, beside: Fields) -> Fields:
        """Of an update's fields those that the org's lists know."""
        if "last_name" in fields and not fields["last_name"]:
            whole = with_last_name({**beside, **fields})
            fields = {
                **fields,
                **{name: whole[name] for name in ("first_name", "last_name") if name in whole},
            }
        unfit = self._unfit(fields, beside)
        return frozen({name: value for name, value in fields.items() if name not in unfit})

    def left_out(self, fields: Fields, beside: Fields) -> Mapping[str, str]:
        return self._unfit(fields, beside)

    def new_record(self, fields: Fields, now: datetime) -> JsonObject:
        record = self._record(fields, fields)
        account = self.account_of(fields)
        return {**record, "AccountId": account} if account else record

    def change(self, fields: Fields, beside: Fields, now: datetime) -> JsonObject:
        return self._record(fields, {**beside, **fields})

    def account_of(self, fields: Fields) -> str:
        """The id of the account that a new contact with these fields belongs to; empty for none."""
        return self.accounts.get(str(fields.get("company") or ""), "")

    def _record(self, fields: Fields, beside: Fields) -> JsonObject:
        plain = {
            name: value for name, value in fields.items() if name != "company" and not self._is_listed(name)
        }
        record = plain_record(_SPECS, plain)
        for name in fields:
            if self._is_listed(name):
                entry = self._entry(name, {**beside, **fields})
                record[self._listed_as(name)] = entry.value if entry else None
        return record

    def _unfit(self, fields: Fields, beside: Fields) -> dict[str, str]:
        """The fields whose values the org's lists do not have, and why."""
        unfit: dict[str, str] = {}
        whole = {**beside, **fields}
        for name in sorted(filter(self._is_listed, fields)):  # a country before its state
            value = whole[name]
            if value and (self._entry(name, whole) is None or _country_of(name) in unfit):
                unfit[name] = f"{value!r} is not in the org's list."
            elif not value and whole.get(_state_of(name)):
                unfit[name] = "a state needs its country."
        return unfit

    def _entry(self, name: str, whole: Fields) -> Entry | None:
        """What the value of a listed field is in the list."""
        value = str(whole.get(name) or "")
        if value and name.endswith("_state"):
            country = str(whole.get(_country_of(name)) or "")
            return self.picklists.state(_PLACES[name], value, country)
        return self.picklists.find(self._listed_as(name), value) if value else None

    def _listed_as(self, name: str) -> str:
        """The field that is written for a listed one: of a state or a country its code."""
        native = _SPECS[name].salesforce[0]
        return f"{native}Code" if self._is_place(name) else native

    def _is_place(self, name: str) -> bool:
        """Whether it is a state or a country, and the org has lists of them."""
        return name in _PLACES and f"{_SPECS[name].salesforce[0]}Code" in self.schema.fields

    def _is_listed(self, name: str) -> bool:
        """Whether it takes only what is on a list."""
        return self._is_place(name) or self.schema.is_restricted(_SPECS[name].salesforce[0])

    def _is_as_sent(self, name: str) -> bool:
        return super()._is_as_sent(name) and not self._is_listed(name)

    def _fields(self, record: JsonObject, now: datetime) -> dict[str, Value]:
        return plain_fields(_SPECS, record)

    def _is_away(self, record: JsonObject) -> bool:
        return self.whose == "mine" and record.get("OwnerId", self.user) != self.user

    def _guards_of(self, record: JsonObject) -> Mapping[str, Guard]:
        """A person account's contact is a mirror: it is changed through the account."""
        if record.get("IsPersonAccount"):
            return MappingProxyType(dict.fromkeys(_SPECS, Guard.READ_ONLY))
        return self.guards


def _country_of(name: str) -> str:
    """The field of the country that this state is in; of another field, none."""
    return name.replace("_state", "_country") if name.endswith("_state") else ""


def _state_of(name: str) -> str:
    """The field of the state that cannot be without this country; of another field, none."""
    return name.replace("_country", "_state") if name.endswith("_country") else ""


def with_last_name(fields: Fields) -> Fields:
    """The fields of a contact that has a last name: the given name moves there; without one, company or e-mail does."""
    if str(fields.get("last_name") or "").strip():
        return fields
    if given := str(fields.get("first_name") or "").strip():
        return frozen({**fields, "first_name": "", "last_name": given})
    instead = str(fields.get("company") or "").strip() or str(fields.get("email") or "").strip()
    return frozen({**fields, "last_name": cut(instead, _LAST_NAME_UNITS)}) if instead else fields
