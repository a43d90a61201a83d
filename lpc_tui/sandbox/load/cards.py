"""Reads a `.vcf` file of any version into the mailbox's contacts.

Each card is read on its own, so that a broken one costs one contact. Cards of version 2.1 name an encoding for each
line; theirs is undone here, before the library sees the text.
"""

import quopri
import re
from collections.abc import Iterator

import vobject

from lpc_tui.sandbox.graph.errors import GraphError
from lpc_tui.sandbox.graph.mailbox import Mailbox
from lpc_tui.sandbox.load.contacts import read_contact
from lpc_tui.sandbox.load.report import FileReport, UnreadableError
from lpc_tui.sandbox.load.texts import decode

_CARD = re.compile(r"^BEGIN:VCARD[ \t]*$.*?^END:VCARD[ \t]*$", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_NAME = re.compile(r"^(?:[\w-]+\.)?(?:FN|N|ORG|EMAIL)(?:;[^:\n]*)?:(.*)$", re.MULTILINE | re.IGNORECASE)
_QUOTED = re.compile(
    r"^(?P<head>[^:\n]*;(?:ENCODING=)?QUOTED-PRINTABLE[^:\n]*):(?P<value>.*)$", re.IGNORECASE
)
_CHARSET = re.compile(r";CHARSET=([\w-]+)", re.IGNORECASE)
_ENCODING = re.compile(r";(?:ENCODING=)?QUOTED-PRINTABLE", re.IGNORECASE)
_PICTURE = re.compile(r"^(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY)[;:]", re.IGNORECASE)


def load_cards(content: bytes, mailbox: Mailbox, report: FileReport) -> None:
    """Load every card of a file; never raises for what it says."""
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n")
    cards = [match[0] for match in _CARD.finditer(text)]
    for card in cards:
        try:
            mailbox.create_contact(read_contact(_parsed(card)))
        except UnreadableError as error:
            report.skip(_heading(card), str(error))
        except GraphError as error:
            report.skip(_heading(card), f"Outlook would refuse it: {error}")
        else:
            report.contacts += 1
    if not cards:
        report.skip(report.path.name, "no card in it")


def _parsed(card: str) -> vobject.base.Component:
    """The card as the library reads it; raises UnreadableError."""
    plain = "\r\n".join(_plain_lines(card))
    try:
        return vobject.readOne(plain, ignoreUnreadable=True)
    except Exception as error:  # the library raises whatever its parts stumble over
        raise UnreadableError(f"it cannot be read: {error}") from error


def _plain_lines(card: str) -> Iterator[str]:
    """The card's lines without quoted-printable and pictures, long ones folded as they were."""
    lines = iter(_joined(card))
    for line in lines:
        match = _QUOTED.match(line)
        if match is None:
            yield _CHARSET.sub("", line, count=1) if ";" in line.partition(":")[0] else line
            continue
        charset = _CHARSET.search(match["head"])
        head = _ENCODING.sub("", _CHARSET.sub("", match["head"]))
        value = _unquoted(match["value"], charset[1] if charset else "utf-8")
        yield f"{head}:{value.replace(chr(13), '').replace(chr(10), chr(92) + 'n')}"


def _joined(card: str) -> Iterator[str]:
    """Logical lines: unfolded, soft line ends of quoted-printable joined, pictures left out."""
    line = ""
    for raw in card.split("\n"):
        if line.endswith("=") and _QUOTED.match(line):
            line = line[:-1] + raw.lstrip(" \t")
        elif raw[:1] in {" ", "\t"} and line:
            line += raw[1:]
        else:
            if line and not _PICTURE.match(line):
                yield line
            line = raw
    if line:
        yield line


def _unquoted(value: str, charset: str) -> str:
    content = quopri.decodestring(value.encode("utf-8", "surrogateescape"))
    try:
        return content.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return decode(content)


def _heading(card: str) -> str:
    """What a card calls itself, as far as its text tells."""
    found = _NAME.search(card)
    return f"VCARD {found[1].strip() if found else 'without a name'}"
