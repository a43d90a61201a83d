"""Keys of a person's own: which bindings there are, what is wrong with a `[ui.keys]` table, and what it makes of a binding.

The bindings are those that the classes of the terminal UI declare; nothing else has to be kept up. All of its modules are
imported to find them, so this is asked for only where there is such a table, or a person wants the list.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, _character_to_key, key_to_character

import lpc_tui.tui
from lpc_tui.settings import Settings
from lpc_tui.settings_check import KeyPath, SettingsProblem

__all__ = ["Bound", "bindings", "problems", "remapped"]

_MODIFIERS = frozenset({"alt", "ctrl", "shift", "super", "hyper", "meta"})
_OURS = f"{lpc_tui.tui.__name__}."
_FIXED: Mapping[str, str] = {
    "tab": "moves the focus",
    "shift+tab": "moves the focus",
    "ctrl+p": "opens the command palette",
}
"""Keys that are Textual's on every screen."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One action with the keys that lead to it."""

    id: str
    keys: tuple[str, ...]
    description: str
    owner: type[DOMNode]
    """The class that declares it: the app, a screen or a widget; dialogs declare some of the app's once more."""

    @property
    def context(self) -> str:
        """Where it holds, by the first part of its id."""
        return self.id.partition(".")[0]


@cache
def bindings() -> Mapping[str, Bound]:
    """Every binding that can have other keys, by its id."""
    for module in pkgutil.walk_packages(lpc_tui.tui.__path__, _OURS):
        importlib.import_module(module.name)
    found: dict[str, Bound] = {}
    for owner in _classes(DOMNode):
        for binding in Binding.make_bindings(owner.__dict__.get("BINDINGS", ())):
            if binding.id:
                before = found.get(binding.id, Bound(binding.id, (), binding.description, owner))
                keys = tuple(dict.fromkeys((*before.keys, binding.key)))
                found[binding.id] = replace(before, keys=keys)
    return dict(sorted(found.items()))


def _classes(base: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for each in base.__subclasses__():
        if each.__module__.startswith(_OURS):
            yield each
        yield from _classes(each)


def problems(settings: Settings) -> Iterable[tuple[KeyPath, SettingsProblem]]:
    """What is wrong with the keys of these settings: unknown ids, no keys, keys that two actions would have."""
    wanted = settings.ui.keys.by_id
    return [(("ui", "keys", name), problem) for name, problem in _problems(wanted)] if wanted else []


def _problems(wanted: Mapping[str, str]) -> Iterator[tuple[str, SettingsProblem]]:
    known = bindings()
    keys = {name: bound.keys for name, bound in known.items()}
    for name, text in wanted.items():
        if name not in known:
            yield name, _unknown_id(name)
            continue
        keys[name] = _keys(text)
        for key in keys[name]:
            if (problem := _wrong_key(key)) is not None:
                yield name, problem
    new = {name: set(keys[name]) - set(known[name].keys) for name in wanted.keys() & known.keys()}
    for name, other in product(sorted(new), known.values()):
        shared = new[name] & set(keys[other.id])
        is_told = other.id < name and shared <= new.get(other.id, set())
        if shared and other.id != name and not is_told and _meet(known[name], other):
            yield name, _clash(min(shared), other)


def _unknown_id(name: str) -> SettingsProblem:
    near = difflib.get_close_matches(name, bindings(), n=1)
    allowed = f"did you mean {near[0]}?" if near else "`lpc-tui config keys` lists them all"
    return SettingsProblem(message="there is no action of that id", allowed=allowed)


def _wrong_key(key: str) -> SettingsProblem | None:
    if key in _FIXED:
        return SettingsProblem(message=f'"{key}" {_FIXED[key]}', allowed="take another key")
    *modifiers, name = key.split("+")
    if name and _MODIFIERS.issuperset(modifiers) and (name in _names() or key_to_character(name)):
        return None
    near = difflib.get_close_matches(key, _names(), n=1)
    allowed = (
        f'did you mean "{near[0]}"?'
        if near
        else 'allowed: keys such as "f9", "ctrl+b" or "x", with commas between'
    )
    return SettingsProblem(message=f'"{key}" is no key', allowed=allowed)


@cache
def _names() -> frozenset[str]:
    return frozenset(key.value for key in Keys if "<" not in key.value)


def _clash(key: str, other: Bound) -> SettingsProblem:
    words = f" ({other.description})" if other.description else ""
    return SettingsProblem(
        message=f'"{key}" is the key of {other.id}{words}, too', allowed="give one of them another"
    )


def _meet(one: Bound, other: Bound) -> bool:
    """Whether both can be reached at one time: in the same place, or one of them everywhere."""
    return one.context == other.context or "app" in {one.context, other.context}


def _keys(text: str) -> tuple[str, ...]:
    keys = (key.strip() for key in text.split(","))
    return tuple(_character_to_key(key) if len(key) == 1 else key for key in keys)


def remapped(binding: Binding, keys: Mapping[str, str]) -> Binding:
    """The binding with the first of the keys that `keys` (by id) has for it."""
    text = keys.get(binding.id or "")
    return binding.with_key(key=_keys(text)[0]) if text else binding
