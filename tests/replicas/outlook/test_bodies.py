"""Bodies: the text people wrote, and whether its form is theirs or only the service's."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.model.field_map import CALENDAR
from lpc_tui.replicas.outlook import bodies
from lpc_tui.replicas.outlook.bodies import Body, clean, read_body
from lpc_tui.sandbox.graph.bodies import stored_html

BODY = next(spec for spec in CALENDAR if spec.name == "body")
writable = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=200)


def of(html: str) -> Body:
    return read_body({"contentType": "html", "content": html})


@given(writable)
def test_text_comes_back_from_the_service_as_the_same_plain_text(text: str) -> None:
    shown = of(stored_html({"contentType": "text", "content": text}))
    assert not shown.is_formatted
    assert not BODY.changed(text, shown.text)


@pytest.mark.parametrize(
    "html",
    [
        "<p>plain</p>",
        '<p class="MsoNormal">plain<o:p></o:p></p>',
        '<div style="font-family:Aptos,Calibri,sans-serif; font-size: 12pt; color: rgb(0, 0, 0)">plain</div>',
        '<div class="elementToProof">a</div><div><br></div><div dir="ltr">b</div>',
        'see <a href="https://example.com/x/">https://example.com/x</a>',
        'write to <a href="mailto:a@b.example">a@b.example</a>',
        "<html><head><style>p {color: red}</style></head><body>plain</body></html>",
    ],
)
def test_what_editors_add_by_themselves_is_no_formatting(html: str) -> None:
    assert not of(html).is_formatted


@pytest.mark.parametrize(
    "html",
    [
        "<p>some <b>bold</b></p>",
        "<p>some <em>stress</em></p>",
        '<span style="color:#C00000">red</span>',
        '<font color="red">red</font>',
        "<span style='font-family:\"Comic Sans MS\",cursive'>fun</span>",
        '<p style="font-size:24.0pt">large</p>',
        '<span style="background:yellow">marked</span>',
        '<a href="https://example.com">here</a>',
        "<ul><li>one</li></ul>",
        "<table><tr><td>1</td></tr></table>",
        '<img src="cid:1">',
        "<h1>Title</h1>",
        '<p align="center">middle</p>',
    ],
)
def test_what_a_person_added_is_formatting(html: str) -> None:
    assert of(html).is_formatted
    assert of(stored_html({"contentType": "html", "content": html})).is_formatted


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a<br>b</div>", "a\nb"),
        ("<div>a</div>\r\n<div><br></div>\r\n<div>b &amp; c</div>", "a\n\nb & c"),
        ("<ul><li>one</li><li>two</li></ul>", "  * one\n  * two"),
        ("<script>evil()</script>fine", "fine"),
        ("<!-- nothing -->", ""),
        ('<?xml version="1.0" encoding="utf-16"?><p>x</p>', "x"),
        ("a\x00b \ud800", "ab \ufffd"),
        ("<div>" * 20_000 + "deep", "deep"),
    ],
)
def test_html_as_people_read_it(html: str, text: str) -> None:
    assert of(html).text == text


@given(st.text(st.sampled_from('<>!-/"=&; \nabp')))
def test_no_markup_is_too_broken(html: str) -> None:
    of(html)
    of(f'<!-- converted from text --><div class="PlainText">{html}</div></body>')


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a ", "<br", '<div class="PlainText">', "</div>", "&#", "style=;"]
)
def test_hostile_bodies_take_no_longer_than_their_length_calls_for(piece: str) -> None:
    began = time.process_time()
    of("<!-- converted from text -->" + piece * (300_000 // len(piece)))
    assert time.process_time() - began < 2


def test_a_body_of_text_is_taken_as_it_is() -> None:
    assert read_body({"contentType": "text", "content": "<b>"}) == Body("<b>", is_formatted=False)
    assert (
        read_body(None) == read_body({"contentType": "html", "content": None}) == Body("", is_formatted=False)
    )


def test_the_bodies_of_a_series_are_read_once() -> None:
    bodies._read_html.cache_clear()
    for _ in range(50):
        of("<p>the <i>same</i></p>")
    assert bodies._read_html.cache_info().misses == 1


@given(st.text(st.characters(), max_size=50))
def test_clean_text_can_be_stored_anywhere(text: str) -> None:
    assert "\x00" not in clean(text)
    clean(text).encode()
    assert clean(clean(text)) == clean(text)
