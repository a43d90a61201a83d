"""What a field is compared by and what each side can hold of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lpc_tui.model.field_map import CALENDAR, fields_of, shared_fields, spec_of, title_of
from lpc_tui.model.fields import FieldSpec, Kind
from lpc_tui.model.items import Item, Process, Side, Value, frozen
from lpc_tui.model.text import cut, utf16_length

SPECS = {spec.name: spec for spec in CALENDAR}
BLANKS = st.sampled_from(
    [" ", "\t", "\n", "\r\n", "\r", "\u00a0", "\u2003", "\u2028", "\x1c", "\x85", "\x0b"]
)
TEXTS = st.lists(BLANKS | st.text(max_size=4), max_size=12).map("".join)

GRAPHEMES = {
    "letter": "a",
    "beyond the basic plane": "𝒳",
    "combining accent": "e\u0301",
    "two combining marks": "o\u0302\u0323",
    "vowel sign": "\u0915\u093f",
    "skin tone": "👍🏽",
    "family": "👩\u200d👩\u200d👧",
    "man with a beard, toned": "🧔🏿\u200d♂\ufe0f",
    "flag": "🇨🇭",
    "flag of a country's part": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "keycap": "1\ufe0f\u20e3",
    "heart as an emoji": "❤\ufe0f",
    "syllable of three jamo": "\u1112\u1161\u11ab",
}
"""Visible characters of several code points, by what they are."""

CLUSTERS = st.lists(st.sampled_from(sorted(GRAPHEMES.values())), max_size=20)


@given(CLUSTERS, st.integers(0, 60))
def test_cut_keeps_whole_visible_characters_and_as_many_as_fit(clusters: list[str], limit: int) -> None:
    held = cut("".join(clusters), limit)
    fitting: list[str] = []
    for cluster in clusters:
        if utf16_length("".join(fitting) + cluster) > limit:
            break
        fitting.append(cluster)
    assert held == "".join(fitting)


@pytest.mark.parametrize("grapheme", GRAPHEMES.values(), ids=GRAPHEMES.keys())
def test_cut_splits_no_visible_character(grapheme: str) -> None:
    text = f"a{grapheme}"
    for limit in range(1, utf16_length(text)):
        assert cut(text, limit) == "a"
    assert cut(text, utf16_length(text)) == text


@given(st.text(alphabet=st.characters(), max_size=40) | TEXTS, st.integers(0, 40))
def test_cut_never_exceeds_and_cutting_again_changes_nothing(text: str, limit: int) -> None:
    once = cut(text, limit)
    assert len(once.encode("utf-16-le", "surrogatepass")) // 2 <= limit
    assert text.startswith(once)
    assert cut(once, limit) == once


def test_a_long_run_of_flags_or_marks_is_cut_in_no_time() -> None:
    assert utf16_length(cut("🇨🇭" * 50_000, 32_000)) == 32_000
    assert cut("e" + "\u0301" * 50_000, 32_000) == ""


@pytest.mark.parametrize("spec", CALENDAR, ids=SPECS.keys())
@given(text=TEXTS)
def test_normalising_twice_equals_once(spec: FieldSpec, text: str) -> None:
    once = spec.normalised(text)
    assert spec.normalised(once) == once


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("name", ["subject", "location", "body"])
@given(text=TEXTS, times=st.integers(1, 40))
def test_what_a_side_holds_it_holds_unchanged(name: str, side: Side, text: str, times: int) -> None:
    spec = SPECS[name]
    held = spec.held_by(side, text * times)
    assert spec.held_by(side, held) == held
    assert spec.normalised(held) == held
    assert not spec.exceeds(side, held)
    if side is Side.SALESFORCE:
        assert spec.agree(text * times, held)


@pytest.mark.parametrize(
    ("name", "base", "current", "is_changed"),
    [
        ("subject", "Kick-off", " Kick-off\u00a0", False),
        ("subject", None, "", False),
        ("subject", "Kick-off", "kick-off", True),
        ("body", "one\r\ntwo  \r\n", "one\ntwo", False),
        ("body", "one\ntwo", "one two", True),
        ("reminder", None, 0, True),
        ("show_as", "tentative", "busy", True),
    ],
)
def test_what_a_service_rewrites_by_itself_is_no_change(
    name: str, base: Value, current: Value, *, is_changed: bool
) -> None:
    assert SPECS[name].changed(base, current) is is_changed


@pytest.mark.parametrize(
    ("name", "outlook", "salesforce", "do_agree"),
    [
        ("show_as", "tentative", "busy", True),
        ("show_as", "workingElsewhere", "free", True),
        ("show_as", "oof", "busy", False),
        ("sensitivity", "confidential", "private", True),
        ("sensitivity", "personal", "normal", True),
        ("sensitivity", "private", "normal", False),
        ("body", "one\r\n\r\n two", "one\ntwo", True),
        ("body", "x" * 40_000, "x" * 32_000, True),
        ("body", "x" * 32_001, "x" * 31_999, False),
        ("subject", "x" * 255, "x" * 255, True),
        ("reminder", None, 0, False),
    ],
)
def test_the_sides_agree_as_far_as_either_can_hold_it(
    name: str, outlook: Value, salesforce: Value, *, do_agree: bool
) -> None:
    assert SPECS[name].agree(outlook, salesforce) is do_agree


@given(st.sampled_from(CALENDAR), TEXTS)
def test_every_value_agrees_with_what_salesforce_holds_of_it(spec: FieldSpec, text: str) -> None:
    assert spec.agree(text, spec.held_by(Side.SALESFORCE, text))
    assert not spec.changed(text, text)


def test_nothing_to_lose() -> None:
    assert SPECS["location"].is_empty(" \u00a0")
    assert SPECS["reminder"].is_empty(None)
    assert not SPECS["reminder"].is_empty(0)
    assert not SPECS["show_as"].is_empty("free")


def test_every_field_has_a_name_a_label_and_two_homes_of_its_own() -> None:
    for process in (Process.CALENDAR,):
        specs = fields_of(process)
        assert len({spec.name for spec in specs}) == len({spec.label for spec in specs}) == len(specs)
        for homes in ([spec.outlook for spec in specs], [spec.salesforce for spec in specs]):
            every = [home for each in homes for home in each]
            assert len(every) == len(set(every))
    assert {spec.kind for spec in CALENDAR} <= set(Kind)


@pytest.mark.parametrize(
    ("item", "title"),
    [
        (Item("1", frozen({"subject": "Kick-off"})), "Kick-off"),
        (Item("1", frozen({"subject": ""})), "(no subject)"),
        (Item("1", frozen({})), "(no subject)"),
        (Item("1", frozen({"subject": "Secret"}), is_private=True), "(private)"),
        (None, "(unknown)"),
    ],
    ids=["subject", "empty", "no field", "private", "no item"],
)
def test_title(item: Item | None, title: str) -> None:
    assert title_of(Process.CALENDAR, item) == title


@pytest.mark.parametrize(
    ("name", "one", "other", "is_same"),
    [
        ("mobile_phone", "+44 (0)20 1234", "+440201234", True),
        ("mobile_phone", "123 ext. 4", "123 EXT 4", True),
        ("mobile_phone", "+44 20 1234", "44 20 1234", False),
        ("mobile_phone", "1234", "1235", False),
        ("mobile_phone", "1-800-FLOWERS", "1800flowers", True),
        ("mobile_phone", "(--)", "", False),
        ("mobile_phone", "*31#123", "123", False),
        ("email", "Ada@Example.com", " ada@example.COM", True),
        ("email", "ada@example.com", "ada@example.org", False),
        ("last_name", "Byron", "BYRON", False),
        ("last_name", "van  Berg", "van Berg ", True),
    ],
)
def test_how_contacts_are_compared(name: str, one: str, other: str, *, is_same: bool) -> None:
    """What is compared is folded, on either path; what is written never is."""
    spec = spec_of(Process.CONTACT, name)
    assert (spec.compared(one) == spec.compared(other)) is is_same
    assert spec.changed(one, other) is not is_same
    assert spec.agree(one, other) is is_same
    for side in Side:
        assert spec.held_by(side, one) == " ".join(one.split())


@pytest.mark.parametrize("name", ["mobile_phone", "email", "last_name"])
@given(text=st.text(max_size=60))
def test_comparing_never_takes_something_for_nothing(name: str, text: str) -> None:
    spec = spec_of(Process.CONTACT, name)
    assert spec.is_empty(text) == (spec.compared(text) == "")
    assert spec.agree(text, text)
    assert not spec.changed(text, text)


def test_which_way_a_field_travels() -> None:
    told = {
        (spec.name, side)
        for spec in fields_of(Process.CONTACT)
        for side in Side
        if not spec.is_written_on(side)
    }
    lists = ("email_entries", "business_phone_entries", "home_phone_entries")
    assert told == {("company", Side.SALESFORCE), *((name, side) for name in lists for side in Side)}
    kept = {
        (spec.name, side)
        for spec in shared_fields(Process.CONTACT)
        for side in Side
        if not spec.can_clear(side)
    }
    assert kept == {*(("company", side) for side in Side), ("last_name", Side.SALESFORCE)}


@pytest.mark.parametrize("name", ["email", "business_phone"])
def test_what_is_too_long_for_salesforce_by_one_is_no_address_there_rather_than_a_wrong_one(
    name: str,
) -> None:
    spec = spec_of(Process.CONTACT, name)
    limit = spec.limits[Side.SALESFORCE]
    longest = "1" * (limit - 6) + "@ab.ch"
    assert spec.held_by(Side.SALESFORCE, longest) == longest
    assert spec.held_by(Side.SALESFORCE, f"1{longest}") == ""
    assert spec.agree(f"1{longest}", "")
