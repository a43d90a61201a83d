"""Rebuilds `docs/fields.md` from the field map: `make docs`. A test says when the page is out of date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lpc_tui.cli.field_view import ARROWS, KEY, about, at_rest
from lpc_tui.model.field_map import fields_of
from lpc_tui.model.fields import FieldSpec
from lpc_tui.model.items import Process

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[2] / "docs" / "fields.md"

_HEAD = """\
# The field map

Which field of one service becomes which of the other. The sync itself works by this map (`lpc_tui/model/field_map.py`);
`lpc-tui fields` prints it. This page is made from it by `make docs`.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """The page as the field map has it now."""
    key = " ".join(KEY).replace("<->", "`<->`").replace("-->", "`-->`")
    return "\n".join((_HEAD, key, *(line for process in Process for line in _chapter(process)))) + "\n"


def _chapter(process: Process) -> Iterator[str]:
    yield f"\n## {process.label}\n"
    yield "| field | name | Salesforce | | Outlook | holds |"
    yield "| --- | --- | --- | --- | --- | --- |"
    yield from (_row(spec) for spec in fields_of(process))
    yield ""
    yield from (f"- {sentence}" for sentence in at_rest(process))


def _row(spec: FieldSpec) -> str:
    arrow = ARROWS[spec.direction]
    cells = (
        spec.label,
        f"`{spec.name}`",
        ", ".join(spec.salesforce),
        f"`{arrow}`" if arrow else "",
        ", ".join(spec.outlook),
        "; ".join(about(spec)),
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
