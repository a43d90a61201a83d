"""On which line of a TOML text each key stands: to name the line to mend, and to put a new key where it belongs.

Neither `tomllib` nor `tomlkit` tells where a parsed value came from. This reads the text once more, only as closely as
finding the keys takes: strings, comments and brackets are told apart, values are skipped. It must be given text that
`tomllib` accepts (`settings_file` sees to that).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_STRING: Final = r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\])*"' r"|'[^']*'"
_TOKEN: Final = re.compile(
    rf"(?P<string>{_STRING})|(?P<bare>[^\s\[\]{{}}=,.#\"']+)|(?P<comment>#[^\n]*)|(?P<mark>[\n\[\]{{}}=,.])",
    re.DOTALL,
)

Names = tuple[str, ...]


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Where things are in a text; lines are counted from 1."""

    keys: dict[Names, int] = field(default_factory=dict)
    """The line on which each table and key is first named. Keys inside arrays are left out: no setting is an array."""
    ends: dict[Names, int] = field(default_factory=dict)
    """For each table with a [header] the line of its last own key, or of the header: a new key goes below."""

    dotted: set[Names] = field(default_factory=set)
    """Tables that came about by dotted keys: TOML allows no [header] for them."""

    def nearest(self, names: Names) -> int | None:
        """The line of `names`, or else of the innermost table around it that the text mentions."""
        if names not in self.keys and names and "." in names[-1]:  # perhaps written without its quotes
            names = (*names[:-1], *names[-1].split("."))
        return next(
            (self.keys[names[:end]] for end in range(len(names), 0, -1) if names[:end] in self.keys), None
        )


def lines_of(text: str) -> Lines:
    """Where the keys and tables of `text` are."""
    return _Reader(text).read()


class _Reader:
    """Walks the tokens of a TOML document, statement by statement."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._found = Lines()

    def read(self) -> Lines:
        table: Names = ()
        while self._more():
            if self._take_mark("\n"):
                continue
            if self._take_mark("["):
                self._take_mark("[")
                table = self._key(())
                while self._take_mark("]"):
                    pass
            else:
                self._pair(table)
            if table:
                self._found.ends[table] = self._line_reached()
        return self._found

    def _pair(self, table: Names) -> None:
        key = self._key(table)
        self._found.dotted.update(key[:end] for end in range(len(table) + 1, len(key)))
        self._take_mark("=")
        if self._take_mark("{"):
            self._inline_table(key)
        else:
            self._skip_value()

    def _inline_table(self, table: Names) -> None:
        while self._more() and not self._take_mark("}"):
            if not (self._take_mark(",") or self._take_mark("\n")):
                self._pair(table)

    def _key(self, table: Names) -> Names:
        """Take a dotted key and note its line, also for each table it goes through."""
        key = table
        while True:
            token = self._take()
            key = (
                *key,
                tomllib.loads(f"name = {token.text}")["name"] if token.kind == "string" else token.text,
            )
            self._found.keys.setdefault(key, token.line)
            if not self._take_mark("."):
                return key

    def _skip_value(self) -> None:
        depth = 0
        while self._more():
            text = self._peek().text
            if depth == 0 and text in ("\n", ",", "}"):
                return
            depth += (text in ("[", "{")) - (text in ("]", "}"))
            self._take()

    def _line_reached(self) -> int:
        last = self._tokens[self._at - 1]
        return last.line + last.text.count("\n")

    def _more(self) -> bool:
        return self._at < len(self._tokens)

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take_mark(self, mark: str) -> bool:
        """Step over the next token if it is `mark`, and say whether it was."""
        is_next = self._more() and self._peek().text == mark
        self._at += is_next
        return is_next


def _tokens(text: str) -> list[_Token]:
    """The tokens of `text` with their lines, without spaces and comments."""
    tokens = []
    line, counted = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        if match.lastgroup != "comment":
            tokens.append(_Token(match.lastgroup or "", match.group(), line))
    return tokens
