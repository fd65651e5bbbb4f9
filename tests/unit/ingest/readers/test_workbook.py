from __future__ import annotations

import io
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from ingest.readers.cell_values import shown
from ingest.readers.workbook import WorkbookReader
from retrieval.errors import DocumentError
from tests.contracts.reader_contract import check, read
from tests.unit.ingest.readers.samples import write, xlsx_bytes


def test_a_tariff_with_merged_cells_reads_row_by_row(tmp_path: Path) -> None:
    """Merged values are repeated, titles stand apart, tables below each other are two, hidden sheets stay out."""
    found = read(WorkbookReader(), write(tmp_path, "a.xlsx", xlsx_bytes()))
    check(found)
    assert found.text == (
        "送料\n\n送料表 2026\n\n地域 | 料金 | 料金\n地域 | 60サイズ | 80サイズ\n"
        "関東 | 800円 | 1,100円\n関東 | 850円 | 1,200円\n\n"
        "割引 | 率\n会員 | 10%\n\nDates\n\nfrom | to"
    )
    assert [table.header_rows for table in found.tables] == [2, 1, 0]
    assert [(page.label, found.text[page.start : page.end].split("\n")[0]) for page in found.pages] == [
        ("送料", "送料"),
        ("Dates", "Dates"),
    ]
    assert found.properties == {"hidden_sheets": "1"}


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (None, "General", ""),
        (1200, "General", "1200"),
        (1200.0, "#,##0", "1,200"),
        (0.1 + 0.2, "General", "0.3"),
        (0.125, "0.0%", "12.5%"),
        (1234.5, '"¥"#,##0.00', "¥1,234.50"),
        (980, "[$¥-411]#,##0;[Red]-[$¥-411]#,##0", "¥980"),
        (1200, '#,##0"円"', "1,200円"),
        (1e-7, "0.00E+00", "1e-07"),
        (True, "General", "TRUE"),
        (date(2026, 4, 1), "yyyy/mm/dd", "2026-04-01"),
        (datetime(2026, 4, 1), "yyyy年m月d日", "2026-04-01"),  # noqa: DTZ001  (a sheet knows no time zone)
        (datetime(2026, 4, 1, 9, 30), "General", "2026-04-01 09:30"),  # noqa: DTZ001 - a sheet has no zone
        (time(9, 30), "h:mm", "09:30"),
        ("０３", "@", "０３"),
    ],
)
def test_values_stand_as_the_sheet_shows_them(value: object, number_format: str, expected: str) -> None:
    """Dates are ISO; grouping, places, percent and currency follow the format."""
    assert shown(value, number_format) == expected


def test_an_endless_number_format_costs_no_square_of_work() -> None:
    """Excel allows 255 characters; anything worse than linear would take minutes."""
    assert "1.5" == shown(1.5, "[" * 200_000)


def test_a_workbook_without_values_is_skipped(tmp_path: Path) -> None:
    """Empty sheets are no failure."""
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    with pytest.raises(DocumentError) as caught:
        read(WorkbookReader(), write(tmp_path, "a.xlsx", buffer.getvalue()))
    assert (caught.value.reason, caught.value.skipped) == ("no_text", True)


def test_cells_far_out_do_not_make_a_sheet_huge(tmp_path: Path) -> None:
    """A stray cell in the last corner costs what it holds, not the 17 thousand million blanks before it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("品名", "価格"), ("りんご", 120)):
        sheet.append(row)
    sheet["XFD1048576"] = "隅"
    sheet["E9000"].number_format = "0.00"
    buffer = io.BytesIO()
    book.save(buffer)
    found = read(WorkbookReader(), write(tmp_path, "a.xlsx", buffer.getvalue()))
    check(found)
    assert found.text == "品名 | 価格\nりんご | 120\n\n隅"


def test_merged_cells_cannot_repeat_a_value_without_bound(tmp_path: Path) -> None:
    """A long text over a large merge stands once; a short one over a small merge in each cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["長" * 10_000, "x"])
    sheet.merge_cells("A1:A600")
    sheet["D1"] = "短"
    sheet.merge_cells("D1:D3")
    buffer = io.BytesIO()
    book.save(buffer)
    found = read(WorkbookReader(), write(tmp_path, "a.xlsx", buffer.getvalue()))
    assert (10_000, 3) == (found.text.count("長"), found.text.count("短"))


def test_what_is_no_workbook_is_malformed(tmp_path: Path) -> None:
    """A broken package ends in a document error."""
    with pytest.raises(DocumentError) as caught:
        read(WorkbookReader(), write(tmp_path, "a.xlsx", xlsx_bytes()[:3000]))
    assert caught.value.reason == "malformed"
