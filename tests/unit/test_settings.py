"""The models of the settings: defaults of the contract, strict types, what must fit together, words per process."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from lpc_tui.errors import UsageError
from lpc_tui.settings import Conflicts, Settings
from lpc_tui.settings_check import InvalidSettingsError, check, with_changes
from lpc_tui.settings_keys import catalogue, diff, label, nearest, parse_value, setting, value_of, values
from lpc_tui.settings_values import Value, is_loopback, minute_of_day

CONTRACT = """
[outlook]
graph_url = "https://graph.microsoft.com/v1.0"
authority = "https://login.microsoftonline.com/common"
client_id = ""
calendar = ""
contact_folder = ""
task_list = ""

[salesforce]
instance_url = ""
api_version = "62.0"
auth = "device"
client_id = ""
username = ""
private_key_file = ""
external_id_field = ""

[sync.calendar]
include_in_background_sync = false
past_days = 30
future_days = 365
synchronize_private_items = false
conflicts = "ask"
keep_formatting = true

[sync.calendar.prevent]
create_in_outlook = false
update_in_outlook = false
delete_from_outlook = false
create_in_salesforce = false
update_in_salesforce = false
delete_from_salesforce = true

[auto_sync]
enabled = false
calendar_every_minutes = 30
contact_every_minutes = 60
task_every_minutes = 30
start_time = "00:00"
end_time = "24:00"

[notifications]
show_summary = "manual"
when_finished = false
when_items_wait = true
bell = true
terminal_title = true

[safety]
max_deletes = 25
max_delete_percent = 20
notify_attendees = false

[ui]
theme = "auto"
ascii = "auto"
mouse = true

[ui.keys]
"""


def only_problem(tree: dict[str, Any]) -> str:
    with pytest.raises(InvalidSettingsError) as caught:
        check(tree)
    (problem,) = caught.value.problems
    return str(problem)


def tree_of(key: str, value: object) -> dict[str, Any]:
    for name in reversed(key.split(".")):
        value = {name: value}
    assert isinstance(value, dict)
    return value


class TestContract:
    def test_defaults_are_those_of_the_contract(self) -> None:
        contract = tomllib.loads(CONTRACT)
        calendar = contract["sync"]["calendar"]
        contract["sync"]["task"] = calendar
        kept = ("include_in_background_sync", "synchronize_private_items", "conflicts", "prevent")
        own = {"scope": "mine", "campaign": "", "match_account": False}
        contract["sync"]["contact"] = {key: calendar[key] for key in kept} | own
        assert Settings().model_dump() == contract

    def test_keys_come_in_the_order_of_the_contract(self) -> None:
        calendar = [key for key in catalogue() if key.startswith("sync.calendar.")]
        in_contract = tomllib.loads(CONTRACT)["sync"]["calendar"]
        boxes = in_contract.pop("prevent")
        expected = [*in_contract, *(f"prevent.{box}" for box in boxes)]
        assert calendar == [f"sync.calendar.{key}" for key in expected]

    def test_every_key_has_a_label_a_help_and_says_what_it_takes(self) -> None:
        for known in catalogue().values():
            assert known.label, known.key
            assert known.help.endswith("."), known.key
            assert known.allowed, known.key
            assert "{" not in known.label + known.help, known.key


class TestWords:
    @pytest.mark.parametrize(
        ("key", "words"),
        [
            (
                "sync.calendar.include_in_background_sync",
                "Include calendar records during background sync?",
            ),
            ("sync.task.past_days", "Synchronize Past Days"),
            (
                "sync.contact.prevent.delete_from_salesforce",
                "Do not 'delete' existing Contact records from Salesforce",
            ),
            (
                "sync.task.prevent.create_in_outlook",
                "Do not 'create' new Task records in Microsoft Outlook",
            ),
        ],
    )
    def test_labels_are_those_of_linkpoint_assist(self, key: str, words: str) -> None:
        assert label(key) == words

    def test_the_schema_has_the_words_of_each_process(self) -> None:
        definitions = Settings.model_json_schema()["$defs"]
        box = definitions["TaskPrevent"]["properties"]["delete_from_salesforce"]
        assert box["title"] == "Do not 'delete' existing Task records from Salesforce"
        assert "{" not in definitions["ContactSync"]["properties"]["include_in_background_sync"]["title"]

    def test_choices_carry_what_a_drop_down_shows(self) -> None:
        assert [choice.label for choice in setting("sync.calendar.conflicts").choices][:2] == [
            "Ask me",
            "The newest change wins",
        ]


class TestValues:
    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("sync.calendar.past_days", -1),
            ("sync.calendar.past_days", "30"),
            ("sync.calendar.past_days", True),
            ("sync.calendar.past_days", 30.0),
            ("sync.calendar.past_days", 1824),
            ("sync.calendar.keep_formatting", "yes"),
            ("sync.calendar.keep_formatting", 1),
            ("sync.calendar.conflicts", "Newest"),
            ("sync.contact.scope", ""),
            ("safety.max_delete_percent", 101),
            ("safety.max_deletes", -1),
            ("auto_sync.task_every_minutes", 0),
            ("auto_sync.start_time", "7:00"),
            ("auto_sync.start_time", "24:01"),
            ("auto_sync.end_time", "24:00\n"),
            ("salesforce.api_version", "62"),
            ("salesforce.api_version", 62.0),
            ("salesforce.auth", "password"),
            ("salesforce.external_id_field", "Sync Id"),
            ("salesforce.external_id_field", "1Id__c"),
            ("salesforce.external_id_field", "Id__c\n"),
            ("salesforce.external_id_field", "Id__c' OR Name LIKE '%"),
            ("sync.contact.match_account", "yes"),
        ],
    )
    def test_a_value_out_of_bounds_or_of_another_type_is_refused(self, key: str, value: object) -> None:
        told = only_problem(tree_of(key, value))
        assert told.startswith(f"{key}: ")
        assert told.endswith(f"allowed: {setting(key).allowed}")

    @pytest.mark.parametrize(
        "url",
        [
            "https://x.example",
            "https://x.example:8443/a/b",
            "http://127.0.0.1:8001/v1.0",
            "http://127.9.9.9",
            "http://[::1]:80",
            "http://localhost:1",
        ],
    )
    def test_an_address_is_https_or_on_this_computer(self, url: str) -> None:
        assert check(tree_of("outlook.graph_url", url)).outlook.graph_url == url

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "graph.microsoft.com",
            "ftp://x.example",
            "https://",
            "http://x.example",
            "http://localhost.x.example",
            "http://127.0.0.1@x.example",
            "http://x.example#@127.0.0.1",
            "http://0.0.0.0",
            "http://127.1",
            "http://[::ffff:127.0.0.1]",
            "http://[fe80::1]",
            "https://user:secret@x.example",
            "https://x.example?a=b",
            "https://x.example:port",
            "https://x.exa mple",
            "https://x.example\n",
            "https://[::1",
        ],
    )
    def test_any_other_address_is_refused(self, url: str) -> None:
        assert "allowed: an https:// address" in only_problem(tree_of("outlook.graph_url", url))

    def test_a_slash_at_the_end_of_an_address_does_not_count(self) -> None:
        assert check(tree_of("outlook.graph_url", "https://x.example/v1.0/")).outlook.graph_url.endswith(
            "v1.0"
        )

    def test_the_org_is_an_address_without_a_page(self) -> None:
        key = "salesforce.instance_url"
        assert (
            value_of(check(tree_of(key, "https://x.my.salesforce.com/")), key)
            == "https://x.my.salesforce.com"
        )
        assert "names a page" in only_problem(
            tree_of(key, "https://x.lightning.force.com/lightning/page/home")
        )

    @pytest.mark.parametrize("name", ["", "Sync_Id__c", "acme__Sync_Id__c", "X"])
    def test_an_external_id_field_is_an_api_name(self, name: str) -> None:
        assert check(tree_of("salesforce.external_id_field", name)).salesforce.external_id_field == name

    def test_hosts_that_can_only_be_this_computer(self) -> None:
        assert is_loopback("127.0.0.2")
        assert is_loopback("::1")
        assert not is_loopback("128.0.0.1")
        assert not is_loopback("localhost.localdomain.example")

    def test_minutes_of_a_day(self) -> None:
        assert [minute_of_day(time) for time in ("00:00", "09:05", "24:00")] == [0, 545, 1440]

    def test_what_a_value_holds_is_shown_inert_and_cut(self) -> None:
        told = only_problem(tree_of("sync.calendar.conflicts", "\x1b[31m\u202e" + "x" * 500))
        assert told.isprintable()
        assert len(told) < 200


class TestWhatMustFitTogether:
    def test_a_window_graph_would_refuse(self) -> None:
        told = only_problem({"sync": {"calendar": {"past_days": 1000, "future_days": 824}}})
        assert told.startswith("sync.calendar.future_days: past_days and future_days together are 1824")
        assert "1825" in told
        check({"sync": {"calendar": {"past_days": 1000, "future_days": 823}}})

    def test_a_part_of_the_day_without_length(self) -> None:
        told = only_problem({"auto_sync": {"start_time": "18:00", "end_time": "08:00"}})
        assert told.startswith('auto_sync.end_time: "08:00" is not after start_time "18:00"')

    def test_a_campaign_that_is_not_named(self) -> None:
        assert "sync.contact.campaign" in only_problem(
            {"sync": {"contact": {"scope": "campaign", "campaign": " "}}}
        )
        check({"sync": {"contact": {"scope": "campaign", "campaign": "Spring"}}})

    def test_a_contact_has_no_days(self) -> None:
        assert "unknown key" in only_problem({"sync": {"contact": {"past_days": 3}}})


class TestUnknownKeys:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("sync.calendar.past_day", "sync.calendar.past_days"),
            ("sync.calendar.PAST-DAYS", "sync.calendar.past_days"),
            ("sync.calender", "sync.calendar"),
            ("sync.calendar.create_in_outlook", "sync.calendar.prevent.create_in_outlook"),
            ("max_deletes", "safety.max_deletes"),
            ("past_days", "sync.calendar.past_days"),
            ("safty", "safety"),
            ("zzzz", None),
        ],
    )
    def test_the_nearest_known_key(self, typed: str, meant: str | None) -> None:
        assert nearest(typed) == meant

    def test_its_value_is_not_repeated_for_it_may_be_a_secret(self) -> None:
        told = only_problem({"salesforce": {"client_secret": "hunter2"}})
        assert "hunter2" not in told

    def test_a_table_is_told_from_a_key(self) -> None:
        with pytest.raises(
            UsageError, match=r"It is a table; name one of its keys, such as safety\.max_deletes"
        ):
            setting("safety")

    def test_a_value_where_a_table_belongs(self) -> None:
        assert "is a table, not a value; write [sync.calendar]" in only_problem({"sync": {"calendar": 3}})


class TestChanges:
    def test_diff_and_with_changes_are_inverse(self) -> None:
        changes: dict[str, Value] = {
            "sync.calendar.past_days": 7,
            "sync.task.conflicts": "newest",
            "safety.notify_attendees": True,
        }
        changed = with_changes(Settings(), changes)
        assert diff(Settings(), changed) == changes
        assert changed.sync.of("task").conflicts is Conflicts.NEWEST

    def test_all_bad_changes_are_told_at_once(self) -> None:
        with pytest.raises(InvalidSettingsError) as caught:
            with_changes(Settings(), {"sync.calendar.past_days": -1, "outlook.graph_url": "http://x.example"})
        assert {problem.key for problem in caught.value.problems} == {
            "sync.calendar.past_days",
            "outlook.graph_url",
        }
        assert "(and 1 more" in caught.value.message

    def test_every_value_can_be_set_to_itself(self) -> None:
        assert with_changes(Settings(), values(Settings())) == Settings()

    @pytest.mark.parametrize(
        ("key", "typed", "value"),
        [
            ("safety.notify_attendees", "Yes", True),
            ("safety.notify_attendees", "off", False),
            ("safety.max_deletes", " 7 ", 7),
            ("outlook.calendar", "true", "true"),
            ("sync.calendar.conflicts", "newest", "newest"),
        ],
    )
    def test_typed_words_are_read_by_the_type_of_the_key(self, key: str, typed: str, value: object) -> None:
        assert parse_value(key, typed) == value

    @pytest.mark.parametrize(
        ("key", "typed"), [("safety.notify_attendees", "maybe"), ("safety.max_deletes", "7.5")]
    )
    def test_typed_words_of_another_type_are_refused(self, key: str, typed: str) -> None:
        with pytest.raises(UsageError, match="Allowed"):
            parse_value(key, typed)


class TestOwnKeys:
    """`[ui.keys]`: the ids are the terminal UI's, so any is taken here."""

    def test_an_id_is_written_with_or_without_quotes(self) -> None:
        keys = tomllib.loads('[ui.keys]\n"main.log" = "f9"\napp.help = "f1,h"\n')
        assert check(keys).ui.keys.by_id == {"main.log": "f9", "app.help": "f1,h"}

    def test_a_change_of_another_setting_keeps_them(self) -> None:
        settings = check({"ui": {"keys": {"main.log": "f9"}}})
        assert with_changes(settings, {"ui.mouse": False}).ui.keys == settings.ui.keys

    @pytest.mark.parametrize("value", [3, {"deeper": "f9"}, ["f9"]])
    def test_a_key_is_a_text(self, value: object) -> None:
        assert only_problem({"ui": {"keys": {"main": {"log": value}}}}).startswith('ui.keys."main.log": ')
