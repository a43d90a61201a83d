"""`lpc-tui doctor`: looks at all that a sync stands on, and says what is in the way and what to do about it.

A line a finding as it comes, its remedy and the command for it below; `--json` for machines. What is found is foreign text,
shown inert.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lpc_tui.cli.context import context_of
from lpc_tui.plain import fit, plain

if TYPE_CHECKING:
    from lpc_tui.doctor.findings import Finding
    from lpc_tui.paths import Paths

__all__ = ["doctor"]

_MARKS: Final = {"ok": "ok", "warning": "! warning", "problem": "x problem", "skipped": "- skipped"}
_MARK_WIDTH: Final = 10
_INDENT: Final = " " * (_MARK_WIDTH + 1)
_NARROWEST: Final = 40
"""Columns below which wrapping does more harm than good."""


def doctor(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as one JSON document.")] = False,
) -> None:
    """Look for what is in the way of a sync: settings, folders, state, network, clock, sign-ins, rights, fields.

    Nothing is written, here or at a service.

    Exit code: 0 if nothing or only warnings were found, else the first problem's: 2 settings, folders or state, 3 sign-in
    or rights of it, 5 a service cannot be reached or gives up, 1 anything else.
    """
    from lpc_tui.doctor.findings import as_json as finding_json
    from lpc_tui.doctor.findings import exit_code_of

    findings = asyncio.run(_examined(context_of(ctx).paths, is_shown=not as_json))
    code = exit_code_of(findings)
    if as_json:
        document = {"exit_code": code, "findings": [finding_json(each) for each in findings]}
        typer.echo(json.dumps(document, indent=2))
    else:
        typer.echo(_summary(findings))
    if code:
        raise typer.Exit(code)


async def _examined(paths: Paths, *, is_shown: bool) -> list[Finding]:
    """All findings; shown as they come, but for those that are skipped for one reason: these are told together."""
    from lpc_tui.doctor.examine import examine

    found: list[Finding] = []
    together: list[Finding] = []
    async for each in examine(paths):
        found.append(each)
        if together and (each.status, each.words) != (together[0].status, together[0].words):
            _show(together, is_shown=is_shown)
            together = []
        together.append(each)
        if each.status != "skipped":
            _show(together, is_shown=is_shown)
            together = []
    _show(together, is_shown=is_shown)
    return found


def _show(together: Sequence[Finding], *, is_shown: bool) -> None:
    if together and is_shown:
        for line in _lines(together):
            typer.echo(line)


def _lines(together: Sequence[Finding]) -> Iterator[str]:
    """Findings that say the same and, below them, what to do."""
    first, *others = together
    checks = f"{first.check} and {len(others)} more" if others else first.check
    yield from _wrapped(f"{fit(_MARKS[first.status], _MARK_WIDTH)} {plain(f'{checks}: {first.words}')}")
    if first.remedy:
        yield from _wrapped(f"{_INDENT}-> {plain(first.remedy)}")
    if first.command:
        yield f"{_INDENT}   {plain(first.command)}"


def _wrapped(text: str) -> Sequence[str]:
    """The text in lines that fit the terminal, but for words that do not; whole for whatever else reads it."""
    if not sys.stdout.isatty():
        return (text,)
    width = max(shutil.get_terminal_size().columns, _NARROWEST)
    indent = _INDENT + ("   " if text.startswith(_INDENT) else "")
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _summary(findings: list[Finding]) -> str:
    counts = {
        status: sum(1 for each in findings if each.status == status) for status in ("problem", "warning")
    }
    told = [f"{count} {status}{'' if count == 1 else 's'}" for status, count in counts.items() if count]
    return f"Found {' and '.join(told)}." if told else "Nothing was found to be in the way of a sync."
