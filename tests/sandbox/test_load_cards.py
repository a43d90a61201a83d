"""vCards of all versions, in odd encodings, many to a file, broken ones among them."""

from pathlib import Path

import pytest

from lpc_tui.sandbox.common import JsonObject
from lpc_tui.sandbox.load.files import load_files
from lpc_tui.sandbox.load.report import FileReport
from lpc_tui.sandbox.sample import Worlds
from tests.sandbox.conftest import TODAY


def _load(worlds: Worlds, folder: Path, content: str | bytes) -> FileReport:
    path = folder / "people.vcf"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_files([path], worlds.mailbox, worlds.org, today=TODAY).files[0]


def _contact(worlds: Worlds, folder: Path, content: str | bytes) -> JsonObject:
    report = _load(worlds, folder, content)
    assert report.skipped == []
    (contact,) = worlds.mailbox.contacts()
    return contact


def test_a_whole_card(worlds: Worlds, tmp_path: Path) -> None:
    contact = _contact(
        worlds,
        tmp_path,
        """BEGIN:VCARD
VERSION:3.0
N:Müller;Ana;María;Dr.;Jr.
FN:Dr. Ana Müller
ORG:Acme;Sales;North
TITLE:Head of Sales
EMAIL;TYPE=INTERNET,WORK:ana@acme.example
EMAIL:second@acme.example
TEL;TYPE=WORK,VOICE:+49 30 1
TEL;TYPE=CELL:+49 170 2
TEL;TYPE=HOME:+49 40 3
TEL;TYPE=WORK,FAX:+49 30 9
ADR;TYPE=WORK:;;Main St 1\\nFloor 2;Berlin;BE;10115;Germany
ADR;TYPE=HOME:;;Home 5;Bonn;;53111;
BDAY:1980-02-29
NOTE:Line one\\nline two
NICKNAME:Ani
CATEGORIES:Red,Blue
URL:https://acme.example
PHOTO;ENCODING=b;TYPE=JPEG:AAAA
 BBBB
END:VCARD
""",
    )
    assert (contact["givenName"], contact["middleName"], contact["surname"]) == ("Ana", "María", "Müller")
    assert (contact["title"], contact["generation"]) == ("Dr.", "Jr.")
    assert (contact["companyName"], contact["department"]) == ("Acme", "Sales, North")
    assert contact["jobTitle"] == "Head of Sales"
    assert [each["address"] for each in contact["emailAddresses"]] == [
        "ana@acme.example",
        "second@acme.example",
    ]
    assert (contact["businessPhones"], contact["homePhones"]) == (["+49 30 1"], ["+49 40 3"])
    assert contact["mobilePhone"] == "+49 170 2"
    assert contact["businessAddress"]["city"] == "Berlin"
    assert "Floor 2" in contact["businessAddress"]["street"]
    assert contact["homeAddress"]["postalCode"] == "53111"
    assert contact["birthday"][:10] == "1980-02-29"
    assert contact["personalNotes"].splitlines() == ["Line one", "line two"]
    assert contact["categories"] == ["Red", "Blue"]


@pytest.mark.parametrize(
    "content",
    [
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:J=FCrgens;Ren=E9\r\n"
        b"FN;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:Ren=E9 J=FC=\r\nrgens\r\nTEL;CELL:123\r\nEND:VCARD\r\n",
        "BEGIN:VCARD\nVERSION:3.0\nN:Jürgens;René\nFN:René Jürgens\nTEL;TYPE=cell:123\nEND:VCARD\n".encode(
            "cp1252"
        ),
        "BEGIN:VCARD\nVERSION:4.0\nN:Jürgens;René;;;\nFN:René Jürgens\n"
        'TEL;VALUE=uri;TYPE="voice,cell":tel:123\nEND:VCARD\n'.encode("utf-16"),
        "\ufeffBEGIN:VCARD\rVERSION:3.0\rN:Jürgens;\r René\rFN:René Jürgens\ritem1.TEL;type=CELL:123\rEND:VCARD\r".encode(),
    ],
    ids=["2.1-quoted-printable", "3.0-windows", "4.0-utf-16", "3.0-old-mac"],
)
def test_versions_and_encodings(worlds: Worlds, tmp_path: Path, content: bytes) -> None:
    contact = _contact(worlds, tmp_path, content)
    assert (contact["givenName"], contact["surname"], contact["mobilePhone"]) == ("René", "Jürgens", "123")
    assert contact["displayName"] == "René Jürgens"


def test_a_bad_card_costs_only_itself(worlds: Worlds, tmp_path: Path) -> None:
    report = _load(
        worlds,
        tmp_path,
        "BEGIN:VCARD\nVERSION:3.0\nFN:One\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nNOTE:nobody\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:The team\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:Two\nEND:VCARD\n",
    )
    assert report.contacts == 2
    assert [skipped.what for skipped in report.skipped] == ["VCARD without a name", "VCARD The team"]


def test_outlooks_limits_are_kept(worlds: Worlds, tmp_path: Path) -> None:
    mails = "".join(f"EMAIL:{number}@x.example\n" for number in range(6))
    phones = "".join(f"TEL;TYPE=WORK:{number}\n" for number in range(5))
    contact = _contact(worlds, tmp_path, f"BEGIN:VCARD\nVERSION:3.0\nFN:A\n{mails}{phones}END:VCARD\n")
    assert len(contact["emailAddresses"]) == 3
    assert len(contact["businessPhones"]) == 2


def test_no_card_at_all_is_said(worlds: Worlds, tmp_path: Path) -> None:
    assert _load(worlds, tmp_path, b"\x00\xff nothing").skipped == [("people.vcf", "no card in it")]
