"""What a reading changes in what we know, and what it only makes doubtful (law 4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lpc_tui.model.items import Item, Process, Side, frozen
from lpc_tui.model.links import Link, LinkSide, Presence, Refusal, Unlinked
from lpc_tui.model.observe import Knowledge, Reading, observe, sighted, suspects
from tests.model.cases import FULL, OUTSIDE, rules

RULES = rules()


def event(item_id: str, **changes: object) -> Item:
    return replace(Item(item_id, FULL), **changes)  # type: ignore[arg-type]  # checked by the dataclass


def outside(item_id: str) -> Item:
    return event(item_id, fields=frozen({**FULL, "when": OUTSIDE}))


def link(outlook: Item, *, is_asleep: bool = False, presence: Presence = Presence.PRESENT) -> Link:
    other = event(outlook.id.replace("o", "s"))
    return Link(
        f"link {outlook.id}",
        Process.CALENDAR,
        LinkSide(outlook.id, FULL, outlook, presence),
        LinkSide(other.id, FULL, other),
        is_asleep=is_asleep,
    )


def knowing(*links: Link, unlinked: tuple[Unlinked, ...] = ()) -> Knowledge:
    return Knowledge(Process.CALENDAR, links, unlinked)


def reading(*items: Item, **changes: object) -> Reading:
    made = Reading(items={item.id: item for item in items})
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def doubtful(knowledge: Knowledge, of: Reading) -> list[str]:
    return suspects(knowledge, Side.OUTLOOK, of, RULES)


def test_an_item_that_came_is_taken_over_into_its_link() -> None:
    knowledge = knowing(link(event("o1")), link(event("o2")))
    renamed = event("o1", fields=frozen({**FULL, "subject": "New"}))
    observe(knowledge, Side.OUTLOOK, reading(renamed, event("o2")), RULES)
    assert knowledge.links["link o1"].outlook.item == renamed
    assert knowledge.touched == {"link o1"}


def test_two_links_that_exchange_their_items_are_both_found_by_them() -> None:
    one, other = link(event("o1")), link(event("o2"))
    knowledge = knowing(one, other)
    knowledge.put(replace(one, salesforce=other.salesforce))
    knowledge.put(replace(other, salesforce=one.salesforce))
    owners = {item_id: knowledge.link_of(Side.SALESFORCE, item_id) for item_id in ("s1", "s2")}
    assert {item_id: owner and owner.id for item_id, owner in owners.items()} == {
        "s1": "link o2",
        "s2": "link o1",
    }


def test_a_link_that_ends_takes_no_item_along_that_is_another_ones_now() -> None:
    one, other = link(event("o1")), link(event("o2"))
    knowledge = knowing(one, other)
    taken = replace(one, salesforce=other.salesforce)
    knowledge.put(taken)
    knowledge.end(other.id)
    assert knowledge.link_of(Side.SALESFORCE, "s2") == taken


def test_an_item_that_came_back_is_there_again() -> None:
    knowledge = knowing(link(event("o1"), presence=Presence.MISSING))
    observe(knowledge, Side.OUTLOOK, reading(event("o1")), RULES)
    assert knowledge.links["link o1"].outlook.presence is Presence.PRESENT


@pytest.mark.parametrize(
    ("item", "is_kept"),
    [
        pytest.param(event("o1"), True, id="in scope"),
        pytest.param(outside("o1"), False, id="outside the window"),
        pytest.param(event("o1", is_away=True), False, id="away"),
        pytest.param(event("o1", is_private=True).redacted(), True, id="private, its time unknown"),
    ],
)
def test_an_item_without_a_link_is_kept_while_it_is_in_scope(item: Item, *, is_kept: bool) -> None:
    knowledge = knowing(unlinked=(Unlinked(Side.OUTLOOK, event("o1")),))
    observe(knowledge, Side.OUTLOOK, reading(item), RULES)
    assert [each.item for each in knowledge.unlinked.values()] == ([item] if is_kept else [])


def test_what_was_refused_stays_refused_when_it_is_read_again() -> None:
    refusal = Refusal("fingerprint", "no")
    knowledge = knowing(unlinked=(Unlinked(Side.OUTLOOK, event("o1"), refusal),))
    observe(knowledge, Side.OUTLOOK, reading(event("o1", version="2")), RULES)
    assert [each.refusal for each in knowledge.unlinked.values()] == [refusal]


def test_only_a_full_reading_its_series_or_a_hint_drops_an_item_without_a_link() -> None:
    def left(of: Reading) -> list[str]:
        items = [event("o1"), event("o2", series_id="series")]
        knowledge = knowing(
            unlinked=(
                *(Unlinked(Side.OUTLOOK, item) for item in items),
                Unlinked(Side.SALESFORCE, event("s1")),
            )
        )
        observe(knowledge, Side.OUTLOOK, of, RULES)
        return sorted(item_id for _, item_id in knowledge.unlinked)

    assert left(reading()) == ["o1", "o2", "s1"]
    assert left(reading(is_full=True)) == ["s1"]
    assert left(reading(hints={"o1"})) == ["o2", "s1"]
    assert left(reading(series={"series"})) == ["o1", "s1"]


def test_nothing_is_doubtful_that_was_listed_or_need_not_be() -> None:
    knowledge = knowing(link(event("o1")), link(event("o2")), link(outside("o3"), is_asleep=True))
    assert doubtful(knowledge, reading()) == []
    assert doubtful(knowledge, reading(event("o1"), event("o2"), is_full=True)) == []


def test_after_a_full_reading_what_should_have_been_listed_is_doubtful() -> None:
    knowledge = knowing(link(event("o1")), link(event("o2")), link(outside("o3")))
    assert doubtful(knowledge, reading(event("o1"), is_full=True)) == ["o2"]


def test_a_hint_makes_doubtful_even_what_is_asleep() -> None:
    knowledge = knowing(link(outside("o1"), is_asleep=True), link(event("o2")))
    assert doubtful(knowledge, reading(hints={"o1", "unheard of"})) == ["o1"]


def test_an_occurrence_missing_from_its_series_is_doubtful() -> None:
    knowledge = knowing(
        link(event("o1", series_id="series")), link(event("o2", series_id="series")), link(event("o3"))
    )
    assert doubtful(knowledge, reading(event("o1", series_id="series"), series={"series"})) == ["o2"]


def test_the_occurrences_of_what_is_one_event_now_are_doubtful() -> None:
    knowledge = knowing(
        link(event("o1", series_id="series")), link(event("o2", series_id="series")), link(event("o3"))
    )
    single = reading(event("series"))
    observe(knowledge, Side.OUTLOOK, single, RULES)
    assert [each.outlook.id for each in knowledge.links.values()] == ["series", "o2", "o3"]
    assert knowledge.unlinked == {}
    assert doubtful(knowledge, single) == ["o2"]


def test_an_event_that_became_a_series_goes_on_as_the_occurrence_at_its_time() -> None:
    knowledge = knowing(link(event("o1")), link(event("o5")))
    later = event("o2", series_id="o1", fields=frozen({**FULL, "when": OUTSIDE}))
    same = event("o3", series_id="o1")
    observe(knowledge, Side.OUTLOOK, reading(later, same, event("o4", series_id="o1"), series={"o1"}), RULES)
    assert knowledge.links["link o1"].outlook == LinkSide("o3", FULL, same)
    assert knowledge.links["link o5"].outlook.id == "o5"
    assert (Side.OUTLOOK, "o3") not in knowledge.unlinked
    assert (Side.OUTLOOK, "o4") in knowledge.unlinked


def test_an_occurrence_proven_gone_is_not_what_a_single_event_goes_on_from() -> None:
    knowledge = knowing(link(event("o1", series_id="series"), presence=Presence.GONE))
    observe(knowledge, Side.OUTLOOK, reading(event("series")), RULES)
    assert [each.outlook.id for each in knowledge.links.values()] == ["o1"]
    assert (Side.OUTLOOK, "series") in knowledge.unlinked


@pytest.mark.parametrize("is_full", [False, True])
def test_what_is_proven_gone_is_not_asked_for_again(*, is_full: bool) -> None:
    knowledge = knowing(link(event("o1"), presence=Presence.GONE))
    assert doubtful(knowledge, reading(hints={"o1"}, is_full=is_full)) == []


def test_asleep_because_of_the_other_side_a_deletion_is_still_noticed() -> None:
    """Reassigned in Salesforce; then deleted in Outlook while its watermark was dead."""
    knowledge = knowing(link(event("o1"), is_asleep=True))
    assert doubtful(knowledge, reading(is_full=True)) == ["o1"]


@pytest.mark.parametrize(
    "item", [event("o1", is_away=True), event("o1", is_private=True).redacted()], ids=["away", "private"]
)
def test_what_rests_for_its_own_reason_is_not_asked_for_at_each_full_reading(item: Item) -> None:
    assert doubtful(knowing(link(item, is_asleep=True)), reading(is_full=True)) == []


def test_asking_settles_what_is_there_gone_or_unknown() -> None:
    knowledge = knowing(
        *(link(event(f"o{number}")) for number in (1, 2, 3)), unlinked=(Unlinked(Side.OUTLOOK, event("o9")),)
    )
    moved = outside("o1")
    sighted(knowledge, Side.OUTLOOK, {"o1": moved}, ["o2", "o9"], ["o3", "unheard of"])
    found = {link_id: known.outlook.presence for link_id, known in knowledge.links.items()}
    assert found == {"link o1": Presence.PRESENT, "link o2": Presence.GONE, "link o3": Presence.MISSING}
    assert knowledge.links["link o1"].outlook.item == moved
    assert knowledge.unlinked == {}
    assert knowledge.touched == {"link o1", "link o2", "link o3"}


def test_a_link_is_found_by_either_item_and_follows_a_new_one() -> None:
    knowledge = knowing(link(event("o1")))
    (known,) = knowledge.links.values()
    assert knowledge.link_of(Side.OUTLOOK, "o1") == knowledge.link_of(Side.SALESFORCE, "s1") == known
    assert knowledge.link_of(Side.SALESFORCE, "o1") is None
    knowledge.put(known.with_side(Side.OUTLOOK, LinkSide("o2", FULL, event("o2"))))
    assert knowledge.link_of(Side.OUTLOOK, "o1") is None
    assert knowledge.link_of(Side.OUTLOOK, "o2") is not None
    knowledge.end("link o1")
    assert knowledge.link_of(Side.OUTLOOK, "o2") is None
    assert knowledge.touched == set()


def test_only_what_changed_among_the_items_without_a_link_is_stored() -> None:
    kept, dropped = Unlinked(Side.OUTLOOK, event("o1")), Unlinked(Side.OUTLOOK, event("o2"))
    knowledge = knowing(unlinked=(kept, dropped))
    observe(knowledge, Side.OUTLOOK, reading(event("o1"), event("o3"), hints={"o2"}), RULES)
    changed, gone = knowledge.unlinked_changes()
    assert [each.item.id for each in changed] == ["o3"]
    assert gone == [(Side.OUTLOOK, "o2")]
    assert knowledge.unlinked_changes() == ([], [])


def test_a_linked_item_that_was_never_shown_is_asked_for_after_a_full_reading() -> None:
    knowledge = knowing(replace(link(event("o1")), outlook=LinkSide("o1")))
    assert doubtful(knowledge, reading(series={"series"})) == []
    assert doubtful(knowledge, reading(is_full=True)) == ["o1"]
