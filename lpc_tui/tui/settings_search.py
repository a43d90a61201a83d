"""The search over all settings in the command palette: by label, key and help. `LpcApp` offers it beside the commands."""

from __future__ import annotations

from functools import partial

from textual.command import Hit, Hits, Provider

from lpc_tui.settings_keys import Setting, catalogue
from lpc_tui.tui.messages import SettingAsked
from lpc_tui.tui.setting_words import full_name

__all__ = ["SettingsSearch"]

_IN_HELP = 0.1
"""The score of a setting of which only the help has the words: below every name that fits."""


class SettingsSearch(Provider):
    """Choosing a setting posts `SettingAsked`."""

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        words = query.lower().split()
        for known in catalogue().values():
            name = full_name(known.key)
            score = max(matcher.match(name), matcher.match(known.key))
            if not score and all(word in known.help.lower() for word in words):
                score = _IN_HELP
            if score:
                ask = partial(self.app.post_message, SettingAsked(known.key))
                yield Hit(score, matcher.highlight(name), ask, text=name, help=_told(known))


def _told(known: Setting) -> str:
    return f"{known.key}: {known.brief}"
