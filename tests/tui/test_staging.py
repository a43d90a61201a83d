"""Edits between the keyboard and the file."""

from __future__ import annotations

import pytest

from lpc_tui.errors import SettingsError
from lpc_tui.settings import Settings
from lpc_tui.settings_check import with_changes
from lpc_tui.tui.settings_binding import Reloaded, SettingsBinding
from lpc_tui.tui.staging import Collision, Staging
from tests.tui.harness import MemoryStore

PAST = "sync.calendar.past_days"
FUTURE = "sync.calendar.future_days"


def test_an_edit_is_shown_and_marked_but_not_saved() -> None:
    staging = Staging(Settings())
    staging.edit(PAST, 7)
    assert staging.value(PAST) == 7
    assert staging.is_edited(PAST)
    assert staging.saved.sync.calendar.past_days == 30
    assert dict(staging.changes) == {PAST: 7}


def test_an_edit_taken_back_by_hand_is_no_edit() -> None:
    staging = Staging(Settings())
    staging.edit(PAST, 7)
    staging.edit(PAST, 30)
    assert not staging.is_dirty


def test_cancel_drops_every_edit() -> None:
    staging = Staging(Settings())
    staging.edit(PAST, 7)
    staging.edit(FUTURE, 60)
    staging.drop()
    assert not staging.is_dirty
    assert staging.value(FUTURE) == 365


def test_a_change_on_disk_of_another_key_keeps_the_edit() -> None:
    staging = Staging(Settings())
    staging.edit(PAST, 7)
    assert staging.reload(with_changes(Settings(), {FUTURE: 60})) == ()
    assert (staging.value(PAST), staging.value(FUTURE)) == (7, 60)
    assert staging.is_edited(PAST)


def test_the_same_key_changed_on_both_sides_is_asked_about() -> None:
    staging = Staging(Settings())
    staging.edit(PAST, 7)
    assert staging.reload(with_changes(Settings(), {PAST: 14})) == (Collision(PAST, 30, 14, 7),)
    assert staging.value(PAST) == 7
    staging.drop([PAST])
    assert staging.value(PAST) == 14


def test_both_sides_changed_to_the_same_value_is_nothing_to_ask() -> None:
    staging = Staging(Settings())
    staging.edit(PAST, 14)
    assert staging.reload(with_changes(Settings(), {PAST: 14})) == ()
    assert not staging.is_dirty


class BrokenStore(MemoryStore):
    """A file with a problem, until it is mended."""

    is_broken = True

    def load(self) -> tuple[Settings, str]:
        if self.is_broken:
            raise SettingsError("line 3: past_days is not a number.")
        return super().load()

    def fingerprint(self) -> str:
        return f"{super().fingerprint()}-{self.is_broken}"


async def test_a_broken_file_is_never_written_and_is_usable_once_mended() -> None:
    store = BrokenStore()
    binding = SettingsBinding(store)
    assert binding.problem is not None
    with pytest.raises(SettingsError, match="past_days"):
        await binding.save()
    assert store.saves == []
    store.is_broken = False
    assert await binding.look() == Reloaded()
    assert binding.problem is None


async def test_looking_at_an_unchanged_file_reads_nothing() -> None:
    binding = SettingsBinding(MemoryStore())
    assert await binding.look() is None


async def test_what_was_saved_is_no_change_by_somebody_else() -> None:
    store = MemoryStore()
    binding = SettingsBinding(store)
    binding.staging.edit(PAST, 7)
    await binding.save()
    assert store.saves == [{PAST: 7}]
    assert not binding.staging.is_dirty
    assert await binding.look() is None
