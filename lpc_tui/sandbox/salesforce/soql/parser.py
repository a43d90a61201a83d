"""Reads SOQL text into `syntax`.

Called for every query; knows no schema, so that it refuses only what is no SOQL at all.
"""

import re
from functools import lru_cache
from pathlib import Path as FilePath

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken, VisitError

from lpc_tui.sandbox.salesforce.errors import SalesforceError
from lpc_tui.sandbox.salesforce.instants import parse_date, parse_instant
from lpc_tui.sandbox.salesforce.soql import errors, syntax

LONGEST_QUERY = 100_000
"""Characters a SOQL statement may have."""

LONGEST_OFFSET = 2000
"""Rows that OFFSET may skip."""


def parse(soql: str) -> syntax.Query:
    """The statement as values. Raises MALFORMED_QUERY, or NUMBER_OUTSIDE_VALID_RANGE for an OFFSET beyond 2000."""
    if not soql.strip():
        raise errors.malformed("SOQL statements cannot be empty or null")
    if len(soql) > LONGEST_QUERY:
        raise errors.malformed(f"SOQL statements cannot be longer than {LONGEST_QUERY} characters.")
    try:
        tree = _grammar().parse(soql)
        return _ToSyntax(soql).transform(tree)
    except UnexpectedInput as error:
        raise _unexpected(soql, error) from error
    except VisitError as error:
        if isinstance(error.orig_exc, SalesforceError):
            raise error.orig_exc from error
        raise


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    text = FilePath(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, start="query", parser="lalr", propagate_positions=False)


def _unexpected(soql: str, error: UnexpectedInput) -> SalesforceError:
    match error:
        case UnexpectedToken(token=Token(type="$END")) | UnexpectedEOF():
            return errors.malformed("unexpected token: '<EOF>'")
        case UnexpectedToken(token=token):
            position, found = token.start_pos, str(token)
        case UnexpectedCharacters():
            position = error.pos_in_stream
            word = re.match(r"\w+|\W", soql[position:])
            found = word.group() if word else ""
        case _:
            raise error
    return errors.malformed(errors.at(soql, position or 0, f"unexpected token: '{found}'"))


def _path(token: Token) -> syntax.Path:
    return syntax.Path(tuple(token.split(".")), token.start_pos or 0)


@v_args(inline=True)
class _ToSyntax(Transformer[Token, syntax.Query]):
    """Turns lark's tree into `syntax`, leaf by leaf; one method a rule of the grammar."""

    def __init__(self, soql: str) -> None:
        super().__init__()
        self._soql = soql

    def count(self) -> syntax.Count:
        return syntax.Count()

    def path(self, token: Token) -> syntax.Path:
        return _path(token)

    def fields_function(self, token: Token) -> syntax.FieldsFunction:
        return syntax.FieldsFunction(token.upper(), token.start_pos or 0)

    def items(
        self, *items: syntax.Path | syntax.FieldsFunction
    ) -> tuple[syntax.Path | syntax.FieldsFunction, ...]:
        return items

    def text(self, token: Token) -> syntax.Text:
        return syntax.Text(token[1:-1])

    def instant(self, token: Token) -> syntax.Instant:
        instant = parse_instant(token.upper())
        if instant is None:
            raise errors.malformed(
                errors.at(self._soql, token.start_pos or 0, f"line 1:1 bad datetime '{token}'")
            )
        return syntax.Instant(instant)

    def day(self, token: Token) -> syntax.Day:
        day = parse_date(token)
        if day is None:
            raise errors.malformed(
                errors.at(self._soql, token.start_pos or 0, f"line 1:1 bad date '{token}'")
            )
        return syntax.Day(day)

    def date_range(self, token: Token) -> syntax.DateRange:
        name, _, days = token.upper().partition(":")
        return syntax.DateRange(name, int(days or 0))

    def null(self) -> syntax.Null:
        return syntax.Null()

    def boolean(self, token: Token) -> syntax.Boolean:
        return syntax.Boolean(token.upper() == "TRUE")

    def number(self, token: Token) -> syntax.Number:
        return syntax.Number(float(token))

    def comparison(self, path: Token, operator: Token, value: syntax.Literal) -> syntax.Comparison:
        sign = "!=" if operator == "<>" else operator.upper()
        return syntax.Comparison(_path(path), sign, value)

    def values(self, *values: syntax.Literal) -> tuple[syntax.Literal, ...]:
        return values

    def membership(
        self, path: Token, negation: Token | None, members: tuple[syntax.Literal, ...] | syntax.Query
    ) -> syntax.Membership:
        return syntax.Membership(_path(path), negation is not None, members)

    def and_chain(self, *conditions: syntax.Condition) -> syntax.AllOf:
        return syntax.AllOf(conditions)

    def or_chain(self, *conditions: syntax.Condition) -> syntax.AnyOf:
        return syntax.AnyOf(conditions)

    def negation(self, condition: syntax.Condition) -> syntax.Not:
        return syntax.Not(condition)

    def ordering(self, path: Token, direction: Token | None, nulls: Token | None) -> syntax.Ordering:
        is_descending = direction is not None and direction.upper() == "DESC"
        return syntax.Ordering(_path(path), is_descending, nulls is not None and nulls.upper() == "LAST")

    def order_by(self, *orderings: syntax.Ordering) -> tuple[syntax.Ordering, ...]:
        return orderings

    def query(
        self,
        selection: syntax.Count | tuple[syntax.Path | syntax.FieldsFunction, ...],
        sobject: Token,
        where: syntax.Condition | None,
        orderings: tuple[syntax.Ordering, ...] | None,
        limit: Token | None,
        offset: Token | None,
    ) -> syntax.Query:
        for number in (limit, offset):
            if number is not None and not number.isdecimal():
                place = number.start_pos or 0
                raise errors.malformed(errors.at(self._soql, place, f"unexpected token: '{number[0]}'"))
        skipped = int(offset or 0)
        if skipped > LONGEST_OFFSET:
            raise SalesforceError(
                400, "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {LONGEST_OFFSET}"
            )
        return syntax.Query(
            text=self._soql,
            selection=selection,
            sobject=str(sobject),
            position=sobject.start_pos or 0,
            where=where,
            orderings=orderings or (),
            limit=None if limit is None else int(limit),
            offset=skipped,
        )
