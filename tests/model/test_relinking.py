"""Records merged on their own side: whose link goes on with the record that lives on (law 4)."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from lpc_tui.model.items import Item, Process, Side, frozen
from lpc_tui.model.links import Link, LinkSide, Presence, Unlinked
from lpc_tui.model.observe import Knowledge, Reading, relinked, suspects
from lpc_tui.model.plan import Plan, Why
from lpc_tui.model.planner import plan
from lpc_tui.model.rules import Action, Policy
from tests.model.cases import CONTACT, NOW, rules

MERGED_INTO = frozen({**CONTACT.agreed, "department": "Engines"})
"""What the record that lives on says: something of the other one's."""


def contact(item_id: str, *, is_master: bool = False) -> Item:
    return Item(item_id, MERGED_INTO if is_master else CONTACT.agreed)


def link(number: int, *, outlook: Presence = Presence.PRESENT) -> Link:
    return Link(
        f"link {number}",
        Process.CONTACT,
        LinkSide(f"o{number}", CONTACT.agreed, contact(f"o{number}"), outlook),
        LinkSide(f"s{number}", CONTACT.agreed, contact(f"s{number}")),
    )


def after_merge(*links: Link, lost: str, master: str, unlinked: tuple[Unlinked, ...] = ()) -> Knowledge:
    knowledge = Knowledge(Process.CONTACT, links, unlinked)
    relinked(knowledge, Side.SALESFORCE, {lost: contact(master, is_master=True)})
    return knowledge


def planned(knowledge: Knowledge) -> Plan:
    ruled = rules(CONTACT, policy=Policy.NEWEST)
    return plan(Process.CONTACT, knowledge.links.values(), knowledge.unlinked.values(), ruled, NOW)


def test_the_link_goes_on_with_the_master_and_what_the_merge_changed_is_an_edit() -> None:
    master = Unlinked(Side.SALESFORCE, contact("s9", is_master=True))
    knowledge = after_merge(link(1), lost="s1", master="s9", unlinked=(master,))
    (known,) = knowledge.links.values()
    assert (known.id, known.outlook.id, known.salesforce.id) == ("link 1", "o1", "s9")
    assert known.salesforce.base == CONTACT.agreed
    assert knowledge.link_of(Side.SALESFORCE, "s1") is None
    assert knowledge.link_of(Side.SALESFORCE, "s9") == known
    assert knowledge.unlinked == {}
    assert knowledge.touched == {"link 1"}
    (step,) = planned(knowledge).steps
    assert [(op.side, op.action, op.fields) for op in step.operations] == [
        (Side.OUTLOOK, Action.UPDATE, {"department": "Engines"})
    ]


def test_a_master_with_a_link_of_its_own_keeps_it_and_the_other_rests_and_says_why() -> None:
    knowledge = after_merge(link(1), link(2), lost="s1", master="s2")
    assert knowledge.links["link 2"] == link(2)
    assert knowledge.links["link 1"].salesforce.presence is Presence.MERGED
    (step,) = planned(knowledge).steps
    assert step.link == knowledge.links["link 1"]
    assert (step.operations, step.is_end, step.is_asleep) == ((), False, True)
    assert step.needs_person
    assert step.reason is not None
    assert step.reason.why is Why.MERGED
    assert "Merged in Salesforce" in step.reason.sentence
    assert "another item in Outlook" in step.reason.sentence


def test_where_the_masters_other_item_is_deleted_the_two_that_are_left_belong_together() -> None:
    """The person merged in Salesforce and deleted the spare copy in Outlook: nothing is deleted, nothing made anew."""
    knowledge = after_merge(link(1), link(2, outlook=Presence.GONE), lost="s1", master="s2")
    (known,) = knowledge.links.values()
    assert (known.id, known.outlook.id, known.salesforce.id) == ("link 1", "o1", "s2")
    assert knowledge.ended == {"link 2"}
    assert knowledge.link_of(Side.SALESFORCE, "s2") == known
    assert knowledge.link_of(Side.OUTLOOK, "o2") is None
    assert {op.action for _, op in planned(knowledge).writes} == {Action.UPDATE}


@pytest.mark.parametrize("presence", [Presence.MISSING, Presence.MERGED])
def test_a_masters_other_item_that_is_only_out_of_sight_keeps_its_link(presence: Presence) -> None:
    knowledge = after_merge(link(1), link(2, outlook=presence), lost="s1", master="s2")
    assert knowledge.links["link 2"].salesforce.id == "s2"
    assert knowledge.links["link 1"].salesforce.presence is Presence.MERGED
    assert not planned(knowledge).writes


def test_a_merged_record_whose_other_item_is_deleted_has_nothing_left_to_link() -> None:
    """Merged in Salesforce, and the merged one's copy deleted in Outlook: its link ends, the master's stays."""
    knowledge = after_merge(link(1, outlook=Presence.GONE), link(2), lost="s1", master="s2")
    (step,) = planned(knowledge).steps
    assert (step.key, step.is_end, step.operations) == ("link 1", True, ())


def test_a_lost_record_without_a_link_is_forgotten() -> None:
    lost = Unlinked(Side.SALESFORCE, contact("s1"))
    knowledge = after_merge(link(2), lost="s1", master="s2", unlinked=(lost,))
    assert knowledge.unlinked == {}
    assert knowledge.links == {"link 2": link(2)}
    assert knowledge.touched == set()


@pytest.mark.parametrize("order", itertools.permutations(["s1", "s2", "s3"]))
def test_of_several_records_merged_into_one_a_single_link_goes_on(order: tuple[str, ...]) -> None:
    knowledge = Knowledge(Process.CONTACT, [link(number) for number in (1, 2, 3)], ())
    relinked(knowledge, Side.SALESFORCE, {lost: contact("s9", is_master=True) for lost in order})
    heirs = [known for known in knowledge.links.values() if known.salesforce.id == "s9"]
    assert [known.id for known in heirs] == [f"link {order[0].removeprefix('s')}"]
    others = [known for known in knowledge.links.values() if known not in heirs]
    assert {known.salesforce.presence for known in others} == {Presence.MERGED}
    assert not [op for _, op in planned(knowledge).writes if op.action is not Action.UPDATE]


def test_a_chain_of_merges_ends_with_one_link_to_the_last_master() -> None:
    """Merged into one that was merged itself: the engine follows the chain and tells the end of it."""
    knowledge = after_merge(link(1), link(2), lost="s2", master="s9")
    relinked(knowledge, Side.SALESFORCE, {"s1": contact("s9", is_master=True)})
    assert knowledge.links["link 2"].salesforce.id == "s9"
    assert knowledge.links["link 1"].salesforce.presence is Presence.MERGED


def test_a_merged_record_is_asked_for_at_each_run_until_its_link_is_settled() -> None:
    """The person may take the master's copy away at any time: then the other one inherits the record."""
    knowledge = after_merge(link(1), link(2), lost="s1", master="s2")
    knowledge.put(replace(knowledge.links["link 1"], is_asleep=True))
    assert suspects(knowledge, Side.SALESFORCE, Reading(), rules(CONTACT)) == ["s1"]


def test_both_items_merged_into_linked_ones_is_no_end() -> None:
    merged = link(1, outlook=Presence.MERGED)
    merged = merged.with_side(Side.SALESFORCE, replace(merged.salesforce, presence=Presence.MERGED))
    (step,) = plan(Process.CONTACT, [merged], (), rules(CONTACT), NOW).steps
    assert not step.is_end
    assert not step.operations
