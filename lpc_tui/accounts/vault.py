"""Where the secrets of one profile are kept between runs: the system keyring where one answers, else a file of mode 0600.

The file `secrets.json` says for each name which of the two it is, and holds the secret itself in the second case; so a run
without a sign-in in the keyring never asks for one. A renewal stays where the sign-in is; if the keyring has stopped
answering by then, it goes into the file, since a renewed secret that is lost means signing in again. Everything blocks.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from lpc_tui.accounts.keyring_box import FindBackend, Keyring, KeyringError, system_backend
from lpc_tui.errors import SignInError
from lpc_tui.files import make_private_folder, write_atomically

__all__ = ["Vault"]


class Vault:
    """The secrets of one profile, each under a name."""

    def __init__(self, folder: Path, find_backend: FindBackend = system_backend) -> None:
        """`folder` need not exist; it is made for its owner alone with the first secret."""
        self._folder = folder
        self._keyring = Keyring(str(folder), find_backend)

    @property
    def file(self) -> Path:
        """What says where each secret is, and holds those that no keyring does."""
        return self._folder / "secrets.json"

    def load(self, name: str) -> SecretStr | None:
        """The secret under `name`.

        Raises:
            SignInError: there is one, but it cannot be read now.
        """
        entry = self._entries().get(name, {})
        if "secret" in entry:
            return SecretStr(str(entry["secret"]))
        if "keyring" not in entry:
            return None
        try:
            return self._keyring.load(name)
        except KeyringError as error:
            raise SignInError(
                f"The sign-in is kept in {entry['keyring']}, which cannot be read: {error}.",
                "Unlock it, or sign in again.",
                command=f"lpc-tui login {name}",
            ) from None

    def save(self, name: str, secret: SecretStr, *, is_new: bool) -> None:
        """Keep `secret` in place of what is under `name`; a new one is offered to the keyring, whatever held the last.

        Raises:
            SignInError: it cannot be kept anywhere.
        """
        entry: dict[str, str] = {"secret": secret.get_secret_value()}
        if is_new or "keyring" in self._entries().get(name, {}):
            with suppress(KeyringError):
                self._keyring.save(name, secret)
                entry = {"keyring": self._keyring.words}
        with self._changing() as entries:
            entries[name] = entry

    def forget(self, name: str) -> bool:
        """Remove what is under `name`, wherever it is; returns whether anything was.

        Raises:
            SignInError: it cannot be removed.
        """
        entry = self._entries().get(name)
        if entry is None:
            return False
        if "keyring" in entry:
            try:
                self._keyring.forget(name)
            except KeyringError as error:
                raise SignInError(
                    f"The sign-in is kept in {entry['keyring']}, which does not let it go: {error}.",
                    "Unlock it and try again, or remove the entry lpc-tui there by hand.",
                ) from None
        with self._changing() as entries:
            entries.pop(name, None)
        return True

    def place(self, name: str) -> str:
        """Where the secret under `name` is, in words; empty if there is none. Raises SignInError."""
        entry = self._entries().get(name)
        if entry is None:
            return ""
        return str(entry["keyring"]) if "keyring" in entry else f"the file {self.file}"

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Keep other processes of this profile from renewing `name` for the time of the block; waits for them."""
        with self._locked(f"{name}.lock"):
            yield

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """The entries as they are now, to be changed; written as a whole when the block ends well."""
        with self._locked("secrets.lock"):
            entries = self._entries()
            yield entries
            try:
                write_atomically(self.file, json.dumps(entries, indent=1).encode())
            except OSError as error:
                raise SignInError(
                    f"The sign-in cannot be kept in {self.file}: {error.strerror}.",
                    "Check the folder's owner and the space left.",
                ) from error

    @contextmanager
    def _locked(self, file: str) -> Iterator[None]:
        try:
            make_private_folder(self._folder)
            handle = os.open(self._folder / file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SignInError(
                f"The folder of the sign-ins, {self._folder}, cannot be used: {error.strerror}.",
                "Check its owner.",
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _entries(self) -> dict[str, Any]:
        try:
            entries = json.loads(self.file.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise SignInError(f"{self.file} cannot be read: {error.strerror}.", "Check its owner.") from error
        except ValueError:
            entries = None
        if not isinstance(entries, dict) or not all(isinstance(each, dict) for each in entries.values()):
            # Not `from` the parser's error: that one holds the text.
            raise SignInError(
                f"{self.file} is damaged.", "Remove it, and sign in again.", command="lpc-tui login"
            ) from None
        return entries
