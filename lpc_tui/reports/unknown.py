"""What it may come from that nothing is known of what a person asks for. Pure.

The state file holds what the runs saw in scope; everything else is outside of it for one of a few reasons, and these name
the settings that decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from types import MappingProxyType
from typing import Final

from lpc_tui.model.field_map import has_privacy
from lpc_tui.model.items import Process, Side
from lpc_tui.model.rules import Rules
from lpc_tui.reports.explain import window_words
from lpc_tui.reports.interface import ProcessStanding
from lpc_tui.settings_template import literal
from lpc_tui.values import stamp_text
from lpc_tui.wording import listed

__all__ = ["reasons_for"]

_PREFIXES: Final[Mapping[str, Process]] = MappingProxyType(
    {"00U": Process.CALENDAR, "003": Process.CONTACT, "00T": Process.TASK}
)
"""What a Salesforce id begins with, by what it is of (Object Reference)."""

_SALESFORCE_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
_PLACES: Final[Mapping[Process, tuple[str, str]]] = MappingProxyType(
    {
        Process.CALENDAR: ("calendar", "outlook.calendar"),
        Process.CONTACT: ("contact folder", "outlook.contact_folder"),
        Process.TASK: ("task list", "outlook.task_list"),
    }
)


def reasons_for(
    ids: Sequence[str],
    standings: Sequence[ProcessStanding],
    rules: Mapping[Process, Rules],
    value_of: Callable[[str], bool | int | str],
    zone: tzinfo,
) -> tuple[str, ...]:
    """Why nothing may be known of it, the likeliest first.

    Args: ids: what may be an id in what was asked for.
    """
    of_id = next((each for each in ids if _SALESFORCE_ID.fullmatch(each) and each[0] == "0"), None)
    if of_id is not None and of_id[:3] not in _PREFIXES:
        known = listed(f"{prefix} ({process.label.lower()})" for prefix, process in _PREFIXES.items())
        return (f"It is the id of a Salesforce record of another kind: what is synced begins with {known}.",)
    meant = [_PREFIXES[of_id[:3]]] if of_id is not None else list(Process)
    chosen = [each for each in standings if each.process in meant]
    known_ones = [each for each in chosen if each.is_known]
    never = [each.process for each in chosen if not each.is_known]
    reasons = [_never(never)] if never else []
    reasons += [_since(each, zone) for each in known_ones]
    for each in known_ones:
        reasons += _out_of_sight(each.process, rules[each.process], value_of, is_id=of_id is not None)
    return tuple(reasons)


def _never(processes: Sequence[Process]) -> str:
    names = listed(process.label for process in processes)
    was = "was" if len(processes) == 1 else "were"
    return f"{names} {was} never synced here: lpc-tui sync {' '.join(processes)}."


def _since(standing: ProcessStanding, zone: tzinfo) -> str:
    at = "" if standing.last_run is None else f", {stamp_text(standing.last_run, zone)}"
    return f"{standing.process.label}: it was made, or called so, after the last run{at}."


def _out_of_sight(
    process: Process, rules: Rules, value_of: Callable[[str], bool | int | str], *, is_id: bool
) -> Iterator[str]:
    label = process.label

    def told(key: str) -> str:
        return f"{key} = {literal(value_of(key))}"

    if rules.window is not None:
        keys = " and ".join(told(f"sync.{process}.{days}") for days in ("past_days", "future_days"))
        yield f"{label}: it lies outside the synchronised days{window_words(rules)}: {keys}."
    place, key = _PLACES[process]
    chosen = (
        f"only {literal(value_of(key))} takes part" if value_of(key) else "only the default one takes part"
    )
    yield f"{label}: it is in another {place} of Outlook; {chosen} ({key})."
    if process is Process.CONTACT:
        yield f"{label}: the Salesforce record is none of those that are synced: {told('sync.contact.scope')}."
    else:
        yield f"{label}: the Salesforce record belongs to somebody else, or is archived."
    if not (rules.synchronize_private or is_id) and any(has_privacy(process, side) for side in Side):
        private = f"sync.{process}.synchronize_private_items"
        yield f"{label}: it is private ({told(private)}): its text is kept nowhere; ask for it by its id."
