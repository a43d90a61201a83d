"""JSON as it travels on the wire: loosely typed in the replicas, which make items of it, and nowhere beyond them."""

from __future__ import annotations

from typing import Any, TypeAlias

__all__ = ["JsonObject"]

JsonObject: TypeAlias = dict[str, Any]
"""One object of a service's answer, or of a request's body."""
