"""Somebody with a mail address: the mailbox's owner, or an organizer of meetings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A name and where to write to."""

    name: str
    address: str
