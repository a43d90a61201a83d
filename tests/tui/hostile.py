"""Texts that other people could have written, and that no widget, file or terminal may obey (DESIGN.md, law 13).

`HOSTILE` is one of each sort, for tests of a single part. `CORPUS` is five hundred, for those that go through all that is
shown or written: each is made of a payload and a label of its own, so that it can be told whether it was legible, and
whether anything of it became part of an escape sequence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from lpc_tui.plain import plain

__all__ = [
    "CORPUS",
    "FORBIDDEN",
    "HOSTILE",
    "LABEL",
    "SEQUENCE",
    "ascii_id",
    "assert_inert",
    "chunks",
    "label_of",
    "legible",
]

HOSTILE = (
    "[/",
    "[/]",
    "Smith [Acme]",
    "[b]x",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\u202eevil",
    "\u2066x\u2069",
    "\x9b2J",
    "名前 🎉",
    "a\nb\tc",
    "$name",
    "\ud800",
    "x" * 5_000,
)

FORBIDDEN = ("\x1b", "\x07", "\x9b", "\n", "\t", "\u202e", "\u2066", "\u2069", "\ud800")
"""None of these may reach the terminal out of a foreign text."""

_PAYLOADS: Mapping[str, tuple[str, ...]] = {
    "escape sequences": (
        "\x1b[31m@\x1b[0m",
        "\x1b[2J\x1b[H@",
        "\x1b[?1049l@",
        "\x1b[6n@",
        "\x1b[10;10H@\x1b[s",
        "\x1b[@",
        "\x1bc@",
        "\x1b(0@",
        "\x1b]0;@\x07",
        "\x1b]2;@\x1b\\",
        "\x1b]52;c;@\x07",
        "\x1b]8;;http://@.example/\x1b\\@\x1b]8;;\x1b\\",
        "\x1b]9;@\x07",
        "\x1b]1337;File=inline=1:@\x07",
        "\x1bP@\x1b\\",
        "\x1bPtmux;\x1b\x1b]52;c;@\x07\x1b\\",
        "\x1b_@\x1b\\",
        "\x1b^@\x1b\\",
        "\x1bX@\x1b\\",
        "\x1b\x1b[Z@",
    ),
    "C1 controls": (
        "\x9b2J@",
        "\x9b31m@\x9bm",
        "\x9d0;@\x9c",
        "\x9d52;c;@\x9c",
        "\x90q@\x9c",
        "\x98@\x9c",
        "\x84\x85@\x8d",
    ),
    "controls": (
        "\x00@",
        "@\x00\x00",
        "\x07\x07@",
        "\x08\x08\x08\x08@",
        "\x0e@\x0f",
        "\x7f\x7f@",
        "\x01\x02\x03\x04\x05\x06@\x10\x11\x12\x13",
        "\x1a@\x1c\x1d\x1e\x1f",
    ),
    "line breaks": (
        "@\n@",
        "@\r\n@",
        "@\rover",
        "@\t\t@",
        "@\v\f@",
        "@\u2028@\u2029@",
        "\n" * 40 + "@",
        "@\x85@",
    ),
    "markup": (
        "[b]@[/b]",
        "[/@]",
        "[/]",
        "[",
        "[@",
        "[red on blue]@[/]",
        "[@click=app.quit]@[/]",
        "[link=http://@.example]@[/link]",
        "\\[@\\]",
        "$@ $name ${@}",
        ":bomb: :@:",
        "[[@]]",
    ),
    "bidi": (
        "\u202e@",
        "\u202d@\u202c",
        "\u202a@\u202b",
        "\u2066@\u2069",
        "\u2067@",
        "\u2068@\u2069\u2069",
        "\u200e@\u200f",
        "\u061c@",
        "\u05e9\u05dc\u05d5\u05dd @ \u0627\u0644\u0633\u0644\u0627\u0645",
    ),
    "invisible": (
        "\u200b@\u200b",
        "\u2060@\ufeff",
        "\u00ad@\u00ad",
        "\u180e@",
        "\U000e0041\U000e0042@\U000e007f",
        "\ufff9@\ufffa@\ufffb",
        "\u200d\u200d\u200d@",
        "\u200c" * 30 + "@",
    ),
    "combining": (
        "@" + "\u0336" * 200,
        "\u0301\u0302@",
        "a" + "\u0489" * 50 + "@",
        "Z\u0351\u036b\u0343a\u0329\u0347l\u0321\u030ag\u0322\u033bo\u0321 @",
        "\u20dd@\u20e3",
    ),
    "wide": (
        "\u540d\u524d@\u4f1a\u8b70",
        "\uff21\uff22@",
        "\u3000\u3000@",
        "\U0001f389@\U0001f389",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466@",
        "\U0001f1e9\U0001f1ea@\U0001f3f4\U000e0067\U000e0062\U000e007f",
        "\U0001f44d\U0001f3ff@",
        "\u2764\ufe0f@\u263a\ufe0e",
        "\U00020bb7@" + "\u91ce" * 200,
    ),
    "broken unicode": (
        "\ud800@",
        "@\udfff",
        "\udc1b[31m@",
        "\uffff@\ufffe",
        "\ufffd@",
        "\U0010ffff@",
        "\ue000@",
    ),
    "html": (
        "<script>alert('@')</script>",
        "<img src=x onerror=@>",
        "&lt;@&gt;&amp;&#27;",
        "<!-- @ -->",
        "</textarea>@",
    ),
    "queries": (
        "' OR Name != '@",
        "@' AND IsDeleted = false --",
        "\\' OR \\'@\\' = \\'",
        "$filter=subject eq '@''",
        "%27%20or%20@",
        "'; DROP TABLE links; --@",
    ),
    "files": (
        '"""@',
        "'''@'''",
        '@" = 1\n[sync]',
        "# @",
        "= @",
        "\\u0000@\\",
        "${HOME}/@",
        "../../../../etc/@",
        "C:\\@\\NUL",
        "-@ --yes",
    ),
    "formats": ("%s%n@%d", "{0}{@}{}", "{@!r:>1000000}", "%(@)s", "`@`", "$(@)"),
    "long": ("@" + "x" * 5_000, "@ " + "word " * 1_000, "@" + "\u202e" * 1_000),
}

_FORMS = (
    "{label} {payload}",
    "{label}{payload}{payload}",
    "{payload} {label}",
    "  {label}  {payload}  ",
    "{label}:{payload}.",
)

LABEL = re.compile(r"h\d\d\dq")
"""Stands in each text of the corpus once as its label, and again wherever its payload speaks."""

SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[]P_^X].*?(?:\x07|\x1b\\|\Z)|[ -/]*[0-~])|[\x80-\x9f]", re.DOTALL
)
"""An escape sequence, as a terminal takes it for one."""

_ALLOWED = frozenset("\u200c\u200d")


def _made() -> tuple[str, ...]:
    payloads = [payload for group in _PAYLOADS.values() for payload in group]
    texts = []
    for number in range(500):
        form, payload = divmod(number, len(payloads))
        label = f"h{number:03}q"
        said = payloads[payload].replace("@", label)
        texts.append(_FORMS[form].format(label=label, payload=said))
    return tuple(texts)


CORPUS = _made()
"""Five hundred, all different."""


def ascii_id(text: str) -> str:
    """A short test id for a hostile text."""
    return ascii(text)[1:13]


def label_of(text: str) -> str:
    """The label of a text of the corpus."""
    found = LABEL.search(text)
    assert found is not None
    return found[0]


def legible(texts: Iterable[str], width: int) -> frozenset[str]:
    """The labels that must be seen of these texts where the first `width` cells of each are shown."""
    return frozenset(label_of(text) for text in texts if label_of(text) in plain(text, width))


def chunks(size: int, texts: tuple[str, ...] = CORPUS) -> list[tuple[str, ...]]:
    """The texts in parts of `size`; the last is filled up from the beginning."""
    filled = texts + texts[: -len(texts) % size]
    return [filled[at : at + size] for at in range(0, len(filled), size)]


def assert_inert(shown: str, *, breaks: str = "\n") -> None:
    """Nothing in `shown` steers a terminal, reorders a line, or hides; `breaks` are ours."""
    for character in set(shown) - set(breaks) - _ALLOWED:
        category = unicodedata.category(character)
        assert category not in {"Cc", "Cf", "Cs", "Zl", "Zp"}, f"{character!a} reached the terminal"
