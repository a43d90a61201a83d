"""Global options may stand anywhere on the command line: `lpc-tui sync --profile work` is what people type."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["globals_first"]

_WITH_VALUE = "--profile"
_FLAGS = frozenset({"--debug", "--plain"})


def globals_first(args: Sequence[str]) -> list[str]:
    """The arguments with the global options moved before the command; what follows `--` stays as it is."""
    first: list[str] = []
    rest: list[str] = []
    waiting = iter(args)
    for each in waiting:
        if each == "--":
            rest += [each, *waiting]
        elif each == _WITH_VALUE:
            value = next(waiting, None)
            if value is None:
                return [each]  # nothing follows that could be meant by it: the parser says so
            first += [each, value]
        elif each in _FLAGS or each.startswith(f"{_WITH_VALUE}="):
            first.append(each)
        else:
            rest.append(each)
    return first + rest
