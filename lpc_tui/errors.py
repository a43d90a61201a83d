"""Every error a person can meet, with what happened and what to do about it.

    LpcError
    ├── SettingsError         the settings file, a key, a flag                        exit 2
    │   └── UsageError        the command line's words
    ├── SignInError           no token, or it was refused                             exit 3
    ├── LockedError           another run holds this profile                          exit 4
    ├── StateError            the state file cannot be used: not ours, or newer       exit 2
    │   └── DamagedStateError it cannot be relied on any more
    ├── ServiceError          a service was unreachable or gave up                    exit 5
    │   ├── UnreachableError  no answer at all: DNS, TLS, refused, timeout
    │   ├── ThrottledError    it asked us to wait longer than we may
    │   ├── LimitError        the org's daily requests are nearly used up
    │   └── ProtocolError     an answer that is not the service's (a proxy's page)
    ├── SandboxError          the practice servers cannot start or load               exit 2
    └── CancelledByUser       the person stopped the run                              exit 130

An error is raised once, with `from`, where the fact is known; the command line turns it into one line on stderr and its
`exit_code`, the terminal UI into a notice. Standard library only: every room may import this module.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "CancelledByUser",
    "DamagedStateError",
    "LimitError",
    "LockedError",
    "LpcError",
    "ProtocolError",
    "SandboxError",
    "ServiceError",
    "SettingsError",
    "SignInError",
    "StateError",
    "ThrottledError",
    "UnreachableError",
    "UsageError",
]


class LpcError(Exception):
    """An error fit to be shown: `message` says what happened and to what, `hint` what to do."""

    title: ClassVar[str] = "Error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "", *, command: str = "") -> None:
        """`hint` holds wherever it is shown; `command` is the command line that does it, for where one can be typed."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.command = command

    @property
    def remedy(self) -> str:
        """What to do, in one sentence for a command line."""
        return f"{self.hint.removesuffix('.')}: {self.command}" if self.command else self.hint

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class SettingsError(LpcError):
    """The settings file, a key or a value in it is not usable; nothing was overwritten."""

    title = "Settings"
    exit_code = 2

    def __init__(self, message: str, hint: str = "", *, command: str = "", key: str = "") -> None:
        """`key` is the dotted one of the setting that is to be changed, where it is one."""
        super().__init__(message, hint, command=command)
        self.key = key


class UsageError(SettingsError):
    """The command line asks for something that does not exist or does not fit together."""

    title = "Usage"


class SignInError(LpcError):
    """A service has no token of ours, or refuses the one we have."""

    title = "Sign-in"
    exit_code = 3


class LockedError(LpcError):
    """Another run holds this profile."""

    title = "Busy"
    exit_code = 4


class StateError(LpcError):
    """The state file cannot be used: damaged, not ours, or from a newer version."""

    title = "State"
    exit_code = 2


class DamagedStateError(StateError):
    """The state file is damaged as a whole or in a row: it is not written to any more, and there is one remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(
            message,
            "Restore it from a backup; or move it aside, and the next sync matches both sides afresh.",
            command="lpc-tui rebuild --damaged",
        )


class ServiceError(LpcError):
    """A service was unreachable or gave up midway; running again continues."""

    title = "Service"
    exit_code = 5


class UnreachableError(ServiceError):
    """No answer: name not found, connection refused, TLS refused, or timed out."""


class ThrottledError(ServiceError):
    """The service asks for a longer wait than a run may take."""


class LimitError(ServiceError):
    """The org's daily requests are used up or nearly so."""


class ProtocolError(ServiceError):
    """The answer is not one the service gives: a proxy's page, cut JSON, a missing key."""


class SandboxError(LpcError):
    """The practice servers cannot start, or an export cannot be opened."""

    title = "Sandbox"
    exit_code = 2


class CancelledByUser(LpcError):
    """The person stopped the run; what was written is recorded, the rest is pending."""

    title = "Cancelled"
    exit_code = 130
