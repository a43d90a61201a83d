"""Graph's `$batch` as values: the parts that go out, the answers that come back. No I/O.

Parts are numbered, since the service's ids ignore case; outer headers do not reach them, so each carries its own. Answers
come in any order. Facts: https://learn.microsoft.com/graph/json-batching
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from lpc_tui.errors import ProtocolError
from lpc_tui.replicas.calling import BUSY
from lpc_tui.replicas.wire import JsonObject

__all__ = [
    "BATCH_SIZE",
    "IN_FLIGHT",
    "LOST",
    "Answer",
    "Part",
    "answers_of",
    "batch_body",
    "error_of",
    "longest_wait",
]

BATCH_SIZE: Final = 20
"""Parts of a batch; the service refuses more, and works on four at a time: one batch fills the mailbox's four slots."""

IN_FLIGHT: Final = 1
"""Requests to the service under way at once. It takes four at a time for a mailbox, and counts the parts of a batch: more
than one plain batch would need the parts of each chained with `dependsOn`, one after the other."""

_PREFERENCES = 'IdType="ImmutableId", outlook.timezone="UTC"'


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch."""

    method: str
    url: str
    """Below the version root, beginning with a slash."""
    body: JsonObject | None = None
    if_match: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a part was answered."""

    status: int
    """0: the answer was lost."""
    body: JsonObject = field(default_factory=dict)
    retry_after: float | None = None
    """Seconds the service asks us to wait, where it says."""

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_busy(self) -> bool:
        """Whether the same request may succeed later; it was not done only if the status is 429."""
        return self.status in BUSY

    @property
    def code(self) -> str:
        """The service's word for a fault."""
        return error_of(self.body)[0]

    @property
    def words(self) -> str:
        """The service's sentence about a fault, never empty."""
        code, words = error_of(self.body)
        return words or code or f"Status {self.status}."


LOST: Final = Answer(0)


def batch_body(parts: Sequence[Part]) -> JsonObject:
    """The body of a batch of `parts`."""
    return {"requests": [_part_json(number, part) for number, part in enumerate(parts, start=1)]}


def answers_of(
    body: JsonObject, count: int, retry_after: Callable[[str | None], float | None]
) -> list[Answer]:
    """The answers to the `count` parts of a batch, in their order; one that is missing was lost.

    Raises:
        ProtocolError: the body is not an answer to a batch.
    """
    answers = [LOST] * count
    try:
        for each in body["responses"]:
            headers = {name.casefold(): value for name, value in (each.get("headers") or {}).items()}
            answers[int(each["id"]) - 1] = Answer(
                int(each["status"]), _object(each.get("body")), retry_after(headers.get("retry-after"))
            )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ProtocolError("Graph answered a batch in a form that cannot be read.") from error
    return answers


def longest_wait(answers: Iterable[Answer]) -> float | None:
    """The longest wait that one of the answers names, if one does."""
    return max((each.retry_after for each in answers if each.retry_after is not None), default=None)


def error_of(body: object) -> tuple[str, str]:
    """The code and the sentence of an error body; empty where it has none."""
    error = _object(_object(body).get("error"))
    return str(error.get("code") or ""), str(error.get("message") or "")


def _part_json(number: int, part: Part) -> JsonObject:
    headers = {"Prefer": _PREFERENCES}
    if part.if_match:
        headers["If-Match"] = part.if_match
    whole: JsonObject = {"id": str(number), "method": part.method, "url": part.url, "headers": headers}
    if part.body is not None:
        # A body without this header makes the service refuse the whole batch.
        headers["Content-Type"] = "application/json"
        whole["body"] = part.body
    return whole


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}
