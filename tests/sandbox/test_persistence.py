"""The state file: what is saved comes back, a crash leaves the last save, and a bad file is named with its remedy."""

import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.persistence import Autosave, StateFile


class _World:
    """A stand-in that counts how often it is dumped."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.revision = 0
        self.items: list[str] = []
        self.dumps = 0
        self.dumped = threading.Event()

    def add(self, item: str) -> None:
        with self.lock:
            self.items.append(item)
            self.revision += 1

    def dump(self) -> JsonObject:
        self.dumps += 1
        self.dumped.set()
        return {"items": self.items}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "sandbox.sqlite"


def _saved(path: Path) -> dict[str, JsonObject]:
    file = StateFile(path)
    try:
        return file.load()
    finally:
        file.close()


def test_a_new_file_holds_nothing(path: Path) -> None:
    assert _saved(path) == {}


def test_the_worlds_come_back_whole(path: Path) -> None:
    world = _World()
    file = StateFile(path)
    with Autosave(file, {"org": world}, every_s=60):
        world.add("Zoë \u202e 🧑‍🚀\x00")
    file.close()
    assert _saved(path) == {"org": {"items": ["Zoë \u202e 🧑‍🚀\x00"]}}
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_change_is_written_while_it_runs(path: Path) -> None:
    world = _World()
    file = StateFile(path)
    with Autosave(file, {"org": world}, every_s=0.001):
        world.dumped.clear()
        world.add("one")
        assert world.dumped.wait(5)
    file.close()


def test_nothing_is_written_without_a_change(path: Path) -> None:
    world = _World()
    file = StateFile(path)
    with Autosave(file, {"org": world}, every_s=60) as autosave:
        assert not autosave.save()
        world.add("one")
        assert autosave.save()
        assert not autosave.save()
    file.close()
    assert world.dumps == 2


def test_a_save_that_fails_leaves_the_one_before(path: Path) -> None:
    file = StateFile(path)
    file.save({"org": "{}"})
    with pytest.raises(SandboxError):
        file.save({"org": None})  # type: ignore[dict-item]
    file.close()
    assert _saved(path) == {"org": {}}


def test_a_second_sandbox_on_the_same_file_is_refused(path: Path) -> None:
    file = StateFile(path)
    file.save({"org": "{}"})
    with pytest.raises(SandboxError, match="another sandbox uses it"):
        StateFile(path)
    file.close()
    assert _saved(path) == {"org": {}}


def _not_a_database(path: Path) -> None:
    path.write_bytes(b"Not a database, but long enough to look like one." * 100)


def _cut_off(path: Path) -> None:
    file = StateFile(path)
    file.save({"org": json.dumps({"text": "x" * 100_000})})
    file.close()
    path.write_bytes(path.read_bytes()[:20_000])


def _of_another_program(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE photos (name)")
    db.commit()
    db.close()


def _newer(path: Path) -> None:
    StateFile(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()


def _broken_json(path: Path) -> None:
    file = StateFile(path)
    file.save({"org": "{"})
    file.close()


def _a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    "spoil", [_not_a_database, _cut_off, _of_another_program, _newer, _broken_json, _a_folder]
)
def test_a_bad_file_is_named_with_a_remedy(path: Path, spoil: Callable[[Path], None]) -> None:
    path.parent.mkdir()
    spoil(path)
    with pytest.raises(SandboxError) as raised:
        _saved(path)
    assert str(path) in raised.value.message
    assert "Move it away" in raised.value.hint
