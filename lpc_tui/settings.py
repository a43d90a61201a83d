"""The settings as typed, frozen models: every key of `config.toml` with its default, its label and its help.

Each default and each text is written here once. The terminal UI, `config schema`, the commented default file and the
documentation all read it from these fields (through `settings_keys`), so they cannot drift apart. Labels are the words of
LinkPoint Assist where that has the setting.

The models check single values and what must fit together; they never touch a file, the environment or a clock
(`settings_file` reads and writes), and hold no secret: tokens come from a sign-in or the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from lpc_tui.settings_values import (
    DAY_CHOICES,
    MAX_DAYS,
    ApiVersion,
    AsciiOnly,
    Auth,
    Conflicts,
    ContactScope,
    Endpoint,
    ExternalIdField,
    Minutes,
    OrgAddress,
    ShowSummary,
    Theme,
    TimeOfDay,
    minute_of_day,
    mismatch,
)

__all__ = [
    "DAY_CHOICES",
    "MAX_DAYS",
    "AsciiOnly",
    "Auth",
    "AutoSyncSettings",
    "CalendarSync",
    "Conflicts",
    "ContactScope",
    "ContactSync",
    "KeySettings",
    "NotificationSettings",
    "OutlookSettings",
    "PreventSettings",
    "ProcessSync",
    "SafetySettings",
    "SalesforceSettings",
    "Section",
    "Settings",
    "ShowSummary",
    "SyncSettings",
    "TaskSync",
    "Theme",
    "UiSettings",
]


class Section(BaseModel):
    """One table of the file. Types are taken strictly: `past_days = "30"` is an error, not thirty."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    words: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """What takes the place of `{process}` and `{Process}` in the labels and help of this table."""

    @classmethod
    def worded(cls, text: str) -> str:
        """A field's label or help in the words of this table's process."""
        for name, word in cls.words.items():
            text = text.replace(f"{{{name}}}", word)
        return text

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        json_schema = handler(schema)
        for field in handler.resolve_ref_schema(json_schema).get("properties", {}).values():
            for text in field.keys() & {"title", "description"}:
                field[text] = cls.worded(field[text])
        return json_schema


class OutlookSettings(Section):
    """Where Outlook's data is and which of its folders take part."""

    graph_url: Endpoint = Field(
        default="https://graph.microsoft.com/v1.0",
        title="Graph address",
        description="Microsoft Graph's address. National clouds have their own, and so has the sandbox.",
    )
    authority: Endpoint = Field(
        default="https://login.microsoftonline.com/common",
        title="Sign-in address",
        description="The Microsoft sign-in authority. Its last part is your tenant, or common.",
    )
    client_id: str = Field(
        default="",
        title="Application (client) id",
        description="The id of the app registration you sign in with.",
    )
    calendar: str = Field(
        default="",
        title="Calendar",
        description="Name or id of the calendar. Empty: the default one.",
    )
    contact_folder: str = Field(
        default="",
        title="Contact folder",
        description="Name or id of the contact folder. Empty: the default one.",
    )
    task_list: str = Field(
        default="",
        title="Task list",
        description="Name or id of the task list. Empty: the default one.",
    )


class SalesforceSettings(Section):
    """Where the Salesforce org is and how to sign in to it."""

    instance_url: OrgAddress = Field(
        default="",
        title="Org address",
        description="The org's own address. It looks like https://YOURDOMAIN.my.salesforce.com.",
    )
    api_version: ApiVersion = Field(
        default="62.0",
        title="API version",
        description="The version of the Salesforce API to speak.",
    )
    auth: Annotated[Auth, Field(strict=False)] = Field(
        default=Auth.DEVICE,
        title="Sign-in method",
        description=(
            "How to sign in. The device code needs no browser on this computer; jwt and client_credentials need "
            "nobody at the keyboard; token takes LPC_TUI_SALESFORCE_TOKEN from the environment."
        ),
    )
    client_id: str = Field(
        default="",
        title="Consumer key (client id)",
        description=(
            "The consumer key of the app you sign in with. Its consumer secret, which client_credentials needs, is never "
            "kept here: signing in asks for it, or LPC_TUI_SALESFORCE_CLIENT_SECRET holds it."
        ),
    )
    username: str = Field(
        default="",
        title="User name",
        description="The Salesforce user name. Only the jwt sign-in needs it.",
    )
    private_key_file: str = Field(
        default="",
        title="Private key file",
        description="Path of the private key (PEM). Only the jwt sign-in needs it; ~ is your home folder.",
    )
    external_id_field: ExternalIdField = Field(
        default="",
        title="External id field",
        description=(
            "API name of an external-id text field that your admin made for the sync. Where an object has it, a new "
            "record carries a mark there, by which it is found again if the connection breaks while it is made. Empty, "
            "it is found by all the fields that were sent."
        ),
    )


class PreventSettings(Section):
    """Prevent Operations: a ticked box stands above every other setting, and not one such request is sent."""

    create_in_outlook: bool = Field(
        default=False,
        title="Do not 'create' new {Process} records in Microsoft Outlook",
        description="Create nothing in Outlook. What was prevented stays pending and happens once unticked.",
    )
    update_in_outlook: bool = Field(
        default=False,
        title="Do not 'update' existing {Process} records in Microsoft Outlook",
        description="Change nothing in Outlook. What was prevented stays pending and happens once unticked.",
    )
    delete_from_outlook: bool = Field(
        default=False,
        title="Do not 'delete' existing {Process} records from Microsoft Outlook",
        description="Delete nothing from Outlook. What was prevented stays pending and happens once unticked.",
    )
    create_in_salesforce: bool = Field(
        default=False,
        title="Do not 'create' new {Process} records in Salesforce",
        description="Create nothing in Salesforce. What was prevented stays pending and happens once unticked.",
    )
    update_in_salesforce: bool = Field(
        default=False,
        title="Do not 'update' existing {Process} records in Salesforce",
        description="Change nothing in Salesforce. What was prevented stays pending and happens once unticked.",
    )
    delete_from_salesforce: bool = Field(
        default=True,
        title="Do not 'delete' existing {Process} records from Salesforce",
        description="Delete nothing from Salesforce. Ticked by default, as a precaution.",
    )


IncludeBox = Annotated[
    bool,
    Field(
        title="Include {process} records during background sync?",
        description=(
            "Take part in background syncs. A sync started by hand, or one that names the process, goes ahead either way."
        ),
    ),
]
PastDays = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_DAYS,
        title="Synchronize Past Days",
        description="Days before today to keep in sync. Older items are left where they are, on both sides.",
    ),
]
FutureDays = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_DAYS,
        title="Synchronize Future Days",
        description="Days after today to keep in sync. Later items are left where they are, on both sides.",
    ),
]
PrivateBox = Annotated[
    bool,
    Field(
        title="Synchronize Private Items",
        description=(
            "Sync items marked private too. Unticked, they are neither created, updated nor deleted across, and "
            "their text goes nowhere.{private}"
        ),
    ),
]
ConflictPolicy = Annotated[
    Conflicts,
    Field(
        strict=False,
        title="When both sides changed",
        description=(
            "Who wins when both sides changed the same field. With ask the item waits, untouched on either side, "
            "until you decide."
        ),
    ),
]
FormattingBox = Annotated[
    bool,
    Field(
        title="Keep formatting",
        description=(
            "Keep formatted Outlook bodies. They are not overwritten when their plain Salesforce copy changes; "
            "all other fields still update."
        ),
    ),
]


class CalendarWords(Section):
    """The words of the Calendar process."""

    words: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"process": "calendar", "Process": "Calendar", "private": ""}
    )


class ContactWords(Section):
    """The words of the Contact process."""

    words: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "process": "contact",
            "Process": "Contact",
            "private": " Only Outlook can mark a contact private; Salesforce has no such mark.",
        }
    )


class TaskWords(Section):
    """The words of the Task process."""

    words: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "process": "task",
            "Process": "Task",
            "private": " Neither side can mark a task private. For tasks the box does nothing.",
        }
    )


class CalendarPrevent(CalendarWords, PreventSettings):
    """Prevent Operations of the Calendar process."""


class ContactPrevent(ContactWords, PreventSettings):
    """Prevent Operations of the Contact process."""


class TaskPrevent(TaskWords, PreventSettings):
    """Prevent Operations of the Task process."""


class CalendarSync(CalendarWords):
    """The Calendar process: Outlook events and Salesforce events."""

    include_in_background_sync: IncludeBox = False
    past_days: PastDays = 30
    future_days: FutureDays = 365
    synchronize_private_items: PrivateBox = False
    conflicts: ConflictPolicy = Conflicts.ASK
    keep_formatting: FormattingBox = True
    prevent: CalendarPrevent = CalendarPrevent()

    @model_validator(mode="after")
    def _window_fits(self) -> Self:
        days = self.past_days + self.future_days
        if days > MAX_DAYS:
            raise mismatch(
                "future_days",
                f"past_days and future_days together are {days}; Microsoft Graph refuses a window over 1825 days",
                f"at most {MAX_DAYS} days, past and future together",
            )
        return self


class ContactSync(ContactWords):
    """The Contact process: Outlook contacts and Salesforce contacts."""

    include_in_background_sync: IncludeBox = False
    synchronize_private_items: PrivateBox = False
    conflicts: ConflictPolicy = Conflicts.ASK
    scope: Annotated[ContactScope, Field(strict=False)] = Field(
        default=ContactScope.MINE,
        title="Whose contacts",
        description="Which Salesforce contacts to sync. The ones you own, unless widened.",
    )
    campaign: str = Field(
        default="",
        title="Campaign",
        description='Name or id of the campaign. Only for scope = "campaign".',
    )
    match_account: bool = Field(
        default=False,
        title="Give a new Salesforce contact the account named as its company",
        description=(
            "Take the account whose name is the contact's company, if exactly one has it. Unticked, or where no account "
            "or several have that name, the new contact has no account: Salesforce calls it private, and only its owner "
            "sees it. Contacts that are there already keep the account they have."
        ),
    )
    prevent: ContactPrevent = ContactPrevent()

    @model_validator(mode="after")
    def _campaign_is_named(self) -> Self:
        if self.scope is ContactScope.CAMPAIGN and not self.campaign.strip():
            raise mismatch(
                "campaign", 'is empty, but scope = "campaign" needs one', "the name or id of a campaign"
            )
        return self


class TaskSync(TaskWords):
    """The Task process: Outlook (To Do) tasks and Salesforce tasks."""

    include_in_background_sync: IncludeBox = False
    past_days: PastDays = 30
    future_days: FutureDays = 365
    synchronize_private_items: PrivateBox = False
    conflicts: ConflictPolicy = Conflicts.ASK
    keep_formatting: FormattingBox = True
    prevent: TaskPrevent = TaskPrevent()


ProcessSync = CalendarSync | ContactSync | TaskSync


class SyncSettings(Section):
    """The Sync Jobs: each process with settings of its own."""

    calendar: CalendarSync = CalendarSync()
    contact: ContactSync = ContactSync()
    task: TaskSync = TaskSync()

    def of(self, process: str) -> ProcessSync:
        """The settings of the process called "calendar", "contact" or "task"; `KeyError` for another word."""
        processes: dict[str, ProcessSync] = {
            "calendar": self.calendar,
            "contact": self.contact,
            "task": self.task,
        }
        return processes[process]


class AutoSyncSettings(Section):
    """Auto Background Sync: how often, and in which part of the day (in this computer's time zone)."""

    enabled: bool = Field(
        default=False,
        title="Enable Auto Background Synchronization",
        description="The master switch of the background sync.",
    )
    calendar_every_minutes: Minutes = Field(
        default=30,
        title="Start background calendar sync every:",
        description="Minutes from one background calendar sync to the next.",
    )
    contact_every_minutes: Minutes = Field(
        default=60,
        title="Start background contact sync every:",
        description="Minutes from one background contact sync to the next.",
    )
    task_every_minutes: Minutes = Field(
        default=30,
        title="Start background task sync every:",
        description="Minutes from one background task sync to the next.",
    )
    start_time: TimeOfDay = Field(
        default="00:00",
        title="Start time",
        description="No background sync starts before this time of day.",
    )
    end_time: TimeOfDay = Field(
        default="24:00",
        title="End time",
        description="No background sync starts from this time of day on.",
    )

    @model_validator(mode="after")
    def _day_has_length(self) -> Self:
        if minute_of_day(self.start_time) >= minute_of_day(self.end_time):
            raise mismatch(
                "end_time",
                f'"{self.end_time}" is not after start_time "{self.start_time}"',
                "a time of day after start_time",
            )
        return self


class NotificationSettings(Section):
    """Notification Options: what is said of a sync, and how. A failed sync is always told."""

    show_summary: Annotated[ShowSummary, Field(strict=False)] = Field(
        default=ShowSummary.MANUAL,
        title="When the Synchronization Summary is shown",
        description=(
            "After which syncs the summary is shown. The original shows it in manual syncs only. A sync that failed is "
            "told in any case."
        ),
    )
    when_finished: bool = Field(
        default=False,
        title="Show messages when a background sync has finished",
        description="Tell of every background sync that went well, too. A sync that failed is told in any case.",
    )
    when_items_wait: bool = Field(
        default=True,
        title="Show messages when items wait for you",
        description=(
            "Tell when a background sync leaves conflicts, refused records or other items that need your decision. "
            "The Issues component lists them either way."
        ),
    )
    bell: bool = Field(
        default=True,
        title="Ring the terminal's bell with a message",
        description=(
            "Ring the bell when a sync has ended or failed. Many terminals and tmux turn it into a mark on the window."
        ),
    )
    terminal_title: bool = Field(
        default=True,
        title="Show the state of the sync in the terminal's title",
        description=(
            "Write into the title of the terminal window whether a sync runs, has ended or failed. Unticked, the title is "
            "left alone."
        ),
    )


class SafetySettings(Section):
    """The brake: when a run stops and asks before it writes."""

    max_deletes: int = Field(
        default=25,
        ge=0,
        title="Most deletes in one run",
        description=(
            "Stop and ask above this many deletes on one side. Both this number and max_delete_percent must be "
            "exceeded; a headless run then writes nothing and exits with 1."
        ),
    )
    max_delete_percent: int = Field(
        default=20,
        ge=0,
        le=100,
        title="Largest share of deletes (percent)",
        description=(
            "Stop and ask above this share of the linked items. It is a percentage of the links of the process, "
            "and counts together with max_deletes."
        ),
    )
    notify_attendees: bool = Field(
        default=False,
        title="Notify attendees",
        description=(
            "Let Exchange send mail to the other people of a meeting. Unticked, a change or delete of such a meeting "
            "waits for your yes in the review."
        ),
    )


class KeySettings(Section):
    """Your own keys: "main.start_sync" = "f5,ctrl+b". `lpc-tui config keys` lists the ids, and the keys they have."""

    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[str, str] = Field(init=False)

    @model_validator(mode="before")
    @classmethod
    def _joined(cls, table: object) -> object:
        """An id has a dot: TOML takes one without quotes for a key of a table within the table."""
        if not isinstance(table, Mapping):
            return table
        joined: dict[str, object] = {}
        for name, value in table.items():
            if isinstance(value, Mapping):
                joined |= {f"{name}.{rest}": keys for rest, keys in value.items()}
            else:
                joined[name] = value
        return joined

    @property
    def by_id(self) -> Mapping[str, str]:
        """The keys of each binding that has others than its own, with commas between."""
        return MappingProxyType(self.__pydantic_extra__)


class UiSettings(Section):
    """The terminal UI: its colours, its signs, its keys."""

    theme: Annotated[Theme, Field(strict=False)] = Field(
        default=Theme.AUTO,
        title="Theme",
        description=(
            "The colours of the terminal UI. With auto it is dark, or the terminal's own 16 colours where it has no more "
            "than those. NO_COLOR in the environment stands above it: then there are no colours at all."
        ),
    )
    ascii: Annotated[AsciiOnly, Field(strict=False)] = Field(
        default=AsciiOnly.AUTO,
        title="Draw with ASCII alone",
        description=(
            "Frames, bars and marks in plain ASCII characters. With auto this is so on a Linux console, on terminals of the "
            "kind of a VT100, and where the locale is not UTF-8. What the services hold is shown as it is."
        ),
    )
    mouse: bool = Field(
        default=True,
        title="Use the mouse",
        description=(
            "Take clicks and the wheel. Unticked, the mouse is left to the terminal, which can select and copy with it. It "
            "counts from the next start on."
        ),
    )
    keys: KeySettings = KeySettings()


class Settings(Section):
    """The whole of `config.toml`. `Settings()` is what an empty file means."""

    outlook: OutlookSettings = OutlookSettings()
    salesforce: SalesforceSettings = SalesforceSettings()
    sync: SyncSettings = SyncSettings()
    auto_sync: AutoSyncSettings = AutoSyncSettings()
    notifications: NotificationSettings = NotificationSettings()
    safety: SafetySettings = SafetySettings()
    ui: UiSettings = UiSettings()
