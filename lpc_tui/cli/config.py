"""`lpc-tui config`: the settings without the UI.

The settings' modules are imported inside the functions: every other command, and `--help`, does without pydantic's models.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from lpc_tui.cli.context import context_of
from lpc_tui.plain import plain

if TYPE_CHECKING:
    from lpc_tui.settings_values import Value

app = typer.Typer(help="Show, change and check the settings.", rich_markup_mode=None)

_Key = Annotated[
    str, typer.Argument(metavar="KEY", help="Dotted, such as sync.calendar.past_days.", show_default=False)
]


@app.command()
def path(ctx: typer.Context) -> None:
    """Print where the settings file is (or would be)."""
    typer.echo(context_of(ctx).paths.config_file)


@app.command()
def show(ctx: typer.Context) -> None:
    """Print the settings in force, as TOML; those at their default are marked."""
    from lpc_tui.settings_file import load
    from lpc_tui.settings_template import render_effective

    typer.echo(render_effective(load(context_of(ctx).paths.config_file)), nl=False)


@app.command()
def get(ctx: typer.Context, key: _Key) -> None:
    """Print the value of one setting."""
    from lpc_tui.settings_file import load
    from lpc_tui.settings_keys import setting, value_of

    known = setting(key)
    typer.echo(_bare(value_of(load(context_of(ctx).paths.config_file), known.key)))


@app.command(
    "set", context_settings={"ignore_unknown_options": True}
)  # so that -1 is a value, if a wrong one
def set_(
    ctx: typer.Context,
    key: _Key,
    value: Annotated[
        str,
        typer.Argument(
            metavar="VALUE", help="A box takes true, yes, on or false, no, off.", show_default=False
        ),
    ],
) -> None:
    """Change one setting; the file's comments and order stay.

    Without a file, one is made with all settings and their help in comments.
    """
    from lpc_tui.settings_file import load, save
    from lpc_tui.settings_keys import parse_value, value_of
    from lpc_tui.settings_template import literal

    file = context_of(ctx).paths.config_file
    wanted = parse_value(key, value)
    before = value_of(load(file), key)
    after = value_of(save(file, {key: wanted}), key)
    changed = f"{literal(before)} -> {literal(after)}" if after != before else f"{literal(after)}, as before"
    typer.echo(f"{key}: {changed}")


@app.command()
def validate(ctx: typer.Context) -> None:
    """Check the settings file and list every problem, one a line; exit code 2 if there is one."""
    from lpc_tui.cli.ui import key_problems
    from lpc_tui.settings_file import InvalidSettingsError, load

    file = context_of(ctx).paths.config_file
    try:
        load(file, also=key_problems)
    except InvalidSettingsError as error:
        for problem in error.problems:
            typer.echo(plain(str(problem)))
        raise typer.Exit(error.exit_code) from error
    typer.echo(
        f"{file}: no problems" if file.exists() else f"{file}: no such file; the defaults are in force"
    )


@app.command()
def keys() -> None:
    """List the actions of the terminal UI with their ids and keys; [ui.keys] gives them others."""
    from lpc_tui.cli.ui import key_lines

    typer.echo("\n".join(key_lines()))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the settings file."""
    from lpc_tui.settings import Settings

    typer.echo(json.dumps(Settings.model_json_schema(), indent=2, ensure_ascii=False))


def _bare(value: Value) -> str:
    """`value` without quotes, as it is, for a script; on a terminal inert."""
    if isinstance(value, bool):
        return str(value).lower()
    return plain(str(value)) if sys.stdout.isatty() else str(value)
