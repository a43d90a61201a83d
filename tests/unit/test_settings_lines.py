"""The lines of keys in a TOML text, in every layout TOML allows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.settings_lines import Names, lines_of


@pytest.mark.parametrize(
    ("text", "names", "line"),
    [
        pytest.param("# x = 1\n\nx = 2\n", "x", 3, id="comment above"),
        pytest.param("[a]\nx = 1\n[b]\nx = 2\n", "b.x", 4, id="same name in two tables"),
        pytest.param("[a]\n[a.b]\n\nx = 1\n", "a.b.x", 4, id="nested table"),
        pytest.param("[a.b]\n", "a", 1, id="table only named on the way"),
        pytest.param("a.b.c = 1\na.b.d = 2\n", "a.b.d", 2, id="dotted keys"),
        pytest.param(" [ a . b ] \n c . d = 1\n", "a.b.c.d", 2, id="spaces around dots"),
        pytest.param("x = 1\na = { b = 1, c = { d = '}' } }\ny = 1\n", "a.c.d", 2, id="inline tables"),
        pytest.param("a = {}\nb = 1\n", "b", 2, id="after an empty inline table"),
        pytest.param('a = """\nb = 1\n""\\"""" # \nb = 2\n', "b", 4, id="multi-line string"),
        pytest.param("a = '''\nb = 1\n'''\nb = 2\n", "b", 4, id="multi-line literal"),
        pytest.param('a = """"""\nb = 2\n', "b", 2, id="empty multi-line string"),
        pytest.param('a = """"q"""""\nb = 2\n', "b", 2, id="quotes against the closing quotes"),
        pytest.param('a = "\\"b = 1"\nb = 2\n', "b", 2, id="escaped quote"),
        pytest.param("a = [\n  {b = 1}, # ]\n  ['[']\n]\nb = 2\n", "b", 5, id="array over lines"),
        pytest.param("[[a]]\nx = 1\n[b]\nx = 2\n", "b.x", 4, id="array of tables"),
        pytest.param("d = 1979-05-27T07:32:00.5Z\nf = -1.5e3\nb = 2\n", "b", 3, id="dates and floats"),
        pytest.param('"a b"."\\u00e9" = 1\n', "a b.é", 1, id="quoted names"),
        pytest.param("a = 1\r\n\r\nb = 2\r\n", "b", 3, id="Windows line ends"),
        pytest.param("a = 1\nb = 2", "b", 2, id="no newline at the end"),
    ],
)
def test_a_key_is_found_on_its_line(text: str, names: str, line: int) -> None:
    tomllib.loads(text)
    assert lines_of(text).keys[tuple(names.split("."))] == line


def test_a_key_that_is_nowhere_is_told_at_the_table_around_it() -> None:
    lines = lines_of("\n[a]\nx = 1\n")
    assert lines.nearest(("a", "y", "z")) == 2
    assert lines.nearest(("b",)) is None


def test_a_new_key_goes_below_the_last_one_of_its_table() -> None:
    lines = lines_of('[a]\nx = """\n"""\n# about b\n[b]\n\n[a.c]\ny = 1\n\n')
    assert lines.ends == {("a",): 3, ("b",): 5, ("a", "c"): 8}


names = st.sampled_from(["a", "b-c", "1", '"q.q"', "'é'", '"#"'])
scalars = st.sampled_from(["1", "1.5", "true", '"x"', "'}'", '"""\n]\n"""', "2020-01-01", '"\\""'])
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: f"[ {', '.join(parts)} ]"),
        st.dictionaries(names, inner, max_size=3).map(
            lambda table: "{ " + ", ".join(f"{name} = {value}" for name, value in table.items()) + " }"
        ),
    ),
    max_leaves=6,
)
statements = st.one_of(
    st.lists(names, min_size=1, max_size=3).map(lambda path: f"[{'.'.join(path)}]"),
    st.tuples(st.lists(names, min_size=1, max_size=2).map(".".join), values).map(" = ".join),
    st.sampled_from(["", "# x = [", "   "]),
)


@given(st.lists(statements, max_size=12).map("\n".join))
def test_the_keys_found_are_exactly_those_of_the_parser(text: str) -> None:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(lines_of(text).keys) == set(_paths(tree, ()))


def _paths(table: Mapping[str, Any], above: Names) -> Iterator[Names]:
    for name, value in table.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from _paths(value, (*above, name))
