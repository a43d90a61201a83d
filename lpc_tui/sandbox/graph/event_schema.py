"""The type `microsoft.graph.event` as requests may write it, and the names by which queries may speak of it.

Facts: https://learn.microsoft.com/graph/api/resources/event
"""

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph.recurrence import DAYS, INDEXES
from lpc_tui.sandbox.graph.schema import (
    Day,
    Flag,
    Instant,
    ListOf,
    Member,
    Number,
    Record,
    Text,
    ValueType,
    Whole,
)

LONGEST_SUBJECT = 255
"""Characters of a subject or title, the limit of the store beneath."""

DATE_TIME = Record("dateTimeTimeZone", {"dateTime": Text(), "timeZone": Text()})
ITEM_BODY = Record("itemBody", {"contentType": Member("bodyType", ("text", "html")), "content": Text()})
IMPORTANCE = Member("importance", ("low", "normal", "high"))
EXTENDED_PROPERTIES = ListOf(Record("singleValueLegacyExtendedProperty", {"id": Text(), "value": Text()}))
ADDRESS = Record(
    "physicalAddress",
    {name: Text() for name in ("street", "city", "state", "countryOrRegion", "postalCode")}
    | {"type": Text(), "postOfficeBox": Text()},
)
EMAIL_ADDRESS = Record("emailAddress", {"name": Text(), "address": Text()})

RECIPIENT = Record("recipient", {"emailAddress": EMAIL_ADDRESS})

_LOCATION = Record(
    "location",
    {
        "displayName": Text(),
        "locationType": Member(
            "locationType",
            (
                "default",
                "conferenceRoom",
                "homeAddress",
                "businessAddress",
                "geoCoordinates",
                "streetAddress",
                "hotel",
                "restaurant",
                "localBusiness",
                "postalAddress",
            ),
        ),
        "uniqueId": Text(),
        "uniqueIdType": Member(
            "locationUniqueIdType", ("unknown", "locationStore", "directory", "private", "bing")
        ),
        "address": ADDRESS,
        "coordinates": Record(
            "outlookGeoCoordinates",
            {
                name: Number()
                for name in ("altitude", "latitude", "longitude", "accuracy", "altitudeAccuracy")
            },
        ),
        "locationEmailAddress": Text(),
        "locationUri": Text(),
    },
)
_RESPONSE = Record(
    "responseStatus",
    {
        "response": Member(
            "responseType",
            ("none", "organizer", "tentativelyAccepted", "accepted", "declined", "notResponded"),
        ),
        "time": Instant(),
    },
)
_ATTENDEE = Record(
    "attendee",
    {
        "type": Member("attendeeType", ("required", "optional", "resource")),
        "emailAddress": EMAIL_ADDRESS,
        "status": _RESPONSE,
        "proposedNewTime": Record("timeSlot", {"start": DATE_TIME, "end": DATE_TIME}),
    },
)
_DAY = Member("dayOfWeek", ("sunday", *DAYS[:6]))
RECURRENCE = Record(
    "patternedRecurrence",
    {
        "pattern": Record(
            "recurrencePattern",
            {
                "type": Member(
                    "recurrencePatternType",
                    (
                        "daily",
                        "weekly",
                        "absoluteMonthly",
                        "relativeMonthly",
                        "absoluteYearly",
                        "relativeYearly",
                    ),
                ),
                "interval": Whole(),
                "month": Whole(),
                "dayOfMonth": Whole(),
                "daysOfWeek": ListOf(_DAY),
                "firstDayOfWeek": _DAY,
                "index": Member("weekIndex", tuple(INDEXES)),
            },
        ),
        "range": Record(
            "recurrenceRange",
            {
                "type": Member("recurrenceRangeType", ("endDate", "noEnd", "numbered")),
                "startDate": Day(),
                "endDate": Day(),
                "recurrenceTimeZone": Text(),
                "numberOfOccurrences": Whole(),
            },
        ),
    },
)

_READ_ONLY: dict[str, ValueType] = {
    "createdDateTime": Instant(),
    "lastModifiedDateTime": Instant(),
    "originalStart": Instant(),
    "hasAttachments": Flag(),
    "isCancelled": Flag(),
    "isDraft": Flag(),
    "isOrganizer": Flag(),
    "organizer": RECIPIENT,
    "responseStatus": _RESPONSE,
    "onlineMeeting": Record("onlineMeetingInfo", {"joinUrl": Text()}),
    "cancelledOccurrences": ListOf(Text()),
    "id": Text(),
    "changeKey": Text(),
    "bodyPreview": Text(),
    "iCalUId": Text(),
    "onlineMeetingUrl": Text(),
    "originalStartTimeZone": Text(),
    "originalEndTimeZone": Text(),
    "seriesMasterId": Text(),
    "type": Text(),
    "webLink": Text(),
}

EVENT = Record(
    "event",
    {
        "subject": Text(LONGEST_SUBJECT),
        "body": ITEM_BODY,
        "start": DATE_TIME,
        "end": DATE_TIME,
        "isAllDay": Flag(),
        "location": _LOCATION,
        "locations": ListOf(_LOCATION),
        "attendees": ListOf(_ATTENDEE),
        "recurrence": RECURRENCE,
        "sensitivity": Member("sensitivity", ("normal", "personal", "private", "confidential")),
        "showAs": Member(
            "freeBusyStatus", ("unknown", "free", "tentative", "busy", "oof", "workingElsewhere")
        ),
        "importance": IMPORTANCE,
        "isReminderOn": Flag(),
        "reminderMinutesBeforeStart": Whole(),
        "categories": ListOf(Text()),
        "responseRequested": Flag(),
        "allowNewTimeProposals": Flag(),
        "hideAttendees": Flag(),
        "isOnlineMeeting": Flag(),
        "onlineMeetingProvider": Member(
            "onlineMeetingProviderType",
            ("unknown", "teamsForBusiness", "skypeForBusiness", "skypeForConsumer"),
        ),
        "transactionId": Text(),
        "singleValueExtendedProperties": EXTENDED_PROPERTIES,
    },
    read_only=_READ_ONLY,
)

DEFAULTS: JsonObject = {
    "subject": "",
    "isAllDay": False,
    "attendees": [],
    "recurrence": None,
    "sensitivity": "normal",
    "showAs": "busy",
    "importance": "normal",
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 15,
    "categories": [],
    "responseRequested": True,
    "allowNewTimeProposals": True,
    "hideAttendees": False,
    "isOnlineMeeting": False,
    "onlineMeetingProvider": "unknown",
}
"""What a bare create leaves: a reminder among it, 15 minutes before."""
