"""What `lpc-tui sandbox serve` does: both servers alone, until they are told to stop.

The data comes from the state file if it holds any, else from the files to load, else from the sample. The command line
and `__main__` call it.
"""

import datetime as dt
import json
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import tzlocal

from lpc_tui.errors import SandboxError
from lpc_tui.plain import plain
from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.faults.file import read_faults
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.load.report import LoadReport
from lpc_tui.sandbox.persistence import Autosave, StateFile, World
from lpc_tui.sandbox.salesforce.org import Org
from lpc_tui.sandbox.sample import Worlds, build_sample, empty_worlds
from lpc_tui.sandbox.server import Sandbox
from lpc_tui.sandbox.signin.assertions import with_certificate
from lpc_tui.sandbox.signin.connected_apps import SANDBOX_APP
from lpc_tui.sandbox.signin.desk import SignInDesk
from lpc_tui.sandbox.signin.microsoft import SANDBOX_REGISTRATION

DEFAULT_SEED = 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_STDIN = 0
_CHUNK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """What to serve, and where."""

    graph_port: int = 0
    """0 takes any free port."""

    salesforce_port: int = 0
    load: tuple[Path, ...] = ()
    """Exports to fill the services with instead of the sample data."""

    tls: bool = False
    """Serve https with a self-signed certificate."""

    tls_folder: Path | None = None
    """Where the certificate is kept; without it in a temporary folder."""

    faults: Path | None = None
    """A file of what is to go wrong."""

    certificate: Path | None = None
    """What people sign in to Salesforce with by a private key: its certificate, or its public key, in PEM form."""

    state_file: Path | None = None
    """Where the data survives a restart; without it all is forgotten."""

    seed: int = DEFAULT_SEED
    """What the sample data and the ids are made from."""

    conflicts: bool = False
    """Let some of the sample data need a person's decision."""

    exit_on_stdin_eof: bool = False
    """Stop when standard input ends, as it does when the process that started this one dies."""

    json: bool = False
    """Print one line of JSON instead of the words for a person."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The worlds to serve and where their content came from."""

    worlds: Worlds
    report: LoadReport | None = None
    """What the loaded files held; None if none were loaded."""

    is_restored: bool = False
    """Whether it is the state file's content."""


def serve(options: ServeOptions, out: TextIO) -> None:
    """Serve until SIGINT, SIGTERM or, if asked, the end of standard input; call it from the main thread.

    Raises SandboxError if a port, a file to load, the faults, the certificate or the state file cannot be used.
    """
    faults = read_faults(options.faults) if options.faults else ()
    app = with_certificate(SANDBOX_APP, options.certificate) if options.certificate else SANDBOX_APP
    with ExitStack() as running:
        stop = running.enter_context(_stop_signals())
        file = StateFile(options.state_file) if options.state_file else None
        if file is not None:
            running.callback(file.close)
        filled = fill(options, file)
        worlds = filled.worlds
        sandbox = Sandbox(
            worlds.mailbox,
            worlds.org,
            graph_port=options.graph_port,
            salesforce_port=options.salesforce_port,
            tls=options.tls,
            tls_folder=options.tls_folder,
        )
        sandbox.faults.add(*faults)
        sandbox.salesforce_desk.register(app)
        if file is not None:
            desks = {"microsoft": sandbox.microsoft_desk, "salesforce": sandbox.salesforce_desk}
            _restore_desks(file, desks)
            saved: dict[str, World] = {"mailbox": worlds.mailbox, "org": worlds.org, **desks}
            running.enter_context(Autosave(file, saved))
        running.enter_context(sandbox)
        print(_as_json(sandbox, filled) if options.json else _as_words(sandbox, filled), file=out, flush=True)
        if options.exit_on_stdin_eof:
            threading.Thread(target=_await_eof, args=(stop,), name="sandbox-stdin", daemon=True).start()
        stop.wait()


def fill(options: ServeOptions, file: StateFile | None) -> Filled:
    """The worlds to serve. Raises SandboxError if a file to load or the state file cannot be used."""
    dumps = file.load() if file is not None else {}
    if file is not None and dumps:
        return Filled(_restored(file, dumps), is_restored=True)
    today = dt.datetime.now().astimezone().date()
    if not options.load:
        worlds = empty_worlds(clock=_now, seed=options.seed)
        build_sample(worlds.mailbox, worlds.org, seed=options.seed, today=today, conflicts=options.conflicts)
        return Filled(worlds)
    from lpc_tui.sandbox.load.files import load_files  # its libraries are slow to import, and seldom needed

    worlds = empty_worlds(clock=_now, seed=options.seed, zone=_own_zone())
    return Filled(worlds, load_files(options.load, worlds.mailbox, worlds.org, today=today))


def _restored(file: StateFile, dumps: dict[str, JsonObject]) -> Worlds:
    try:
        return Worlds(Mailbox.restore(dumps["mailbox"], clock=_now), Org.restore(dumps["org"], clock=_now))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(file) from error


def _restore_desks(file: StateFile, desks: Mapping[str, SignInDesk]) -> None:
    """Give the desks the sign-ins that the file holds, if it does: an older version's has none."""
    dumps = file.load()
    try:
        for name in dumps.keys() & desks.keys():
            desks[name].load(dumps[name])
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(file) from error


def _unreadable(file: StateFile) -> SandboxError:
    return file.damaged("its content is not what this version writes")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _own_zone() -> str:
    """The computer's own zone, in which loaded times without a zone are meant."""
    try:
        return tzlocal.get_localzone_name() or "UTC"
    except LookupError:
        return "UTC"


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, for as long as the block runs."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _await_eof(stop: threading.Event) -> None:
    """Read past the buffered `sys.stdin`, whose lock would outlive this thread."""
    while os.read(_STDIN, _CHUNK):
        pass
    stop.set()


def _as_json(sandbox: Sandbox, filled: Filled) -> str:
    return json.dumps(
        {
            "graph_url": sandbox.graph_url,
            "salesforce_url": sandbox.salesforce_url,
            "outlook_token": sandbox.outlook_token,
            "salesforce_token": sandbox.salesforce_token,
            "ca_file": str(sandbox.ca_file) if sandbox.ca_file else None,
            "restored": filled.is_restored,
            "load_report": filled.report.to_json() if filled.report else None,
        }
    )


def _as_words(sandbox: Sandbox, filled: Filled) -> str:
    lines = [
        f"Microsoft Graph  {sandbox.graph_url}",
        f"Salesforce       {sandbox.salesforce_url}",
        "",
        *_origin(filled),
        *_switched_on(len(sandbox.faults)),
        "",
        "In config.toml:",
        "  [outlook]",
        f'  graph_url = "{sandbox.graph_url}"',
        "  [salesforce]",
        f'  instance_url = "{sandbox.salesforce_url}"',
        '  auth = "token"',
        "",
        "In the environment:",
        f"  export LPC_TUI_OUTLOOK_TOKEN={sandbox.outlook_token}",
        f"  export LPC_TUI_SALESFORCE_TOKEN={sandbox.salesforce_token}",
    ]
    if sandbox.ca_file:
        lines += [
            f"  export REQUESTS_CA_BUNDLE={sandbox.ca_file}",
            f"  export SSL_CERT_FILE={sandbox.ca_file}",
        ]
    return "\n".join([*lines, "", *_how_to_sign_in(sandbox), "", "Ctrl+C stops it."])


def _how_to_sign_in(sandbox: Sandbox) -> list[str]:
    """What to set to go through the services' own sign-in."""
    client, callback = SANDBOX_APP, SANDBOX_APP.callback_urls[0]
    return [
        "To sign in rather than take these tokens, leave them out and set in config.toml:",
        "  [outlook]",
        f'  authority = "{sandbox.authority}"',
        f'  client_id = "{SANDBOX_REGISTRATION.client_id}"',
        "  [salesforce]",
        '  auth = "device"',
        f'  client_id = "{client.client_id}"',
        "and open the address that lpc-tui login outlook, or salesforce, shows. For other clients: the callback is",
        f"{callback}, the secret {client.client_secret}. docs/sandbox.md tells of the ways without a person.",
    ]


def _switched_on(faults: int) -> list[str]:
    """A reminder that things will go wrong."""
    match faults:
        case 0:
            return []
        case 1:
            return ["One fault is switched on."]
        case _:
            return [f"{faults} faults are switched on."]


def _origin(filled: Filled) -> list[str]:
    """Where the data came from; of loaded files what each held and what was left out."""
    if filled.is_restored:
        return ["The data is the state file's, as it was left; files are loaded into a new state file only."]
    if filled.report is None:
        return ["The data is the generated sample."]
    lines = []
    for file in filled.report.files:
        counts = {name: getattr(file, name) for name in ("events", "series", "contacts", "tasks", "accounts")}
        held = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing loaded"
        lines.append(f"{plain(file.path.name)}: {held}; {len(file.skipped)} skipped")
        lines += [f"  skipped {skipped.what}: {skipped.why}" for skipped in file.skipped]
    return lines
