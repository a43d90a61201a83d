"""Bodies as the service keeps them: always HTML, always a whole document, never with scripts, lines ended by CRLF.

What is written is therefore not what is read. Writing back what was read changes nothing.
"""

import html
import re
from functools import lru_cache

import lxml.etree
import lxml.html
from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

from lpc_tui.sandbox.common import JsonObject

PREVIEW_LENGTH = 255
"""Characters of text in `bodyPreview`."""

_META = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
_FROM_TEXT = (
    f"<html>\r\n<head>\r\n{_META}\r\n"
    '<meta name="Generator" content="Microsoft Exchange Server">\r\n<!-- converted from text -->\r\n'
    "<style><!-- .EmailQuote { margin-left: 1pt; padding-left: 4pt; border-left: #800000 2px solid; } --></style>"
    '</head>\r\n<body>\r\n<font size="2"><span style="font-size:11pt;"><div class="PlainText">{}</div></span></font>\r\n'
    "</body>\r\n</html>\r\n"
)
_JOIN_MARK = "________________________________________________________________________________"
_LINE_END = re.compile(r"\r\n|\r|\n")
_PLAIN_TEXT = re.compile(re.escape(_FROM_TEXT).replace(re.escape("{}"), "(?P<lines>.*)"), re.DOTALL)
_RENDERING = ParserConfig(css=CSS_PROFILES["strict"].copy())
_SCRIPTING = ("script", "iframe", "object", "embed", "applet")


def stored_html(body: JsonObject | None) -> str:
    """The HTML kept for an `itemBody`; empty for no body or an empty one."""
    content = (body or {}).get("content") or ""
    if not content:
        return ""
    if (body or {}).get("contentType") == "html":
        return _clean_html(content)
    return _FROM_TEXT.replace("{}", _escaped_lines(content))


def as_text(document: str) -> str:
    """The document as `outlook.body-content-type="text"` shows it: CRLF, with a trailing line end."""
    return _text(document).replace("\n", "\r\n") + "\r\n" if document else ""


def with_crlf(text: str) -> str:
    """The text with the line ends the service keeps."""
    return _LINE_END.sub("\r\n", text)


def preview(document: str) -> str:
    """The text of `bodyPreview`."""
    return _text(document)[:PREVIEW_LENGTH].replace("\n", "\r\n") if document else ""


def with_join_blob(document: str, join_url: str) -> str:
    """The document with an online meeting's join block at its end."""
    blob = (
        f'<div class="me-email-text">{_JOIN_MARK}<br>\r\n<b>Microsoft Teams meeting</b><br>\r\n'
        f'<a href="{html.escape(join_url)}">Join the meeting now</a><br>\r\n{_JOIN_MARK}</div>\r\n'
    )
    whole = document or _clean_html("<div></div>")
    return whole.replace("</body>", f"{blob}</body>", 1)


def has_join_blob(document: str, join_url: str) -> bool:
    """Whether the join block is still there; a body without it disables the meeting."""
    return html.escape(join_url) in document


def _escaped_lines(text: str) -> str:
    lines = _LINE_END.split(text)
    return "<br>\r\n".join(re.sub(r"^ | (?= )", "&nbsp;", html.escape(line, quote=False)) for line in lines)


def _clean_html(content: str) -> str:
    """A whole document without active content; one that was cleaned before comes out the same."""
    if content.startswith("<html>") and _META in content and not _is_active(content):
        return with_crlf(content)
    document = lxml.html.document_fromstring(content.replace("\x00", ""))
    lxml.etree.strip_elements(document, *_SCRIPTING, with_tail=False)
    for element in document.iter("*"):
        for name in [name for name in element.attrib if str(name).lower().startswith("on")]:
            del element.attrib[name]
    head, body = document.find("head"), document.find("body")
    inner_head = "" if head is None else _inner(head)
    inner_body = "" if body is None else _inner(body)
    meta = "" if _META in inner_head else f"{_META}\r\n"
    whole = (
        f"<html>\n<head>\n{meta}{inner_head.strip()}</head>\n<body>\n{inner_body.strip()}\n</body>\n</html>\n"
    )
    return with_crlf(whole)


def _is_active(content: str) -> bool:
    return re.search(rf"<(?:{'|'.join(_SCRIPTING)})\b|\son\w+\s*=", content, re.IGNORECASE) is not None


def _inner(element: lxml.html.HtmlElement) -> str:
    parts = [html.escape(element.text or "", quote=False)]
    parts += [str(lxml.html.tostring(child, encoding="unicode")) for child in element]
    return "".join(parts)


@lru_cache(maxsize=20_000)
def _text(document: str) -> str:
    converted = _PLAIN_TEXT.fullmatch(document)
    if converted:
        # Indents and runs of blanks come back as no-break spaces; a renderer would drop them.
        return html.unescape(converted["lines"].replace("<br>\r\n", "\n")).rstrip()
    return str(get_text(document, _RENDERING)).rstrip()
