"""The routes about the mailbox's person: who it is, its time zone, and the zones the mailbox takes."""

from tzlocal.windows_tz import tz_win

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.graph import listing, odata, times
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.graph.request import GraphAnswer, GraphRequest
from lpc_tui.sandbox.graph.routing import Route
from lpc_tui.sandbox.graph.schema import ListOf, Record, Text

_USER = Record(
    "user",
    {
        name: Text()
        for name in (
            "id",
            "displayName",
            "givenName",
            "surname",
            "mail",
            "userPrincipalName",
            "jobTitle",
            "mobilePhone",
            "officeLocation",
            "preferredLanguage",
        )
    }
    | {"businessPhones": ListOf(Text())},
)


class PersonRoutes:
    """Answers what is about the person, from one mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def routes(self) -> list[Route]:
        """All routes of this class."""
        zones = "me/outlook/supportedTimeZones"
        standard = "(TimeZoneStandard=microsoft.graph.timeZoneStandard'{}')"
        return [
            ("GET", "me", self.get_user),
            ("GET", "me/mailboxSettings", self.get_settings),
            ("GET", "me/mailboxSettings/timeZone", self.get_zone),
            ("GET", zones, self.list_windows_zones),
            ("GET", zones + standard.format("Windows"), self.list_windows_zones),
            ("GET", zones + standard.format("Iana"), self.list_iana_zones),
        ]

    def get_user(self, request: GraphRequest, _caught: dict[str, str]) -> GraphAnswer:
        user = self._mailbox.user
        given_name, _, surname = user.name.rpartition(" ")
        shown: JsonObject = {
            "businessPhones": [],
            "displayName": user.name,
            "givenName": given_name,
            "jobTitle": None,
            "mail": user.address,
            "mobilePhone": None,
            "officeLocation": None,
            "preferredLanguage": None,
            "surname": surname,
            "userPrincipalName": user.address,
            "id": self._mailbox.user_id,
        }
        return listing.answer_item(request, _USER, lambda shape: shape.cut(shown))

    def get_settings(self, request: GraphRequest, _caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        return GraphAnswer(
            200,
            {
                "@odata.context": listing.context(request),
                "timeZone": self._zone_name(),
                "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
                "dateFormat": "yyyy-MM-dd",
                "timeFormat": "HH:mm",
                "userPurpose": {"value": "user"},
            },
        )

    def get_zone(self, request: GraphRequest, _caught: dict[str, str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        return GraphAnswer(200, {"@odata.context": listing.context(request), "value": self._zone_name()})

    def list_windows_zones(self, request: GraphRequest, _caught: dict[str, str]) -> GraphAnswer:
        return self._answer_zones(request, times.windows_zone_names())

    def list_iana_zones(self, request: GraphRequest, _caught: dict[str, str]) -> GraphAnswer:
        return self._answer_zones(request, times.iana_zone_names())

    def _answer_zones(self, request: GraphRequest, names: list[str]) -> GraphAnswer:
        odata.check_allowed(request.options, frozenset())
        zones = [{"alias": name, "displayName": name} for name in names]
        return GraphAnswer(200, {"@odata.context": listing.context(request), "value": zones})

    def _zone_name(self) -> str:
        """The mailbox's zone by its Windows name, as Outlook sets it."""
        return tz_win.get(self._mailbox.zone, self._mailbox.zone)
