"""What a call says of duplicate rules: whether a record is to be saved in spite of one that only alerts.

`routes` heeds the header for the time of a call, each part of a composite one by itself; whatever checks a rule asks
`is_saved_anyway`. Source: REST API Developer Guide, "Duplicate Rule Header".
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_SAVED_ANYWAY: ContextVar[bool] = ContextVar("saved_anyway", default=False)


@contextmanager
def heeding(headers: Mapping[str, str]) -> Iterator[None]:
    """Do as the headers of a call say, by their names in lower case, for the time of the block."""
    said = headers.get("sforce-duplicate-rule-header", "")
    options = {option.strip().lower().replace(" ", "") for option in said.replace(";", ",").split(",")}
    token = _SAVED_ANYWAY.set("allowsave=true" in options)
    try:
        yield
    finally:
        _SAVED_ANYWAY.reset(token)


def is_saved_anyway() -> bool:
    """Whether the call under way wants a record saved though a rule alerts; one that blocks refuses it all the same."""
    return _SAVED_ANYWAY.get()
