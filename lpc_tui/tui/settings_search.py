"""The search over all settings in the command palette: by label, key and help. `LpcApp` offers it beside the commands."""

from __future__ import annotations

from functools import partial

from textual.command import Hit, Hits, Provider

from lpc_tui.settings_keys import Setting, catalogue
from lpc_tui.tui.messages import SettingAsked
from lpc_tui.tui.setting_words import full_name

__all__ = ["SettingsSearch"]

_SOMEWHERE = 0.1
"""The score of a setting that has the words somewhere, in any order: below every name that fits as a whole."""


class SettingsSearch(Provider):
    """Choosing a setting posts `SettingAsked`."""

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        words = query.lower().split()
        for known in catalogue().values():
            name = full_name(known.key)
            score = max(matcher.match(name), matcher.match(known.key))
            text = f"{name} {known.key} {known.help}".lower()
            if not score and all(word in text for word in words):
                score = _SOMEWHERE
            if score:
                ask = partial(self.app.post_message, SettingAsked(known.key))
                yield Hit(score, matcher.highlight(name), ask, text=name, help=_told(known))


def _told(known: Setting) -> str:
    return f"{known.key}: {known.brief}"
