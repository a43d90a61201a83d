"""`--load FILE ...` of `demo` and `sandbox serve`: a person's own exports instead of the sample data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lpc_tui.errors import UsageError
from lpc_tui.plain import plain

if TYPE_CHECKING:
    from lpc_tui.sandbox.load.report import LoadReport

__all__ = ["Load", "More", "files_to_load", "report_lines"]

Load = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE...",
        help="Your own exports instead of the sample data: .ics and .vcf from Outlook, .csv from Salesforce.",
        show_default=False,
    ),
]

More = Annotated[list[Path] | None, typer.Argument(metavar="FILE", hidden=True)]
"""The further names of `--load A B C`: an option takes one, so the shell's `--load *.ics` ends in arguments."""

_SKIPPED_SHOWN = 20


def files_to_load(load: Sequence[Path] | None, more: Sequence[Path] | None) -> tuple[Path, ...]:
    """The files named by `--load`.

    Raises:
        UsageError: names without `--load`, or a file that is not there.
    """
    if more and not load:
        raise UsageError(f"What is {str(more[0])!r} for?", "Name files after --load.")
    files = (*(load or ()), *(more or ()))
    for file in files:
        if not file.is_file():
            problem = "is not a file" if file.exists() else "does not exist"
            raise UsageError(f"{file} {problem}.", "Check the path given to --load.")
    return files


def report_lines(report: LoadReport) -> Iterator[str]:
    """What each file held, and what was skipped and why; a long list in part, with a count of the rest."""
    skipped = []
    for file in report.files:
        yield f"{plain(file.path.name)}: {file.loaded} loaded, {len(file.skipped)} skipped"
        skipped += [f"  skipped {plain(what, 80)}: {plain(why, 300)}" for what, why in file.skipped]
    yield from skipped[:_SKIPPED_SHOWN]
    if len(skipped) > _SKIPPED_SHOWN:
        yield f"  ... and {len(skipped) - _SKIPPED_SHOWN} more"
