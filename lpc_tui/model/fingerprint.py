"""A short, stable hash of what an operation would send, so that a refused one is repeated only once it has changed."""

from __future__ import annotations

import hashlib

from lpc_tui.model.items import Fields
from lpc_tui.model.plan import Operation

__all__ = ["fingerprint"]


def fingerprint(operation: Operation) -> str:
    """Of the side, the action, the values to be written and, for a change, the item they would be written to."""
    there = operation.item.fields if operation.item is not None else {}
    text = f"{operation.side}|{operation.action}|{_text(operation.fields)}|{_text(there)}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _text(fields: Fields) -> str:
    return repr(sorted((name, repr(value)) for name, value in fields.items()))
