"""The system's keyring, as far as it can be relied on: asked in a thread of its own, under a time limit.

A keyring sits behind D-Bus on most Linux systems. Over SSH that is often missing, locked, or waiting for a password on a
screen nobody looks at; none of that may hold up a sync. So whatever is not answered soon counts as no keyring.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final, Protocol, TypeAlias, TypeVar

from pydantic import SecretStr

__all__ = ["Backend", "FindBackend", "Keyring", "KeyringError", "system_backend"]

T = TypeVar("T")

SERVICE: Final = "lpc-tui"
"""What a keyring's own window lists our entries under."""

PATIENCE_S: Final = 5.0
"""How long one question may take; every later one is then not asked any more."""

_UNFIT = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt", "keyrings.cryptfile")
"""Backends that keep nothing, keep it readable, or ask for a password on the terminal that the UI draws on."""


class Backend(Protocol):
    """What is used of a `keyring` backend."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


FindBackend: TypeAlias = Callable[[], Backend | None]


class KeyringError(Exception):
    """There is no keyring, or it did not do as asked; the text says why. Never leaves this room."""


def system_backend() -> Backend | None:
    """The system's keyring, or None where there is none to be relied on. May block for as long as D-Bus likes."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    found = keyring.get_keyring()
    candidates = found.backends if isinstance(found, ChainerBackend) else [found]
    return next((each for each in candidates if not type(each).__module__.startswith(_UNFIT)), None)


class Keyring:
    """One entry a name, in the backend that `find` finds at first use."""

    def __init__(
        self, owner: str, find: FindBackend = system_backend, patience_s: float = PATIENCE_S
    ) -> None:
        """`owner` keeps the entries of one profile apart from those of others."""
        self._owner = owner
        self._find = find
        self._patience_s = patience_s
        self._backend: Backend | None = None
        self._trouble = ""

    @property
    def words(self) -> str:
        """What to call it to a person; good once it has been used."""
        return f"the system keyring ({type(self._backend).__module__.rpartition('.')[2]})"

    def load(self, name: str) -> SecretStr | None:
        """The secret under `name`. Raises KeyringError."""
        backend = self._open()
        found = self._asked(lambda: backend.get_password(SERVICE, self._entry(name)))
        return None if found is None else SecretStr(found)

    def save(self, name: str, secret: SecretStr) -> None:
        """Keep `secret`, and see that it is there: some backends drop silently what is too long for them.

        Raises:
            KeyringError: it is not kept.
        """
        backend, entry, value = self._open(), self._entry(name), secret.get_secret_value()

        def keep() -> bool:
            backend.set_password(SERVICE, entry, value)
            return backend.get_password(SERVICE, entry) == value

        if not self._asked(keep):
            raise KeyringError("the keyring did not keep what it was given")

    def forget(self, name: str) -> None:
        """Remove what is under `name`. Raises KeyringError, also where nothing is."""
        backend = self._open()
        self._asked(lambda: backend.delete_password(SERVICE, self._entry(name)))

    def _entry(self, name: str) -> str:
        return f"{name} ({self._owner})"

    def _open(self) -> Backend:
        if self._backend is None:
            self._backend = self._asked(self._find)
        if self._backend is None:
            self._trouble = "there is no keyring"
            raise KeyringError(self._trouble)
        return self._backend

    def _asked(self, question: Callable[[], T]) -> T:
        """What `question` returns, if it does so in time; else the thread is left to itself and the keyring given up."""
        if self._trouble:
            raise KeyringError(self._trouble)
        answers: SimpleQueue[tuple[T, None] | tuple[None, str]] = SimpleQueue()

        def work() -> None:
            try:
                answers.put((question(), None))
            except Exception as error:  # a backend may raise anything, D-Bus errors included
                answers.put((None, type(error).__name__))

        threading.Thread(target=work, name="keyring", daemon=True).start()
        try:
            answer, trouble = answers.get(timeout=self._patience_s)
        except Empty:
            self._trouble = f"the keyring gave no answer within {self._patience_s:.0f} s"
            raise KeyringError(self._trouble) from None
        if trouble is not None:
            raise KeyringError(f"the keyring refuses ({trouble})")
        return answer  # type: ignore[return-value]  # T may be None itself: only `trouble` tells the two apart
