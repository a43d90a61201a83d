"""Bodies as people read them: HTML to plain text, and whether overwriting it with text would lose formatting.

What is written to Graph as text comes back as HTML in a wrapper of Exchange's own; that form is the common one and has a
quick way through. A body is formatted where it holds more than such a wrapper, or an editor's unchanged default font,
would. Style sheets are not looked at: Word writes one into every body, formatted or not. Bodies are untrusted: nothing here
may fail on one, or take longer than its length calls for.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["Body", "clean", "clean_lines", "read_body"]


class Body(NamedTuple):
    """What a body says, and whether its form says more than its text."""

    text: str
    is_formatted: bool


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n?")
_FROM_TEXT = "<!-- converted from text -->"
_WRAPPER_START, _WRAPPER_STOP = '<div class="PlainText">', "</div>"
_WRAPPER_END = re.compile(r"\s*(?:</(?:span|font|div|body|html)>\s*)*")
_BLANKS = re.compile(r"[ \t\r\n]+")
_BREAK = re.compile(r" ?<br ?/?> ?")
_TAG = re.compile(r"<[^<>]*>")
_SIZE = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)(pt|px)")

_SILENT_TAGS = frozenset({"html", "head", "body", "meta", "title", "style", "script", "link", "base"})
_PLAIN_TAGS = frozenset({"div", "p", "br", "span", "font", "o:p", "pre", "wbr"}) | _SILENT_TAGS
_DEFAULT = frozenset({"", "inherit", "initial"})
_COLOURS = _DEFAULT | {"black", "#000", "#000000", "rgb(0,0,0)", "windowtext"}
_GROUNDS = _DEFAULT | {"none", "transparent", "white", "#fff", "#ffffff", "rgb(255,255,255)"}
_FONTS = _DEFAULT | {"aptos", "calibri", "arial", "helvetica", "segoeui", "sans-serif"}

_PLAIN_STYLES = {
    "font-family": _FONTS,
    "font-weight": _DEFAULT | {"normal", "400"},
    "font-style": _DEFAULT | {"normal"},
    "text-decoration": _DEFAULT | {"none"},
    "text-align": _DEFAULT | {"left", "start"},
    "color": _COLOURS,
    "background": _GROUNDS,
    "background-color": _GROUNDS,
}
"""Values that editors write for text nobody formatted; another style property is layout, not formatting."""

_PLAIN_ATTRIBUTES = {
    "color": _COLOURS,
    "bgcolor": _GROUNDS,
    "face": _FONTS,
    "size": frozenset({"2", "3"}),
    "align": frozenset({"", "left"}),
}

_PLAIN_POINTS = (10.0, 12.0)
"""Font sizes between the editors' defaults."""


def clean(text: str | None) -> str:
    """Text that every store can hold: no NUL, and no half of a surrogate pair, which JSON can smuggle in."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text) if text else ""


def clean_lines(text: str | None) -> str:
    """Such text of many lines, whatever ended them."""
    return _LINE_END.sub("\n", clean(text))


def read_body(body: dict[str, str | None] | None) -> Body:
    """What an `itemBody` says."""
    content = (body or {}).get("content")
    if not content or str((body or {}).get("contentType")).lower() == "text":
        return Body(clean_lines(content), is_formatted=False)
    return _read_html(clean(content))


@lru_cache(maxsize=256)
def _read_html(document: str) -> Body:
    """Kept for a while: all occurrences of a series show the same body."""
    text = _unwrapped(document)
    return Body(text, is_formatted=False) if text is not None else _read_tree(document)


def _unwrapped(document: str) -> str | None:
    """The text that Exchange wrapped into this document; None where it is not, or not only, such a wrapper."""
    head, _, rest = document.partition(_WRAPPER_START)
    inner, closing, tail = rest.partition(_WRAPPER_STOP)
    if not closing or _FROM_TEXT not in head or not _WRAPPER_END.fullmatch(tail):
        return None
    text = _BREAK.sub("\n", _BLANKS.sub(" ", inner))
    return None if "<" in text else _spaced(html.unescape(text))


def _spaced(text: str) -> str:
    return clean(text.replace("\xa0", " "))


def _read_tree(document: str) -> Body:
    # With lxml 65 ms, which a run without such bodies need not spend.
    from inscriptis.css_profiles import STRICT_CSS_PROFILE  # the other one indents each <div>
    from inscriptis.html_engine import Inscriptis
    from inscriptis.model.config import ParserConfig
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    try:
        tree = document_fromstring(document.encode(), parser=HTMLParser(encoding="utf-8"))
        text = _spaced(Inscriptis(tree, ParserConfig(STRICT_CSS_PROFILE)).get_text()).strip("\n")
        is_formatted = _is_formatted(tree)
    except (LxmlError, RecursionError):  # nothing but comments, or nested without end
        text, is_formatted = "", False
    if not text.strip() and "<img" not in document:
        # The parser gives up on very deep nesting: better the bare words than none.
        return Body(_spaced(html.unescape(_TAG.sub(" ", document))).strip(), is_formatted=False)
    return Body(text, is_formatted)


def _is_formatted(tree: HtmlElement) -> bool:
    return any(_formats(element) for element in tree.iter("*"))


def _formats(element: HtmlElement) -> bool:
    tag = str(element.tag)
    if tag == "a":
        return not _names_itself(element)
    if tag not in _PLAIN_TAGS:
        return True
    return tag not in _SILENT_TAGS - {"body"} and any(
        _style_formats(str(value))
        if name == "style"
        else _differs(str(value), _PLAIN_ATTRIBUTES.get(str(name)))
        for name, value in element.attrib.items()
    )


def _names_itself(anchor: HtmlElement) -> bool:
    """Exchange makes links of addresses in plain text: a link that only repeats its target is no formatting."""
    target = str(anchor.get("href") or "").rstrip("/")
    shown = anchor.text_content().strip().rstrip("/")
    return shown in {"", target, target.partition("://")[2], target.removeprefix("mailto:")}


def _style_formats(style: str) -> bool:
    for declaration in style.split(";"):
        name, _, value = declaration.lower().partition(":")
        name, value = name.strip(), value.replace("!important", "").strip()
        if name == "font-size":
            size = _SIZE.fullmatch(value)
            points = float(size[1]) * (0.75 if size[2] == "px" else 1) if size else _PLAIN_POINTS[0]
            if not _PLAIN_POINTS[0] <= points <= _PLAIN_POINTS[1]:
                return True
        elif _differs(value, _PLAIN_STYLES.get(name)):
            return True
    return False


def _differs(value: str, plain: frozenset[str] | None) -> bool:
    if plain is None:
        return False
    bare = value.lower().replace(" ", "")
    if plain is _FONTS:
        bare = bare.split(",")[0].strip("\"'")
    return bare not in plain
