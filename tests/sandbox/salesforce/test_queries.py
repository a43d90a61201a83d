"""SOQL over HTTP: what it finds, in which order, on which pages, and how it refuses."""

from collections.abc import Sequence

import pytest

from lpc_tui.sandbox.salesforce.org import Org
from tests.sandbox.salesforce.client import EVENT, Client, MovableClock, message, refusal


def subjects(api: Client, where: str, *, resource: str = "query") -> list[str]:
    return sorted(
        record["Subject"] for record in api.query(f"SELECT Subject FROM Task WHERE {where}", resource)
    )


@pytest.fixture
def tasks(api: Client) -> Client:
    """Four tasks whose priorities, dates and descriptions differ."""
    api.create("Task", Subject="alpha", Priority="High", ActivityDate="2026-03-01")
    api.create("Task", Subject="Beta", ActivityDate="2026-03-02", Type="Call")
    api.create("Task", Subject="50% off_er", ActivityDate="2026-03-03", Status="Completed")
    api.create("Task", Subject='O\'Hara \\ "q"')
    return api


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("Subject = 'ALPHA'", ["alpha"]),
        ("Subject != 'alpha' AND ActivityDate != null", ["50% off_er", "Beta"]),
        ("Subject LIKE '%ET_'", ["Beta"]),
        (r"Subject LIKE '50\%%off\_er'", ["50% off_er"]),
        (r"Subject = 'o\'hara \\ \"q\"'", ['O\'Hara \\ "q"']),
        (r"Subject = '\u0042eta'", ["Beta"]),
        ("Subject IN ('beta', 'ALPHA')", ["Beta", "alpha"]),
        ("Type = null", ["50% off_er", 'O\'Hara \\ "q"', "alpha"]),
        ("Type = ''", ["50% off_er", 'O\'Hara \\ "q"', "alpha"]),
        ("Type != 'call'", ["50% off_er", 'O\'Hara \\ "q"', "alpha"]),
        ("Type NOT IN ('Call')", ["50% off_er", 'O\'Hara \\ "q"', "alpha"]),
        ("NOT Type = 'Call'", ["50% off_er", 'O\'Hara \\ "q"', "alpha"]),
        ("ActivityDate < 2026-03-02", ["alpha"]),
        ("(NOT ActivityDate >= 2026-03-02)", ['O\'Hara \\ "q"', "alpha"]),
        ("ActivityDate <> null AND (IsClosed = true OR Priority = 'High')", ["50% off_er", "alpha"]),
        ("ActivityDate = TODAY", ["Beta"]),
        ("ActivityDate = LAST_N_DAYS:1", ["Beta", "alpha"]),
        ("ActivityDate = NEXT_N_DAYS:1", ["50% off_er"]),
        ("ActivityDate > TODAY", ["50% off_er"]),
        ("ActivityDate != TODAY", ["50% off_er", 'O\'Hara \\ "q"', "alpha"]),
        ("CreatedDate >= 2026-03-02T10:00:00+01:00", ["50% off_er", "Beta", 'O\'Hara \\ "q"', "alpha"]),
        ("CreatedDate > 2026-03-02T09:00:00.001Z", []),
        ("Owner.Name = 'robin example' AND Priority = 'high'", ["alpha"]),
        ("Who.Name = null AND Subject = 'alpha'", ["alpha"]),
    ],
)
def test_where(tasks: Client, where: str, found: Sequence[str]) -> None:
    assert subjects(tasks, where) == found


@pytest.mark.parametrize(
    ("soql", "code", "text"),
    [
        (
            "SELECT Id, Nothing FROM Event",
            "INVALID_FIELD",
            "\nSELECT Id, Nothing FROM Event\n           ^\nERROR at Row:1:Column:12\nNo such column 'Nothing' on entity "
            "'Event'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field "
            "name. Please reference your WSDL or the describe call for the appropriate names.",
        ),
        ("SELECT Id FROM Nothing", "INVALID_TYPE", "sObject type 'Nothing' is not supported."),
        ("SELECT Id, Id FROM Event", "INVALID_FIELD", "duplicate field selected: Id"),
        (
            "SELECT Id FROM Event WHERE Nothing.Name = 'x'",
            "INVALID_FIELD",
            "Didn't understand relationship 'Nothing'",
        ),
        (
            "SELECT Id FROM Event WHERE StartDateTime > '2026-01-05T10:00:00Z'",
            "INVALID_FIELD",
            "value of filter criterion for field 'StartDateTime' must be of type dateTime "
            "and should not be enclosed in quotes",
        ),
        (
            "SELECT Id FROM Event WHERE StartDateTime > 2026-01-05",
            "INVALID_FIELD",
            "must be of type dateTime",
        ),
        (
            "SELECT Id FROM Task WHERE ActivityDate = 2026-01-05T10:00:00Z",
            "INVALID_FIELD",
            "must be of type date and",
        ),
        ("SELECT Id FROM Task WHERE IsClosed = 'true'", "INVALID_FIELD", "must be of type boolean"),
        (
            "SELECT Id FROM Task WHERE Subject = 5",
            "INVALID_FIELD",
            "must be of type string and should be enclosed",
        ),
        ("SELECT Id FROM Task WHERE Description = 'x'", "INVALID_FIELD", "'Description' can not be filtered"),
        ("SELECT Id FROM Task ORDER BY Description", "INVALID_FIELD", "'Description' can not be sorted"),
        ("SELECT Id FROM Task WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"),
        ("SELECT Id FROM Task WHERE Id LIKE '00T%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        (
            "SELECT Id FROM Task WHERE Subject = 'a' AND Type = 'b' OR Type = 'c'",
            "MALFORMED_QUERY",
            "unexpected token: 'OR'",
        ),
        ("SELECT Id FROM Task WHERE Subject IN ()", "MALFORMED_QUERY", "unexpected token: ')'"),
        (
            "SELECT Id FROM Task WHERE CreatedDate > 2026-01-05T10:00:00 01:00",
            "MALFORMED_QUERY",
            "unexpected token",
        ),
        (r"SELECT Id FROM Task WHERE Subject = '\q'", "MALFORMED_QUERY", r"Illegal character sequence '\q'"),
        (r"SELECT Id FROM Task WHERE Subject = 'a\_'", "MALFORMED_QUERY", r"Illegal character sequence '\_'"),
        ("SELECT Id FROM", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("", "MALFORMED_QUERY", "SOQL statements cannot be empty"),
        (
            "SELECT Id FROM Task OFFSET 2001",
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Maximum SOQL offset allowed is 2000",
        ),
        ("SELECT Id FROM Task LIMIT -1", "MALFORMED_QUERY", "unexpected token: '-'"),
        ("SELECT FIELDS(ALL) FROM Task", "MALFORMED_QUERY", "must have a LIMIT of at most 200"),
        (
            "SELECT Owner.TimeZoneSidKey FROM Event",
            "INVALID_FIELD",
            "No such column 'TimeZoneSidKey' on entity 'Name'",
        ),
    ],
)
def test_refusals(api: Client, soql: str, code: str, text: str) -> None:
    response = api.get("query", q=soql)
    assert refusal(response) == (400, code)
    assert text in message(response)


def test_an_unescaped_plus_breaks_the_literal(api: Client) -> None:
    response = api.call(
        "GET", "query?q=SELECT%20Id%20FROM%20Task%20WHERE%20CreatedDate>2026-01-05T10:00:00+01:00"
    )
    assert refusal(response) == (400, "MALFORMED_QUERY")


def test_relationships_nest_and_are_null_without_a_record(api: Client, org: Org) -> None:
    account = api.create("Account", Name="Acme")
    contact = api.create("Contact", LastName="Doe", AccountId=account, Email="doe@example.com")
    api.create("Event", **EVENT, WhoId=contact)
    api.create("Event", **EVENT)
    with_who, without = sorted(
        api.query("SELECT Who.Name, Who.Type, Who.Email, Account.Name, Owner.Username FROM Event"),
        key=lambda record: record["Who"] is None,
    )
    assert with_who["Who"] == {
        "attributes": {"type": "Name", "url": f"/services/data/v62.0/sobjects/Contact/{contact}"},
        "Name": "Doe",
        "Type": "Contact",
        "Email": "doe@example.com",
    }
    assert with_who["Account"]["attributes"]["type"] == "Account"
    assert with_who["Account"]["Name"] == "Acme"
    assert with_who["Owner"]["Username"] == "robin@example.com"
    assert without["Who"] is None
    assert without["Account"] is None


def test_a_query_inside_in(api: Client) -> None:
    contacts = [api.create("Contact", LastName=f"Doe {number}") for number in range(3)]
    campaign = api.create("Campaign", Name="Fair")
    api.create("CampaignMember", CampaignId=campaign, ContactId=contacts[1])
    soql = "SELECT Id FROM Contact WHERE Id IN (SELECT ContactId FROM CampaignMember WHERE Campaign.Name = 'fair')"
    assert [record["Id"] for record in api.query(soql)] == [contacts[1]]


def test_ids_match_in_both_forms_and_with_their_case(api: Client) -> None:
    record_id = api.create("Task", Subject="x")
    assert api.query(f"SELECT Id FROM Task WHERE Id = '{record_id[:15]}'")[0]["Id"] == record_id
    assert api.query(f"SELECT Id FROM Task WHERE Id IN ('{record_id}')")[0]["Id"] == record_id


def test_date_literals_are_days_of_the_users_zone(api: Client, clock: MovableClock) -> None:
    api.create("Task", Subject="evening")
    clock.forward(hours=14, minutes=30)  # half past eleven in UTC, past midnight in Berlin
    assert api.query("SELECT Id FROM Task WHERE CreatedDate = TODAY") == []
    assert len(api.query("SELECT Id FROM Task WHERE CreatedDate = YESTERDAY")) == 1


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("ActivityDate ASC, Subject", [None, "a", "b", "C"]),
        ("ActivityDate DESC NULLS LAST, Subject", ["C", "b", None, "a"]),
        ("ActivityDate DESC, Subject", [None, "a", "C", "b"]),
        ("Subject NULLS LAST", ["a", "b", "C", None]),
        ("Subject DESC NULLS FIRST", [None, "C", "b", "a"]),
    ],
)
def test_order_ignores_case_and_puts_nulls_first(
    api: Client, order: str, found: Sequence[str | None]
) -> None:
    for subject, day in (("b", "2026-03-01"), ("a", None), (None, None), ("C", "2026-03-02")):
        api.create("Task", Subject=subject, ActivityDate=day)
    records = api.query(f"SELECT Subject FROM Task ORDER BY {order}")
    assert [record["Subject"] for record in records] == found


def test_without_order_by_there_is_no_order(org: Org) -> None:
    for number in range(20):
        org.insert("Task", {"Subject": str(number)})
    first, second = (org.query("SELECT Id FROM Task") for _ in range(2))
    assert first != second
    assert sorted(record["Id"] for record in first) == sorted(record["Id"] for record in second)


def test_count_limit_and_offset(tasks: Client) -> None:
    assert tasks.get("query", q="SELECT COUNT() FROM Task").json() == {
        "totalSize": 4,
        "done": True,
        "records": [],
    }
    found = tasks.query(
        "SELECT Subject FROM Task WHERE ActivityDate != null ORDER BY ActivityDate LIMIT 1 OFFSET 1"
    )
    assert [record["Subject"] for record in found] == ["Beta"]


def test_fields_standard_selects_what_describe_shows(api: Client) -> None:
    api.create("Event", **EVENT)
    shown = api.query("SELECT FIELDS(STANDARD) FROM Event")[0]
    described = {field["name"] for field in api.get("sobjects/Event/describe").json()["fields"]}
    assert shown.keys() - {"attributes"} == described


class TestPages:
    @pytest.fixture(autouse=True)
    def many(self, org: Org) -> None:
        for number in range(1100):
            org.insert("Task", {"Subject": f"{number:04d}"})

    def walk(self, api: Client, soql: str, batch_size: int | None = None) -> list[list[str]]:
        headers = {"Sforce-Query-Options": f"batchSize={batch_size}"} if batch_size else {}
        page = api.call("GET", "query", params={"q": soql}, headers=headers).json()
        pages = [[record["Id"] for record in page["records"]]]
        while not page["done"]:
            assert page["totalSize"] == 1100
            page = api.get(page["nextRecordsUrl"]).json()
            pages.append([record["Id"] for record in page["records"]])
        assert "nextRecordsUrl" not in page
        assert len({record_id for ids in pages for record_id in ids}) == 1100
        return pages

    def test_two_thousand_fit_on_a_page(self, api: Client) -> None:
        assert [len(page) for page in self.walk(api, "SELECT Id FROM Task")] == [1100]

    def test_the_client_may_ask_for_fewer(self, api: Client) -> None:
        assert [len(page) for page in self.walk(api, "SELECT Id FROM Task", 400)] == [400, 400, 300]

    def test_long_text_makes_pages_shorter(self, api: Client) -> None:
        assert [len(page) for page in self.walk(api, "SELECT Id, Description FROM Task")] == [500, 500, 100]

    @pytest.mark.parametrize("size", [199, 2001])
    def test_page_sizes_have_bounds(self, api: Client, size: int) -> None:
        headers = {"Sforce-Query-Options": f"batchSize={size}"}
        response = api.call("GET", "query", params={"q": "SELECT Id FROM Task"}, headers=headers)
        assert refusal(response) == (400, "INVALID_BATCH_SIZE")

    def test_a_walk_is_no_snapshot(self, api: Client, org: Org) -> None:
        page = api.get("query", q="SELECT Id, Subject, Description FROM Task ORDER BY Subject").json()
        later = org.query("SELECT Id FROM Task WHERE Subject >= '0500' ORDER BY Subject LIMIT 2")
        org.delete("Task", later[0]["Id"])
        org.update("Task", later[1]["Id"], {"Subject": "changed meanwhile"})
        following = api.get(page["nextRecordsUrl"]).json()
        assert len(following["records"]) == 499
        assert following["records"][0]["Subject"] == "changed meanwhile"

    def test_a_locator_dies_after_two_days(self, api: Client, clock: MovableClock) -> None:
        page = api.get("query", q="SELECT Id, Description FROM Task").json()
        assert page["nextRecordsUrl"].startswith("/services/data/v62.0/query/0r8")
        clock.forward(days=2)
        assert refusal(api.get(page["nextRecordsUrl"])) == (400, "INVALID_QUERY_LOCATOR")
        assert refusal(api.get("query/0r8000000000000AAA-2000")) == (400, "INVALID_QUERY_LOCATOR")


def test_query_all_shows_deleted_and_archived(api: Client, org: Org, clock: MovableClock) -> None:
    api.create("Task", Subject="open", ActivityDate="2025-01-01")
    api.create("Task", Subject="closed", ActivityDate="2025-01-01", Status="Completed")
    api.delete(f"sobjects/Task/{api.create('Task', Subject='deleted')}")
    assert subjects(api, "Subject != null") == ["closed", "open"]
    clock.forward(days=1)  # the archive runs by night
    assert subjects(api, "Subject != null") == ["open"]
    assert subjects(api, "IsArchived = true", resource="queryAll") == ["closed"]
    assert subjects(api, "IsDeleted = true", resource="queryAll") == ["deleted"]
    org.empty_recycle_bin()
    assert subjects(api, "IsDeleted = true", resource="queryAll") == []
