"""Makes Word and Excel files from the small markup."""

from __future__ import annotations

import io
import re
from itertools import groupby

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.oxml.shared import OxmlElement
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from samples.making.archive import settle
from samples.making.bundle import Piece, SourceDocument, pieces

__all__ = ["make_docx", "make_xlsx"]

_LEFT, _ABOVE = "<", "^"
_YEN = re.compile(r"([\d,]+)円")


def make_docx(document: SourceDocument) -> bytes:
    """Return a Word file with real headings, lists that begin at 1 each, and tables."""
    word = docx.Document()
    word.core_properties.title = document.title
    word.core_properties.author = "Aoba Techno"
    word.styles["Normal"].font.name = "Calibri"
    word.styles["Normal"].element.rPr.rFonts.set(qn("w:eastAsia"), "Yu Gothic")
    for kind, group in groupby(pieces(document.body), key=lambda piece: piece.kind):
        if kind == "step":
            _steps(word, list(group))
            continue
        for piece in group:
            if kind == "heading":
                word.add_heading(piece.text, level=piece.level)
            elif kind == "bullet":
                word.add_paragraph(piece.text, style="List Bullet")
            elif kind == "table":
                _table(word, piece)
            else:
                word.add_paragraph(piece.text)
    _slim(word)
    target = io.BytesIO()
    word.save(target)
    return settle(target.getvalue())


def _slim(word: Document) -> None:
    """Leave out what the library's template brings and nothing uses: 0.8 of 0.83 MB."""
    for part, ending in ((word.part, "stylesWithEffects"), (word.part.package, "thumbnail")):
        for key in [key for key, rel in part.rels.items() if rel.reltype.endswith(ending)]:
            del part.rels[key]
    for style in list(word.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in {"Normal Table", "Table Grid"}:
            style.delete()


def _steps(word: Document, steps: list[Piece]) -> None:
    """Add a numbered list. Word goes on counting from the list before unless a list has a number of its own."""
    numbering = word.part.numbering_part.element
    style = word.styles["List Number"].element.pPr.numPr.numId.val
    abstract = next(num for num in numbering.num_lst if num.numId == style).abstractNumId.val
    num = numbering.add_num(abstract)
    num.add_lvlOverride(ilvl=0).add_startOverride(1)
    for step in steps:
        paragraph = word.add_paragraph(step.text, style="List Number")
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001  no public way to a list's number
        properties.get_or_add_numId().val = num.numId
        properties.get_or_add_ilvl().val = 0


def _table(word: Document, piece: Piece) -> None:
    table = word.add_table(rows=0, cols=len(piece.rows[0]), style="Table Grid")
    for row in piece.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    header = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001  no public way to mark a header row
    header.append(OxmlElement("w:tblHeader"))


def make_xlsx(document: SourceDocument) -> bytes:
    """Return a workbook with a sheet per heading. A cell ``<`` is merged with its left, ``^`` with the one above.

    With the header ``amounts: numbers`` an amount such as ``12,800円`` becomes a number in a currency format.
    """
    book = Workbook()
    book.remove(book.active)
    book.properties.title = document.title
    book.properties.creator = "Aoba Techno"
    sheet: Worksheet | None = None
    for piece in pieces(document.body):
        if piece.kind == "heading":
            sheet = book.create_sheet(piece.text)
        elif piece.kind == "table":
            _fill(sheet, piece, numbers=document.headers.get("amounts") == "numbers")
    target = io.BytesIO()
    book.save(target)
    return settle(target.getvalue())


def _fill(sheet: Worksheet, piece: Piece, *, numbers: bool) -> None:
    edge = Side(style="thin")
    for r, row in enumerate(piece.rows, start=1):
        for c, text in enumerate(row, start=1):
            cell = sheet.cell(row=r, column=c)
            cell.border = Border(left=edge, right=edge, top=edge, bottom=edge)
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            if text in {_LEFT, _ABOVE, ""}:
                continue
            amount = _YEN.fullmatch(text) if numbers else None
            cell.value = int(amount[1].replace(",", "")) if amount else text
            if amount:
                cell.number_format = '#,##0"円"'
            if r == 1:
                cell.font = Font(bold=True)
    for r, row in enumerate(piece.rows):
        for c, text in enumerate(row):
            if text not in {_LEFT, _ABOVE, ""}:
                _merge(sheet, piece.rows, r, c)
    for letter, width in zip("ABCDEF", (14, 18, 16, 14, 14, 14), strict=True):
        sheet.column_dimensions[letter].width = width


def _merge(sheet: Worksheet, rows: tuple[tuple[str, ...], ...], r: int, c: int) -> None:
    """Merge a cell with the marks to its right and below it."""
    right, below = c, r
    while right + 1 < len(rows[r]) and rows[r][right + 1] == _LEFT:
        right += 1
    while below + 1 < len(rows) and rows[below + 1][c] == _ABOVE:
        below += 1
    if (right, below) != (c, r):
        sheet.merge_cells(start_row=r + 1, end_row=below + 1, start_column=c + 1, end_column=right + 1)
