"""The checks of this computer: the settings file, the folders and who may look into them, the state file.

`examine` calls them. All of it blocks, and all of it only looks: a folder that is missing is not made.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from lpc_tui.doctor.findings import Finding, from_error, ok
from lpc_tui.errors import SettingsError
from lpc_tui.paths import Paths
from lpc_tui.settings import Settings
from lpc_tui.settings_file import InvalidSettingsError, load

__all__ = ["check_folders", "check_key", "check_settings", "check_state"]

SETTINGS: Final = "settings"
STATE: Final = "state"

_ANYTHING: Final = stat.S_IRWXG | stat.S_IRWXO
_WRITING: Final = stat.S_IWGRP | stat.S_IWOTH
"""What others must not be able to do with a folder, as mode bits."""


def check_settings(paths: Paths) -> tuple[Settings | None, list[Finding]]:
    """The settings in force, None if there are problems; and a finding for each of those, or that there are none."""
    file = paths.config_file
    try:
        settings = load(file)
    except InvalidSettingsError as error:
        remedy = "Mend it in the file."
        return None, [
            Finding.problem(SETTINGS, str(each), remedy, error.exit_code) for each in error.problems
        ]
    except SettingsError as error:
        return None, [from_error(SETTINGS, error)]
    if not file.exists():
        return settings, [ok(SETTINGS, f"{file} is not there: the defaults are in force.")]
    return settings, [ok(SETTINGS, f"{file} has no problems.")]


def check_folders(paths: Paths) -> list[Finding]:
    """Each of the profile's folders: whether it can be used, and whether others can do with it what they should not.

    What the state and the secrets hold is nobody else's business. Who can write the settings decides where tokens are sent.
    """
    return [
        _folder("folders.settings", paths.config_file.parent, [paths.config_file], _WRITING),
        _folder("folders.state", paths.state_dir, [paths.state_file], _ANYTHING),
        _folder("folders.log", paths.log_dir, [paths.log_file], _ANYTHING, is_grave=False),
        _folder("folders.secrets", paths.secrets_dir, _files_in(paths.secrets_dir), _ANYTHING),
    ]


def check_state(paths: Paths) -> list[Finding]:
    """Whether the state file is whole, read from beginning to end.

    Raises:
        StateError: it cannot be used, or is from a newer version.
    """
    from lpc_tui.state.rebuild import damage_of

    file = paths.state_file
    if not file.exists():
        return [ok(STATE, "Nothing was synced yet: there is no state file.")]
    damage = damage_of(file)
    if damage is not None:
        return [from_error(STATE, damage)]
    return [ok(STATE, f"{file} is whole ({file.stat().st_size / 1_000_000:,.1f} MB).")]


def check_key(check: str, path: str) -> list[Finding]:
    """Whether a private key can be read by this person, and by no other."""
    file, setting = Path(path).expanduser(), "salesforce.private_key_file"
    if not file.is_file() or not os.access(file, os.R_OK):
        words = f"The private key {file} is not there, or you may not read it."
        return [
            Finding.problem(
                check, words, f"Set {setting} to your key.", SettingsError.exit_code, setting=setting
            )
        ]
    if file.stat().st_mode & _ANYTHING:
        return [_open_to_others(check, file, _ANYTHING, is_grave=True)]
    return [ok(check, f"The private key {file} can be read by you alone ({_mode(file)}).")]


def _folder(
    check: str, folder: Path, files: Iterable[Path], forbidden: int, *, is_grave: bool = True
) -> Finding:
    """One folder, and those of `files` in it that there are. `forbidden`: the mode bits of others that must not be set."""
    if not folder.exists():
        return _missing(check, folder)
    if not folder.is_dir():
        return Finding.problem(
            check, f"{folder} is not a folder.", "Move that file away.", SettingsError.exit_code
        )
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return _unusable(check, folder)
    for each in (folder, *files):
        if each.exists() and each.stat().st_mode & forbidden:
            return _open_to_others(check, each, forbidden, is_grave=is_grave)
    return ok(check, f"{folder} can be used, and is closed to others as it should be ({_mode(folder)}).")


def _missing(check: str, folder: Path) -> Finding:
    above = next(each for each in folder.parents if each.exists())
    if above.is_dir() and os.access(above, os.W_OK | os.X_OK):
        return ok(check, f"{folder} is not there yet: it is made when it is needed.")
    return _unusable(check, above)


def _unusable(check: str, folder: Path) -> Finding:
    return Finding.problem(
        check,
        f"{folder} cannot be read and written by you ({_mode(folder)}).",
        "Make it yours (chown, chmod u+rwx), or set LPC_TUI_HOME to a folder of yours.",
        SettingsError.exit_code,
    )


def _open_to_others(check: str, place: Path, forbidden: int, *, is_grave: bool) -> Finding:
    done, close = ("changed", "go-w") if forbidden == _WRITING else ("looked into", "go-rwx")
    words = f"{place} can be {done} by other users of this computer ({_mode(place)})."
    remedy = f"Close it to them: chmod {close} {shlex.quote(str(place))}"
    if is_grave:
        return Finding.problem(check, words, remedy, SettingsError.exit_code)
    return Finding.warning(check, words, remedy)


def _mode(place: Path) -> str:
    """The access rights as `chmod` writes them."""
    return f"{stat.S_IMODE(place.stat().st_mode):04o}"


def _files_in(folder: Path) -> Iterator[Path]:
    """The files of a folder; none where it cannot be looked into."""
    try:
        yield from sorted(folder.iterdir())
    except OSError:
        return
