"""What can go wrong with the services: when a fault strikes, what a client then sees, and what a file may say of it."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from lpc_tui.cli.app import app
from lpc_tui.cli.errors import run_cli
from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.faults import (
    Concurrency,
    DailyLimit,
    DeadDeltaTokens,
    Drop,
    DuplicateRule,
    ExpiredToken,
    Fault,
    Faults,
    Garble,
    Latency,
    Status,
    Trigger,
    Truncate,
    ValidationRule,
)
from lpc_tui.sandbox.faults.file import KINDS, read_faults
from lpc_tui.sandbox.faults.schedule import Asked
from lpc_tui.sandbox.sample import Worlds
from lpc_tui.sandbox.server import Sandbox
from tests.sandbox.conftest import NOW

WHEN = {"dateTime": "2026-03-03T10:00:00", "timeZone": "UTC"}
EVENT = {"subject": "Review", "start": WHEN, "end": WHEN}


ASKED = Asked("graph", "GET", "/v1.0/me")


class Schedule:
    """Faults under a clock that moves when told."""

    def __init__(self, *faults: Fault) -> None:
        self.now: datetime = NOW
        self.faults = Faults(lambda: self.now)
        self.faults.add(*faults)

    def strikes(self, count: int, asked: Asked = ASKED) -> list[int]:
        """Which of `count` requests are struck, counted from 1."""
        return [number for number in range(1, count + 1) if self.faults.strike(asked)]


class TestWhenOneStrikes:
    @pytest.mark.parametrize(
        ("which", "struck"),
        [
            ({}, [1, 2, 3, 4, 5, 6]),
            ({"nth": 3}, [3]),
            ({"nth": (2, 5)}, [2, 5]),
            ({"every": 2}, [2, 4, 6]),
            ({"since": 4}, [4, 5, 6]),
            ({"until": 2}, [1, 2]),
            ({"since": 2, "every": 2, "until": 5}, [3, 5]),
        ],
    )
    def test_those_that_it_names(self, which: dict[str, Any], struck: list[int]) -> None:
        assert Schedule(Drop(**which)).strikes(6) == struck

    def test_for_a_time_after_it_first_struck(self) -> None:
        schedule = Schedule(Drop(since=2, for_seconds=30))
        assert schedule.strikes(2) == [2]
        schedule.now += timedelta(seconds=29)
        assert schedule.strikes(1) == [1]
        schedule.now += timedelta(seconds=1)
        assert schedule.strikes(2) == []

    def test_only_what_it_matches_is_counted(self) -> None:
        fault = Drop(service="graph", method="post", path="*/$batch", nth=2)
        schedule = Schedule(fault)
        batch = Asked("graph", "POST", "/v1.0/$batch")
        for other in (
            Asked("salesforce", "POST", "/services/data/v62.0/$batch"),
            Asked("graph", "GET", "/v1.0/$batch"),
            Asked("graph", "POST", "/v1.0/me/events"),
            Asked("graph", "POST", "/v1.0/$batch", is_part=True),
        ):
            assert schedule.strikes(3, other) == []
        assert schedule.strikes(3, batch) == [2]
        assert schedule.faults.struck(fault) == 1
        assert dict(schedule.faults.seen) == {"salesforce": 3, "graph": 9}

    def test_without_a_service_both_are_counted_together(self) -> None:
        schedule = Schedule(Drop(nth=2))
        assert schedule.strikes(1) == []
        assert schedule.strikes(1, Asked("salesforce", "GET", "/services/data")) == [1]

    def test_cleared_nothing_strikes_and_all_counts_are_new(self) -> None:
        schedule = Schedule(Drop())
        schedule.strikes(3)
        schedule.faults.clear()
        assert schedule.strikes(3) == []
        assert schedule.faults.seen["graph"] == 3

    def test_each_strike_is_counted_once_however_many_threads_ask(self) -> None:
        fault = Drop(every=2)
        schedule = Schedule(fault)
        threads = [threading.Thread(target=schedule.strikes, args=(250,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert schedule.faults.seen["graph"] == 1000
        assert schedule.faults.struck(fault) == 500


@pytest.fixture
def sandbox(worlds: Worlds) -> Iterator[Sandbox]:
    with Sandbox(worlds.mailbox, worlds.org) as sandbox:
        yield sandbox


def graph(sandbox: Sandbox, method: str, path: str, body: object = None) -> requests.Response:
    return requests.request(
        method,
        f"{sandbox.graph_url}{path}",
        json=body,
        headers={"Authorization": f"Bearer {sandbox.outlook_token}"},
        timeout=5,
    )


def salesforce(
    sandbox: Sandbox, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> requests.Response:
    return requests.request(
        method,
        f"{sandbox.salesforce_url}/services/data/v62.0{path}",
        json=body,
        headers={"Authorization": f"Bearer {sandbox.salesforce_token}", **(headers or {})},
        timeout=5,
    )


def batch(sandbox: Sandbox, *subjects: str) -> dict[str, Any]:
    """The answers to a batch that makes events, by subject."""
    parts = [
        {
            "id": subject,
            "method": "POST",
            "url": "/me/events",
            "headers": {"Content-Type": "application/json"},
            "body": {**EVENT, "subject": subject},
        }
        for subject in subjects
    ]
    responses = graph(sandbox, "POST", "/$batch", {"requests": parts}).json()["responses"]
    return {each["id"]: each for each in responses}


def subjects(sandbox: Sandbox) -> list[str]:
    return sorted(event["subject"] for event in sandbox.mailbox.events())


def created(sandbox: Sandbox, sobject: str, *records: dict[str, str]) -> list[dict[str, Any]]:
    """The results of a collection that makes records."""
    shaped = [{"attributes": {"type": sobject}, **record} for record in records]
    body = {"allOrNone": False, "records": shaped}
    results: list[dict[str, Any]] = salesforce(sandbox, "POST", "/composite/sobjects", body).json()
    return results


class TestWhatAClientSees:
    @pytest.mark.parametrize("after_work", [False, True])
    def test_a_status_is_in_the_services_own_form(self, sandbox: Sandbox, after_work: bool) -> None:
        sandbox.faults.add(Status(status=503, retry_after=7, after_work=after_work, method="POST"))
        refused = graph(sandbox, "POST", "/me/events", EVENT)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "7")
        assert refused.json()["error"]["code"] == "serviceNotAvailable"
        assert subjects(sandbox) == (["Review"] if after_work else [])
        refused = salesforce(sandbox, "POST", "/sobjects/Task", {"Subject": "x"})
        assert refused.json()[0]["errorCode"] == "SERVER_UNAVAILABLE"
        assert len(sandbox.org.rows("Task")) == after_work

    @pytest.mark.parametrize("after_work", [False, True])
    def test_a_dropped_connection_says_nothing(self, sandbox: Sandbox, after_work: bool) -> None:
        sandbox.faults.add(Drop(after_work=after_work, nth=1))
        with pytest.raises(requests.ConnectionError):
            graph(sandbox, "POST", "/me/events", EVENT)
        assert subjects(sandbox) == (["Review"] if after_work else [])
        assert graph(sandbox, "GET", "/me").status_code == 200

    def test_an_answer_is_cut_with_or_without_a_trace(self, sandbox: Sandbox) -> None:
        sandbox.faults.add(Truncate(nth=1), Truncate(nth=2, is_noticed=True))
        cut = graph(sandbox, "GET", "/me")
        assert cut.status_code == 200
        with pytest.raises(requests.JSONDecodeError):
            cut.json()
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            graph(sandbox, "GET", "/me")

    def test_a_proxy_answers_instead(self, sandbox: Sandbox) -> None:
        sandbox.faults.add(Garble())
        page = salesforce(sandbox, "GET", "/limits")
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html")
        assert page.text.startswith("<!DOCTYPE html>")
        assert sandbox.salesforce_log.count() == 0

    def test_latency_is_waited_for_and_the_answer_is_the_services(self, worlds: Worlds) -> None:
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        with Sandbox(worlds.mailbox, worlds.org, sleep=sleep) as sandbox:
            sandbox.faults.add(Latency(seconds=90), Latency(seconds=5, service="salesforce"))
            assert graph(sandbox, "GET", "/me").status_code == 200
        assert waits == [90]

    def test_an_expired_token_stays_expired_until_it_is_cleared(self, sandbox: Sandbox) -> None:
        sandbox.faults.add(ExpiredToken(nth=2))
        assert [graph(sandbox, "GET", "/me").status_code for _ in range(3)] == [200, 401, 401]
        assert salesforce(sandbox, "GET", "/limits").status_code == 200
        sandbox.faults.clear()
        assert graph(sandbox, "GET", "/me").status_code == 200

    def test_one_refused_token_need_not_last(self, sandbox: Sandbox) -> None:
        sandbox.faults.add(ExpiredToken(nth=1, is_lasting=False))
        assert [salesforce(sandbox, "GET", "/limits").status_code for _ in range(2)] == [401, 200]

    def test_delta_tokens_die(self, sandbox: Sandbox) -> None:
        window = "startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z"
        link = graph(sandbox, "GET", f"/me/calendarView/delta?{window}").json()["@odata.deltaLink"]
        path = link.removeprefix(sandbox.graph_url)
        assert graph(sandbox, "GET", path).status_code == 200
        sandbox.faults.add(DeadDeltaTokens(path="*/delta*", nth=1))
        dead = graph(sandbox, "GET", path)
        assert (dead.status_code, dead.json()["error"]["code"]) == (410, "SyncStateNotFound")

    def test_parts_of_a_batch_fail_one_by_one(self, sandbox: Sandbox) -> None:
        sandbox.faults.add(
            Status(of="part", service="graph", status=429, retry_after=3, nth=2),
            Status(of="part", service="graph", status=503, after_work=True, nth=3),
        )
        answers = batch(sandbox, "a", "b", "c", "d")
        assert {name: each["status"] for name, each in answers.items()} == {
            "a": 201,
            "b": 429,
            "c": 503,
            "d": 201,
        }
        assert answers["b"]["headers"]["Retry-After"] == "3"
        assert subjects(sandbox) == ["a", "c", "d"]

    def test_records_of_a_collection_fail_one_by_one(self, sandbox: Sandbox) -> None:
        sandbox.faults.add(
            Status(of="part", service="salesforce", status=400, code="UNABLE_TO_LOCK_ROW", nth=2)
        )
        results = created(sandbox, "Task", {"Subject": "a"}, {"Subject": "b"}, {"Subject": "c"})
        assert [each["success"] for each in results] == [True, False, True]
        assert results[1]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"

    def test_parts_of_a_composite_fail_one_by_one(self, sandbox: Sandbox) -> None:
        sandbox.faults.add(Status(of="part", status=500, path="*/limits"))
        parts = [
            {"method": "GET", "url": "/services/data/v62.0/limits", "referenceId": "a"},
            {"method": "GET", "url": "/services/data/v62.0/sobjects", "referenceId": "b"},
        ]
        answers = salesforce(sandbox, "POST", "/composite", {"compositeRequest": parts}).json()
        assert [each["httpStatusCode"] for each in answers["compositeResponse"]] == [500, 200]

    def test_the_org_has_no_request_left(self, sandbox: Sandbox) -> None:
        sandbox.faults.add(DailyLimit(left=1, nth=1))
        last = salesforce(sandbox, "GET", "/limits")
        assert (last.status_code, last.headers["Sforce-Limit-Info"]) == (200, "api-usage=100000/100000")
        refused = salesforce(sandbox, "GET", "/limits")
        assert refused.status_code == 403
        assert refused.json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
        assert "Retry-After" not in refused.headers


class TestTooManyAtOnce:
    """One request is held up while others come."""

    @pytest.fixture
    def busy(self, worlds: Worlds) -> Iterator[Sandbox]:
        """A batch of three parts is under way in Graph, and a request in Salesforce; both come through in the end."""
        arrived, go_on = threading.Semaphore(0), threading.Event()

        async def sleep(_seconds: float) -> None:
            arrived.release()
            await asyncio.to_thread(go_on.wait, 10)

        with Sandbox(worlds.mailbox, worlds.org, sleep=sleep) as sandbox:
            sandbox.faults.add(
                Latency(seconds=60, service="graph", nth=1),
                Latency(seconds=60, service="salesforce", nth=1),
                Concurrency(retry_after=2),
                Concurrency(service="salesforce", most=1),
            )
            with ThreadPoolExecutor(2) as threads:
                first = threads.submit(batch, sandbox, "a", "b", "c")
                second = threads.submit(salesforce, sandbox, "GET", "/limits")
                for _ in range(2):
                    assert arrived.acquire(timeout=10)
                yield sandbox
                go_on.set()
                assert {each["status"] for each in first.result().values()} == {201}
                assert second.result().status_code == 200

    def test_of_a_batch_the_parts_without_a_place_are_refused(self, busy: Sandbox) -> None:
        answers = batch(busy, "d", "e")
        assert [answers[name]["status"] for name in "de"] == [201, 429]
        assert answers["e"]["body"]["error"]["code"] == "ApplicationThrottled"
        assert subjects(busy) == ["d"]

    def test_a_request_that_finds_no_place_is_refused(self, busy: Sandbox) -> None:
        assert graph(busy, "GET", "/me").status_code == 200
        refused = salesforce(busy, "GET", "/limits")
        assert refused.status_code == 403
        assert refused.json()[0]["message"].startswith("ConcurrentRequests")


class TestRulesOfTheOrg:
    def test_a_validation_rule_refuses_what_a_field_holds(self, sandbox: Sandbox) -> None:
        sandbox.faults.add(
            ValidationRule(object="Contact", field="LastName", contains="test", message="No tests, please."),
            ValidationRule(object="Task", field="Description", nth=2),
        )
        good, bad = created(sandbox, "Contact", {"LastName": "Weber"}, {"LastName": "Testmann"})
        assert good["success"]
        assert bad["errors"] == [
            {
                "statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                "message": "No tests, please.",
                "fields": ["LastName"],
            }
        ]
        tasks = created(sandbox, "Task", *({"Subject": name} for name in "abc"))
        assert [each["success"] for each in tasks] == [True, False, True]

    def test_a_duplicate_rule_names_the_other_record(self, sandbox: Sandbox) -> None:
        sandbox.faults.add(DuplicateRule(object="Contact", field="Email", name="One address, one contact"))
        first, second, nobody = created(
            sandbox,
            "Contact",
            {"LastName": "Weber", "Email": "a@example.com"},
            {"LastName": "Weaver", "Email": "A@example.com"},
            {"LastName": "Nobody"},
        )
        assert first["success"]
        assert nobody["success"]
        (error,) = second["errors"]
        assert error["statusCode"] == "DUPLICATES_DETECTED"
        matched = error["duplicateResult"]["matchResults"][0]["matchRecords"]
        assert [each["record"]["Id"] for each in matched] == [first["id"]]
        path = f"/sobjects/Contact/{first['id']}"
        assert salesforce(sandbox, "PATCH", path, {"LastName": "Weber-Kranz"}).status_code == 204

    @pytest.mark.parametrize("blocks", [False, True])
    def test_a_duplicate_rule_alerts_or_blocks(self, sandbox: Sandbox, blocks: bool) -> None:
        """A client may save in spite of the first, and not of the second."""
        sandbox.faults.add(DuplicateRule(object="Contact", field="Email", blocks=blocks))
        record = {"LastName": "Weber", "Email": "a@example.com"}
        assert salesforce(sandbox, "POST", "/sobjects/Contact", record).status_code == 201
        refused = salesforce(sandbox, "POST", "/sobjects/Contact", record)
        assert refused.json()[0]["duplicateResult"]["allowSave"] is not blocks
        anyway = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
        again = salesforce(sandbox, "POST", "/sobjects/Contact", record, anyway)
        assert again.status_code == (400 if blocks else 201)
        assert salesforce(sandbox, "POST", "/sobjects/Contact", record).status_code == 400

    def test_a_trigger_rewrites_once(self, sandbox: Sandbox) -> None:
        sandbox.faults.add(Trigger(object="Event", field="Location", becomes="{value} (HQ)"))
        event_id = sandbox.org.insert(
            "Event",
            {
                "Subject": "x",
                "StartDateTime": "2026-03-03T10:00:00Z",
                "DurationInMinutes": 30,
                "Location": "Room 1",
            },
        )
        sandbox.org.update("Event", event_id, {"Subject": "y"})
        assert sandbox.org.record("Event", event_id)["Location"] == "Room 1 (HQ)"


class TestFiles:
    def test_each_kind_can_be_written(self, tmp_path: Path) -> None:
        own = {
            "latency": "seconds = 0.5",
            "validation_rule": 'object = "Contact"\nfield = "LastName"',
            "duplicate_rule": 'object = "Contact"\nfield = "Email"',
            "trigger": 'object = "Contact"\nfield = "LastName"\nbecomes = "{value}!"',
        }
        tables = [f'[[fault]]\nkind = "{kind}"\nnth = [1, 3]\n{own.get(kind, "")}\n' for kind in KINDS]
        faults = read_faults(written(tmp_path, "\n".join(tables)))
        assert [type(fault) for fault in faults] == list(KINDS.values())
        assert {fault.nth for fault in faults} == {(1, 3)}

    def test_the_page_for_people_is_right(self) -> None:
        """Every example of the page is a faults file, and every key of every kind is told."""
        page = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()
        for number, example in enumerate(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)):
            assert tomllib.loads(example)["fault"], number
            for table in tomllib.loads(example)["fault"]:
                KINDS[table["kind"]].model_validate(table)
        told = set(re.findall(r"`([a-z_]+)\b[^`]*`", page))
        assert {*KINDS, *(name for model in KINDS.values() for name in model.model_fields)} <= told

    def test_every_mistake_is_told_with_its_line_and_what_is_allowed(self, tmp_path: Path) -> None:
        path = written(
            tmp_path,
            """# Two wrong ones

[[fault]]
kind = "status"
service = "outlook"
retry_afer = 3
nth = 0

[[fault]]
kind = "drop"

[[fault]]
kind = "drob"
""",
        )
        with pytest.raises(SandboxError) as caught:
            read_faults(path)
        words = caught.value.message
        assert f'{path}, line 5: service: "outlook" is not allowed; allowed: "graph" or "salesforce"' in words
        assert 'line 6: "retry_afer" is no key of this kind; did you mean retry_after?' in words
        assert "line 7: nth: 0 is not allowed; allowed: a number from 1 on, or a list of them" in words
        assert 'line 13: kind: "drob" is not known; did you mean drop? allowed: status, latency' in words

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("[[fault]\n", "is not TOML"),
            ("[fault]\n", "write a [[fault]] table for each"),
            ("[[faults]]\n", "faults: unknown"),
            ("[[fault]]\n", "line 1: kind is missing"),
            ('\n[[fault]]\nkind = "latency"\n', "line 2: seconds is missing; allowed: a number of seconds"),
            ('[[fault]]\nkind = "drop"\nnth = 1\nevery = 2\n', "nth says which ones alone"),
            ('[[fault]]\nkind = "drop"\nsince = 3\nuntil = 2\n', "until comes before since"),
            ('[[fault]]\nkind = "drop"\nafter_work = "yes"\n', "line 3: after_work"),
            ('[[fault]]\nkind = "drop"\nnth = "3"\n', "line 3: nth"),
        ],
    )
    def test_what_is_no_faults_file(self, tmp_path: Path, text: str, words: str) -> None:
        with pytest.raises(SandboxError) as caught:
            read_faults(written(tmp_path, text))
        assert words in caught.value.message
        assert "\n" not in caught.value.message

    def test_a_file_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SandboxError, match=r"gone\.toml cannot be read"):
            read_faults(tmp_path / "gone.toml")
        (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
        with pytest.raises(SandboxError, match="not UTF-8"):
            read_faults(tmp_path / "binary.toml")

    def test_the_command_line_refuses_a_bad_one_in_one_line(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = written(tmp_path, '[[fault]]\nkind = "drob"\n')
        assert run_cli(app, ["sandbox", "serve", "--faults", str(path)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"lpc-tui: {path}, line 2: kind:")

    def test_the_server_begins_with_its_faults(self, tmp_path: Path) -> None:
        path = written(tmp_path, '[[fault]]\nkind = "garble"\n')
        command = [sys.executable, "-m", "lpc_tui", "sandbox", "serve", "--faults", str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            lines = list(iter(child.stdout.readline, "Ctrl+C stops it.\n"))
            url = lines[0].split()[-1]
            assert requests.get(f"{url}/me", timeout=5).headers["Content-Type"] == "text/html"
            child.send_signal(signal.SIGINT)
        assert "One fault is switched on.\n" in lines


def written(folder: Path, text: str) -> Path:
    path = folder / "faults.toml"
    path.write_text(text)
    return path
