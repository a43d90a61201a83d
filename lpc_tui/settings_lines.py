"""On which line of a TOML text each key stands, so that a problem can name the line to mend.

Neither `tomllib` nor `tomlkit` tells where a parsed value came from. This reads the text once more, only as closely as
finding the keys takes: strings, comments and brackets are told apart, values are skipped. It must be given text that
`tomllib` accepts (`settings_file` sees to that).
"""

from __future__ import annotations

import re
import tomllib
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


def lines_of(text: str) -> dict[Names, int]:
    """The line (counted from 1) on which each table and key of `text` is first named.

    Keys inside arrays are left out: no setting is an array, so a problem is told at the array's own key.
    """
    return _Reader(text).read()


class _Reader:
    """Walks the tokens of a TOML document, statement by statement."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._found: dict[Names, int] = {}

    def read(self) -> dict[Names, int]:
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
        return self._found

    def _pair(self, table: Names) -> None:
        key = self._key(table)
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
            self._found.setdefault(key, token.line)
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
