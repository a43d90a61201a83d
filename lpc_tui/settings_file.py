"""Reads and writes `config.toml`.

Reading tells every problem at once, with its line. Writing keeps the person's comments and order, changes only what differs,
and replaces the file as a whole or not at all. A file with problems is never overwritten, nor is one that another program
has changed meanwhile. The command line and the terminal UI call this; the engine gets `Settings` and never sees the file.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from lpc_tui.errors import SettingsError
from lpc_tui.files import make_private_folder, write_atomically
from lpc_tui.settings import Settings
from lpc_tui.settings_check import (
    InvalidSettingsError,
    KeyPath,
    SettingsProblem,
    check,
    dotted,
    with_changes,
)
from lpc_tui.settings_keys import diff
from lpc_tui.settings_lines import lines_of
from lpc_tui.settings_values import Value

__all__ = [
    "MISSING",
    "Check",
    "InvalidSettingsError",
    "SettingsChangedError",
    "SettingsProblem",
    "diff",
    "fingerprint",
    "load",
    "load_with_fingerprint",
    "save",
    "with_changes",
]

Check: TypeAlias = Callable[[Settings], Iterable[tuple[KeyPath, SettingsProblem]]]
"""Finds problems of settings, each with its place; the file and the line are told by who reads the file."""

MISSING: Final = "missing"
"""The fingerprint of a file that is not there."""

_AGAIN: Final = "save again: nothing was written."
_ANY_WRITE: Final = 0o222
_NOT_ALLOWED: Final = (
    "Folder and file must be yours to write (see `ls -ld`), or set LPC_TUI_HOME to a folder of yours."
)
_NO_ROOM: Final = f"Make room there, then {_AGAIN}"
_REMEDIES: Final = MappingProxyType(
    {
        errno.ENOSPC: _NO_ROOM,
        errno.EDQUOT: _NO_ROOM,
        errno.EROFS: "Set LPC_TUI_HOME to a folder on a file system that takes writes. Nothing was written.",
        errno.EACCES: _NOT_ALLOWED,
        errno.EPERM: _NOT_ALLOWED,
    }
)
_PLACE: Final = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


class SettingsChangedError(SettingsError):
    """Another program changed the file since it was read; nothing was overwritten."""


def load(path: Path, also: Check | None = None) -> Settings:
    """The settings in `path`; the defaults if there is no such file. `also` is as in `load_with_fingerprint`.

    Raises `InvalidSettingsError` with every problem of the file, and `SettingsError` if it cannot be read at all.
    """
    return load_with_fingerprint(path, also)[0]


def load_with_fingerprint(path: Path, also: Check | None = None) -> tuple[Settings, str]:
    """The settings in `path` and the `fingerprint` of exactly the bytes they were read from. Raises as `load`.

    `also` finds what the models cannot know of: problems of settings that are right as such.
    """
    data = _read(path)
    return _parse(data or b"", path, also), _fingerprint(data)


def fingerprint(path: Path) -> str:
    """Tells whether a file is still the one that was read; also a missing file has one. `SettingsError` as in `load`."""
    return _fingerprint(_read(path))


def save(path: Path, changes: Mapping[str, Value], *, expected: str | None = None) -> Settings:
    """Change some keys (dotted) of the file and return the settings it then holds.

    A missing file is made from the commented default. With `expected`, the fingerprint of the file as the caller last read
    it, a file changed since raises `SettingsChangedError`. Also raises `UsageError` for an unknown key,
    `InvalidSettingsError` for a bad value or a file that was bad already, and `SettingsError` if it cannot be written.
    """
    folder = Path(os.path.realpath(path)).parent
    try:
        make_private_folder(folder)
        with _alone_in(folder):
            return _save(path, changes, expected)
    except OSError as error:
        raise _unusable(path, "written", error) from error


def _save(path: Path, changes: Mapping[str, Value], expected: str | None) -> Settings:
    data = _read(path)
    if expected is not None and _fingerprint(data) != expected:
        raise SettingsChangedError(
            f"{path} was changed by another program.",
            "Nothing was overwritten; look at the change, then save again.",
        )
    current = _parse(data or b"", path)
    wanted = with_changes(current, changes)
    changed = diff(current, wanted)
    if data is not None and not changed:
        return current
    if data is not None and not path.stat().st_mode & _ANY_WRITE:
        raise SettingsError(
            f"{path} is marked read-only.", f"Make it writable (chmod u+w {path}), then {_AGAIN}"
        )
    text = _edited(_decoded(data, path) if data is not None else _default(), changed, wanted, path)
    write_atomically(path, text.encode())
    return wanted


def _default() -> str:
    from lpc_tui.settings_template import render_default

    return render_default()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, "read", error) from error


def _fingerprint(data: bytes | None) -> str:
    return MISSING if data is None else hashlib.sha256(data).hexdigest()


def _parse(data: bytes, path: Path, also: Check | None = None) -> Settings:
    text = _decoded(data, path)
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = _PLACE.search(str(error))
        line = int(place["line"] or text.count("\n") + 1) if place else None
        problem = SettingsProblem(message=f"not TOML: {_PLACE.sub('', str(error))}", file=path, line=line)
        raise InvalidSettingsError([problem]) from error
    lines = lines_of(text)

    def line_of(key: KeyPath) -> int | None:
        return lines.nearest(tuple(str(name) for name in key))

    settings = check(tree, file=path, line_of=line_of)
    found = [
        replace(problem, key=dotted(key), file=path, line=line_of(key))
        for key, problem in (also(settings) if also else ())
    ]
    if found:
        raise InvalidSettingsError(found)
    return settings


def _decoded(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")  # editors of other systems put a byte order mark in front
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = SettingsProblem(message="not UTF-8 text", allowed="save it as UTF-8", file=path, line=line)
        raise InvalidSettingsError([problem]) from error


def _edited(text: str, changes: Mapping[str, Value], wanted: Settings, path: Path) -> str:
    """`text` with other values for some keys, and all else as it was; read back, it means `wanted`."""
    from tomlkit.exceptions import TOMLKitError

    from lpc_tui.settings_edit import with_values

    try:
        edited = with_values(text, changes)
        if check(tomllib.loads(edited)) == wanted:
            return edited
    except (TOMLKitError, tomllib.TOMLDecodeError, InvalidSettingsError):
        pass  # tomlkit does not master every layout that TOML allows
    raise SettingsError(
        f"{path} is laid out in a way that cannot be edited.", f"Change by hand: {', '.join(changes)}."
    )


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold off other writers of ours between reading the file and replacing it.

    The lock is on the folder, since the file itself is replaced. Some network file systems have no locks: there the
    fingerprint alone has to do.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _unusable(path: Path, done: str, error: OSError) -> SettingsError:
    reason = (error.strerror or str(error)).lower()
    remedy = _REMEDIES.get(error.errno or 0, "Mend that, or set LPC_TUI_HOME to another folder.")
    return SettingsError(f"{path} cannot be {done}: {reason}.", remedy)
