"""Opaque item ids: made without a table, checked by a digest, regular or immutable.

A *regular* id changes when its item moves to another folder (its generation rises) and the old one is then unknown; an
*immutable* id never changes. Both name the same item and both are accepted everywhere, whatever the `Prefer` header
asks for in answers. An occurrence's id is its master's with the day it falls on by the pattern, so it stays the same
when the occurrence turns into an exception or is moved.

Facts: https://learn.microsoft.com/graph/outlook-immutable-id
"""

import base64
import hashlib
import struct
from dataclasses import dataclass
from datetime import date
from enum import Enum

from lpc_tui.sandbox.graph.errors import malformed_id

_LAYOUT = struct.Struct(">cB6sIHI")
_PAD = b"\x00\x03$\x00lpc-tui-sandbo"
"""Makes ids begin with `AAMkA`, as Outlook's do."""
_DIGEST_SIZE = 16
_REGULAR, _IMMUTABLE = 0, 1


class Kind(Enum):
    """What an id names; an id of one kind is malformed where another is wanted."""

    EVENT = b"E"
    CALENDAR = b"K"
    CONTACT = b"C"
    CONTACT_FOLDER = b"F"
    TASK = b"T"
    TASK_LIST = b"L"
    LINKED_RESOURCE = b"R"
    CHECKLIST_ITEM = b"X"


@dataclass(frozen=True, slots=True)
class Ref:
    """What a valid id says."""

    kind: Kind
    serial: int
    """The item's number in the mailbox; never used twice."""

    generation: int | None
    """How many times the item had moved when the id was made; None in an immutable id, which fits always."""

    day: date | None = None
    """For an occurrence: the day its series puts it on, in the series' own zone."""


class IdMint:
    """Makes and reads the ids of one mailbox; ids of another mailbox are malformed here."""

    def __init__(self, seed: int) -> None:
        self._mailbox = hashlib.sha256(f"mailbox {seed}".encode()).digest()[:6]

    def regular(self, kind: Kind, serial: int, generation: int = 0, day: date | None = None) -> str:
        """The id that changes with a move."""
        return self._encode(kind, _REGULAR, serial, generation, day)

    def immutable(self, kind: Kind, serial: int, day: date | None = None) -> str:
        """The id that survives a move; what `Prefer: IdType="ImmutableId"` asks for."""
        return self._encode(kind, _IMMUTABLE, serial, 0, day)

    def read(self, text: str, kind: Kind) -> Ref:
        """What `text` names; raises `ErrorInvalidIdMalformed` for anything not made here for this kind."""
        try:
            raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        except ValueError:
            raise malformed_id() from None
        packed, digest = raw[:-_DIGEST_SIZE], raw[-_DIGEST_SIZE:]
        if len(packed) != _LAYOUT.size + len(_PAD) or self._digest(packed) != digest:
            raise malformed_id()
        found, flavour, mailbox, serial, generation, ordinal = _LAYOUT.unpack(packed[len(_PAD) :])
        if mailbox != self._mailbox or found != kind.value:
            raise malformed_id()
        return Ref(
            kind,
            serial,
            generation if flavour == _REGULAR else None,
            date.fromordinal(ordinal) if ordinal else None,
        )

    def _encode(self, kind: Kind, flavour: int, serial: int, generation: int, day: date | None) -> str:
        fields = _LAYOUT.pack(
            kind.value, flavour, self._mailbox, serial, generation, day.toordinal() if day else 0
        )
        packed = _PAD + fields
        return base64.b64encode(packed + self._digest(packed), altchars=b"-_").decode("ascii")

    def _digest(self, packed: bytes) -> bytes:
        return hashlib.blake2b(packed, digest_size=_DIGEST_SIZE, key=self._mailbox).digest()
