"""`lpc-tui doctor`: looks at all that a sync stands on, and says what is in the way and what to do about it.

A line a finding as it comes, its remedy below it; `--json` for machines. What is found is foreign text, shown inert.
"""

from __future__ import annotations

import asyncio
import json
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
_CHECK_WIDTH: Final = 32
_INDENT: Final = " " * (_MARK_WIDTH + 1)


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
    from lpc_tui.doctor.examine import examine

    found = []
    async for each in examine(paths):
        found.append(each)
        if is_shown:
            for line in _lines(each):
                typer.echo(line)
    return found


def _lines(finding: Finding) -> list[str]:
    """The finding and, below it, its remedy."""
    head = f"{fit(_MARKS[finding.status], _MARK_WIDTH)} {fit(finding.check, _CHECK_WIDTH)}"
    lines = [f"{head} {plain(finding.words)}"]
    if finding.remedy:
        lines.append(f"{_INDENT}-> {plain(finding.remedy)}")
    return lines


def _summary(findings: list[Finding]) -> str:
    counts = {
        status: sum(1 for each in findings if each.status == status) for status in ("problem", "warning")
    }
    told = [f"{count} {status}{'' if count == 1 else 's'}" for status, count in counts.items() if count]
    return f"Found {' and '.join(told)}." if told else "Nothing was found to be in the way of a sync."
