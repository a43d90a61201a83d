"""Composite calls as values: what is sent, what may be sent in one, and answers that cannot be understood."""

from __future__ import annotations

import pytest

from lpc_tui.errors import ProtocolError
from lpc_tui.replicas.salesforce.answers import query_part
from lpc_tui.replicas.salesforce.composite import Part, answers_of, composite_body, may_travel, reference

ROOT = "/services/data/v62.0/"


def test_parts_keep_their_order_and_stand_for_themselves() -> None:
    body = composite_body([query_part("one", "SELECT Id FROM Task"), Part("two", "GET", "limits")], ROOT)
    assert (body["allOrNone"], body["collateSubrequests"]) == (False, False)
    first, second = body["compositeRequest"]
    assert first["url"] == f"{ROOT}query?q=SELECT%20Id%20FROM%20Task"
    assert first["httpHeaders"] == {"Sforce-Query-Options": "batchSize=2000"}
    assert second == {"method": "GET", "url": f"{ROOT}limits", "referenceId": "two"}


def test_only_a_part_that_says_so_refers_to_another() -> None:
    soql = f"SELECT Id FROM Task WHERE Id = '{reference('made', '[0].id')}'"
    assert "@{made[0].id}" in query_part("read", soql, refers=True).url(ROOT)
    assert "@{" not in query_part("read", soql).url(ROOT)


@pytest.mark.parametrize(
    ("body", "may"),
    [
        ({"Subject": "a @ {b}", "Location": None, "IsPrivate": True}, True),
        ({"Subject": "@{guard.records[0].Id}"}, False),
        ({"Subject": "x", "nested": [{"deep": "before @{ after"}]}, False),
        ({"Subject": ("no", "text")}, True),
        ({}, True),
    ],
)
def test_a_text_that_could_be_taken_for_a_reference_may_not_travel(body: object, may: bool) -> None:
    assert may_travel(body) is may


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"compositeResponse": [{"referenceId": "other", "httpStatusCode": 200, "body": {}}]},
        {"compositeResponse": [{"referenceId": "one", "body": {}}]},
        {"compositeResponse": ["one"]},
    ],
)
def test_an_answer_of_another_form_is_an_error(body: object) -> None:
    with pytest.raises(ProtocolError):
        answers_of(body, [Part("one", "GET", "limits")])
