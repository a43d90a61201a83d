"""Where secrets are kept: the keyring where one answers, else a private file; and what happens when either fails."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backends.chainer import ChainerBackend
from pydantic import SecretStr

from lpc_tui.accounts import keyring_box
from lpc_tui.accounts.keyring_box import Keyring, KeyringError, system_backend
from lpc_tui.accounts.vault import Vault
from lpc_tui.errors import SignInError
from tests.accounts.stage import FakeKeyring


class BrokenKeyring(FakeKeyring):
    """Raises at every question from the one after `questions` on, as a locked one does."""

    def __init__(self, questions: int = 0) -> None:
        super().__init__()
        self.questions = questions

    def get_password(self, service: str, username: str) -> str | None:
        self._count()
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._count()
        super().set_password(service, username, password)

    def _count(self) -> None:
        self.questions -= 1
        if self.questions < 0:
            raise RuntimeError("secret-canary: locked")


class ForgetfulKeyring(FakeKeyring):
    """Says yes and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


def test_a_file_for_its_owner_alone_where_no_keyring_answers(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "secrets"
    vault = Vault(folder, lambda: None)
    vault.save("outlook", SecretStr("canary"), is_new=True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    assert vault.place("outlook") == f"the file {folder / 'secrets.json'}"
    loaded = Vault(folder, lambda: None).load("outlook")
    assert loaded is not None
    assert loaded.get_secret_value() == "canary"


def test_a_keyring_that_answers_holds_the_secret_and_the_file_does_not(tmp_path: Path) -> None:
    ring = FakeKeyring()
    vault = Vault(tmp_path, lambda: ring)
    vault.save("outlook", SecretStr("canary"), is_new=True)
    assert list(ring.entries.values()) == ["canary"]
    assert "canary" not in vault.file.read_text()
    assert vault.place("outlook") == "the system keyring (stage)"
    assert vault.load("outlook") == SecretStr("canary")
    assert vault.forget("outlook")
    assert not ring.entries
    assert vault.load("outlook") is None


def test_two_profiles_have_entries_of_their_own(tmp_path: Path) -> None:
    ring = FakeKeyring()
    Vault(tmp_path / "a", lambda: ring).save("outlook", SecretStr("a"), is_new=True)
    Vault(tmp_path / "b", lambda: ring).save("outlook", SecretStr("b"), is_new=True)
    assert Vault(tmp_path / "a", lambda: ring).load("outlook") == SecretStr("a")


@pytest.mark.parametrize("ring", [BrokenKeyring(), ForgetfulKeyring()])
def test_a_keyring_that_fails_is_none(tmp_path: Path, ring: FakeKeyring) -> None:
    vault = Vault(tmp_path, lambda: ring)
    vault.save("outlook", SecretStr("canary"), is_new=True)
    assert "secrets.json" in vault.place("outlook")
    assert vault.load("outlook") == SecretStr("canary")


def test_a_renewal_stays_where_the_sign_in_is(tmp_path: Path) -> None:
    ring = FakeKeyring()
    Vault(tmp_path, lambda: None).save("outlook", SecretStr("first"), is_new=True)
    Vault(tmp_path, lambda: ring).save("outlook", SecretStr("second"), is_new=False)
    assert not ring.entries
    Vault(tmp_path, lambda: ring).save("outlook", SecretStr("third"), is_new=True)
    Vault(tmp_path, lambda: ring).save("outlook", SecretStr("fourth"), is_new=False)
    assert list(ring.entries.values()) == ["fourth"]


def test_a_renewal_is_not_lost_when_the_keyring_stops_answering(tmp_path: Path) -> None:
    ring = BrokenKeyring(questions=2)  # one to keep the first, one to see that it is there
    vault = Vault(tmp_path, lambda: ring)
    vault.save("outlook", SecretStr("first"), is_new=True)
    vault.save("outlook", SecretStr("second"), is_new=False)
    assert vault.load("outlook") == SecretStr("second")
    assert "secrets.json" in vault.place("outlook")


def test_a_locked_keyring_is_told_with_the_remedy_and_nothing_of_its_words(tmp_path: Path) -> None:
    ring = BrokenKeyring(questions=2)
    vault = Vault(tmp_path, lambda: ring)
    vault.save("outlook", SecretStr("first"), is_new=True)
    with pytest.raises(SignInError, match="Unlock it, or sign in again: lpc-tui login outlook") as error:
        vault.load("outlook")
    assert "canary" not in str(error.value)


def test_a_keyring_that_hangs_is_given_up_and_not_asked_again() -> None:
    release, asked = threading.Event(), []

    class Hanging(FakeKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            asked.append(username)
            release.wait()
            return None

    ring = Keyring("owner", Hanging, patience_s=0.01)
    for _ in range(2):
        with pytest.raises(KeyringError, match="no answer"):
            ring.load("outlook")
    assert len(asked) == 1
    release.set()


def test_without_a_sign_in_no_keyring_is_asked_for_one(tmp_path: Path) -> None:
    def no_keyring() -> None:
        raise AssertionError

    assert Vault(tmp_path, no_keyring).load("outlook") is None


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring])
def test_a_backend_that_keeps_nothing_is_none(
    backend: type[keyring.backends.fail.Keyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", backend)
    assert system_backend() is None


def test_a_backend_that_keeps_plain_text_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(FakeKeyring):
        pass

    class Chain(ChainerBackend):
        backends = ()

    Plain.__module__ = "keyrings.alt.file"
    good = FakeKeyring()
    monkeypatch.setattr(Chain, "backends", [Plain(), good])
    monkeypatch.setattr(keyring, "get_keyring", Chain)
    assert system_backend() is good
    assert keyring_box.SERVICE == "lpc-tui"


@pytest.mark.parametrize("content", ["", "[]", '{"outlook": "canary"}', '{"outlook": {"secret": "canary"'])
def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path, content: str) -> None:
    vault = Vault(tmp_path, lambda: None)
    vault.file.write_text(content)
    with pytest.raises(SignInError, match="is damaged") as error:
        vault.save("outlook", SecretStr("new"), is_new=True)
    assert vault.file.read_text() == content
    assert error.value.__cause__ is None
    assert "canary" not in str(error.value)


def test_both_sides_saved_at_once_are_both_kept(tmp_path: Path) -> None:
    def save(name: str) -> None:
        for number in range(20):
            Vault(tmp_path, lambda: None).save(name, SecretStr(f"{name} {number}"), is_new=False)

    threads = [threading.Thread(target=save, args=(name,)) for name in ("outlook", "salesforce")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    kept = json.loads((tmp_path / "secrets.json").read_text())
    assert kept == {name: {"secret": f"{name} 19"} for name in ("outlook", "salesforce")}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SignInError, match="cannot be used"):
        Vault(tmp_path / "secrets", lambda: None).save("outlook", SecretStr("x"), is_new=True)
