"""Small files of every format, made in memory."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import openpyxl
import pptx

from tests.fakes.pdf_maker import PageSpec, Run, make_pdf

__all__ = ["SAMPLES", "docx_bytes", "pptx_bytes", "write", "xlsx_bytes"]


def write(folder: Path, name: str, data: bytes | str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def docx_bytes() -> bytes:
    """Return a Word file with headings, lists, a table with a merged cell, and header and footer."""
    document = docx.Document()
    document.core_properties.title = "返品規程"
    section = document.sections[0]
    section.header.paragraphs[0].text = "社外秘ヘッダー"
    section.footer.paragraphs[0].text = "フッター"
    document.add_heading("返品規程", level=1)
    document.add_paragraph("商品到着後30日以内であれば返品できます")
    document.add_heading("手順", level=2)
    document.add_paragraph("申請書を書く", style="List Number")
    document.add_paragraph("倉庫へ送る", style="List Number")
    table = document.add_table(rows=3, cols=2)
    for row, cells in zip(table.rows, [("区分", "期限"), ("通常品", "30日"), ("特注品", "不可")], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_paragraph("Refunds are paid within five days.")
    return _saved(document)


def pptx_bytes() -> bytes:
    """Return a presentation of two slides."""
    deck = pptx.Presentation()
    for title, body in (("概要", "売上は前年比112%"), ("Outlook", "Growth continues.")):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
    return _saved(deck)


def xlsx_bytes() -> bytes:
    """Return a workbook: a tariff with merged cells, a second table below it, a second and a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "送料"
    rows = [
        ["送料表 2026", None, None],
        ["地域", "料金", None],
        [None, "60サイズ", "80サイズ"],
        ["関東", 800, 1100],
        [None, 850, 1200],
    ]
    for row in [*rows, [None], ["割引", "率"], ["会員", 0.1]]:
        sheet.append(row)
    for area in ("A1:C1", "B2:C2", "A2:A3", "A4:A5"):
        sheet.merge_cells(area)
    for cell in ("B4", "C4", "B5", "C5"):
        sheet[cell].number_format = '#,##0"円"'
    sheet["B8"].number_format = "0%"
    book.create_sheet("Dates").append(["from", "to"])
    book.create_sheet("隠し").append(["秘密"])
    book["隠し"].sheet_state = "hidden"
    return _saved(book)


def _saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]  # three libraries, one method
    return buffer.getvalue()


def _pdf() -> bytes:
    lines = ("見出しです", "本文の一行目がここで折り返され", "て続きます。")
    runs = [Run(text=lines[0], x=50, y=250, size=24), Run(text=lines[1], x=50, y=200), Run(text=lines[2], x=50, y=172)]
    return make_pdf([PageSpec(runs=tuple(runs)), PageSpec(runs=(Run(text="二頁目", x=50, y=200),))])


SAMPLES = {
    "a.txt": "第1章 総則\n\n返品は30日以内です。\n\n・一つ目\n・二つ目\n".encode("cp932"),
    "a.md": "---\ntitle: 返品\n---\n# 返品規程\n\n30日以内。\n\n1. 書く\n2. 送る\n\n|a|b|\n|-|-|\n|1|2|\n".encode(),
    "a.html": (
        "<html lang=ja><title>返品</title><h1>規程</h1><p>本文<ul><li>一つ</ul>"
        "<table><tr><th>a<th>b<tr><td>1<td>2</table>"
    ).encode(),
    "a.csv": "品番,価格\nA-1,100\n".encode("euc_jp"),
    "a.json": '[{"名前": "山田"}, {"名前": "佐藤"}]'.encode(),
    "a.xml": "<?xml version='1.0' encoding='UTF-8'?><r><a>東京</a><b>大阪</b></r>".encode(),
    "a.pdf": _pdf(),
    "a.xlsx": xlsx_bytes(),
}
