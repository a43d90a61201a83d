"""Short builders for the catalogue's fields, one for each recurring kind, so that a table reads as a table."""

from collections.abc import Iterable
from dataclasses import replace

from lpc_tui.sandbox.salesforce.schema import Field, FieldType, PicklistValue


def text(name: str, label: str, length: int = 255, kind: FieldType = FieldType.STRING) -> Field:
    """A short text."""
    return Field(name=name, type=kind, label=label, length=length)


def long_text(name: str, label: str) -> Field:
    """A long text area of 32,000: neither filtered nor sorted."""
    return Field(
        name=name, type=FieldType.TEXTAREA, label=label, length=32_000, filterable=False, sortable=False
    )


def phone(name: str, label: str) -> Field:
    """A phone number, free text."""
    return text(name, label, 40, FieldType.PHONE)


def picklist(
    name: str,
    label: str,
    values: Iterable[str | PicklistValue],
    *,
    default: str | None = None,
    restricted: bool = False,
    controller: str = "",
) -> Field:
    """A list to choose from; unless restricted it takes other values too."""
    return Field(
        name=name,
        type=FieldType.PICKLIST,
        label=label,
        length=255,
        default=default,
        picklist=tuple(
            PicklistValue(value, value == default) if isinstance(value, str) else value for value in values
        ),
        restricted=restricted,
        controller=controller,
    )


def boolean(name: str, label: str, *, default: bool = False) -> Field:
    """A check box: never null."""
    return Field(name=name, type=FieldType.BOOLEAN, label=label, nillable=False, default=default)


def plain(name: str, label: str, kind: FieldType) -> Field:
    """A number, date or instant."""
    return Field(name=name, type=kind, label=label)


def reference(name: str, label: str, *targets: str, relationship: str | None) -> Field:
    """A lookup to one or several objects."""
    return Field(
        name=name,
        type=FieldType.REFERENCE,
        label=label,
        length=18,
        reference_to=targets,
        relationship=relationship,
    )


def required(item: Field) -> Field:
    """The same field, which a record cannot be without."""
    return replace(item, nillable=False)


def on_create_only(item: Field) -> Field:
    """The same field, fixed once the record exists."""
    return replace(item, updateable=False)


def read_only(item: Field) -> Field:
    """The same field, kept by the service alone."""
    return replace(item, createable=False, updateable=False)


def since(version: float, item: Field) -> Field:
    """The same field, unknown to older API versions."""
    return replace(item, since=version)


def owner(*targets: str) -> Field:
    """OwnerId, which defaults to the running user."""
    return required(reference("OwnerId", "Owner ID", *targets, relationship="Owner"))


def system_fields(*, recyclable: bool = True) -> tuple[Field, ...]:
    """Id and the audit fields that every object has."""
    fields = (
        Field(name="Id", type=FieldType.ID, label="Record ID", length=18, nillable=False),
        boolean("IsDeleted", "Deleted"),
        plain("CreatedDate", "Created Date", FieldType.DATETIME),
        reference("CreatedById", "Created By ID", "User", relationship="CreatedBy"),
        plain("LastModifiedDate", "Last Modified Date", FieldType.DATETIME),
        reference("LastModifiedById", "Last Modified By ID", "User", relationship="LastModifiedBy"),
        plain("SystemModstamp", "System Modstamp", FieldType.DATETIME),
    )
    return tuple(read_only(required(item)) for item in fields if recyclable or item.name != "IsDeleted")


def address(prefix: str, label: str) -> tuple[Field, ...]:
    """The five parts of an address, and the compound that shows them together."""
    compound = Field(
        name=f"{prefix}Address",
        type=FieldType.ADDRESS,
        label=f"{label} Address",
        createable=False,
        updateable=False,
        filterable=False,
        sortable=False,
    )
    return (
        text(f"{prefix}Street", f"{label} Street", 255, FieldType.TEXTAREA),
        text(f"{prefix}City", f"{label} City", 40),
        text(f"{prefix}State", f"{label} State/Province", 80),
        text(f"{prefix}PostalCode", f"{label} Zip/Postal Code", 20),
        text(f"{prefix}Country", f"{label} Country", 80),
        compound,
    )
