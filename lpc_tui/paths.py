"""Where a profile's files are: settings, state, log, secrets, lock. Nothing else, and no file is read or made by asking.

A profile keeps one person or org apart from another. With `LPC_TUI_HOME` everything of it is under that folder, else in
the platform's own places. Called by the command line, the terminal UI and the composition root; all others are handed paths.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lpc_tui.errors import UsageError
from lpc_tui.files import make_private_folder

HOME_VARIABLE: Final = "LPC_TUI_HOME"
PROFILE_VARIABLE: Final = "LPC_TUI_PROFILE"
DEFAULT_PROFILE: Final = "default"

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Paths:
    """The places of one profile. They need not exist yet."""

    profile: str
    config_file: Path
    state_dir: Path
    """Links, journal, history: what must survive, and may not be copied to another computer."""
    log_dir: Path
    secrets_dir: Path
    """Tokens at rest."""

    @property
    def state_file(self) -> Path:
        """The SQLite file of links, journal and history."""
        return self.state_dir / "state.db"

    @property
    def lock_file(self) -> Path:
        """Held by the one run a profile may have at a time."""
        return self.state_dir / "run.lock"

    @property
    def auto_lock(self) -> Path:
        """Held by the one background sync a profile may have."""
        return self.state_dir / "auto.lock"

    @property
    def log_file(self) -> Path:
        """The log of the runs."""
        return self.log_dir / "lpc-tui.log"

    def make_folders(self) -> None:
        """Make the folders that are missing, for their owner alone (0700). Raises `OSError`."""
        for folder in (self.config_file.parent, self.state_dir, self.log_dir, self.secrets_dir):
            make_private_folder(folder)


def paths_of(profile: str | None = None, environ: Mapping[str, str] = os.environ) -> Paths:
    """The places of `profile`; without one, of the profile the environment names, else of "default".

    Raises `UsageError` for a name that could lead out of the profile's folder.
    """
    name = profile or environ.get(PROFILE_VARIABLE) or DEFAULT_PROFILE
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is not a name for a profile.",
            "Allowed: letters, digits, - _ and . (the first one a letter or digit), at most 64.",
        )
    inner = Path() if name == DEFAULT_PROFILE else Path("profiles", name)
    if home := environ.get(HOME_VARIABLE):
        base = Path(home).expanduser().absolute() / inner
        return Paths(
            profile=name,
            config_file=base / "config.toml",
            state_dir=base / "state",
            log_dir=base / "logs",
            secrets_dir=base / "secrets",
        )
    from platformdirs import PlatformDirs  # needed only without LPC_TUI_HOME

    places = PlatformDirs("lpc-tui", appauthor=False)
    state = places.user_state_path / inner
    return Paths(
        profile=name,
        config_file=places.user_config_path / inner / "config.toml",
        state_dir=state,
        log_dir=places.user_log_path / inner,
        secrets_dir=state / "secrets",
    )
