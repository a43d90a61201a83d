"""`python -m lpc_tui.sandbox`: the child that `SandboxProcess` starts. Its first line of output is JSON, also an error's."""

import argparse
import json
import sys
from pathlib import Path

from lpc_tui.errors import SandboxError
from lpc_tui.sandbox.serve import DEFAULT_SEED, ServeOptions, serve


def main() -> int:
    """Serve until standard input ends; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lpc_tui.sandbox", description=__doc__)
    parser.add_argument("--graph-port", type=int, default=0)
    parser.add_argument("--salesforce-port", type=int, default=0)
    parser.add_argument("--load", type=Path, action="append", default=[])
    parser.add_argument("--state-file", type=Path)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--conflicts", action="store_true")
    given = parser.parse_args()
    options = ServeOptions(
        graph_port=given.graph_port,
        salesforce_port=given.salesforce_port,
        load=tuple(given.load),
        state_file=given.state_file,
        seed=given.seed,
        tls=given.tls,
        conflicts=given.conflicts,
        exit_on_stdin_eof=True,
        json=True,
    )
    try:
        serve(options, sys.stdout)
    except SandboxError as error:
        sys.stdout.write(json.dumps({"error": error.message, "hint": error.hint}) + "\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
