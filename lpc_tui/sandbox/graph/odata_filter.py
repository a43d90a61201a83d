"""The grammar of `$filter`: a small but real part of OData 4, parsed into expressions.

Also used for the `$filter` inside `$expand=singleValueExtendedProperties(...)`. What the expressions mean is
`odata_eval`'s. Facts: https://learn.microsoft.com/graph/filter-query-parameter
"""

from dataclasses import dataclass
from functools import lru_cache

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError

from lpc_tui.sandbox.graph.errors import GraphError

_GRAMMAR = r"""
?either: both ("or" both)*
?both: negated ("and" negated)*
?negated: NOT negated -> negation
        | atom
?atom: "(" either ")"
     | operand OPERATOR operand -> comparison
     | FUNCTION path "," STRING ")" -> call
     | ANY NAME ":" either ")" -> any_of
?operand: path | literal
path: NAME ("/" NAME)*
literal: STRING | INSTANT | DAY | NUMBER | WORD

NOT.5: /not\b/
OPERATOR.5: /(eq|ne|gt|ge|lt|le)\b/
WORD.5: /(true|false|null)\b/
FUNCTION.5: /(startswith|endswith|contains)\s*\(/
ANY.5: /[A-Za-z_]\w*(\/[A-Za-z_]\w*)*\/any\s*\(/i
INSTANT.4: /\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)/
DAY.3: /\d{4}-\d\d-\d\d/
NUMBER.2: /-?\d+(\.\d+)?/
STRING: /'(?:[^']|'')*'/
NAME: /(?!(and|or)\b)[A-Za-z_]\w*/
%ignore /\s+/
"""


@dataclass(frozen=True, slots=True)
class Path:
    """A property, by the names leading to it."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; `kind` is `text`, `instant`, `number`, `flag` or `null`."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`."""

    operator: str
    left: "Path | Literal"
    right: "Path | Literal"


@dataclass(frozen=True, slots=True)
class Call:
    """`startswith`, `endswith` or `contains`."""

    function: str
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`collection/any(variable: condition)`."""

    path: Path
    variable: str
    condition: "Expression"


@dataclass(frozen=True, slots=True)
class Negation:
    """`not expression`."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Both:
    """All parts hold."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: "tuple[Expression, ...]"


Expression = Comparison | Call | AnyOf | Negation | Both | Either


@lru_cache(maxsize=256)
def parse(text: str) -> Expression:
    """The expression of a `$filter`; raises 400 where it is none."""
    try:
        parsed = _ToExpression().transform(_PARSER.parse(text))
    except LarkError:
        raise GraphError(400, "BadRequest", f"Invalid filter clause: '{text}'.") from None
    if not isinstance(parsed, Comparison | Call | AnyOf | Negation | Both | Either):
        raise GraphError(400, "BadRequest", f"The filter clause '{text}' is not a condition.")
    return parsed


@v_args(inline=True)
class _ToExpression(Transformer[Token, object]):
    def path(self, *names: Token) -> Path:
        return Path(tuple(str(name) for name in names))

    def literal(self, token: Token) -> Literal:
        text = str(token)
        if token.type == "STRING":
            return Literal("text", _unquoted(text))
        if token.type == "WORD":
            return Literal("null" if text == "null" else "flag", text)
        return Literal("number" if token.type == "NUMBER" else "instant", text)

    def comparison(self, left: Path | Literal, operator: Token, right: Path | Literal) -> Comparison:
        return Comparison(str(operator), left, right)

    def call(self, function: Token, path: Path, text: Token) -> Call:
        return Call(str(function).rstrip("( \t"), path, _unquoted(str(text)))

    def any_of(self, opening: Token, variable: Token, condition: Expression) -> AnyOf:
        names = str(opening).rstrip("( \t").split("/")[:-1]
        return AnyOf(Path(tuple(names)), str(variable), condition)

    def negation(self, _word: Token, inner: Expression) -> Negation:
        return Negation(inner)

    def both(self, *parts: Expression) -> Both:
        return Both(parts)

    def either(self, *parts: Expression) -> Either:
        return Either(parts)


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


_PARSER = Lark(_GRAMMAR, start="either", parser="lalr", maybe_placeholders=False)
