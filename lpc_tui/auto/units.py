"""The Auto Background Sync as a systemd user unit: its text, and the few `systemctl --user` calls around it.

One unit a profile. It runs `lpc-tui auto run`, which keeps the times itself, so that a changed setting needs no new unit.
Facts: systemd.service(5), systemd.unit(5) (quoting, specifiers, exit statuses), loginctl(1) (lingering).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lpc_tui.errors import SettingsError
from lpc_tui.paths import DEFAULT_PROFILE, HOME_VARIABLE

__all__ = ["Service", "unit_text"]

_TIMEOUT_S: Final = 30
_KEPT_VARIABLES: Final = (HOME_VARIABLE, "XDG_CONFIG_HOME", "XDG_STATE_HOME")
"""Where the profile is; everything else comes from the user's own session."""


@dataclass(frozen=True, slots=True)
class Service:
    """The unit of one profile."""

    profile: str
    command: Sequence[str]
    """What starts `lpc-tui`, without its arguments."""
    environ: Mapping[str, str]

    @property
    def name(self) -> str:
        """As systemctl knows it."""
        end = "" if self.profile == DEFAULT_PROFILE else f"-{self.profile}"
        return f"lpc-tui-auto{end}.service"

    @property
    def path(self) -> Path:
        """The unit's file."""
        base = self.environ.get("XDG_CONFIG_HOME") or Path(self.environ.get("HOME", "~"), ".config")
        return Path(base, "systemd", "user", self.name).expanduser()

    @property
    def is_installed(self) -> bool:
        return self.path.exists()

    def install(self) -> None:
        """Write the unit and start it, now and at each login.

        Raises:
            SettingsError: there is no systemd to install it in, it refused, or the file cannot be written.
        """
        self._systemctl("--version")
        is_new = not self.is_installed
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(unit_text(self), encoding="utf-8")
        except OSError as error:
            raise SettingsError(f"The unit {self.path} cannot be written: {error.strerror}.") from error
        try:
            self._systemctl("daemon-reload")
            self._systemctl("enable", self.name)
            self._systemctl("restart", self.name)
        except SettingsError:
            if is_new:
                self.path.unlink(missing_ok=True)
            raise

    def uninstall(self) -> bool:
        """Stop the unit and remove it; returns whether there was one.

        Raises:
            SettingsError: there is no systemd, or it refused; its file is removed all the same.
        """
        if not self.is_installed:
            return False
        try:
            self._systemctl("disable", "--now", self.name)
        finally:
            self.path.unlink(missing_ok=True)
        self._systemctl("daemon-reload")
        return True

    def is_active(self) -> bool:
        """Whether it runs now; False where that cannot be asked."""
        try:
            return self._call("is-active", "--quiet", self.name).returncode == 0
        except (OSError, subprocess.TimeoutExpired):
            return False

    def _systemctl(self, *arguments: str) -> None:
        try:
            done = self._call(*arguments)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SettingsError(
                "There is no systemd user session here to install the background sync in.",
                "Start `lpc-tui auto run` by whatever starts programs on this computer.",
            ) from error
        if done.returncode:
            words = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            raise SettingsError(
                f"systemctl --user {' '.join(arguments)}: {words[0]}",
                "Is this a login session of yours? Else start `lpc-tui auto run` by other means.",
            )

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        program = shutil.which("systemctl", path=self.environ.get("PATH", os.defpath)) or "systemctl"
        return subprocess.run(
            [program, "--user", *arguments],
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )


def unit_text(service: Service) -> str:
    """What the unit's file says."""
    arguments = [*service.command, "--profile", service.profile, "auto", "run"]
    variables = [(name, service.environ[name]) for name in _KEPT_VARIABLES if service.environ.get(name)]
    lines = [
        "[Unit]",
        f"Description=lpc-tui Auto Background Sync ({service.profile})",
        "",
        "[Service]",
        "Type=exec",
        f"ExecStart={' '.join(map(_quoted, arguments))}",
        *(f"Environment={_quoted(f'{name}={value}')}" for name, value in variables),
        "Restart=on-failure",
        "RestartSec=60",
        "RestartPreventExitStatus=2",
        "NoNewPrivileges=true",
        "UMask=0077",
        "",
        "[Install]",
        "WantedBy=default.target",
        "",
    ]
    return "\n".join(lines)


def _quoted(word: str) -> str:
    """A word of a unit's line: no specifier, no variable, no quote of it means anything."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
