"""README and docs against the program: links lead somewhere, commands, settings and keys are the ones there are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from lpc_tui.cli.app import app
from lpc_tui.settings import Settings
from lpc_tui.settings_keys import catalogue
from lpc_tui.tui.keymap import bindings, problems

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = (README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))
KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "plus": "+",
    "equals_sign": "+",
    "minus": "-",
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "backspace": "digits",
}
"""How a key is called in the pages, where that is not its own name."""


def words(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchor(heading: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    prose = re.sub(r"```.*?```", "", words(page), flags=re.DOTALL)
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", prose, flags=re.MULTILINE)}


def flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", words(page)):
        if target.startswith("http"):
            continue
        path, _, place = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert not place or place in anchors(found), target


def usages() -> dict[str, list[str]]:
    """What the README's table of commands has, by command; an ending in dots says that there is more."""
    section = words(README).partition("## Commands")[2].partition("\n## ")[0]
    found: dict[str, list[str]] = {}
    for row in re.findall(r"^\| (`.*?) \| ", section, flags=re.MULTILINE):
        for usage in re.findall(r"`([^`]+)`", row):
            name, _, rest = usage.removeprefix("lpc-tui ").replace("\\|", " ").partition(" ")
            found.setdefault(name, []).append(rest)
    return found


def test_the_readme_has_every_command_with_its_options() -> None:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    told = usages()
    for name, command in root.commands.items():
        inner = command.commands if isinstance(command, TyperGroup) else {}
        words_told = {word for rest in told[name] for word in re.findall(r"[\w-]+", rest)}
        assert inner.keys() <= words_told, name
        takers = (command, *inner.values())
        options = {
            opt for taker in takers for each in taker.params for opt in each.opts if opt.startswith("--")
        }
        options_told = {word for word in words_told if word.startswith("--")}
        assert options_told <= options, name
        is_whole = not any(rest.endswith("] ...") for rest in told[name])
        assert not is_whole or options - options_told <= {"--help"}, name


def test_the_settings_of_the_readme_are_the_defaults_and_leave_none_out() -> None:
    block = re.search(r"```toml\n(\[outlook\].*?)```", words(README), flags=re.DOTALL)
    assert block is not None
    told = dict(flat(tomllib.loads(block[1])))
    for key, value in told.items():
        assert catalogue()[key].default == value, key
    alike = re.compile(r"^sync\.(contact|task)\.")
    left_out = {key for key in catalogue().keys() - told.keys() if not alike.match(key)}
    assert left_out == set()
    for key in catalogue():
        assert key.rpartition(".")[2] in block[1], key


def test_the_example_of_own_keys_can_be_used() -> None:
    block = re.search(r"```toml\n(\[ui\.keys\].*?)```", words(ROOT / "docs" / "ui.md"), flags=re.DOTALL)
    assert block is not None
    settings = Settings.model_validate(tomllib.loads(block[1]))
    assert settings.ui.keys.by_id
    assert list(problems(settings)) == []


def test_the_page_of_the_ui_names_the_keys_of_every_action() -> None:
    page = words(ROOT / "docs" / "ui.md")
    told = {key.casefold() if len(key) > 1 else key for key in re.findall(r"<kbd>(.+?)</kbd>", page)} | {
        "digits"
    }

    def name(key: str) -> str:
        key = KEY_NAMES.get(key, key)
        return key.replace("ctrl+", "Ctrl-").casefold() if len(key) > 1 else key

    untold = {
        bound.id
        for bound in bindings().values()
        if not {name(key) for keys in bound.keys for key in keys.split(",")} & told
    }
    assert untold == set()
