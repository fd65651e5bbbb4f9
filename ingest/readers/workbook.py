"""Reads Excel workbooks: a sheet is a page, tables parted by empty rows are tables, values stand as shown.

A merged cell's value is repeated into every cell that it covers, so that each row reads alone. A formula gives the
value that was last computed and saved. Hidden sheets are left out and counted in the properties.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.readers.assembly import Assembly, unreadable
from ingest.readers.cell_values import shown
from ingest.readers.delimited import has_header
from ingest.readers.media_types import XLSX
from retrieval.ids import fingerprint
from retrieval.ports import Hints
from retrieval.values import BlockKind, Extraction

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["WorkbookReader"]

_NO_NAME = re.compile(r"(?:Sheet|シート|Tabelle|Feuil)\s*\d*", re.IGNORECASE)
_FIGURE = re.compile(r"[-+−△▲(]?[¥$€£￥]?\d[\d,.]*[%)円]?")
_MAX_HEADERS = 3
_MAX_REPEATED = 5_000_000  # characters of a sheet that merged cells may repeat; a larger merge is a background


class WorkbookReader:
    """Reads XLSX with openpyxl."""

    def __init__(self) -> None:
        self.media_types = frozenset({XLSX})
        self.fingerprint = fingerprint("workbook", "1", f"openpyxl {version('openpyxl')}")

    def prepare(self) -> None:
        """Load the library."""
        import openpyxl  # noqa: F401  (heavy imports load on first use)

    def read(self, path: Path, hints: Hints) -> Extraction:
        """Return the extraction. Raises `DocumentError` (``malformed``, or skipped with ``no_text``)."""
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException

        try:
            with path.open("rb") as stream:
                book = openpyxl.load_workbook(stream, data_only=True)
        except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, SyntaxError) as exc:
            raise unreadable(
                f"{hints.name!r} is no workbook that can be read ({type(exc).__name__})", reason="malformed"
            ) from exc
        assembly = Assembly()
        hidden = 0
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                hidden += 1
                continue
            _add_sheet(assembly, sheet)
        properties = {"hidden_sheets": str(hidden)} if hidden else {}
        title, language = book.properties.title, book.properties.language
        return assembly.finish(
            hints, fingerprint=self.fingerprint, title=title, language=language, properties=properties
        )


def _add_sheet(assembly: Assembly, sheet: Worksheet) -> None:
    assembly.begin_page(label=sheet.title)
    named = _NO_NAME.fullmatch(sheet.title) is not None
    for block, above in _with_headers(list(_blocks(_rows(sheet)))):
        if not named:
            assembly.add(sheet.title, kind=BlockKind.HEADING, level=1)
            named = True
        body = _trimmed(block)
        while body and len({cell for cell in body[0] if cell}) == 1 and len(body[0]) > 1:
            assembly.add(next(cell for cell in body.pop(0) if cell))
        if not body:
            continue
        if len(body[0]) == 1:
            for row in body:
                assembly.add(row[0])
        else:
            assembly.add_table(body, header_rows=above or _header_rows(body), caption=sheet.title)


def _rows(sheet: Worksheet) -> list[list[str]]:
    """Return the shown values of a sheet, merged values repeated, as a rectangle of the columns that hold any.

    Only cells that hold something are looked at: a format set on a whole column, or a stray blank in the last row,
    would else make a sheet of 17 thousand million cells. Where rows are left out stands one empty row.
    """
    cells = sheet._cells  # noqa: SLF001  every public way through the cells makes the empty ones, too
    filled = {at: text for at, cell in cells.items() if (text := shown(cell.value, cell.number_format))}
    room = _MAX_REPEATED
    for area in sorted(sheet.merged_cells.ranges, key=lambda area: (area.min_row, area.min_col)):
        value = filled.get((area.min_row, area.min_col))
        rows, columns = range(area.min_row, area.max_row + 1), range(area.min_col, area.max_col + 1)
        cost = len(rows) * len(columns) * (1 + len(value or ""))
        if value and cost <= room:
            room -= cost
            filled.update(((row, column), value) for row in rows for column in columns)
    used = sorted({column for _, column in filled})
    grid: list[list[str]] = []
    previous = 0
    for row in sorted({row for row, _ in filled}):
        if previous and row > previous + 1:
            grid.append([])
        grid.append([filled.get((row, column), "") for column in used])
        previous = row
    return grid


def _blocks(rows: list[list[str]]) -> Iterator[list[list[str]]]:
    block: list[list[str]] = []
    for row in [*rows, []]:
        if any(row):
            block.append(row)
        elif block:
            yield block
            block = []


def _with_headers(blocks: list[list[list[str]]]) -> Iterator[tuple[list[list[str]], int]]:
    """Yield every block with how many header rows it is known to have (0: not known).

    A block of names only, parted by an empty row from a block of figures, is that block's header.
    """
    names: list[list[str]] = []
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else []
        lead = _lead(block)
        if not names and _is_names(block[lead:]) and following and _has_figures(following):
            for row in block[:lead]:
                yield [row], 0
            names = block[lead:]
            continue
        yield [*names, *block], len(names)
        names = []


def _lead(block: list[list[str]]) -> int:
    """Return how many rows at the head of a block hold one value only: its titles."""
    return next((index for index, row in enumerate(block) if len({cell for cell in row if cell}) > 1), len(block))


def _is_names(rows: list[list[str]]) -> bool:
    return 0 < len(rows) <= _MAX_HEADERS and not any(_FIGURE.fullmatch(cell) for row in rows for cell in row)


def _has_figures(rows: list[list[str]]) -> bool:
    return sum(_FIGURE.fullmatch(cell) is not None for cell in rows[0]) >= 2


def _trimmed(block: list[list[str]]) -> list[list[str]]:
    """Return a block without its empty columns."""
    keep = [column for column in range(max(map(len, block))) if any(row[column] for row in block)]
    return [[row[column] for column in keep] for row in block]


def _header_rows(body: list[list[str]]) -> int:
    """Return 1 when the first row names the columns; 2 when it holds group names over a second row of names."""
    if len(body) > 2 and _groups(body[0]) and has_header(body[1:]):
        return 2
    return int(has_header(body) or (len(body) > 1 and _groups(body[0])))


def _groups(row: list[str]) -> bool:
    """Tell whether neighbouring cells of a row repeat a name, as a merged cell over columns does."""
    return any(one and one == two and not one[0].isdigit() for one, two in pairwise(row))
