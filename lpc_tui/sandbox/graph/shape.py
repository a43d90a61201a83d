"""How an answer shows its items: what `Prefer`, `$select` and `$expand` ask for, in one value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """The default is what a request without any wish gets."""

    immutable_ids: bool = False
    zone_name: str = "UTC"
    text_bodies: bool = False
    selected: frozenset[str] | None = None
    """The properties to show; None for the default ones."""

    extended: frozenset[str] = frozenset()
    """Extended properties to expand, by their canonical ids."""

    expanded: frozenset[str] = frozenset()
    """Navigation properties to expand."""

    def wants(self, name: str) -> bool:
        """Whether a property that is not shown by default was asked for."""
        return self.selected is not None and name in self.selected

    def cut(self, item: dict[str, object]) -> dict[str, object]:
        """The item with the selected properties only; its id, its annotations and what was expanded always stay."""
        selected = self.selected
        if selected is None:
            return item
        kept = selected | self.expanded | {"id", "singleValueExtendedProperties"}
        return {name: value for name, value in item.items() if name in kept or "@" in name}


PLAIN = Shape()
