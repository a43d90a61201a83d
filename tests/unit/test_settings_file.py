"""The settings on disk: every problem with its line, comments that stay, writes that are whole or do not happen."""

from __future__ import annotations

import errno
import itertools
import os
import re
import stat
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lpc_tui.errors import SettingsError, UsageError
from lpc_tui.settings import Settings
from lpc_tui.settings_check import KeyPath, check
from lpc_tui.settings_file import (
    InvalidSettingsError,
    SettingsChangedError,
    SettingsProblem,
    fingerprint,
    load,
    load_with_fingerprint,
    save,
    with_changes,
)
from lpc_tui.settings_keys import Setting, catalogue, value_of, values
from lpc_tui.settings_template import literal, render_default, render_effective
from lpc_tui.settings_values import Value


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def problems(file: Path) -> list[str]:
    with pytest.raises(InvalidSettingsError) as caught:
        load(file)
    return [str(problem).removeprefix(f"{file}:") for problem in caught.value.problems]


class TestLoad:
    def test_a_missing_file_means_the_defaults(self, file: Path) -> None:
        assert load(file) == Settings()

    def test_an_empty_file_means_the_defaults(self, file: Path) -> None:
        file.write_text("")
        assert load(file) == Settings()

    def test_all_problems_are_told_at_once_each_with_its_line(self, file: Path) -> None:
        file.write_text(
            "[outlook]\n"
            'graph_url = "http://x.example"\n'
            "\n"
            "[sync.calender]\n"
            "past_days = 3\n"
            "[sync.calendar]\n"
            "past_days = 1000\n"
            "future_days = 1000\n"
            'prevent = { delete_from_salesforce = "no", update_in_outlok = true }\n'
            "[sync]\n"
            "task.past_days = -1\n"
            "[safty]\n"
        )
        assert problems(file) == [
            '2: outlook.graph_url: "http://x.example" would send the sign-in unencrypted; '
            "allowed: an https:// address (http:// for loopback addresses only)",
            "4: sync.calender: unknown key; did you mean sync.calendar?",
            '9: sync.calendar.prevent.delete_from_salesforce: "no" is not allowed; allowed: true or false',
            "9: sync.calendar.prevent.update_in_outlok: unknown key; "
            "did you mean sync.calendar.prevent.update_in_outlook?",
            "11: sync.task.past_days: -1 is not allowed; allowed: a whole number from 0 to 1823",
            "12: safty: unknown key; did you mean safety?",
        ]

    def test_what_does_not_fit_together_is_told_at_the_later_key(self, file: Path) -> None:
        file.write_text("[sync.calendar]\npast_days = 1000\nfuture_days = 1000\n")
        (told,) = problems(file)
        assert told.startswith("3: sync.calendar.future_days: past_days and future_days together are 2000")

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("[safety]\nmax_deletes 3\n", "2: not TOML: Expected '=' after a key"),
            ("[safety]\nmax_deletes = 3\nmax_deletes = 4\n", "3: not TOML: Cannot overwrite a value"),
            ("[safety]\nmax_deletes = ", "2: not TOML: Invalid value"),
            ('[outlook]\ncalendar = """\n\n', "4: not TOML: Unterminated string"),
            ("[safety]\nmax_deletes = " + "9" * 5000, "not TOML: Exceeds the limit"),
            ("a = " + "[" * 50_000, "not TOML: "),
        ],
    )
    def test_a_text_that_is_not_toml_is_told_with_its_line(self, file: Path, text: str, told: str) -> None:
        file.write_text(text)
        (problem,) = problems(file)
        assert problem.strip().startswith(told)

    def test_bytes_that_are_not_text_are_told_with_their_line(self, file: Path) -> None:
        file.write_bytes(b"[outlook]\ncalendar = '\xe9'\n")
        assert problems(file) == ["2: not UTF-8 text; save it as UTF-8"]

    def test_a_byte_order_mark_and_windows_line_ends_are_read(self, file: Path) -> None:
        file.write_bytes(b"\xef\xbb\xbf[safety]\r\nmax_deletes = 3\r\n")
        assert load(file).safety.max_deletes == 3

    def test_a_folder_in_its_place_cannot_be_read(self, file: Path) -> None:
        file.mkdir()
        with pytest.raises(SettingsError, match=r"config\.toml cannot be read: is a directory"):
            load(file)

    def test_a_loop_of_links_cannot_be_read(self, file: Path) -> None:
        file.symlink_to(file)
        with pytest.raises(SettingsError, match="cannot be read"):
            load(file)
        with pytest.raises(SettingsError, match="cannot be read"):
            save(file, {"safety.max_deletes": 3})


class TestTemplate:
    def test_the_default_file_says_the_defaults(self) -> None:
        assert tomllib.loads(render_default()) == Settings().model_dump()

    def test_the_default_file_explains_every_key(self) -> None:
        lines = render_default().splitlines()
        for before, line in itertools.pairwise(lines):
            if " = " in line and not line.startswith("#"):
                assert "  # " in line or before.startswith("# "), line

    def test_the_effective_settings_mark_the_defaults(self) -> None:
        text = render_effective(with_changes(Settings(), {"safety.max_deletes": 3}))
        assert "\nmax_deletes = 3\n" in text
        assert re.search(r"\nmax_delete_percent = 20 +# default\n", text)

    def test_the_effective_settings_have_the_keys_of_ones_own(self) -> None:
        settings = check({"ui": {"keys": {"main.log": "f9"}}})
        assert tomllib.loads(render_effective(settings))["ui"]["keys"] == {"main.log": "f9"}


class TestFurtherProblems:
    """What the models cannot know of, such as the ids of the terminal UI's keys."""

    @pytest.mark.parametrize("written", ['"main.log" = "f9"', 'main.log = "f9"'])
    def test_they_are_told_with_file_line_and_key(self, file: Path, written: str) -> None:
        file.write_text(f"[ui]\nmouse = false\n[ui.keys]\n{written}\n")

        def also(settings: Settings) -> list[tuple[KeyPath, SettingsProblem]]:
            return [(("ui", "keys", name), SettingsProblem(message="no")) for name in settings.ui.keys.by_id]

        assert load(file).ui.keys.by_id
        with pytest.raises(InvalidSettingsError) as caught:
            load(file, also)
        assert [str(problem) for problem in caught.value.problems] == [f'{file}:4: ui.keys."main.log": no']


class TestSave:
    def test_comments_order_and_layout_stay(self, file: Path) -> None:
        file.write_text(
            "# mine\n"
            "[safety]   # the brake\n"
            "max_deletes   =   25 # few\n"
            "\n"
            "# below\n"
            "[outlook]\n"
            "calendar = 'Work'\n"
        )
        save(file, {"safety.max_deletes": 3})
        assert file.read_text() == (
            "# mine\n"
            "[safety]   # the brake\n"
            "max_deletes   =   3 # few\n"
            "\n"
            "# below\n"
            "[outlook]\n"
            "calendar = 'Work'\n"
        )

    def test_a_new_key_goes_below_the_keys_of_its_table(self, file: Path) -> None:
        file.write_text("[sync.calendar]\npast_days = 3\n\n# about deletes\n[safety]\n")
        save(file, {"sync.calendar.future_days": 5, "safety.max_deletes": 1})
        assert file.read_text() == (
            "[sync.calendar]\npast_days = 3\nfuture_days = 5\n\n# about deletes\n[safety]\nmax_deletes = 1\n"
        )

    def test_a_new_table_goes_to_the_end(self, file: Path) -> None:
        file.write_text("[safety]\nmax_deletes = 3 # few")
        save(file, {"sync.contact.prevent.create_in_outlook": True})
        assert file.read_text() == (
            "[safety]\nmax_deletes = 3 # few\n\n[sync.contact.prevent]\ncreate_in_outlook = true\n"
        )

    @pytest.mark.parametrize(
        "text",
        [
            "sync.calendar.past_days = 1 # c\n",
            "[sync]\ncalendar.past_days = 1 # c\n",
            "sync = { calendar = { past_days = 1 } } # c\n",
            "[sync]\ncalendar = { past_days = 1 } # c\n",
            "[sync.calendar.prevent]\ncreate_in_outlook = true # c\n",
            "[sync.calendar]\n# c\n[safety]\n[sync.task]\n[sync.calendar.prevent]\n",
        ],
    )
    def test_every_layout_can_be_edited(self, file: Path, text: str) -> None:
        file.write_text(text)
        changes: dict[str, Value] = {
            "sync.calendar.past_days": 2,
            "sync.calendar.prevent.update_in_outlook": True,
            "sync.contact.campaign": 'é "quoted"\n# not a comment',
        }
        saved = save(file, changes)
        assert load(file) == saved
        assert {key: value_of(saved, key) for key in changes} == changes
        assert "# c\n" in file.read_text()

    def test_windows_line_ends_stay(self, file: Path) -> None:
        file.write_bytes(b"# c\r\n[safety]\r\nmax_deletes = 3\r\n")
        save(file, {"safety.max_deletes": 4, "safety.max_delete_percent": 5})
        assert file.read_bytes() == b"# c\r\n[safety]\r\nmax_deletes = 4\r\nmax_delete_percent = 5\r\n"

    def test_a_missing_file_is_made_from_the_commented_default(self, tmp_path: Path) -> None:
        file = tmp_path / "new" / "profile" / "config.toml"
        save(file, {"sync.task.past_days": 7})
        assert load(file).sync.task.past_days == 7
        assert file.read_text().count("#") == render_default().count("#")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(file.parent.parent.stat().st_mode) == 0o700

    def test_an_existing_file_becomes_private(self, file: Path) -> None:
        file.write_text("")
        file.chmod(0o644)
        save(file, {"safety.max_deletes": 3})
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_nothing_is_written_when_nothing_differs(self, file: Path) -> None:
        file.write_text("[safety]\nmax_deletes = 3\n")
        before = file.stat()
        save(file, {"safety.max_deletes": 3, "safety.max_delete_percent": 20})
        assert file.stat().st_ino == before.st_ino
        assert file.read_text() == "[safety]\nmax_deletes = 3\n"

    def test_a_link_is_followed(self, tmp_path: Path, file: Path) -> None:
        real = tmp_path / "dotfiles" / "lpc.toml"
        real.parent.mkdir()
        real.write_text("[safety] # c\n")
        file.symlink_to("dotfiles/lpc.toml")
        save(file, {"safety.max_deletes": 3})
        assert file.is_symlink()
        assert real.read_text() == "[safety] # c\nmax_deletes = 3\n"

    def test_a_link_to_nothing_yet_is_followed(self, tmp_path: Path, file: Path) -> None:
        file.symlink_to(tmp_path / "dotfiles" / "lpc.toml")
        save(file, {"safety.max_deletes": 3})
        assert load(tmp_path / "dotfiles" / "lpc.toml").safety.max_deletes == 3


class TestSaveRefuses:
    def test_a_bad_file_is_never_overwritten(self, file: Path) -> None:
        file.write_text("[safety]\nmax_deletes = -1\n")
        with pytest.raises(InvalidSettingsError, match=r"config\.toml:2: safety\.max_deletes"):
            save(file, {"safety.max_deletes": 3})
        assert file.read_text() == "[safety]\nmax_deletes = -1\n"

    def test_a_bad_value_is_never_written(self, file: Path) -> None:
        with pytest.raises(InvalidSettingsError):
            save(file, {"safety.max_deletes": -1})
        with pytest.raises(UsageError, match=r"Did you mean safety\.max_deletes\?"):
            save(file, {"safety.max_delete": 1})
        assert not file.exists()

    @pytest.mark.parametrize("meanwhile", ["[safety]\nmax_deletes = 9\n", None])
    def test_a_file_changed_since_it_was_read(self, file: Path, meanwhile: str | None) -> None:
        file.write_text("[safety]\nmax_deletes = 3\n")
        _, seen = load_with_fingerprint(file)
        file.unlink() if meanwhile is None else file.write_text(meanwhile)
        with pytest.raises(SettingsChangedError, match="changed by another program"):
            save(file, {"safety.max_deletes": 4}, expected=seen)
        assert (file.read_text() if file.exists() else None) == meanwhile

    def test_a_file_that_appeared_since_it_was_missing(self, file: Path) -> None:
        _, seen = load_with_fingerprint(file)
        file.write_text("")
        with pytest.raises(SettingsChangedError):
            save(file, {"safety.max_deletes": 4}, expected=seen)

    def test_the_fingerprint_after_a_save_serves_for_the_next(self, file: Path) -> None:
        for count in (4, 5):
            save(file, {"safety.max_deletes": count}, expected=fingerprint(file))
        assert load(file).safety.max_deletes == 5

    @pytest.mark.parametrize("step", ["write", "fsync", "replace"])
    def test_a_full_disk_leaves_the_old_file_and_no_other(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        file.write_text("[safety]\n")

        def fail(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        match step:
            case "write":
                monkeypatch.setattr(os, "fdopen", fail)
            case "fsync":
                monkeypatch.setattr(os, "fsync", fail)
            case _:
                monkeypatch.setattr(Path, "replace", fail)
        with pytest.raises(SettingsError, match=r"config\.toml cannot be written: no space left on device"):
            save(file, {"safety.max_deletes": 3})
        assert file.read_text() == "[safety]\n"
        assert list(file.parent.iterdir()) == [file]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_read_only_folder(self, file: Path) -> None:
        file.write_text("[safety]\n")
        file.parent.chmod(0o500)
        with pytest.raises(SettingsError, match="cannot be written: permission denied"):
            save(file, {"safety.max_deletes": 3})
        assert file.read_text() == "[safety]\n"

    def test_a_folder_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "home").write_text("")
        with pytest.raises(SettingsError, match="cannot be written"):
            save(tmp_path / "home" / "config.toml", {"safety.max_deletes": 3})


def test_two_writers_at_once_lose_nothing(file: Path) -> None:
    keys = [
        "safety.max_deletes",
        "sync.task.past_days",
        "sync.calendar.past_days",
        "auto_sync.task_every_minutes",
    ]
    writers = [threading.Thread(target=save, args=(file, {key: 77})) for key in keys]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [value_of(load(file), key) for key in keys] == [77] * 4


def _some_value(known: Setting) -> st.SearchStrategy[Value]:
    if known.kind is bool:
        return st.booleans()
    if known.kind is int:
        return st.integers(known.minimum, min(known.maximum or 900, 900))
    if known.choices:
        return st.sampled_from([str(choice) for choice in known.choices if choice != "campaign"])
    match known.key.rpartition(".")[2]:
        case "graph_url" | "authority" | "instance_url":
            return st.sampled_from(["https://x.example", "http://127.0.0.1:1"])
        case "api_version":
            return st.sampled_from(["61.0", "66.0"])
        case "external_id_field":
            return st.sampled_from(["", "Sync_Id__c"])
        case "start_time":
            return st.sampled_from(["00:00", "08:30"])
        case "end_time":
            return st.sampled_from(["17:00", "24:00"])
        case _:
            return st.text(st.characters(codec="utf-8"), max_size=20)


some_values = st.lists(
    st.sampled_from(list(catalogue().values())), max_size=10, unique_by=lambda known: known.key
).flatmap(lambda known: st.fixed_dictionaries({one.key: _some_value(one) for one in known}))


@st.composite
def texts(draw: st.DrawFn, some: Mapping[str, Value]) -> str:
    """A file that sets `some`, each table in a layout of its own, with a numbered comment at every turn."""
    by_table: dict[str, list[str]] = {}
    at_top = []
    for count, (key, value) in enumerate(some.items()):
        table, _, name = key.rpartition(".")
        is_dotted = draw(st.booleans()) and table not in by_table
        if is_dotted and not any(other.startswith(table) or table.startswith(other) for other in by_table):
            at_top.append(f"{key} = {literal(value)} # kept {count}\n")
        elif not any(line.startswith(f"{table.partition('.')[0]}.") for line in at_top):
            by_table.setdefault(table, []).append(
                f"{name}={literal(value)}  # kept {count}\n# kept too {count}\n\n"
            )
    return "".join(at_top) + "".join(
        f"[{table}] # kept table\n{''.join(keys)}" for table, keys in by_table.items()
    )


def _comments(text: str) -> list[str]:
    return re.findall(r"# kept[a-z0-9 ]*", text)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_whatever_the_file_says_a_change_keeps_all_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = tmp_path_factory.getbasetemp() / "round-trip.toml"
    text = data.draw(some_values.flatmap(texts))
    file.write_text(text, newline="")
    before = load(file)
    changes = data.draw(some_values)
    saved = save(file, changes)
    assert saved == load(file) == with_changes(before, changes)
    assert {key for key in values(saved) if value_of(saved, key) != value_of(before, key)} <= set(changes)
    assert _comments(file.read_text()) == _comments(text)
