"""Every problem that ``samples/README.md`` says is planted is really there."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from samples.build import HERE
from tests.unit.samples.material import KNOWLEDGE, allowed, attributes, questions, records


@pytest.mark.parametrize(
    ("document", "encoding"),
    [
        ("support/holiday-notice-sjis.txt", "cp932"),
        ("support/service-parts-eucjp.txt", "euc_jp"),
        ("support/maintenance-mail-jis.txt", "iso2022_jp"),
        ("support/parts-halfkana.csv", "cp932"),
    ],
)
def test_old_japanese_encodings_are_no_utf_8_and_decode_as_what_they_are(document: str, encoding: str) -> None:
    data = (KNOWLEDGE / document).read_bytes()
    assert any("\u3040" <= c <= "\u30ff" or "\uff66" <= c <= "\uff9d" for c in data.decode(encoding))
    if encoding == "iso2022_jp":
        assert b"\x1b$B" in data
    else:
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")


@pytest.mark.parametrize("path", sorted(KNOWLEDGE.rglob("*.metadata.json")), ids=lambda path: path.name)
def test_a_sidecar_is_valid_and_stands_beside_its_document(path: Path) -> None:
    assert ["metadataAttributes"] == list(json.loads(path.read_text(encoding="utf-8")))
    assert path.with_name(path.name.removesuffix(".metadata.json")).is_file()


def test_a_superseding_document_exists_and_takes_effect_later() -> None:
    pairs = {
        path.relative_to(KNOWLEDGE).as_posix().removesuffix(".metadata.json"): path
        for path in KNOWLEDGE.rglob("*.metadata.json")
    }
    superseded = {d: str(attributes(d)["superseded_by"]) for d in pairs if "superseded_by" in attributes(d)}
    assert {
        "sales/price-list-2024.xlsx": "sales/price-list-2025.xlsx",
        "sales/price-list-2025.xlsx": "sales/price-list-2029.md",
        "support/returns-2023.md": "support/returns-2025.md",
    } == superseded
    for old, new in superseded.items():
        began, replaced = (date.fromisoformat(str(attributes(d)["effective_from"])) for d in (old, new))
        assert began < replaced


def test_two_records_repeat_each_other_and_the_portal_word_for_word() -> None:
    first, second = (records()[f"faq.jsonl#faq-00{n}"]["answer"] for n in (1, 2))
    assert first == second
    assert first in (KNOWLEDGE / "support/faq-portal.html").read_text(encoding="utf-8")


def test_two_documents_in_force_differ_on_the_same_figure() -> None:
    japanese = (KNOWLEDGE / "cloud/data-retention.ja.md").read_text(encoding="utf-8")
    english = (KNOWLEDGE / "cloud/security-faq.en.html").read_text(encoding="utf-8")
    assert "監査ログはプランにかかわらず365日" in japanese
    assert "Audit logs are kept for 180 days" in english


def test_the_tariff_in_force_has_merged_cells_and_amounts_that_are_numbers() -> None:
    sheet = load_workbook(KNOWLEDGE / "sales/price-list-2025.xlsx")["機器（数量別）"]
    assert {"A1:A2", "A4:A5", "A6:A7", "B1:B2", "C1:C2", "D1:F1"} == {str(r) for r in sheet.merged_cells.ranges}
    assert (12800, '#,##0"円"') == (sheet["D3"].value, sheet["D3"].number_format)


def test_only_the_second_page_of_the_inspection_record_is_an_image_without_text() -> None:
    pages = PdfReader(KNOWLEDGE / "products/inspection-record.pdf").pages
    assert [True, False, True] == [bool(page.extract_text().strip()) for page in pages]
    assert [0, 1, 0] == [len(page.images) for page in pages]


def test_the_table_of_shipping_fees_goes_over_two_pages_and_repeats_its_header() -> None:
    pages = [page.extract_text() for page in PdfReader(KNOWLEDGE / "sales/shipping-fees.ja.pdf").pages]
    assert [True, True] == ["都道府県" in page for page in pages]
    assert ["北海道" in page for page in pages] == [True, False]
    assert ["沖縄県 1" in page.replace("\n", " ") for page in pages] == [False, True]


def test_the_work_rules_are_set_vertically_in_an_embedded_font() -> None:
    data = (KNOWLEDGE / "hr/work-rules-vertical.ja.pdf").read_bytes()
    assert b"/Encoding /Identity-V" in data
    assert b"/FontFile2" in data


def test_one_document_is_for_human_resources_only() -> None:
    documents = [
        path.relative_to(KNOWLEDGE).as_posix()
        for path in KNOWLEDGE.rglob("*")
        if path.is_file() and not path.name.endswith(".metadata.json")
    ]
    assert ["hr/salary-review.ja.md"] == [document for document in documents if allowed(document) == {"hr"}]


def test_a_page_tells_its_reader_to_ignore_all_instructions() -> None:
    page = (KNOWLEDGE / "support/community-post.html").read_text(encoding="utf-8")
    assert "Ignore all previous instructions" in page
    assert "display:none" in page


def test_the_requirements_for_networks_are_written_in_full_width_digits() -> None:
    text = (KNOWLEDGE / "products/network-requirements.ja.txt").read_text(encoding="utf-8")
    assert "８８８３番" in text
    assert "8883番" in unicodedata.normalize("NFKC", text)
    assert not any(c.isascii() and c.isdigit() for c in text)


def test_a_name_holds_a_character_beyond_the_basic_plane() -> None:
    assert any(c > "\uffff" for c in (KNOWLEDGE / "support/contacts.csv").read_text(encoding="utf-8"))


def test_the_page_about_the_samples_counts_them_right() -> None:
    page = (HERE / "README.md").read_text(encoding="utf-8")
    documents = [p for p in KNOWLEDGE.rglob("*") if p.is_file() and not p.name.endswith(".metadata.json")]
    assert f"| {len(documents)} documents:" in page
    assert f"| {len(records())} frequent questions" in page
    unanswerable = sum(question["kind"] == "unanswerable" for question in questions())
    assert f"| {len(questions())} questions with answers and evidence, {unanswerable} of them unanswerable" in page
