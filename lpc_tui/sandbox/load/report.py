"""What a load did, file by file; printed by the command line and carried over from the sandbox's own process."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple, Self

from lpc_tui.plain import plain
from lpc_tui.sandbox.common import JsonObject

_NAME_CELLS = 80
_REASON_CELLS = 300


class UnreadableError(Exception):
    """One component, card or row cannot be taken over; its text is the reason the report gives."""


class Skipped(NamedTuple):
    """Something in a file that was not loaded, or not wholly."""

    what: str
    """The component and its name, inert."""

    why: str


@dataclass(slots=True)
class FileReport:
    """What one file held."""

    path: Path
    events: int = 0
    """Single events, an expanded series' occurrences among them."""

    series: int = 0
    """Events that repeat, each counted once."""

    contacts: int = 0
    tasks: int = 0
    accounts: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    """What was left out, and why."""

    notes: list[Skipped] = field(default_factory=list)
    """What was taken over in another form: a cut text, a series as single events."""

    @property
    def loaded(self) -> int:
        """How many items came out of the file."""
        return self.events + self.series + self.contacts + self.tasks + self.accounts

    def skip(self, what: str, why: str) -> None:
        """Name something that was left out."""
        self.skipped.append(Skipped(plain(what, _NAME_CELLS), plain(why, _REASON_CELLS)))

    def note(self, what: str, why: str) -> None:
        """Name something that was taken over in another form."""
        self.notes.append(Skipped(plain(what, _NAME_CELLS), plain(why, _REASON_CELLS)))


@dataclass(slots=True)
class LoadReport:
    """What all files held, in the order they were given."""

    files: list[FileReport] = field(default_factory=list)

    def total(self, kind: str) -> int:
        """The sum over all files of `events`, `series`, `contacts`, `tasks` or `accounts`."""
        return sum(int(getattr(file, kind)) for file in self.files)

    @property
    def skipped(self) -> int:
        """How many things were left out in all files."""
        return sum(len(file.skipped) for file in self.files)

    def to_json(self) -> JsonObject:
        """As JSON, for `from_json`."""
        return {"files": [asdict(file) | {"path": str(file.path)} for file in self.files]}

    @classmethod
    def from_json(cls, value: JsonObject) -> Self:
        """The report that `to_json` wrote."""
        return cls([_file_from_json(file) for file in value["files"]])


def _file_from_json(value: JsonObject) -> FileReport:
    lists = {name: [Skipped(*pair) for pair in value[name]] for name in ("skipped", "notes")}
    return FileReport(**(value | lists | {"path": Path(value["path"])}))
