"""Salesforce ids: 15 case-sensitive characters, and the 18-character form whose checksum survives a loss of case.

`org` makes ids here and every address, body and SOQL literal is normalised here. The API shows 18 characters
only.
"""

import random
import re
import string

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECKSUM = string.ascii_uppercase + "012345"
_ID = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?")


def to_18(short: str) -> str:
    """The 18-character form of a 15-character id: three characters that tell which letters are upper case."""
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << offset for offset in range(5) if "A" <= short[start + offset] <= "Z")
        suffix += _CHECKSUM[bits]
    return short + suffix


def normalise(text: str) -> str | None:
    """The 18-character form of an id given in either form, or None if it is no id."""
    if not _ID.fullmatch(text):
        return None
    full = to_18(text[:15])
    return full if len(text) == 15 or text == full else None


class IdMaker:
    """Hands out ids that are never repeated: key prefix, the org's own characters, a running number in base 62."""

    def __init__(self, seed: int, last: int = 0) -> None:
        rng = random.Random(seed)
        self._org = "".join(rng.choices(string.ascii_letters, k=2)) + "0"
        self.last = last
        """The running number of the newest id; what a dump keeps."""

    def make(self, key_prefix: str) -> str:
        """A new 18-character id of the kind that `key_prefix` stands for."""
        self.last += 1
        number, digits = self.last, ""
        while number:
            number, digit = divmod(number, len(_ALPHABET))
            digits = _ALPHABET[digit] + digits
        return to_18(f"{key_prefix}{self._org}{digits:0>9}")
