"""Settings as a conversation: found by a word, told in full, changed one at a time and saved at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lpc_tui.cli.plain.talk import Talk
from lpc_tui.errors import SettingsError, UsageError
from lpc_tui.plain import plain
from lpc_tui.settings_file import load, save
from lpc_tui.settings_keys import Setting, catalogue, parse_value, value_of
from lpc_tui.settings_template import literal

__all__ = ["change_settings", "found"]


def change_settings(talk: Talk, file: Path) -> None:
    """Find settings and change them, until the person has had enough. Raises `SettingsError` for an unusable file."""
    while words := talk.ask("Search the settings by a word, or Enter to go back"):
        hits = found(words)
        if not hits:
            talk.say(f"No setting has {plain(words, 40)!r} in its name or help.")
            continue
        settings = load(file)
        for number, each in enumerate(hits, 1):
            talk.say(f"{number}: {each.key}: {each.label} Now: {literal(value_of(settings, each.key))}")
        chosen = talk.ask("The number of the setting, or Enter for none")
        if chosen.isdigit() and 1 <= int(chosen) <= len(hits):
            _change(talk, file, hits[int(chosen) - 1])


def found(words: str) -> Sequence[Setting]:
    """The settings that hold every one of these words, in their key, label or help."""
    wanted = words.casefold().split()
    return [
        each
        for each in catalogue().values()
        if all(word in f"{each.key} {each.label} {each.help}".casefold() for word in wanted)
    ]


def _change(talk: Talk, file: Path, setting: Setting) -> None:
    talk.say(
        f"{setting.label}",
        setting.help,
        f"Allowed: {setting.allowed}. Default: {literal(setting.default)}.",
        f"Now: {literal(value_of(load(file), setting.key))}.",
    )
    text = talk.ask("New value, or Enter to leave it")
    if not text:
        return
    try:
        saved = save(file, {setting.key: parse_value(setting.key, text)})
    except (SettingsError, UsageError) as error:
        talk.say(plain(f"Not changed. {error}"))
        return
    talk.say(f"Saved: {setting.key} is {literal(value_of(saved, setting.key))}.")
