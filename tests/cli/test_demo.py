"""`lpc-tui demo`: a profile of its own around the sandbox and the UI."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
from pydantic import SecretStr

from lpc_tui.accounts.vault import Vault
from lpc_tui.cli import demo as demo_module
from lpc_tui.cli import ui
from lpc_tui.cli.app import app
from lpc_tui.cli.errors import run_cli
from lpc_tui.model.items import Side
from lpc_tui.paths import paths_of
from lpc_tui.sandbox.load.report import FileReport, LoadReport
from lpc_tui.sandbox.process import SandboxProcess
from lpc_tui.settings_file import load as load_settings
from lpc_tui.state.lock import hold

TOKENS = ("LPC_TUI_OUTLOOK_TOKEN", "LPC_TUI_SALESFORCE_TOKEN")


def free_ports() -> tuple[int, int]:
    """Two ports that nothing listens on."""
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


GRAPH_PORT, SALESFORCE_PORT = free_ports()
GRAPH_URL = f"http://127.0.0.1:{GRAPH_PORT}/v1.0"
SALESFORCE_URL = f"http://127.0.0.1:{SALESFORCE_PORT}"


@dataclass
class FakeSandbox:
    """Stands in for the child process: keeps a file as its data, and remembers how it was started."""

    starts: list[dict[str, Any]] = field(default_factory=list)
    running: int = 0
    is_restored: bool = False
    load_report: LoadReport | None = None
    graph_url: str = GRAPH_URL
    salesforce_url: str = SALESFORCE_URL
    outlook_token: str = "token of Outlook"
    salesforce_token: str = "token of Salesforce"

    def start(self, **options: Any) -> Self:
        self.starts.append(options)
        state_file: Path = options["state_file"]
        self.is_restored = state_file.exists()
        state_file.touch()
        if options["load"]:
            self.load_report = LoadReport([FileReport(path, events=2) for path in options["load"]])
        return self

    def __enter__(self) -> Self:
        self.running += 1
        return self

    def __exit__(self, *_error: object) -> None:
        self.running -= 1


@dataclass
class FakeStream:
    """A standard stream that is a terminal, or is not."""

    is_terminal: bool

    def isatty(self) -> bool:
        return self.is_terminal


@dataclass
class Stage:
    """A demo whose sandbox and UI are played."""

    sandbox: FakeSandbox
    opened: list[dict[str, str | None]] = field(default_factory=list)
    """The environment's tokens, each time the UI was open."""
    notes: tuple[str, ...] = ()
    """What the UI opened with, the last time."""

    def open_ui(self, profile: str, notes: Sequence[str], accounts_note: str) -> None:
        assert profile == "demo"
        assert "fixed tokens" in accounts_note
        self.notes = tuple(notes)
        assert self.sandbox.running == 1
        self.opened.append({name: os.environ.get(name) for name in TOKENS})


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    sandbox = FakeSandbox()
    stage = Stage(sandbox)
    monkeypatch.setattr(ui, "open_ui", stage.open_ui)
    monkeypatch.setattr(SandboxProcess, "start", sandbox.start)
    monkeypatch.setenv("LPC_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(demo_module, "has_screen", lambda: True)
    yield stage
    assert sandbox.running == 0


def test_it_opens_the_ui_on_the_sandbox_in_a_profile_of_its_own(stage: Stage, tmp_path: Path) -> None:
    assert run_cli(app, ["demo"]) == 0
    assert stage.opened == [dict(zip(TOKENS, ("token of Outlook", "token of Salesforce"), strict=True))]
    assert [each.name for each in (tmp_path / "home").iterdir()] == ["profiles"]
    config = paths_of("demo").config_file
    settings = load_settings(config)
    assert settings.outlook.graph_url == GRAPH_URL
    assert settings.outlook.authority == f"http://127.0.0.1:{GRAPH_PORT}/common"
    assert settings.salesforce.instance_url == SALESFORCE_URL
    assert (settings.outlook.client_id, settings.salesforce.client_id) == ("sandbox", "sandbox")
    assert "token of" not in config.read_text()
    assert not any(name in os.environ for name in TOKENS)


def test_the_profile_stays_demo_and_the_person_s_tokens_come_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LPC_TUI_OUTLOOK_TOKEN", "my own")
    assert run_cli(app, ["--profile", "work", "demo"]) == 0
    assert stage.opened[0]["LPC_TUI_OUTLOOK_TOKEN"] == "token of Outlook"
    assert os.environ["LPC_TUI_OUTLOOK_TOKEN"] == "my own"


def test_a_second_demo_goes_on_where_the_first_stopped(stage: Stage) -> None:
    run_cli(app, ["demo"])
    paths = paths_of("demo")
    paths.state_file.write_text("links")
    edited = paths.config_file.read_text().replace("past_days = 30", "past_days = 7  # mine")
    paths.config_file.write_text(edited)
    assert run_cli(app, ["demo"]) == 0
    assert stage.sandbox.starts[1]["graph_port"] == GRAPH_PORT
    assert stage.sandbox.starts[1]["salesforce_port"] == SALESFORCE_PORT
    assert paths.state_file.read_text() == "links"
    assert "past_days = 7  # mine" in paths.config_file.read_text()


def test_a_port_that_was_taken_meanwhile_is_let_go(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        stage.sandbox.salesforce_url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        run_cli(app, ["demo"])
        run_cli(app, ["demo"])
    assert [start["salesforce_port"] for start in stage.sandbox.starts] == [0, 0]


def test_reset_forgets_data_links_and_settings(stage: Stage) -> None:
    run_cli(app, ["demo"])
    paths = paths_of("demo")
    for name in ("state.db", "state.db-wal", "sandbox.db-wal"):
        (paths.state_dir / name).write_text("old")
    paths.config_file.write_text("this is [not TOML")
    assert run_cli(app, ["demo", "--reset"]) == 0
    assert not stage.sandbox.is_restored
    assert sorted(each.name for each in paths.state_dir.iterdir()) == ["demo.lock", "run.lock", "sandbox.db"]
    assert load_settings(paths.config_file).outlook.graph_url == GRAPH_URL


def test_reset_forgets_a_sign_in_that_was_practised(stage: Stage) -> None:
    run_cli(app, ["demo"])
    vault = Vault(paths_of("demo").secrets_dir, lambda: None)
    for side in Side:
        vault.save(side, SecretStr("practised"), is_new=True)
    run_cli(app, ["demo"])
    assert vault.place("outlook")
    assert run_cli(app, ["demo", "--reset"]) == 0
    assert [vault.place(side) for side in Side] == ["", ""]


def test_load_replaces_data_and_links_but_not_the_settings(stage: Stage, tmp_path: Path) -> None:
    run_cli(app, ["demo"])
    paths = paths_of("demo")
    paths.state_file.write_text("links of the sample")
    config = paths.config_file.read_text()
    exports = [tmp_path / "a.ics", tmp_path / "b.csv"]
    for export in exports:
        export.touch()
    assert run_cli(app, ["demo", "--load", *map(str, exports)]) == 0
    assert stage.sandbox.starts[1]["load"] == tuple(exports)
    assert not stage.sandbox.is_restored
    assert not paths.state_file.exists()
    assert paths.config_file.read_text() == config
    assert stage.notes == ("a.ics: 2 loaded, 0 skipped", "b.csv: 2 loaded, 0 skipped")


def test_conflicts_begin_with_fresh_data_and_keep_the_settings(stage: Stage) -> None:
    run_cli(app, ["demo"])
    paths = paths_of("demo")
    paths.state_file.write_text("links of the sample")
    run_cli(app, ["config", "--profile", "demo", "set", "sync.calendar.past_days", "7"])
    assert run_cli(app, ["demo", "--conflicts"]) == 0
    assert [start["conflicts"] for start in stage.sandbox.starts] == [False, True]
    assert not stage.sandbox.is_restored
    assert not paths.state_file.exists()
    assert load_settings(paths.config_file).sync.calendar.past_days == 7


@pytest.mark.parametrize("redirected", ["stdin", "stdout", "stderr"])
def test_a_screen_is_a_terminal_at_all_three_ends(monkeypatch: pytest.MonkeyPatch, redirected: str) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(f"sys.{name}", FakeStream(name != redirected))
    assert not ui.has_screen()
    monkeypatch.setattr(f"sys.{redirected}", FakeStream(True))
    assert ui.has_screen()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--conflicts", "--load", __file__), "Give one of the two."),
        (("--load", "nowhere.ics"), "nowhere.ics does not exist."),
        (("nowhere.ics",), "Name files after --load."),
    ],
)
def test_bad_words_are_one_line(
    stage: Stage, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], says: str
) -> None:
    assert run_cli(app, ["demo", *args]) == 2
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert says in err
    assert stage.sandbox.starts == []


def test_without_a_terminal_it_says_what_else_there_is(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo_module, "has_screen", lambda: False)
    assert run_cli(app, ["demo"]) == 2
    assert capsys.readouterr().err == (
        "lpc-tui: The demo opens the terminal UI, and there is no terminal here."
        " For the servers alone: lpc-tui sandbox serve.\n"
    )
    assert stage.sandbox.starts == []


def test_a_broken_settings_file_of_the_demo_is_told_before_anything_starts(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(app, ["demo"])
    paths_of("demo").config_file.write_text("[sync.calendar]\npast_days = -1\n")
    assert run_cli(app, ["demo"]) == 2
    assert len(stage.sandbox.starts) == 1
    assert "past_days" in capsys.readouterr().err


def test_two_demos_at_once_are_refused(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    with hold(paths_of("demo").state_dir / "demo.lock", "the other"):
        assert run_cli(app, ["demo", "--reset"]) == 4
    assert capsys.readouterr().err == (
        "lpc-tui: The demo is open already, in another terminal. Go on there, or close it first.\n"
    )
    assert stage.sandbox.starts == []
