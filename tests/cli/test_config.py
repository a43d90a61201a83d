"""`lpc-tui config` and what every command shares: global options, one line per error, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from lpc_tui import __version__
from lpc_tui.cli.app import app
from lpc_tui.cli.context import context_of
from lpc_tui.cli.errors import run_cli
from lpc_tui.errors import LockedError
from lpc_tui.settings import Settings
from lpc_tui.settings_file import load
from lpc_tui.settings_template import render_default


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


class Cli:
    """Carries out command lines in this process, on a profile in an empty folder."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.file = home / "config.toml"
        self._capsys = capsys

    def __call__(self, *arguments: str, app: typer.Typer = app) -> Answer:
        code = run_cli(app, arguments)
        captured = self._capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    def refused(self, *arguments: str) -> str:
        """The one line on stderr of a command line that is refused with exit code 2."""
        answer = self(*arguments)
        assert (answer.code, answer.out) == (2, "")
        (line,) = answer.err.splitlines()
        return line


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.setenv("LPC_TUI_HOME", str(tmp_path))
    return Cli(tmp_path, capsys)


class TestConfig:
    def test_path(self, cli: Cli) -> None:
        assert cli("config", "path").out == f"{cli.file}\n"
        assert cli("--profile", "work", "config", "path").out == f"{cli.home}/profiles/work/config.toml\n"

    def test_show_is_the_settings_in_force(self, cli: Cli) -> None:
        cli.file.write_text("[safety]\nmax_deletes = 3\n")
        assert tomllib.loads(cli("config", "show").out) == load(cli.file).model_dump()

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("sync.calendar.past_days", "30"),
            ("sync.calendar.keep_formatting", "true"),
            ("sync.calendar.conflicts", "ask"),
            ("outlook.calendar", ""),
        ],
    )
    def test_get_prints_the_bare_value(self, cli: Cli, key: str, value: str) -> None:
        assert cli("config", "get", key) == Answer(0, f"{value}\n", "")

    def test_set_changes_one_line_and_says_which(self, cli: Cli) -> None:
        cli.file.write_text("# mine\n[safety]\nmax_deletes = 3 # few\n")
        answer = cli("config", "set", "safety.max_deletes", "4")
        assert answer == Answer(0, "safety.max_deletes: 3 -> 4\n", "")
        assert cli.file.read_text() == "# mine\n[safety]\nmax_deletes = 4 # few\n"

    def test_set_again_changes_nothing(self, cli: Cli) -> None:
        cli("config", "set", "outlook.calendar", "Team [x]")
        assert (
            cli("config", "set", "outlook.calendar", "Team [x]").out
            == 'outlook.calendar: "Team [x]", as before\n'
        )

    def test_set_without_a_file_makes_the_commented_one(self, cli: Cli) -> None:
        assert cli("config", "set", "safety.notify_attendees", "yes").code == 0
        assert len(cli.file.read_text().splitlines()) == len(render_default().splitlines())
        assert load(cli.file).safety.notify_attendees

    def test_set_refuses_what_is_not_allowed(self, cli: Cli) -> None:
        told = "lpc-tui: safety.max_deletes: -1 is not allowed; allowed: a whole number, 0 or more"
        assert cli.refused("config", "set", "safety.max_deletes", "-1") == told
        assert "'maybe' is neither yes nor no" in cli.refused("config", "set", "auto_sync.enabled", "maybe")
        assert not cli.file.exists()

    @pytest.mark.parametrize("command", [("get",), ("set",)])
    def test_an_unknown_key_gets_the_nearest_one(self, cli: Cli, command: tuple[str, ...]) -> None:
        value = ("3",) if command == ("set",) else ()
        told = cli.refused("config", *command, "sync.calendar.past_day", *value)
        assert told.endswith(
            "there is no setting 'sync.calendar.past_day'. Did you mean sync.calendar.past_days?"
        )

    def test_validate_lists_every_problem_one_a_line(self, cli: Cli) -> None:
        cli.file.write_text("[safety]\nmax_deletes = -1\n[outlok]\n")
        answer = cli("config", "validate")
        assert (answer.code, answer.err) == (2, "")
        assert [line.removeprefix(f"{cli.file}:")[:2] for line in answer.out.splitlines()] == ["2:", "3:"]

    def test_validate_of_a_sound_or_missing_file(self, cli: Cli) -> None:
        assert cli("config", "validate") == Answer(
            0, f"{cli.file}: no such file; the defaults are in force\n", ""
        )
        cli.file.write_text(render_default())
        assert cli("config", "validate") == Answer(0, f"{cli.file}: no problems\n", "")

    @pytest.mark.parametrize(
        "arguments", [("show",), ("get", "safety.max_deletes"), ("set", "safety.max_deletes", "4")]
    )
    def test_a_bad_file_is_one_line_with_the_place_and_stays(
        self, cli: Cli, arguments: tuple[str, ...]
    ) -> None:
        cli.file.write_text("[safety]\nmax_deletes = -1\n[outlok]\n")
        assert cli.refused("config", *arguments) == (
            f"lpc-tui: {cli.file}:2: safety.max_deletes: -1 is not allowed; allowed: a whole number, 0 or more "
            "(and 1 more: `lpc-tui config validate` lists them)"
        )
        assert cli.file.read_text() == "[safety]\nmax_deletes = -1\n[outlok]\n"

    def test_schema(self, cli: Cli) -> None:
        assert json.loads(cli("config", "schema").out) == Settings.model_json_schema()


class TestEveryCommand:
    def test_version(self, cli: Cli) -> None:
        assert cli("--version") == Answer(0, f"lpc-tui {__version__}\n", "")

    def test_help_names_the_commands(self, cli: Cli) -> None:
        answer = cli("--help")
        assert answer.code == 0
        assert "config" in answer.out

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["confg"], "lpc-tui: No such command 'confg'. Did you mean 'config'? Try `lpc-tui --help`."),
            (["config"], "lpc-tui: Missing command. Try `lpc-tui config --help`."),
            (["--colour"], "lpc-tui: No such option: --colour. Try `lpc-tui --help`."),
            (["config", "get"], "lpc-tui: Missing argument 'KEY'. Try `lpc-tui config get --help`."),
            (["--profile", "../x", "config", "path"], "lpc-tui: '../x' is not a name for a profile. "),
            (["config", "get", "a\x1b[31m\nb"], "lpc-tui: there is no setting "),
        ],
    )
    def test_wrong_words_are_one_line(self, cli: Cli, arguments: list[str], told: str) -> None:
        line = cli.refused(*arguments)
        assert line.startswith(told)
        assert line.isprintable()

    def test_the_profile_of_the_environment(self, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LPC_TUI_PROFILE", "work")
        assert cli("config", "path").out == f"{cli.home}/profiles/work/config.toml\n"


def app_that_raises(error: BaseException) -> typer.Typer:
    """An app whose one command, `go`, fails; it takes `--debug` as the real one does."""
    failing = typer.Typer()

    @failing.callback()
    def options(ctx: typer.Context, debug: bool = False) -> None:
        context_of(ctx).is_debug = debug

    @failing.command()
    def go() -> None:
        raise error

    return failing


class TestErrors:
    @pytest.mark.parametrize(
        ("error", "code", "told"),
        [
            (
                LockedError("Another run is at work.", "Wait for it."),
                4,
                "Another run is at work. Wait for it.",
            ),
            (typer.Abort(), 130, "cancelled."),
            (OSError(28, "No space left on device"), 1, "[Errno 28] No space left on device"),
            (
                ValueError("x\ny"),
                1,
                "a bug in lpc-tui: ValueError: x y (`lpc-tui --debug ...` shows where, for a report)",
            ),
        ],
    )
    def test_an_error_is_one_line_and_a_code(
        self, cli: Cli, error: BaseException, code: int, told: str
    ) -> None:
        assert cli("go", app=app_that_raises(error)) == Answer(code, "", f"lpc-tui: {told}\n")

    def test_ctrl_c_ends_quietly(self, cli: Cli) -> None:
        assert cli("go", app=app_that_raises(KeyboardInterrupt())) == Answer(130, "", "")

    @pytest.mark.parametrize("error", [LockedError("Another run is at work."), ValueError("x")])
    def test_the_traceback_is_shown_on_demand_only(self, cli: Cli, error: Exception) -> None:
        assert "Traceback" not in cli("go", app=app_that_raises(error)).err
        assert "Traceback" in cli("--debug", "go", app=app_that_raises(error)).err


class TestProcess:
    """Through the interpreter, as a shell meets it."""

    def run(
        self, *arguments: str, environ: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "lpc_tui", *arguments]
        return subprocess.run(
            command, env={**os.environ, **(environ or {})}, capture_output=True, check=False
        )

    def test_output_and_exit_code(self) -> None:
        assert self.run("config", "get", "safety.max_deletes").stdout == b"25\n"
        done = self.run("config", "get", "safety")
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"Traceback" not in done.stderr

    def test_a_terminal_that_lacks_the_letters(self, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_text("[outlook]\ncalendar = '名前'\n", encoding="utf-8")
        done = self.run(
            "config",
            "show",
            environ={"LPC_TUI_HOME": str(tmp_path), "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        )
        assert done.returncode == 0
        assert b"\\u540d" in done.stdout

    def test_a_reader_that_went_away_is_no_error(self) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, "-m", "lpc_tui", "config", "schema"]
        with os.fdopen(writing, "wb") as closed:
            done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, check=False)
        assert (done.returncode, done.stderr) == (141, b"")
