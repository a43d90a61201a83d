"""Shows why an item was or was not synced, as text. Pure: an answer in, lines out, all foreign text inert.

Salesforce stands at the left and Outlook at the right, as in the plan and the review.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final

from lpc_tui.cli.history_view import entry_lines
from lpc_tui.model.field_map import shared_fields
from lpc_tui.model.fields import FieldSpec
from lpc_tui.model.items import Side
from lpc_tui.model.links import Presence
from lpc_tui.plain import fit, plain
from lpc_tui.reports.interface import Answer, Explanation, FieldState, Issue, ItemRef, Version
from lpc_tui.reports.words import state_words
from lpc_tui.settings_template import literal
from lpc_tui.values import start_text, value_text

__all__ = ["answer_lines"]

_LABEL: Final = 20
_NARROWEST: Final = 80
_SENTENCE: Final = 900
_COLUMNS: Final = (Side.SALESFORCE, Side.OUTLOOK)


def answer_lines(answer: Answer, zone: tzinfo, *, width: int) -> Iterator[str]:
    """The answer, in lines of about `width` cells (80 at least)."""
    width = max(width, _NARROWEST)
    if answer.explanation is not None:
        yield from _explanation(answer.explanation, zone, width)
    elif answer.choices:
        more = "; these are the first of them" if answer.is_cut else ""
        yield f"Several items fit{more}. Ask again with the id of one:"
        for item in answer.choices:
            yield from _choice(item, zone)
    else:
        yield f"Nothing is known of {plain(answer.asked, 80)!r} here. That may be because:"
        for reason in answer.reasons:
            yield from _wrapped(f"- {plain(reason, _SENTENCE)}", width, "  ")


def _explanation(explanation: Explanation, zone: tzinfo, width: int) -> Iterator[str]:
    yield _name(explanation.item, zone)
    yield from _wrapped(plain(explanation.sentence, _SENTENCE), width)
    yield ""
    yield f"Law {explanation.law.number}: {explanation.law.name}."
    for setting in explanation.settings:
        yield f"Setting: {setting.key} = {plain(literal(setting.value), 80)}"
    for issue in explanation.issues:
        yield from _remedies(issue, width)
    if explanation.versions:
        yield ""
        yield from _versions(explanation, zone, width)
    if explanation.operations:
        yield ""
        yield "What the sync wrote of it, latest first:"
        for entry in explanation.operations:
            first, *rest = entry_lines(entry, zone)
            yield f"{entry.sent_at.astimezone(zone):%Y-%m-%d} {first}"
            yield from rest


def _remedies(issue: Issue, width: int) -> Iterator[str]:
    for resolution in issue.resolutions:
        key = f" ({resolution.key})" if resolution.key else ""
        yield from _wrapped(f"To do: {resolution.sentence}{key}", width, "  ")
        if resolution.url:
            yield f"  {plain(resolution.url)}"


def _versions(explanation: Explanation, zone: tzinfo, width: int) -> Iterator[str]:
    """Both sides, field by field, and what differs from what they last agreed on."""
    versions = {version.side: version for version in explanation.versions}
    side_width = (width - _LABEL - 4) // 2

    def row(label: str, sides: Sequence[str]) -> str:
        return "  ".join((fit(label, _LABEL), *(fit(each, side_width) for each in sides))).rstrip()

    yield row("", [side.label for side in _COLUMNS])
    if any(presences := [_presence(versions.get(side)) for side in _COLUMNS]):
        yield row("", presences)
    for spec in shared_fields(explanation.item.process):
        if not any(spec.name in version.fields for version in versions.values()):
            continue
        shown = [_shown(spec, versions.get(side), zone) for side in _COLUMNS]
        if set(shown) <= {"", "-"}:
            continue
        yield row(spec.label, shown)
        state = explanation.states.get(spec.name, FieldState.AGREED)
        if state is FieldState.AGREED:
            continue
        if (bases := _bases(spec, versions, zone)) is not None:
            yield row("  agreed on", bases)
        yield f"  {state_words(state)}"
    for version in explanation.versions:
        yield f"{version.side.label}: {plain(version.id)}"


def _bases(spec: FieldSpec, versions: dict[Side, Version], zone: tzinfo) -> Sequence[str] | None:
    """What each side showed when both agreed; None where they never did."""
    if not all(side in versions and spec.name in versions[side].base for side in Side):
        return None
    return [value_text(spec, versions[side].base[spec.name], zone) for side in _COLUMNS]


def _shown(spec: FieldSpec, version: Version | None, zone: tzinfo) -> str:
    if version is None or spec.name not in version.fields:
        return ""
    return value_text(spec, version.fields[spec.name], zone)


def _presence(version: Version | None) -> str:
    if version is None:
        return "(none)"
    if version.is_private:
        return "(private)"
    if version.is_away:
        return "(moved away)"
    return {
        Presence.PRESENT: "",
        Presence.GONE: "(deleted)",
        Presence.MISSING: "(not shown)",
        Presence.MERGED: "(merged)",
    }[version.presence]


def _choice(item: ItemRef, zone: tzinfo) -> Iterator[str]:
    yield _name(item, zone)
    for side in Side:
        if item_id := item.id_on(side):
            yield f"    {side.label} {plain(item_id)}"


def _name(item: ItemRef, zone: tzinfo) -> str:
    when = start_text(item.when, zone).strip()
    return f"{item.process.label}: {plain(item.title, 100)}" + (f" ({when})" if when else "")


def _wrapped(words: str, width: int, further: str = "") -> list[str]:
    return textwrap.wrap(words, width, subsequent_indent=further, break_on_hyphens=False)
