"""The org's objects, field by field: the one table that describe, SOQL, saving and the rules all read.

Source: the Object Reference. `org` asks for the schema of a version.
"""

from dataclasses import replace
from functools import lru_cache

from lpc_tui.sandbox.salesforce.fields import (
    address,
    boolean,
    long_text,
    on_create_only,
    owner,
    phone,
    picklist,
    plain,
    read_only,
    reference,
    required,
    since,
    system_fields,
    text,
)
from lpc_tui.sandbox.salesforce.places import code_fields
from lpc_tui.sandbox.salesforce.schema import Field, FieldType, OrgOptions, Schema, SObject, visible


@lru_cache(maxsize=64)
def schema_of(options: OrgOptions, version: float) -> Schema:
    """The schema an org with these options shows to callers of this API version."""
    objects = (_event(options), _task(options), _contact(options), _account(options), *_OTHERS, *_SETUP)
    return visible(objects, options, version)


def _external_id(options: OrgOptions) -> tuple[Field, ...]:
    if options.external_id_field is None:
        return ()
    return (
        Field(
            name=options.external_id_field,
            type=FieldType.STRING,
            label=options.external_id_field.removesuffix("__c").replace("_", " "),
            length=255,
            external_id=True,
            unique=options.external_id_unique,
            case_sensitive=True,
        ),
    )


def _activity_fields() -> tuple[Field, ...]:
    """What events and tasks share."""
    return (
        reference("WhoId", "Name ID", "Contact", "Lead", relationship="Who"),
        reference("WhatId", "Related To ID", "Account", "Campaign", relationship="What"),
        read_only(reference("AccountId", "Account ID", "Account", relationship="Account")),
        text("Subject", "Subject", 255, FieldType.COMBOBOX),
        read_only(boolean("IsArchived", "Archived")),
        plain("ReminderDateTime", "Reminder Date/Time", FieldType.DATETIME),
        boolean("IsReminderSet", "Reminder Set"),
        # Classic series are not offered here, so these two are there to be filtered on.
        read_only(boolean("IsRecurrence", "Create Recurring Series of Activities")),
        read_only(
            reference("RecurrenceActivityId", "Recurrence Activity ID", "Event", "Task", relationship=None)
        ),
    )


def _event(options: OrgOptions) -> SObject:
    recurrence = (
        boolean("IsRecurrence2", "Repeat"),
        boolean("IsRecurrence2Exception", "Is Exception"),
        boolean("IsRecurrence2Exclusion", "Historical Event, Not Following Recurrence"),
        text("Recurrence2PatternText", "Recurrence Pattern", 512, FieldType.TEXTAREA),
        plain("Recurrence2PatternStartDate", "Pattern Start Date", FieldType.DATETIME),
        text("Recurrence2PatternTimeZone", "Pattern Time Zone Reference", 255),
        text("Recurrence2PatternVersion", "Pattern Version", 255),
    )
    return SObject(
        name="Event",
        label="Event",
        label_plural="Events",
        key_prefix="00U",
        fields=(
            *system_fields(),
            *_activity_fields(),
            owner("User", "Calendar"),
            text("Location", "Location"),
            boolean("IsAllDayEvent", "All-Day Event"),
            plain("ActivityDateTime", "Due Date Time", FieldType.DATETIME),
            plain("ActivityDate", "Due Date Only", FieldType.DATE),
            plain("StartDateTime", "Start Date Time", FieldType.DATETIME),
            plain("EndDateTime", "End Date Time", FieldType.DATETIME),
            since(46.0, read_only(plain("EndDate", "End Date Only", FieldType.DATE))),
            plain("DurationInMinutes", "Duration", FieldType.INT),
            long_text("Description", "Description"),
            picklist("Type", "Type", ("Call", "Email", "Meeting", "Other")),
            boolean("IsPrivate", "Private"),
            picklist(
                "ShowAs", "Show Time As", ("Busy", "OutOfOffice", "Free"), default="Busy", restricted=True
            ),
            read_only(boolean("IsChild", "Is Child")),
            read_only(boolean("IsGroupEvent", "Is Group Event")),
            read_only(picklist("GroupEventType", "Group Event Type", ("0", "1", "3"), default="0")),
            on_create_only(
                picklist("EventSubtype", "Event Subtype", ("Event",), default="Event", restricted=True)
            ),
            *(since(44.0, read_only(item)) for item in recurrence),
            *_external_id(options),
        ),
    )


def _task(options: OrgOptions) -> SObject:
    statuses = options.task_statuses
    priorities = options.task_priorities
    return SObject(
        name="Task",
        label="Task",
        label_plural="Tasks",
        key_prefix="00T",
        fields=(
            *system_fields(),
            *_activity_fields(),
            owner("User", "Group"),
            plain("ActivityDate", "Due Date Only", FieldType.DATE),
            required(
                picklist(
                    "Status",
                    "Status",
                    (status.name for status in statuses),
                    default=next(status.name for status in statuses if status.is_default),
                    restricted=True,
                )
            ),
            required(
                picklist(
                    "Priority",
                    "Priority",
                    (priority.name for priority in priorities),
                    default=next(priority.name for priority in priorities if priority.is_default),
                    restricted=True,
                )
            ),
            read_only(boolean("IsClosed", "Closed")),
            read_only(boolean("IsHighPriority", "High Priority")),
            read_only(plain("CompletedDateTime", "Completed Date/Time", FieldType.DATETIME)),
            long_text("Description", "Description"),
            picklist("Type", "Type", ("Call", "Email", "Meeting", "Other")),
            on_create_only(
                picklist(
                    "TaskSubtype", "Task Subtype", ("Task", "Call", "Email"), default="Task", restricted=True
                )
            ),
            picklist("CallType", "Call Type", ("Internal", "Inbound", "Outbound"), restricted=True),
            plain("CallDurationInSeconds", "Call Duration", FieldType.INT),
            text("CallDisposition", "Call Result", 255),
            *_external_id(options),
        ),
    )


def _contact(options: OrgOptions) -> SObject:
    middle = (text("MiddleName", "Middle Name", 40), text("Suffix", "Suffix", 40))
    return SObject(
        name="Contact",
        label="Contact",
        label_plural="Contacts",
        key_prefix="003",
        fields=(
            *system_fields(),
            read_only(
                reference("MasterRecordId", "Master Record ID", "Contact", relationship="MasterRecord")
            ),
            reference("AccountId", "Account ID", "Account", relationship="Account"),
            *_person_name(),
            *(middle if options.middle_name_and_suffix else ()),
            *_address(options, "Mailing"),
            *_address(options, "Other"),
            phone("Phone", "Business Phone"),
            phone("Fax", "Business Fax"),
            phone("MobilePhone", "Mobile Phone"),
            phone("HomePhone", "Home Phone"),
            phone("OtherPhone", "Other Phone"),
            phone("AssistantPhone", "Asst. Phone"),
            reference("ReportsToId", "Reports To ID", "Contact", relationship="ReportsTo"),
            text("Email", "Email", 80, FieldType.EMAIL),
            text("Title", "Title", 128),
            text("Department", "Department", 80),
            text("AssistantName", "Assistant's Name", 40),
            picklist("LeadSource", "Lead Source", ("Web", "Phone Inquiry", "Partner Referral", "Other")),
            plain("Birthdate", "Birthdate", FieldType.DATE),
            long_text("Description", "Contact Description"),
            owner("User"),
            boolean("HasOptedOutOfEmail", "Email Opt Out"),
            boolean("DoNotCall", "Do Not Call"),
            *_external_id(options),
        ),
    )


def _person_name() -> tuple[Field, ...]:
    return (
        required(text("LastName", "Last Name", 80)),
        text("FirstName", "First Name", 40),
        picklist("Salutation", "Salutation", ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.")),
        read_only(required(text("Name", "Full Name", 121))),
    )


def _address(options: OrgOptions, prefix: str) -> tuple[Field, ...]:
    """The parts of an address, with the codes where the org has lists of countries and states."""
    return (
        *address(prefix, prefix),
        *(code_fields(prefix, prefix) if options.state_and_country_picklists else ()),
    )


def _account(options: OrgOptions) -> SObject:
    return SObject(
        name="Account",
        label="Account",
        label_plural="Accounts",
        key_prefix="001",
        fields=(
            *system_fields(),
            required(text("Name", "Account Name")),
            picklist("Type", "Account Type", ("Customer", "Partner", "Prospect", "Other")),
            *_address(options, "Billing"),
            *_address(options, "Shipping"),
            phone("Phone", "Account Phone"),
            phone("Fax", "Account Fax"),
            text("Website", "Website", 255, FieldType.URL),
            picklist("Industry", "Industry", ("Banking", "Consulting", "Manufacturing", "Technology")),
            long_text("Description", "Account Description"),
            reference("ParentId", "Parent Account ID", "Account", relationship="Parent"),
            owner("User"),
        ),
    )


_OTHERS = (
    SObject(
        name="AccountTeamMember",
        label="Account Team Member",
        label_plural="Account Team Members",
        key_prefix="01M",
        fields=(
            *system_fields(),
            required(on_create_only(reference("AccountId", "Account ID", "Account", relationship="Account"))),
            required(on_create_only(reference("UserId", "User ID", "User", relationship="User"))),
            picklist("TeamMemberRole", "Team Role", ("Account Manager", "Sales Rep", "Executive Sponsor")),
        ),
    ),
    SObject(
        name="Lead",
        label="Lead",
        label_plural="Leads",
        key_prefix="00Q",
        fields=(
            *system_fields(),
            *_person_name(),
            required(text("Company", "Company")),
            text("Title", "Title", 128),
            text("Email", "Email", 80, FieldType.EMAIL),
            phone("Phone", "Phone"),
            phone("MobilePhone", "Mobile Phone"),
            required(
                picklist("Status", "Status", ("Open", "Working", "Closed"), default="Open", restricted=True)
            ),
            read_only(boolean("IsConverted", "Converted")),
            owner("User", "Group"),
        ),
    ),
    SObject(
        name="Campaign",
        label="Campaign",
        label_plural="Campaigns",
        key_prefix="701",
        fields=(
            *system_fields(),
            required(text("Name", "Name", 80)),
            picklist("Type", "Type", ("Conference", "Webinar", "Email", "Other")),
            picklist(
                "Status", "Status", ("Planned", "In Progress", "Completed", "Aborted"), default="Planned"
            ),
            boolean("IsActive", "Active"),
            plain("StartDate", "Start Date", FieldType.DATE),
            plain("EndDate", "End Date", FieldType.DATE),
            long_text("Description", "Description"),
            owner("User"),
        ),
    ),
    SObject(
        name="CampaignMember",
        label="Campaign Member",
        label_plural="Campaign Members",
        key_prefix="00v",
        fields=(
            *system_fields(),
            required(
                on_create_only(reference("CampaignId", "Campaign ID", "Campaign", relationship="Campaign"))
            ),
            on_create_only(reference("LeadId", "Lead ID", "Lead", relationship="Lead")),
            on_create_only(reference("ContactId", "Contact ID", "Contact", relationship="Contact")),
            picklist("Status", "Status", ("Sent", "Responded"), default="Sent"),
        ),
    ),
)

_USER_FIELDS = (
    *system_fields(recyclable=False),
    text("Username", "Username", 80),
    text("LastName", "Last Name", 80),
    text("FirstName", "First Name", 40),
    text("Name", "Full Name", 121),
    text("Alias", "Alias", 8),
    text("Email", "Email", 128, FieldType.EMAIL),
    phone("Phone", "Phone"),
    text("Title", "Title", 80),
    boolean("IsActive", "Active", default=True),
    text("TimeZoneSidKey", "Time Zone", 40),
    text("LocaleSidKey", "Locale", 40),
    text("LanguageLocaleKey", "Language", 40),
    reference("ManagerId", "Manager ID", "User", relationship="Manager"),
)


def _setup_object(name: str, label: str, plural: str, prefix: str, *fields: Field) -> SObject:
    """An object that administrators keep and the API only reads here."""
    return SObject(
        name=name,
        label=label,
        label_plural=plural,
        key_prefix=prefix,
        fields=tuple(read_only(item) for item in fields),
        createable=False,
        updateable=False,
        deletable=False,
        replicateable=False,
    )


def _choice_object(name: str, label: str, plural: str, prefix: str, *flags: Field) -> SObject:
    """The table behind an activity picklist: what its values mean."""
    return _setup_object(
        name,
        label,
        plural,
        prefix,
        *system_fields(recyclable=False),
        text("MasterLabel", "Master Label"),
        text("ApiName", "API Name"),
        plain("SortOrder", "Sort Order", FieldType.INT),
        boolean("IsDefault", "Is Default"),
        *flags,
    )


_SETUP = (
    _setup_object("User", "User", "Users", "005", *_USER_FIELDS),
    _choice_object(
        "TaskStatus", "Task Status Value", "Task Status Values", "01J", boolean("IsClosed", "Is Closed")
    ),
    _choice_object(
        "TaskPriority",
        "Task Priority Value",
        "Task Priority Values",
        "01K",
        boolean("IsHighPriority", "Is High Priority"),
    ),
    _setup_object(
        "Organization",
        "Organization",
        "Organizations",
        "00D",
        *system_fields(recyclable=False),
        text("Name", "Name", 80),
        boolean("IsSandbox", "Is Sandbox"),
        text("OrganizationType", "Edition", 40),
        text("InstanceName", "Instance Name", 5),
        text("TimeZoneSidKey", "Time Zone", 40),
    ),
)

NAME_OBJECT = SObject(
    name="Name",
    label="Name",
    label_plural="Names",
    key_prefix="",
    fields=tuple(
        replace(read_only(text(name, name)), sortable=name != "Type")
        for name in ("Id", "Name", "Type", "Email", "Phone", "Title", "FirstName", "LastName", "Username")
    ),
    createable=False,
    updateable=False,
    deletable=False,
    replicateable=False,
)
"""What is reachable through a polymorphic relationship (Who, What, an activity's Owner)."""
