"""What can be done about an issue, and which settings it comes from. Pure.

The sentences tell what to do, not what to want: none of them is chosen for the person.
"""

from __future__ import annotations

from lpc_tui.model.items import Guard, Item, Process, Side
from lpc_tui.model.plan import Step
from lpc_tui.model.rules import Action
from lpc_tui.reports.interface import IssueKind, Resolution, ResolutionKind

__all__ = ["box_key", "keys_of", "resolutions_of"]


def box_key(process: Process, side: Side, action: Action) -> str:
    """The dotted key of a Prevent box."""
    preposition = "from" if action is Action.DELETE else "in"
    return f"sync.{process}.prevent.{action}_{preposition}_{side}"


def keys_of(
    kind: IssueKind, process: Process, side: Side | None = None, action: Action | None = None
) -> tuple[str, ...]:
    """The settings that decided, by their dotted keys.

    Args: side: the one to be written; of an item that is away or not shown, the one where it is not.
    """
    match kind:
        case IssueKind.CONFLICT | IssueKind.EDIT_AGAINST_DELETE:
            return (f"sync.{process}.conflicts",)
        case IssueKind.GUESTS:
            return ("safety.notify_attendees",)
        case IssueKind.BRAKE:
            return ("safety.max_deletes", "safety.max_delete_percent")
        case IssueKind.PREVENTED | IssueKind.READY if side is not None and action in {
            Action.CREATE,
            Action.UPDATE,
            Action.DELETE,
        }:
            assert action is not None
            return (box_key(process, side, action),)
        case IssueKind.GUARDED if process is not Process.CONTACT:
            return (f"sync.{process}.keep_formatting",)
        case IssueKind.ASLEEP if process is not Process.CONTACT:
            return (f"sync.{process}.past_days", f"sync.{process}.future_days")
        case IssueKind.AWAY | IssueKind.MISSING:
            return _places(process, side)
        case IssueKind.PRIVATE:
            return (f"sync.{process}.synchronize_private_items",)
        case _:
            return ()


def resolutions_of(
    kind: IssueKind, step: Step, side: Side | None = None, action: Action | None = None
) -> tuple[Resolution, ...]:
    """What can be done about it, the nearest first."""
    process = step.process
    keys = keys_of(kind, process, side, action)
    match kind:
        case IssueKind.CONFLICT | IssueKind.EDIT_AGAINST_DELETE:
            return (
                _review(process, "Choose in the review which side counts."),
                _setting(process, keys[0], "Or let a standing rule decide."),
            )
        case IssueKind.GUESTS:
            return (
                _review(process, "Say yes to it in the review, if its guests may get mail."),
                _setting(process, keys[0], "Or let every sync write to meetings with guests."),
            )
        case IssueKind.SPREADS:
            return (
                _review(process, "Say yes to it in the review, if the whole series may change."),
                *_by_hand(step, side, "Or change this occurrence in {side} by hand."),
            )
        case IssueKind.SEVERAL_ALIKE:
            return _on_each_side(step, "Tell them apart in {side}, or delete the doubles there.")
        case IssueKind.MERGED:
            return tuple(
                _service(
                    step, of, "Merge the two items that are left in {side}, or delete one of them there."
                )
                for of in Side
                if step.link is not None and step.link.side(of).item is not None
            )
        case IssueKind.REFUSED:
            return _of_refused(step, side)
        case IssueKind.PREVENTED:
            untick = "Untick the box, and the next sync does it."
            return (_resolution(ResolutionKind.UNTICK, process, untick, key=keys[0]),)
        case IssueKind.UNSETTLED:
            return (_sync(process, "Sync: what happened is looked up first, and nothing is made twice."),)
        case IssueKind.READY:
            return (_sync(process, "Sync: it is done then."),)
        case IssueKind.GUARDED:
            return _of_guarded(step, keys)
        case IssueKind.PRIVATE | IssueKind.ASLEEP:
            words = "Tick the box to sync private items." if kind is IssueKind.PRIVATE else "Widen the days."
            return tuple(_setting(process, key, words) for key in keys)
        case IssueKind.AWAY:
            return _of_away(step)
        case IssueKind.MISSING | IssueKind.BRAKE:
            return ()


def brake_resolutions(process: Process) -> tuple[Resolution, ...]:
    """What can be done where the brake stops a process."""
    return (
        _review(process, "Look at the plan in the review, and go on there if it is right."),
        *(
            _setting(process, key, "Or allow more deletions unasked.")
            for key in keys_of(IssueKind.BRAKE, process)
        ),
    )


def _of_refused(step: Step, side: Side | None) -> tuple[Resolution, ...]:
    """A refusal comes from what would be written, which the other side tells; or from a rule of the service itself."""
    if side is None:
        return ()
    correct = "Correct it in {side}; it is tried again as soon as it has changed."
    return (
        *_by_hand(step, side.other, correct),
        *_by_hand(step, side, "Or change what {side} does not allow."),
    )


def _of_guarded(step: Step, keys: tuple[str, ...]) -> tuple[Resolution, ...]:
    is_formatted = any(
        Guard.FORMATTED in item.guards.values()
        for item in (step.outlook, step.salesforce)
        if item is not None
    )
    if not is_formatted:
        return ()
    return tuple(_setting(step.process, key, "Let plain text replace formatted bodies.") for key in keys)


def _of_away(step: Step) -> tuple[Resolution, ...]:
    return tuple(
        _service(step, side, "Move it back in {side}, and it resumes.")
        for side in Side
        if (item := _item(step, side)) is not None and item.is_away
    )


def _places(process: Process, side: Side | None) -> tuple[str, ...]:
    """The settings that say where items of a side are looked for."""
    if side is Side.SALESFORCE:
        return ("sync.contact.scope",) if process is Process.CONTACT else ()
    match process:
        case Process.CALENDAR:
            return ("outlook.calendar",)
        case Process.CONTACT:
            return ("outlook.contact_folder",)
        case Process.TASK:
            return ("outlook.task_list",)


def _on_each_side(step: Step, sentence: str) -> tuple[Resolution, ...]:
    return tuple(_service(step, side, sentence) for side in Side if _item(step, side) is not None)


def _by_hand(step: Step, side: Side | None, sentence: str) -> tuple[Resolution, ...]:
    return () if side is None else (_service(step, side, sentence),)


def _service(step: Step, side: Side, sentence: str) -> Resolution:
    item = _item(step, side)
    is_private = any(each is not None and each.is_private for each in (step.outlook, step.salesforce))
    return Resolution(
        kind=ResolutionKind.SERVICE,
        sentence=sentence.format(side=side.label),
        process=step.process,
        side=side,
        url="" if item is None or is_private else item.link,
    )


def _item(step: Step, side: Side) -> Item | None:
    return step.outlook if side is Side.OUTLOOK else step.salesforce


def _review(process: Process, sentence: str) -> Resolution:
    return _resolution(ResolutionKind.REVIEW, process, sentence)


def _sync(process: Process, sentence: str) -> Resolution:
    return _resolution(ResolutionKind.SYNC, process, sentence)


def _setting(process: Process, key: str, sentence: str) -> Resolution:
    return _resolution(ResolutionKind.SETTING, process, sentence, key=key)


def _resolution(kind: ResolutionKind, process: Process, sentence: str, *, key: str = "") -> Resolution:
    return Resolution(kind=kind, sentence=sentence, process=process, key=key)
