"""HTML tables as plain grids: a cell that spans rows or columns stands in each of them, so that rows read alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest.readers.html_hidden import Hidden

if TYPE_CHECKING:
    from lxml.html import HtmlElement

__all__ = ["grid", "is_data"]

_MAX_SPAN = 1000
_MAX_REPEATED = 5_000_000  # characters of a table that spans may repeat; beyond, a cell stands once


def is_data(table: HtmlElement) -> bool:
    """Tell whether a table holds data, not the layout of a page: two columns or more, and no table within."""
    if table.get("role") in {"presentation", "none"} or table.find(".//table") is not None:
        return False
    if any(table.find(f".//{tag}") is not None for tag in ("h1", "h2", "h3", "ul", "ol", "form", "article")):
        return False
    return any(sum(1 for cell in row if cell.tag in {"td", "th"}) > 1 for row in table.iter("tr"))


def grid(table: HtmlElement, *, hidden: Hidden, collapse: Callable[[str], str]) -> tuple[list[list[str]], int]:
    """Return the rows of a table, spans expanded, and how many of the first rows are headers."""
    rows: list[list[str]] = []
    below: dict[int, tuple[str, int]] = {}  # column -> text of a cell from above and the rows it still spans
    headers, counting, room = 0, True, _MAX_REPEATED
    for row in table.iter("tr"):
        if hidden(row):
            continue
        line: list[str] = []
        elements = [cell for cell in row if cell.tag in {"td", "th"} and not hidden(cell)]
        for cell in elements:
            _fill(line, below)
            text = collapse(hidden.text_of(cell))
            rowspan, colspan = _span(cell.get("rowspan")), _span(cell.get("colspan"))
            cost = (rowspan * colspan - 1) * (1 + len(text))
            if cost > room:
                cost, rowspan, colspan = 0, 1, 1
            room -= cost
            for _ in range(colspan):
                if rowspan > 1:
                    below[len(line)] = (text, rowspan - 1)
                line.append(text)
        _fill(line, below)
        header = bool(elements) and (
            all(cell.tag == "th" for cell in elements) or any(up.tag == "thead" for up in row.iterancestors("thead"))
        )
        counting = counting and header
        headers += counting
        rows.append(line)
    return rows, headers


def _fill(line: list[str], below: dict[int, tuple[str, int]]) -> None:
    while len(line) in below:
        text, left = below.pop(len(line))
        if left > 1:
            below[len(line)] = (text, left - 1)
        line.append(text)


def _span(value: str | None) -> int:
    if value is None or not value.strip().isdecimal():
        return 1
    return min(max(int(value.strip()[:6]), 1), _MAX_SPAN)
